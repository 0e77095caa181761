# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Check mode is honest: whatever the account and the task, it foretells exactly what the real run then does."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from twilio_network import NUMBERS, World

FOR_SALE = "+12025550150"
DOMAINS = ["hq.pstn.twilio.com", "branch.pstn.twilio.com"]
NAMES = ["hq", "branch"]
LISTS = ["office", "cafe"]
HOSTS = [f"203.0.113.{host}/32" for host in range(1, 4)] + ["203.0.113.128/25"]
URLS = ["", "https://example.com/a", "https://example.com/b"]
# What Twilio refuses because of other objects that a task does not look at: not to be foreseen without reading them.
BY_OTHERS = {21236: "the list is in use", 21634: "an emergency address is in use"}
# What only Twilio can give; in a prediction it is null.
GIVEN_BY_TWILIO = {"sid", "friendly_name", "capabilities", "address_requirements", "emergency_address_status"}


def some(values: list[Any], least: int = 0) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), min_size=least, unique=True)


def options(required: dict[str, Any], **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


ORIGINATION = options(
    {"sip_url": st.sampled_from(["sip:a.example.com", "sip:b.example.com"])},
    friendly_name=st.sampled_from(["a", "b"]),
    priority=st.integers(0, 2),
    weight=st.integers(1, 2),
    enabled=st.booleans(),
)
ATTRIBUTES: dict[str, st.SearchStrategy[Any]] = {
    "secure": st.booleans(),
    "cnam_lookup_enabled": st.booleans(),
    "transfer_mode": st.sampled_from(["disable-all", "enable-all", "sip-only"]),
    "transfer_caller_id": st.sampled_from(["from-transferee", "from-transferor"]),
    "disaster_recovery_url": st.sampled_from(URLS),
    "disaster_recovery_method": st.sampled_from(["GET", "POST"]),
    "recording": options(
        {},
        mode=st.sampled_from(["do-not-record", "record-from-answer"]),
        trim=st.sampled_from(["do-not-trim", "trim-silence"]),
    ),
}
TRUNK = options(
    {},
    **ATTRIBUTES,
    friendly_name=st.sampled_from(NAMES),
    domain_name=st.sampled_from(DOMAINS),
    state=st.sampled_from(["present", "present", "present", "absent"]),
    origination_urls=st.lists(ORIGINATION, max_size=3),
    ip_access_control_lists=some(LISTS),
    credential_lists=some(["phones"]),
    phone_numbers=some(NUMBERS),
    **{
        f"purge_{name}": st.booleans()
        for name in ("origination_urls", "ip_access_control_lists", "credential_lists", "phone_numbers")
    },
)
ADDRESS = options({"ip_address": st.sampled_from(HOSTS)}, friendly_name=st.sampled_from(["x", "y"]))
ACCESS_LIST = options(
    {"friendly_name": st.sampled_from(LISTS)},
    ip_addresses=st.lists(ADDRESS, max_size=3),
    purge_ip_addresses=st.booleans(),
    state=st.sampled_from(["present", "present", "absent"]),
)
NUMBER = options(
    {"phone_number": st.sampled_from([NUMBERS[0], NUMBERS[0], FOR_SALE])},
    friendly_name=st.sampled_from(["main", "spare"]),
    voice_url=st.sampled_from(URLS),
    voice_method=st.sampled_from(["GET", "POST"]),
    sms_fallback_url=st.sampled_from(URLS),
    status_callback=st.sampled_from(URLS),
    voice_application_sid=st.sampled_from(["", "AP" + "0" * 32]),
    voice_caller_id_lookup=st.booleans(),
    trunk=st.sampled_from(["", *NAMES, *DOMAINS]),
    state=st.sampled_from(["present", "present", "absent"]),
    purchase=st.booleans(),
    release=st.booleans(),
)
TASKS = {"twilio_trunk": TRUNK, "twilio_ip_access_control_list": ACCESS_LIST, "twilio_phone_number": NUMBER}
RESULTS = {
    "twilio_trunk": "trunk",
    "twilio_ip_access_control_list": "ip_access_control_list",
    "twilio_phone_number": "phone_number",
}
TASK = st.sampled_from(sorted(TASKS)).flatmap(lambda name: st.tuples(st.just(name), TASKS[name]))

# Things made behind the modules' back: also names twice, which the modules never make.
TWIN = st.fixed_dictionaries({}, optional={"FriendlyName": st.sampled_from(NAMES)})


def foretold(predicted: Any, real: Any) -> bool:
    """Return whether reality is as predicted, with null for what only Twilio can give."""
    if isinstance(predicted, dict) and isinstance(real, dict):
        return predicted.keys() == real.keys() and all(
            foretold(value, real[name]) or (value is None and name in GIVEN_BY_TWILIO)
            for name, value in predicted.items()
        )
    if isinstance(predicted, list) and isinstance(real, list):
        return len(predicted) == len(real) and all(map(foretold, predicted, real))
    return type(predicted) is type(real) and bool(predicted == real)


def account(tasks: list[tuple[str, dict[str, Any]]], twins: list[dict[str, str]]) -> World:
    """Return an account in which some tasks were run and some things made by hand."""
    world = World()
    world.post("/2010-04-01/Accounts/{account}/SIP/CredentialLists.json", FriendlyName="phones")
    for name, task in tasks:
        world.run(name, **task)  # those that fail leave the account as it is, or half-done, which is as good
    for twin in twins:
        world.post("/v1/Trunks", product="trunking", **twin)
    return world


@pytest.mark.parametrize("name", TASKS)
@settings(max_examples=400, deadline=None, derandomize=True)
@given(st.data())
def test_check_mode_foretells_what_the_real_run_does(name: str, data: st.DataObject) -> None:
    same = st.tuples(st.just(name), TASKS[name])  # most of what was there comes from tasks of the same kind
    history = [("twilio_trunk", {"friendly_name": "hq"})] if name == "twilio_phone_number" else []
    history += data.draw(st.lists(st.one_of(same, same, TASK), max_size=6), label="history")
    world = account(history, data.draw(st.lists(TWIN, max_size=1), label="twins"))
    arguments = data.draw(TASKS[name], label="task")
    writes = world.writes()
    predicted = world.run(name, check=True, diff=True, **arguments)
    assert world.writes() == writes, "check mode wrote"
    real = world.run(name, diff=True, **arguments)
    if real.get("failed"):
        event("refused")
        if predicted.get("failed"):
            assert predicted["msg"] == real["msg"]
            return
        # Either an earlier task of the play was taken for granted, with a warning, or it depends on other objects.
        granted = any("taken for granted" in warning for warning in predicted["warnings"])
        assert granted or real["failure"]["code"] in BY_OTHERS, real
        return
    assert not predicted.get("failed"), predicted
    event("changes" if real["changed"] else "changes nothing")
    assert predicted["changed"] == real["changed"]
    assert predicted["changes"] == real["changes"]
    assert predicted["warnings"] == real["warnings"]
    assert foretold(predicted[RESULTS[name]], real[RESULTS[name]]), (predicted[RESULTS[name]], real[RESULTS[name]])
    assert predicted["diff"]["before"] == real["diff"]["before"]
    assert foretold(predicted["diff"]["after"], real["diff"]["after"]), (predicted["diff"], real["diff"])
    assert bool(world.writes()[len(writes) :]) == real["changed"]
    again = world.run(name, diff=True, **arguments)
    assert not again.get("failed"), again
    assert (again["changed"], again["diff"]["after"]) == (False, real["diff"]["after"])


def test_what_is_foretold_can_be_told_from_what_is_not() -> None:
    assert foretold({"sid": None, "secure": True}, {"sid": "TK1", "secure": True})
    assert not foretold({"sid": None, "secure": True}, {"sid": "TK1", "secure": False})
    assert not foretold({"secure": None}, {"secure": False})
    assert not foretold([{"sid": None}], [])
    assert not foretold({"sid": "TK1"}, {"sid": "TK2"})
    assert not foretold({"secure": 1}, {"secure": True})
