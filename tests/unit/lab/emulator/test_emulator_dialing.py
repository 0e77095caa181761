# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Geographic permissions: what they show, how they change, and which calls they let pass."""

from __future__ import annotations

import json
from typing import Any

import pytest
from emulator_client import ACCOUNT, NUMBERS, TOKEN, Client, Clock

from lab.emulator.countries import COUNTRIES, country_of

SUB = "AC" + "5" * 32
FLAGS = ("low_risk_numbers_enabled", "high_risk_special_numbers_enabled", "high_risk_tollfraud_numbers_enabled")


def _voice(client: Client, method: str, path: str, **params: str) -> Any:
    return client.rest(method, f"/voice/v1/{path}", params)


def _entry(iso: str, *enabled: bool) -> dict[str, str]:
    return {"iso_code": iso, **{flag: str(on).lower() for flag, on in zip(FLAGS, enabled)}}


def _bulk(client: Client, *entries: Any) -> Any:
    return _voice(client, "POST", "DialingPermissions/BulkCountryUpdates", UpdateRequest=json.dumps(entries))


def _allowed(client: Client) -> dict[str, list[bool]]:
    content = _voice(client, "GET", "DialingPermissions/Countries", PageSize="1000").body["content"]
    return {item["iso_code"]: [item[flag] for flag in FLAGS] for item in content if any(item[flag] for flag in FLAGS)}


@pytest.fixture
def caller(client: Client, clock: Clock) -> Client:
    """A client whose account has a trunk that admits the test's PBX, without a limit of calls per second."""
    clock.now += 60
    trunk = client.trunk(DomainName="acme.pstn.twilio.com")["sid"]
    acl = client.access_list("office", "203.0.113.10")
    client.trunking("POST", f"Trunks/{trunk}/IpAccessControlLists", {"IpAccessControlListSid": acl})
    client.lab("POST", "settings", {"trunk_cps": {trunk: 1000}})
    return client


def _dial(client: Client, number: str, host: str = "acme", from_user: str = NUMBERS[0]) -> str:
    """`route`, or the code of the refusal."""
    request = {"method": "INVITE", "source_ip": "203.0.113.10", "request_host": f"{host}.pstn.twilio.com",
               "request_user": number, "from_user": from_user}  # fmt: skip
    verdict = client.lab("POST", "sip/termination", request).body
    return str(verdict["action"] if verdict["action"] != "reject" else verdict["error"][:5])


@pytest.mark.parametrize(
    ("number", "iso"),
    [
        ("+12025550101", "US"),
        ("+14165550101", "CA"),
        ("+18765550101", "JM"),
        ("+16585550101", "JM"),
        ("+18095550101", "DO"),
        ("+18495550101", "DO"),
        ("+12425550101", "BS"),
        ("+12465550101", "BB"),
        ("+17875550101", "PR"),
        ("+19395550101", "PR"),
        ("+442079460000", "GB"),
        ("+77012345678", "KZ"),
        ("+74951234567", "RU"),
        ("+999123456", None),
    ],
)
def test_the_longest_code_names_the_country(number: str, iso: str | None) -> None:
    country = country_of(number)
    assert (country.iso if country else None) == iso


def test_the_table_is_sound() -> None:
    assert len(COUNTRIES) >= 60
    for iso, country in COUNTRIES.items():
        assert (len(iso), bool(country.name), bool(country.codes)) == (2, True, True)
        for prefix in (*country.special, *country.tollfraud):
            assert prefix.startswith(tuple(country.codes)), (iso, prefix)


def test_a_new_subaccount_inherits_and_its_own_permissions_are_narrow(client: Client) -> None:
    created = client.rest("POST", "/api/2010-04-01/Accounts.json").body
    own = client.as_user(created["sid"], created["auth_token"])
    assert _allowed(own) == _allowed(client) == {iso: [True, False, False] for iso in ("CA", "GB", "US")}
    settings = _voice(own, "GET", "Settings").body
    assert settings == {"dialing_permissions_inheritance": True, "url": "https://voice.twilio.com/v1/Settings"}
    refused = _bulk(own, _entry("FR", True, False, False))
    assert (refused.code, "inherits" in refused.body["message"]) == (20001, True)
    assert _voice(own, "POST", "Settings", DialingPermissionsInheritance="false").status == 202
    assert set(_allowed(own)) == {"US", "CA"}
    assert _bulk(own, _entry("FR", True, False, False)).status == 201
    assert set(_allowed(own)) == {"US", "CA", "FR"}
    assert set(_allowed(client)) == {"US", "CA", "GB"}


def test_the_main_account_has_nobody_to_inherit_from(client: Client) -> None:
    assert _voice(client, "GET", "Settings").body["dialing_permissions_inheritance"] is False
    assert _voice(client, "POST", "Settings", DialingPermissionsInheritance="true").code == 20001
    assert _voice(client, "POST", "Settings", DialingPermissionsInheritance="no").code == 20001


@pytest.mark.parametrize(
    ("params", "found"),
    [
        ({"IsoCode": "GB"}, ["GB"]),
        ({"IsoCode": "XX"}, []),
        ({"CountryCode": "+1"}, ["CA", "US"]),
        ({"CountryCode": "1876"}, ["JM"]),
        ({"LowRiskNumbersEnabled": "true"}, ["CA", "GB", "US"]),
        ({"LowRiskNumbersEnabled": "true", "Continent": "NORTH_AMERICA"}, ["CA", "US"]),
        ({"HighRiskSpecialNumbersEnabled": "true"}, []),
        ({"HighRiskTollfraudNumbersEnabled": "true"}, []),
        ({"Continent": "OCEANIA"}, ["AU", "FJ", "NZ", "PG"]),
    ],
)
def test_filters(client: Client, params: dict[str, str], found: list[str]) -> None:
    body = _voice(client, "GET", "DialingPermissions/Countries", **params).body
    assert [item["iso_code"] for item in body["content"]] == found
    assert body["meta"]["key"] == "content"


def test_pages(client: Client) -> None:
    seen: list[str] = []
    url = "https://voice.twilio.com/v1/DialingPermissions/Countries?PageSize=25"
    while url:
        body = client.rest("GET", "/voice" + url.partition("twilio.com")[2]).body
        seen += [item["iso_code"] for item in body["content"]]
        url = body["meta"]["next_page_url"]
    assert seen == sorted(COUNTRIES)


def test_a_bulk_update_changes_what_it_names(client: Client) -> None:
    reply = _bulk(client, _entry("LV", True, True, False), _entry("GB", False, False, True))
    assert (reply.status, reply.body) == (201, {"update_count": 2, "update_request": "accepted"})
    assert _allowed(client) == {
        "CA": [True, False, False],
        "GB": [False, False, True],
        "LV": [True, True, False],
        "US": [True, False, False],
    }
    fetched = _voice(client, "GET", "DialingPermissions/Countries/LV").body
    assert fetched["links"]["highrisk_special_prefixes"] == f"{fetched['url']}/HighRiskSpecialPrefixes"
    assert _voice(client, "GET", "DialingPermissions/Countries/XX").code == 20404
    assert _voice(client, "GET", "DialingPermissions/Countries/XX/HighRiskSpecialPrefixes").code == 20404
    assert _voice(client, "POST", "DialingPermissions/Countries/LV").code == 20004


@pytest.mark.parametrize(
    ("request_text", "word"),
    [
        ("{", "JSON"),
        ("{}", "array"),
        ("[]", "empty"),
        ("[1]", "objects"),
        (json.dumps([_entry("XX", True, True, True)]), "XX"),
        (json.dumps([_entry("GB", True, True)]), "high_risk_tollfraud_numbers_enabled"),
        (json.dumps([{**_entry("GB", True, True, True), "low_risk_numbers_enabled": True}]), "string"),
        (json.dumps([{**_entry("GB", True, True, True), "colour": "red"}]), "colour"),
        (json.dumps([_entry("FR", True, True, True), _entry("FR", True, True, True)]), "once more"),
        (json.dumps([_entry("FR", True, True, True), _entry("gb", True, True, True)]), "gb"),
    ],
)
def test_a_bad_bulk_update_changes_nothing(client: Client, request_text: str, word: str) -> None:
    before = _allowed(client)
    reply = _voice(client, "POST", "DialingPermissions/BulkCountryUpdates", UpdateRequest=request_text)
    assert (reply.status, reply.code) == (400, 20001)
    assert word in reply.body["message"]
    assert _allowed(client) == before
    assert _voice(client, "POST", "DialingPermissions/BulkCountryUpdates").code == 20001


@pytest.mark.parametrize(
    ("number", "needed"),
    [
        ("+371661234567", "low_risk"),
        ("+37181123456", "high_risk_special"),
        ("+37190001234", "high_risk_special"),
        ("+37120012345", "high_risk_tollfraud"),
    ],
)
def test_each_kind_of_number_needs_its_own_permission(caller: Client, number: str, needed: str) -> None:
    assert _dial(caller, number) == "32205"
    kinds = [flag.partition("_numbers")[0] for flag in FLAGS]
    assert _bulk(caller, _entry("LV", *(kind != needed for kind in kinds))).status == 201
    assert _dial(caller, number) == "32205"
    assert _bulk(caller, _entry("LV", *(kind == needed for kind in kinds))).status == 201
    assert _dial(caller, number) == "route"


def test_seeded_accounts_call_us_ca_and_gb_and_no_island(caller: Client) -> None:
    for number in ("+12025550199", "+14165550199", "+442079460000"):
        assert _dial(caller, number) == "route"
    for number in ("+18765550101", "+33199001234", "+999123456", "+19005550100"):
        assert _dial(caller, number) == "32205"


def test_the_seed_can_set_permissions(caller: Client) -> None:
    account = {"sid": ACCOUNT, "auth_token": TOKEN, "dialing": {"FR": ["low_risk"]}, "blocked_prefixes": ["+331"]}
    assert caller.lab("POST", "seed", {"accounts": [account]}).status == 200
    assert [_dial(caller, number) for number in ("+33299001234", "+33199001234", "+12025550199")] == [
        "route", "32205", "32205",
    ]  # fmt: skip
    for wrong in (["FR"], {"XX": []}, {"FR": ["all"]}, {"FR": "low_risk"}):
        assert caller.lab("POST", "seed", {"accounts": [{**account, "dialing": wrong}]}).status == 400


def test_a_subaccounts_calls_obey_what_it_inherits(caller: Client) -> None:
    number = "+14155550123"
    account = {"sid": SUB, "auth_token": "sub", "owner_account_sid": ACCOUNT, "numbers": [number], "cps": 100}
    caller.lab("POST", "seed", {"accounts": [{**account, "dialing": {"FR": ["low_risk"]}}]})
    own = caller.as_user(SUB, "sub")
    trunk = own.trunk(DomainName="branch.pstn.twilio.com")["sid"]
    acl = own.access_list("office", "203.0.113.10")
    own.trunking("POST", f"Trunks/{trunk}/IpAccessControlLists", {"IpAccessControlListSid": acl})

    def verdicts() -> list[str]:
        return [_dial(own, destination, "branch", number) for destination in ("+33199001234", "+442079460000")]

    assert verdicts() == ["32205", "route"]
    _voice(own, "POST", "Settings", DialingPermissionsInheritance="false")
    assert verdicts() == ["route", "32205"]


@pytest.mark.parametrize("suspended", [SUB, ACCOUNT])
def test_a_suspended_account_has_no_calls(client: Client, suspended: str) -> None:
    number = "+14155550123"
    accounts = {ACCOUNT: {"sid": ACCOUNT, "auth_token": TOKEN},
                SUB: {"sid": SUB, "auth_token": "sub", "owner_account_sid": ACCOUNT, "numbers": [number]}}  # fmt: skip
    client.lab("POST", "seed", {"accounts": list(accounts.values())})
    own = client.as_user(SUB, "sub")
    trunk = own.trunk(DomainName="branch.pstn.twilio.com")["sid"]
    own.attach(trunk, number)
    own.origination_url(trunk, "sip:203.0.113.10")
    client.lab("POST", "seed", {"accounts": [{**accounts[suspended], "status": "suspended"}]})
    request = {"method": "INVITE", "source_ip": "203.0.113.10", "request_host": "branch.pstn.twilio.com"}
    assert client.lab("POST", "sip/termination", request).body["code"] == 603
    assert client.lab("POST", "sip/origination", {"number": number}).body["code"] == 603
    assert own.trunking("GET", "Trunks").code == 20005
