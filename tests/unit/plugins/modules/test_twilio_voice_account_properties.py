# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever the account: reading it and giving it back changes nothing, and check mode foretells the real run."""

from __future__ import annotations

import time
from typing import Any

import pytest
import twilio_network
from hypothesis import event, given, settings
from hypothesis import strategies as st
from twilio_cases.voice_account import PASSWORD, STREET
from twilio_network import ACCOUNT, NUMBERS, World

MODULE = "twilio_voice_account"
NAMES = ["office", "cafe", "hall"]
DOMAINS = ["hq.pstn.twilio.com", "lab.hq.pstn.twilio.com", "deep.lab.hq.pstn.twilio.com"]
SIP = f"/2010-04-01/Accounts/{ACCOUNT}/SIP"


def options(required: dict[str, Any], **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(required, optional=optional)


def some(values: list[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), unique=True)


def objects(one: st.SearchStrategy[dict[str, Any]], name: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(one, unique_by=lambda entry: entry[name], max_size=3)


STATE = st.sampled_from([*["present"] * 9, "absent"])
HOSTS = some(["203.0.113.1/32", "203.0.113.2/32", "203.0.113.128/25"]).map(
    lambda hosts: [{"ip_address": host} for host in hosts]
)
USERS = some(["pbx1", "pbx2"]).map(lambda names: [{"username": name, "password": PASSWORD} for name in names])
URLS = st.lists(
    options(
        {"friendly_name": st.sampled_from("abc"), "sip_url": st.sampled_from(["sip:a.example.com", "sip:b.example"])},
        priority=st.integers(0, 2), weight=st.integers(1, 2), enabled=st.booleans(),
    ),
    unique_by=lambda url: url["friendly_name"], max_size=3,
)  # fmt: skip
DESCRIPTION = options(
    {},
    ip_access_control_lists=objects(
        options({"friendly_name": st.sampled_from(NAMES)}, ip_addresses=HOSTS, state=STATE), "friendly_name"
    ),
    credential_lists=objects(
        options({"friendly_name": st.sampled_from(NAMES)}, credentials=USERS, state=STATE), "friendly_name"
    ),
    addresses=objects(
        st.builds(lambda name, state: {"friendly_name": name, **STREET, "state": state}, st.sampled_from(NAMES), STATE),
        "friendly_name",
    ),
    trunks=objects(
        options(
            {"domain_name": st.sampled_from(DOMAINS)},
            secure=st.booleans(),
            transfer_mode=st.sampled_from(["disable-all", "sip-only"]),
            disaster_recovery_url=st.sampled_from(["", "https://example.com/dr"]),
            disaster_recovery_method=st.sampled_from(["GET", "POST"]),
            recording=st.just({"mode": "record-from-answer"}),
            ip_access_control_lists=some(NAMES),
            credential_lists=some(NAMES),
            origination_urls=URLS,
            purge_ip_access_control_lists=st.just(value=False),
            state=STATE,
        ),
        "domain_name",
    ),
    phone_numbers=objects(
        options(
            {"phone_number": st.sampled_from(NUMBERS)},
            friendly_name=st.sampled_from(["main", "spare"]),
            trunk=st.sampled_from(["", *DOMAINS]),
            address=st.sampled_from(["", *NAMES]),
            emergency_address=st.sampled_from(["", *NAMES]),
            voice_url=st.sampled_from(["", "https://example.com/voice"]),
        ),
        "phone_number",
    ),
)


@st.composite
def accounts(draw: st.DrawFn) -> World:
    """Return an account made by a few tasks, some of which fail half-way, and by hand."""
    world = World()
    for name in draw(st.sampled_from([NAMES, NAMES, NAMES[:1]])):
        world.run("twilio_ip_access_control_list", friendly_name=name)
        world.run("twilio_credential_list", friendly_name=name)
        world.run("twilio_address", friendly_name=name, **STREET)
    for domain in DOMAINS[: draw(st.sampled_from([3, 3, 3, 1]))]:
        world.run("twilio_trunk", domain_name=domain, friendly_name=draw(st.sampled_from(["", "x", "y"])))
    for task in draw(st.lists(DESCRIPTION, max_size=3)):
        event("history refused" if world.run(MODULE, **task).get("failed") else "history made")
    for name in draw(st.lists(st.sampled_from(["x", "y"]), max_size=3)):
        world.post("/v1/Trunks", product="trunking", FriendlyName=name)  # also of a name that there is already
    if draw(st.booleans()):
        made = world.post(f"{SIP}/IpAccessControlLists.json", FriendlyName="lab")
        path = f"{SIP}/IpAccessControlLists/{made['sid']}/IpAddresses.json"
        world.post(path, FriendlyName="lab", IpAddress="10.0.0.1")
    return world


@settings(max_examples=100, deadline=None, derandomize=True)
@given(accounts())
def test_an_account_that_is_read_and_given_back_does_not_change(world: World) -> None:
    writes = world.writes()
    read = world.run(f"{MODULE}_info")
    assert not read.get("failed"), read
    assert read["warnings"] == []
    again = world.run(MODULE, diff=True, **read["account"])
    assert not again.get("failed"), again
    assert (again["changed"], again["changes"], again["warnings"]) == (False, [], [])
    assert set(map(len, again["unmanaged"].values())) == {0}, "everything is described"
    assert world.writes() == writes
    assert world.run(f"{MODULE}_info")["account"] == read["account"]


# What only Twilio can give; in a prediction it is null.
GIVEN_BY_TWILIO = {"sid", "trunk_sid", "address_sid", "emergency_address_sid", "validated", "verified"}


def foretold(predicted: Any, real: Any) -> bool:
    """Return whether reality is as predicted, with null for what only Twilio can give."""
    if isinstance(predicted, dict) and isinstance(real, dict):
        return predicted.keys() - GIVEN_BY_TWILIO == real.keys() - GIVEN_BY_TWILIO and all(
            foretold(value, real.get(name)) or (value is None and name in GIVEN_BY_TWILIO)
            for name, value in predicted.items()
        )
    if isinstance(predicted, list) and isinstance(real, list):
        return len(predicted) == len(real) and all(map(foretold, predicted, real))
    return bool(predicted == real)


@settings(max_examples=120, deadline=None, derandomize=True)
@given(accounts(), DESCRIPTION)
def test_check_mode_foretells_what_the_real_run_does(world: World, task: dict[str, Any]) -> None:
    writes = world.writes()
    predicted = world.run(MODULE, check=True, diff=True, **task)
    assert world.writes() == writes, "check mode wrote"
    real = world.run(MODULE, diff=True, **task)
    if real.get("failed"):
        event("refused")
        granted = any("taken for granted" in warning or "sub-domain" in warning for warning in predicted["warnings"])
        # Twilio refuses to delete what objects use that the task does not describe.
        assert granted or real["failure"]["code"] in (21236, 21241, 21634) or predicted.get("msg") == real["msg"], real
        return
    event("changes" if real["changed"] else "changes nothing")
    assert not predicted.get("failed"), predicted
    assert predicted["changes"] == real["changes"]
    assert foretold(predicted["account"], real["account"]), (predicted["account"], real["account"])
    assert foretold(predicted["diff"], real["diff"]), (predicted["diff"], real["diff"])
    again = world.run(MODULE, diff=True, **task)
    assert (again.get("failed"), again["changed"]) == (None, False), again


def test_ten_thousand_numbers_are_no_ten_thousand_times_ten_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Planning and applying take time in proportion to the changes: four times the numbers, not sixteen times the time.

    The floor keeps a machine that is busy from failing a run that takes fractions of a second.
    """

    def seconds(count: int) -> float:
        numbers = [f"+1202{5000000 + n}" for n in range(count)]
        monkeypatch.setattr(twilio_network, "NUMBERS", numbers)
        world = World()
        task: dict[str, Any] = {
            "trunks": [{"friendly_name": f"b{n}"} for n in range(50)],
            "phone_numbers": [{"phone_number": number, "trunk": f"b{n % 50}"} for n, number in enumerate(numbers)],
        }
        begin = time.process_time()
        result = world.run(MODULE, concurrency=1, **task)
        assert len(result["changes"]) == count + 50, result
        return time.process_time() - begin

    assert seconds(8000) < 8 * max(seconds(2000), 1.0)
