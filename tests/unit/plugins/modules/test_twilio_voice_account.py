# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""twilio_voice_account against the emulated Twilio: one task, one plan, errors that name the place."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from twilio_cases.voice_account import MIXED, NEW, PASSWORD, STREET
from twilio_faulty import DOMAIN, addresses, urls
from twilio_network import NUMBERS, World

MODULE = "twilio_voice_account"
KINDS = ["ip_access_control_lists", "credential_lists", "addresses", "trunks", "phone_numbers"]


def without_sids(value: Any) -> Any:
    """Leave out what only Twilio can know."""
    if isinstance(value, dict):
        hidden = ("sid", "trunk_sid", "address_sid", "validated", "verified")
        return {name: without_sids(content) for name, content in value.items() if name not in hidden}
    if isinstance(value, list):
        return [without_sids(content) for content in value]
    return value


def run(world: World, *, check: bool = False, **options: Any) -> dict[str, Any]:
    result: dict[str, Any] = world.run(MODULE, check=check, diff=True, **options)
    assert not result.get("failed"), result
    return result


@pytest.fixture
def made(world: World) -> World:
    run(world, **NEW)
    return world


def test_check_mode_foretells_a_whole_new_account(world: World) -> None:
    predicted = run(world, check=True, **NEW)
    assert world.writes() == []
    assert predicted["warnings"] == [], "references to objects of the same task are not taken for granted, but known"
    real = run(world, **NEW)
    assert real["warnings"] == []
    assert predicted["changes"] == real["changes"]
    assert predicted["unmanaged"] == real["unmanaged"]
    assert without_sids(predicted["account"]) == without_sids(real["account"])
    assert without_sids(predicted["diff"]) == without_sids(real["diff"])
    again = run(world, **NEW)
    assert (again["changed"], again["changes"]) == (False, [])
    assert again["diff"] == {"before": {}, "after": {}}
    assert again["account"] == real["account"]
    assert PASSWORD not in json.dumps([predicted, real, again])


def test_check_mode_foretells_a_mixed_update(made: World) -> None:
    writes = made.writes()
    predicted = run(made, check=True, **MIXED)
    assert made.writes() == writes
    real = run(made, **MIXED)
    assert predicted["changes"] == real["changes"]
    assert without_sids(predicted["account"]) == without_sids(real["account"])
    assert without_sids(predicted["diff"]) == without_sids(real["diff"])
    assert not run(made, **MIXED)["changed"]


def test_changes_say_what_they_belong_to(world: World) -> None:
    changes = [(c["action"], c["resource"], c["name"], c["object"]) for c in run(world, **NEW)["changes"]]
    assert ("create", "IP address", "203.0.113.1/32", "IP access control list hall") in changes
    assert ("create", "IP access control list of the trunk", "hall", "trunk lab") in changes
    assert ("update", "phone number", NUMBERS[0], f"phone number {NUMBERS[0]}") in changes
    objects = [name for action, __, name, owner in changes if action == "create" and owner == f"trunk {name}"]
    assert objects == ["acme", "lab"], "the domain above comes first"


def test_old_objects_leave_in_the_reverse_order_and_after_what_is_new(made: World) -> None:
    changes = [(c["action"], c["resource"], c["name"]) for c in run(made, **MIXED)["changes"]]
    order = [
        ("create", "IP access control list", "hall-2"),
        ("create", "IP address", "203.0.113.2/32"),
        ("create", "IP access control list of the trunk", "hall-2"),
        ("update", "phone number", NUMBERS[1]),
        ("delete", "phone number of the trunk", NUMBERS[0]),
        ("delete", "trunk", "lab"),
        ("delete", "IP access control list of the trunk", "hall"),
        ("delete", "IP access control list", "hall"),
    ]
    assert [change for change in changes if change in order] == order


def test_what_no_entry_is_about_is_reported_and_left_alone(made: World) -> None:
    before = made.writes()
    result = run(made, trunks=[{"friendly_name": "acme"}], ip_access_control_lists=[])
    assert (result["changed"], made.writes()) == (False, before)
    assert sorted(result["unmanaged"]) == ["ip_access_control_lists", "trunks"]
    assert [item["name"] for item in result["unmanaged"]["trunks"]] == ["lab"]
    assert [item["name"] for item in result["unmanaged"]["ip_access_control_lists"]] == ["hall"]
    assert result["unmanaged"]["trunks"][0]["sid"].startswith("TK")
    assert sorted(result["account"]) == ["ip_access_control_lists", "trunks"]


def test_purging_numbers_concerns_only_the_trunks_that_are_listed(made: World) -> None:
    options: dict[str, Any] = {"trunks": [{"friendly_name": "acme"}], "phone_numbers": [], "purge_phone_numbers": True}
    changes = run(made, **options)["changes"]
    assert [(c["action"], c["name"], c["object"]) for c in changes] == [
        ("delete", NUMBERS[0], f"phone number {NUMBERS[0]}")
    ]
    kept = {n["phone_number"]: n["trunk_sid"] for n in run(made, phone_numbers=[{"phone_number": n} for n in NUMBERS])
            ["account"]["phone_numbers"]}  # fmt: skip
    assert [bool(kept[number]) for number in NUMBERS] == [False, True, False]


def test_a_number_whose_trunk_is_deleted_is_shown_without_it(made: World) -> None:
    options: dict[str, Any] = {
        "trunks": [{"friendly_name": "lab", "state": "absent"}], "phone_numbers": [{"phone_number": NUMBERS[1]}],
    }  # fmt: skip
    predicted, real = run(made, check=True, **options), run(made, **options)
    for result in (predicted, real):
        assert result["account"]["phone_numbers"][0]["trunk_sid"] == ""
        assert result["diff"]["before"]["phone_numbers"] == {NUMBERS[1]: {"trunk": "lab"}}
    assert not run(made, **options)["changed"]


def test_a_renamed_object_is_referred_to_by_its_new_name(made: World) -> None:
    sid = run(made, ip_access_control_lists=[{"friendly_name": "hall"}])["account"]["ip_access_control_lists"][0]["sid"]
    options: dict[str, Any] = {
        "ip_access_control_lists": [{"sid": sid, "friendly_name": "foyer"}],
        "trunks": [{"friendly_name": "acme", "ip_access_control_lists": ["foyer"]}],
    }
    predicted, real = run(made, check=True, **options), run(made, **options)
    for result in (predicted, real):
        assert [change["resource"] for change in result["changes"]] == ["IP access control list"]
        assert result["warnings"] == []
    assert not run(made, **options)["changed"]


def entry(**rest: Any) -> dict[str, Any]:
    return {"friendly_name": "acme", **rest}


BAD: list[tuple[dict[str, Any], str]] = [
    (
        {"trunks": [entry(), {"friendly_name": "b", "origination_urls": [{"sip_url": "sips:x"}]}]},
        "trunks[1].origination_urls[0].sip_url: 'sips:x'",
    ),
    ({"trunks": [{"domain_name": ""}]}, "trunks[0].domain_name: '' identifies no trunk"),
    (
        {"trunks": [entry(purge_origination_urls=True)]},
        "trunks[0].purge_origination_urls: True needs origination_urls",
    ),
    ({"trunks": [entry(), entry(secure=True)]}, "trunks[1].friendly_name: 'acme' is that of trunks[0] too"),
    (
        {"trunks": [entry(domain_name=DOMAIN), {"domain_name": DOMAIN, "state": "absent"}]},
        f"trunks[1].domain_name: '{DOMAIN}' is that of trunks[0] too",
    ),
    (
        {"ip_access_control_lists": [{"friendly_name": "a", "ip_addresses": [{"ip_address": "10.0.0.1"}]}]},
        "ip_access_control_lists[0].ip_addresses[0].ip_address: '10.0.0.1' is or contains private space",
    ),
    (
        {"credential_lists": [{"friendly_name": "a", "credentials": [{"username": "x", "password": "weak"}]}]},
        "credential_lists[0].credentials[0].password has not 12 characters",
    ),
    ({"phone_numbers": [{"phone_number": "555"}]}, "phone_numbers[0].phone_number: '555' is not a number in E.164"),
    (
        {"phone_numbers": [{"phone_number": NUMBERS[0]}, {"phone_number": NUMBERS[0]}]},
        f"phone_numbers[1].phone_number: '{NUMBERS[0]}' is that of phone_numbers[0] too",
    ),
    ({"addresses": [{"friendly_name": "a", "iso_country": "us"}]}, "addresses[0].iso_country: 'us' is not an ISO 3166"),
    ({"dialing_permissions": {"low_risk": ["UK"]}}, "dialing_permissions.low_risk[0]: 'UK' is not the country's code"),
    ({"purge_phone_numbers": True, "trunks": []}, "purge_phone_numbers: True needs phone_numbers."),
    ({"emergency_timeout": -1}, "emergency_timeout: -1.0 is not between 0 and 3600 seconds"),
]


@pytest.mark.parametrize(("options", "message"), BAD, ids=[message.split(":")[0] for __, message in BAD])
def test_every_option_of_every_element_is_judged_before_the_first_request(
    world: World, options: dict[str, Any], message: str
) -> None:
    failed = world.run(MODULE, **options)
    assert failed["failed"]
    assert message in failed["msg"]
    assert world.journal() == []


LOOKED_UP: list[tuple[dict[str, Any], str]] = [
    (
        {"trunks": [entry(ip_access_control_lists=["hal"])]},
        "trunks[0].ip_access_control_lists[0]: there is no IP access control list 'hal' in the account. Did you mean",
    ),
    (
        {"phone_numbers": [{"phone_number": NUMBERS[0], "trunk": "acm"}]},
        "phone_numbers[0].trunk: there is no trunk 'acm' in the account. Did you mean 'acme'?",
    ),
    (
        {"phone_numbers": [{"phone_number": "+12025550177"}]},
        "phone_numbers[0].phone_number: the account does not own +12025550177",
    ),
    (
        {"trunks": [entry(), {"domain_name": DOMAIN}]},
        "trunks[1] is the same trunk as trunks[0] (TK",
    ),
    (
        {
            "ip_access_control_lists": [{"friendly_name": "hall", "state": "absent"}],
            "trunks": [entry(ip_access_control_lists=["hall"])],
        },
        "trunks[0].ip_access_control_lists[0]: 'hall' is the IP access control list that ip_access_control_lists[0] "
        "deletes",
    ),
    (
        {
            "trunks": [{"friendly_name": "lab", "state": "absent"}],
            "phone_numbers": [{"phone_number": NUMBERS[0], "trunk": "lab"}],
        },
        "phone_numbers[0].trunk: 'lab' is the trunk that trunks[0] deletes",
    ),
    (
        {"trunks": [entry(state="absent")]},
        f"trunks[0].state: 'absent' takes the domain {DOMAIN} away, and lab.{DOMAIN} is a sub-domain of it",
    ),
    (
        {
            "addresses": [{"friendly_name": "site", "state": "absent"}],
            "phone_numbers": [{"phone_number": NUMBERS[2], "emergency_address": "site"}],
        },
        "phone_numbers[0].emergency_address: 'site' is the address that addresses[0] deletes",
    ),
    (
        {"addresses": [{"friendly_name": "site", "state": "absent"}]},
        "addresses[0].state: the address 'site'",
    ),
    (
        {"trunks": [entry(origination_urls=urls(*(f"u{n}" for n in range(10))))]},
        "trunks[0].origination_urls: '11 members' are more than the 10 that fit; list fewer, or set "
        "trunks[0].purge_origination_urls to true",
    ),
    ({"credential_lists": [{"friendly_name": "desk", "credentials": [{"username": "y"}]}]},
     "credential_lists[0].credentials[0].password is missing"),
]  # fmt: skip


@pytest.mark.parametrize(("options", "message"), LOOKED_UP, ids=[message.split(" ")[0] for __, message in LOOKED_UP])
def test_what_only_the_account_can_tell_is_told_before_the_first_change(
    made: World, options: dict[str, Any], message: str
) -> None:
    before = made.writes()
    failed = made.run(MODULE, **options)
    assert failed["failed"], failed
    assert message in failed["msg"]
    assert failed["failure"]["applied"] == []
    assert made.writes() == before


def test_a_name_borne_by_several_is_an_error_that_names_the_entry(made: World) -> None:
    twin = made.post("/v1/Trunks", "trunking", FriendlyName="acme")["sid"]
    failed = made.run(MODULE, trunks=[{"friendly_name": "lab"}, entry(secure=True)])
    assert failed["msg"].startswith("trunks[1]: More than one trunk is called 'acme'")
    assert twin in failed["msg"]
    both = [{"sid": t["sid"], "friendly_name": "acme", "secure": True} for t in made.run("twilio_trunk_info")["trunks"]
            if t["friendly_name"] == "acme"]  # fmt: skip
    assert len(run(made, trunks=both)["changes"]) == 2, "by SID each of them can be meant"


def test_a_failure_says_what_was_done_what_failed_and_what_is_left(world: World) -> None:
    planned = run(world, check=True, **NEW)["changes"]
    world.fault("POST", "/OriginationUrls$", "status", when="before", status=400, code=21249)
    failed = world.run(MODULE, concurrency=1, **NEW)
    failure = failed["failure"]
    assert failure["failed"]["object"] == "trunk acme"
    together = [*failure["applied"], failure["failed"], *failure["remaining"]]
    assert [{**change, "sid": None} for change in together] == [{**change, "sid": None} for change in planned]
    assert failure["remaining"], "numbers were not begun"
    rest = run(world, **NEW)["changes"]
    assert [change["name"] for change in rest] == [c["name"] for c in [failure["failed"], *failure["remaining"]]]
    assert not run(world, **NEW)["changed"]


def test_the_diff_shows_what_changes_under_the_name_of_what_it_is_about(made: World) -> None:
    changed = copy.deepcopy({name: NEW[name] for name in KINDS})
    changed["trunks"][1]["secure"] = True
    changed["trunks"][1]["origination_urls"] = urls("pbx1", priority=20) + urls("pbx9")
    changed["ip_access_control_lists"][0]["ip_addresses"] += addresses(7)
    changed["phone_numbers"][0]["trunk"] = "lab"
    diff = run(made, check=True, **changed)["diff"]
    assert diff["before"] == {
        "ip_access_control_lists": {"hall": {"ip_addresses": {}}},
        "trunks": {"acme": {"secure": False, "origination_urls": {"pbx1": {"priority": 10}}}},
        "phone_numbers": {NUMBERS[0]: {"trunk": "acme"}},
    }
    assert diff["after"] == {
        "ip_access_control_lists": {"hall": {"ip_addresses": {"203.0.113.7/32": "host 7"}}},
        "trunks": {
            "acme": {
                "secure": True,
                "origination_urls": {
                    "pbx1": {"priority": 20},
                    "pbx9": {"sip_url": "sip:pbx9.example.com", "priority": 10, "weight": 10, "enabled": True},
                },
            }
        },
        "phone_numbers": {NUMBERS[0]: {"trunk": "lab"}},
    }


def test_an_emergency_address_of_the_same_task_is_registered_and_waited_for(world: World) -> None:
    options: dict[str, Any] = {
        "addresses": [{"friendly_name": "site", **STREET}],
        "phone_numbers": [{"phone_number": NUMBERS[0], "address": "site", "emergency_address": "site"}],
    }
    predicted, real = run(world, check=True, **options), run(world, **options)
    for result in (predicted, real):
        number = result["account"]["phone_numbers"][0]
        assert number["emergency_address_status"] == "registered"
        assert result["diff"]["after"]["phone_numbers"][NUMBERS[0]]["emergency_address"] == "site"
    assert not run(world, **options)["changed"]


def test_a_run_that_changes_nothing_costs_few_requests(world: World) -> None:
    options: dict[str, Any] = {
        "ip_access_control_lists": [{"friendly_name": f"l{n}", "ip_addresses": addresses(n)} for n in range(1, 6)],
        "trunks": [entry(ip_access_control_lists=[f"l{n}" for n in range(1, 6)], origination_urls=urls("a", "b"))],
        "phone_numbers": [{"phone_number": number, "trunk": "acme"} for number in NUMBERS],
        "purge_phone_numbers": True,
    }
    run(world, **options)
    again = run(world, **options)
    assert (again["changed"], again["api_requests"]) == (False, 10)
