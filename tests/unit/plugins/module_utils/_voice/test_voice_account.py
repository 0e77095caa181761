# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The account's own variables: contradictions are found, and what the account is told follows from them."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from voice_offices import OPTIONS, branches, hosts, number, office, problems, trunk

from ansible_collections.dialtone.voice.plugins.module_utils._voice import account_checks, description

ADDRESS = {
    "name": "hq", "customer_name": "Acme", "street": "1 Main St", "city": "Washington", "region": "DC",
    "postal_code": "20001", "country": "US", "emergency": True,
}  # fmt: skip
PASSWORD = "Correct-Horse-9"


def lists(**changes: Any) -> dict[str, Any]:
    return office(voice_access_lists=[{"name": "partners", "addresses": ["203.0.113.64/28"], **changes}])


NOBODY_CALLS_OUT = {"emergency": {"address_required": False}}


def users(*credentials: dict[str, Any], **changes: Any) -> dict[str, Any]:
    return office(voice_credential_lists=[{"name": "pbxs", "credentials": list(credentials), **changes}])


def addressed(changes: dict[str, Any] | None = None, **of_number: Any) -> dict[str, Any]:
    return {**number(**of_number), "voice_addresses": [{**ADDRESS, **(changes or {})}]}


CASES: list[tuple[dict[str, Any], str, str]] = [
    # Trunks
    (
        trunk(authentication={"addresses": [], "credentials": []}),
        "voice_trunks[0].authentication: neither",
        "direction: inbound",
    ),
    ({**trunk(direction="inbound"), "voice_dialplan": NOBODY_CALLS_OUT}, "", ""),
    (trunk(direction="inbound", authentication={"credentials": ["x"]}), "the direction is inbound", "direction: both"),
    (trunk(direction="outbound", origination=[{"sip_url": "sip:a"}]), "but the direction is outbound", "remove it"),
    (trunk(direction="outbound", origination=[]), "", ""),
    (trunk(disaster_recovery={"url": "ftp://x"}), "disaster_recovery.url: 'ftp://x' is not a URL", "https://"),
    (trunk(disaster_recovery={"method": "PUT"}), "disaster_recovery.method: 'PUT' cannot be chosen", "GET"),
    (trunk(transfer={"mode": "all"}), "transfer.mode: 'all' cannot be chosen", "enable-all"),
    (trunk(region="de1"), "voice_trunks[0].region: 'de1' cannot be chosen", "ie1"),
    (trunk(cnam_lookup="maybe"), "cnam_lookup: 'maybe' is neither true nor false", "write true or false"),
    (trunk(authentication={"access_lists": ["a", "a"]}), "access_lists[1]: 'a' is there twice", "remove one"),
    (
        trunk(authentication={"access_lists": ["acme-hq-production"]}),
        "access_lists: 'acme-hq-production' is the list that the trunk gets",
        "set addresses to []",
    ),
    # Access lists
    (lists(), "", ""),
    (lists(name=""), "voice_access_lists[0].name: ''", "use 1 to 255 characters"),
    (lists(name="acme-hq-production"), "voice_access_lists[0].name: 'acme-hq-production' is the list that", "another"),
    (lists(addresses=["10.0.0.1"]), "addresses[0]: '10.0.0.1' is private", "write public addresses"),
    (lists(addresses=["203.0.113.0/24", {"address": "203.0.113.7"}]), "addresses[1]: '203.0.113.7' overlaps", "remove"),
    (lists(addresses=[{"adress": "x"}]), "addresses[0].adress: no such option", "'address'"),
    (lists(addresses=[5]), "addresses[0]: '5' is neither text nor a dictionary", "write 203.0.113.10"),
    (lists(addresses=[f"203.0.113.{n}" for n in range(101)]), "101 entries, Twilio takes 100", "join neighbours"),
    # Credential lists
    (users({"username": "pbx1"}), "", ""),
    (users({"username": "pbx1", "password": PASSWORD}), "", ""),
    (users({"username": "pbx1", "password": ""}), "", ""),
    (users({"username": "pbx 1"}), "username: 'pbx 1' is not a user name", "without spaces"),
    (users({"username": "a"}, {"username": "a"}), "credentials[1].username: 'a' is credentials[0] too", "remove one"),
    (users({"username": "a", "password": "Sh0rt"}), "credentials[0].password: Twilio would refuse it", "12 characters"),
    (users({"username": "a", "password": "no-digits-In-here"}), "needs a digit", "openssl rand"),
    (users({"username": "a", "password": "NO-SMALL-LETTER-1"}), "needs a small letter", "openssl rand"),
    (users({"username": "a", "password": "no-capital-letter-1"}), "needs a capital letter", "openssl rand"),
    (users({"username": "a", "password": 123456789012}), "password: the value is not text", "in quotes"),
    (users({"username": "a"}, update_password="always"), "it is always, but not every user", "on_create"),
    # Addresses
    (addressed(), "", ""),
    (addressed({"country": "UK"}), "voice_addresses[0].country: 'UK' is not a country code", "'GB'"),
    (addressed({"street": " "}), "voice_addresses[0].street: it is empty", "write it"),
    (addressed({"city": "a\nb"}), "voice_addresses[0].city: it has a line end", "remove it"),
    (addressed({"name": "x" * 33}), "is too long for an emergency address", "at most 32"),
    (addressed(address="hqs"), "voice_numbers[0].address: 'hqs' is not an address", "did you mean 'hq'"),
    (number(emergency_address="hq"), "emergency_address: 'hq' is not an address", "voice_addresses is empty"),
    (addressed({"emergency": False}, emergency_address="hq"), "'hq' is not for emergency calls", "emergency: true"),
    (
        addressed({"country": "GB"}, emergency_address="hq"),
        "'hq' is in GB, but +12025550101 is a number of US",
        "in the country of the number",
    ),
    (addressed(emergency_address="hq", address="hq", name="Sales"), "", ""),
    (addressed(emergency_address="", address=""), "", ""),
    (number(name=" Sales"), "voice_numbers[0].name: ' Sales' is not a name", "without spaces"),
    # Destinations
    (number(destination={}), "destination: nobody is rung", "unassigned: true"),
    (number(destination={"unassigned": False}), "destination.unassigned: it is false", "remove it"),
    (number(destination={"unassigned": True, "extension": "101"}), "both extension and unassigned", "keep one"),
    (number(destination={"unassigned": True}), "", ""),
    # Dialling permissions
    (office(voice_dialing_permissions="auto"), "", ""),
    (office(voice_dialing_permissions={"low_risk": ["US"]}), "", ""),
    (office(voice_dialing_permissions="all"), "voice_dialing_permissions: 'all' is neither auto", "{low_risk: [US]}"),
    (office(voice_dialing_permissions={"low_risks": []}), "low_risks: no such option", "'low_risk'"),
    (office(voice_dialing_permissions={"low_risk": ["UK"]}), "low_risk[0]: 'UK' is not a country code", "'GB'"),
    (office(voice_dialing_permissions={"low_risk": ["US", "US"]}), "low_risk[1]: 'US' is there twice", "remove one"),
    (
        office(voice_dialing_permissions={"low_risk": ["US"], "high_risk_special": ["LV"]}),
        "high_risk_special[0]: 'LV' is open for risky numbers, but not in low_risk",
        "add it there",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("variables", "what", "remedy"), CASES)
def test_a_problem_names_path_value_and_remedy(variables: dict[str, Any], what: str, remedy: str) -> None:
    found = problems(variables)
    if not what:
        assert found == []
        return
    assert any(what in problem and remedy in problem for problem in found), found
    for secret in ("Sh0rt", "no-digits-In-here", "NO-SMALL-LETTER-1", "no-capital-letter-1", "123456789012"):
        assert secret not in json.dumps(found)


def test_garbage_is_reported_not_a_crash() -> None:
    for garbage in ("x", 5, [5], {"a": 1}, True, [None], [{}], [[]], [{"name": 5, "addresses": 5, "credentials": 5}]):
        for name in ("voice_access_lists", "voice_credential_lists", "voice_addresses", "voice_dialing_permissions"):
            assert isinstance(problems(office(**{name: garbage})), list)
        for key in ("direction", "disaster_recovery", "transfer", "cnam_lookup", "region"):
            assert isinstance(problems(trunk(**{key: garbage})), list)
        for key in ("name", "address", "emergency_address", "destination"):
            assert isinstance(problems(number(**{key: garbage})), list)


def options_of(variables: dict[str, Any]) -> dict[str, Any]:
    (account,) = description.account_objects(hosts(variables), OPTIONS)
    found: dict[str, Any] = account["options"]
    return found


def test_what_is_left_out_is_not_touched() -> None:
    told = options_of(office())
    assert "dialing_permissions" not in told
    for name in ("disaster_recovery_url", "transfer_mode", "cnam_lookup_enabled"):
        assert name not in told["trunks"][0]
    for name in ("friendly_name", "address", "emergency_address"):
        assert name not in told["phone_numbers"][0]


def test_everything_reaches_the_account() -> None:
    variables = trunk(
        authentication={"access_lists": ["partners"], "credentials": ["pbxs"]},
        disaster_recovery={"url": "https://example.com/x", "method": "GET"},
        transfer={"mode": "sip-only", "caller_id": "from-transferor"},
        cnam_lookup=True,
        region="ie1",
    )
    variables["voice_numbers"][0].update(name="Sales", address="hq", emergency_address="hq")
    variables |= {
        "voice_access_lists": [
            {"name": "partners", "addresses": ["198.51.100.0/24", {"address": "192.0.2.1", "name": "p"}]}
        ],
        "voice_credential_lists": [
            {
                "name": "pbxs",
                "credentials": [{"username": "a", "password": PASSWORD}, {"username": "b", "password": ""}],
            }
        ],
        "voice_trunk_credentials": {"acme-hq-production": {"username": "a", "password": PASSWORD}},
        "voice_addresses": [ADDRESS],
        "voice_dialing_permissions": "auto",
    }
    (account,) = description.account_objects(hosts(variables), OPTIONS)
    told = account["options"]
    assert account["regions"] == [{"host": "pbx1", "trunk": "acme-hq.pstn.twilio.com", "voice_region": "ie1"}]
    assert told["ip_access_control_lists"][1] == {
        "friendly_name": "partners",
        "ip_addresses": [
            {"ip_address": "198.51.100.0/24"},
            {"ip_address": "192.0.2.1", "friendly_name": "p"},
        ],
        "allow_private": False,
        "purge_ip_addresses": True,
    }
    assert told["credential_lists"] == [
        {
            "friendly_name": "pbxs",
            "credentials": [{"username": "a", "password": PASSWORD}, {"username": "b"}],
            "update_password": "on_create",
            "purge_credentials": True,
        }
    ]
    assert (
        told["addresses"][0] | {"friendly_name": "hq", "address_region": "DC", "emergency_enabled": True}
        == told["addresses"][0]
    )
    made = told["trunks"][0]
    assert made["ip_access_control_lists"] == ["acme-hq-production", "partners"]
    assert made["credential_lists"] == ["pbxs"]
    assert (made["disaster_recovery_url"], made["disaster_recovery_method"]) == ("https://example.com/x", "GET")
    assert (made["transfer_mode"], made["transfer_caller_id"]) == ("sip-only", "from-transferor")
    assert made["cnam_lookup_enabled"] is True
    assert told["phone_numbers"][0] == {
        "phone_number": "+12025550101",
        "trunk": "acme-hq.pstn.twilio.com",
        "friendly_name": "Sales",
        "address": "hq",
        "emergency_address": "hq",
    }
    assert told["dialing_permissions"] == {
        "low_risk": ["CA", "US"], "high_risk_special": [], "high_risk_tollfraud": [], "purge": True,
    }  # fmt: skip


def test_a_direction_takes_away_what_the_other_one_needs() -> None:
    inbound = options_of({**trunk(direction="inbound"), "voice_dialplan": NOBODY_CALLS_OUT})
    assert inbound["ip_access_control_lists"] == []
    assert inbound["trunks"][0]["ip_access_control_lists"] == []
    assert len(inbound["trunks"][0]["origination_urls"]) == 2
    outbound = options_of(trunk(direction="outbound"))
    assert outbound["trunks"][0]["origination_urls"] == []
    assert len(outbound["ip_access_control_lists"]) == 1


def shared(left: dict[str, Any], right: dict[str, Any]) -> list[dict[str, Any]]:
    entries = branches()
    for entry in entries:
        entry.update(copy.deepcopy(right if entry["name"] == "p1" else left))
    return entries


PARTNERS = {"voice_access_lists": [{"name": "partners", "addresses": ["198.51.100.64/28"]}]}


def test_offices_of_one_account_may_describe_the_same_in_the_same_words() -> None:
    entries = shared(PARTNERS, PARTNERS)
    assert description.problems(entries, OPTIONS) == []
    (account,) = description.account_objects(entries, OPTIONS)
    names = [entry["friendly_name"] for entry in account["options"]["ip_access_control_lists"]]
    assert names.count("partners") == 1


@pytest.mark.parametrize(
    ("right", "sentence"),
    [
        (
            {"voice_access_lists": [{"name": "partners", "addresses": ["198.51.100.80/28"]}]},
            "The access list 'partners' is not the same in the description of b1, b2 and in that of p1",
        ),
        (
            {**PARTNERS, "voice_dialing_permissions": "auto"},
            "voice_dialing_permissions is not the same for b1, b2 and for",
        ),
        (
            {"voice_access_lists": [{"name": "boston-production", "addresses": ["198.51.100.80/28"]}]},
            "The access list 'boston-production' is not the same",
        ),
    ],
)
def test_offices_of_one_account_must_not_contradict_each_other(right: dict[str, Any], sentence: str) -> None:
    found = description.problems(shared(PARTNERS, right), OPTIONS)
    assert [problem[: len(sentence)] for problem in found] == [sentence]
    elsewhere = {**right, "voice_twilio_account_sid": "AC" + "1" * 32}
    assert description.problems(shared(PARTNERS, elsewhere), OPTIONS) == []


def test_the_ways_to_an_account_tell_accounts_apart() -> None:
    for way in ("account_sid", "api_key", "edge", "region", "base_url"):
        entries = shared({}, {f"voice_twilio_{way}": "x1"})
        assert len(description.account_objects(entries, OPTIONS)) == 2, way


def test_permissions_are_those_of_all_offices_whatever_the_limit() -> None:
    entries = shared({"voice_dialing_permissions": "auto"}, {"voice_dialing_permissions": "auto"})
    for entry in entries:
        if entry["name"] == "p1":
            entry["voice_dialplan"].update(allow=["international"], countries=["GB"])
    (account,) = description.account_objects(entries, OPTIONS, ["b1"])
    assert account["options"]["dialing_permissions"]["low_risk"] == ["CA", "GB", "US"]


def test_offices_that_purge_and_offices_that_do_not_share_what_both_describe() -> None:
    entries = shared(PARTNERS, {**PARTNERS, "voice_purge": False})
    purging, sparing = description.account_objects(entries, OPTIONS)
    assert (purging["offices"], sparing["offices"]) == ([["b1", "b2"]], [["p1"]])
    assert purging["options"]["purge_phone_numbers"] is True
    assert sparing["options"]["purge_phone_numbers"] is False
    flags = {
        entry["friendly_name"]: entry["purge_ip_addresses"] for entry in purging["options"]["ip_access_control_lists"]
    }
    assert flags == {"boston-production": True, "partners": False}


@pytest.mark.parametrize("password", ["Correct-Horse-9", "aB3" * 4, "Zürich"])
def test_passwords_are_judged_as_twilio_does(password: str) -> None:
    assert (account_checks.password_problem(password) is None) is password.isascii()
