# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trunking v1: trunks and their parts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from emulator_client import ACCOUNT, NUMBERS, Client


def test_new_trunk_has_twilios_defaults_links_and_dates(client: Client) -> None:
    trunk = client.trunk(FriendlyName="hq", DomainName="Acme-HQ.pstn.twilio.com")
    url = f"https://trunking.twilio.com/v1/Trunks/{trunk['sid']}"
    assert re.fullmatch("TK[0-9a-f]{32}", trunk["sid"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", trunk["date_created"])
    expected: dict[str, Any] = {
        "account_sid": ACCOUNT,
        "friendly_name": "hq",
        "domain_name": "acme-hq.pstn.twilio.com",
        "disaster_recovery_url": None,
        "disaster_recovery_method": None,
        "transfer_mode": "disable-all",
        "transfer_caller_id": "from-transferee",
        "secure": False,
        "cnam_lookup_enabled": False,
        "symmetric_rtp_enabled": False,
        "recording": {"mode": "do-not-record", "trim": "do-not-trim"},
        "auth_type": "",
        "auth_type_set": [],
        "url": url,
    }
    assert expected.items() <= trunk.items()
    assert trunk["links"]["credential_lists"] == f"{url}/CredentialLists"
    assert client.trunking("GET", f"Trunks/{trunk['sid']}").body == trunk


def test_update_is_a_post_and_an_empty_value_clears(client: Client) -> None:
    trunk = client.trunk(FriendlyName="hq", DisasterRecoveryUrl="https://example.com/dr", DisasterRecoveryMethod="GET")
    changes = {"FriendlyName": "", "DisasterRecoveryUrl": "", "Secure": "true", "TransferMode": "sip-only"}
    reply = client.trunking("POST", f"Trunks/{trunk['sid']}", changes)
    assert reply.status == 200
    shown = {key: reply.body[key] for key in ("friendly_name", "disaster_recovery_url", "secure", "transfer_mode")}
    assert shown == {
        "friendly_name": None,
        "disaster_recovery_url": None,
        "secure": True,
        "transfer_mode": "sip-only",
    }
    assert reply.body["disaster_recovery_method"] == "GET"


@pytest.mark.parametrize(
    ("param", "value", "code"),
    [
        ("FriendlyName", "x" * 65, 20001),
        ("DomainName", "acme.example.com", 21245),
        ("DomainName", "pstn.twilio.com", 21245),
        ("DomainName", "ac_me.pstn.twilio.com", 21245),
        ("DomainName", "acme.pstn.ashburn.twilio.com", 21245),
        ("DisasterRecoveryUrl", "ftp://example.com", 20001),
        ("DisasterRecoveryMethod", "PUT", 20001),
        ("TransferMode", "all", 20001),
        ("Secure", "yes", 20001),
        ("Secure", "True", 20001),
        ("TransferCallerId", "", 20001),
        ("SymmetricRtpEnabled", "true", 20001),
        ("Unheard", "of", 20001),
    ],
)
def test_bad_values_are_refused_by_name_and_change_nothing(client: Client, param: str, value: str, code: int) -> None:
    reply = client.trunking("POST", "Trunks", {param: value})
    assert (reply.status, reply.code) == (400, code)
    assert param in reply.body["message"]
    assert reply.body["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert client.trunking("GET", "Trunks").body["trunks"] == []


def test_domains_are_unique_across_accounts_whatever_their_case(client: Client) -> None:
    client.trunk(DomainName="acme.pstn.twilio.com")
    other = {"sid": "AC" + "2" * 32, "auth_token": "other"}
    client.lab("POST", "seed", {"accounts": [other]})
    reply = client.as_user(other["sid"], "other").trunking("POST", "Trunks", {"DomainName": "ACME.pstn.twilio.com"})
    assert (reply.status, reply.code) == (400, 21248)


def test_a_subdomain_needs_its_parent_and_then_protects_it(client: Client) -> None:
    assert client.trunking("POST", "Trunks", {"DomainName": "a.b.pstn.twilio.com"}).code == 21247
    parent = client.trunk(DomainName="b.pstn.twilio.com")["sid"]
    child = client.trunk(DomainName="a.b.pstn.twilio.com")["sid"]
    assert client.trunking("DELETE", f"Trunks/{parent}").code == 21247
    assert client.trunking("POST", f"Trunks/{parent}", {"DomainName": "c.pstn.twilio.com"}).code == 21247
    assert client.trunking("DELETE", f"Trunks/{child}").status == 204
    assert client.trunking("DELETE", f"Trunks/{parent}").status == 204


def test_a_subaccount_may_use_a_subdomain_of_its_parents_domain(client: Client) -> None:
    sub = {"sid": "AC" + "5" * 32, "auth_token": "sub", "owner_account_sid": ACCOUNT}
    stranger = {"sid": "AC" + "6" * 32, "auth_token": "stranger"}
    client.lab("POST", "seed", {"accounts": [sub, stranger]})
    client.trunk(DomainName="b.pstn.twilio.com")
    domain = {"DomainName": "a.b.pstn.twilio.com"}
    assert client.as_user(stranger["sid"], "stranger").trunking("POST", "Trunks", domain).code == 21247
    assert client.as_user(sub["sid"], "sub").trunking("POST", "Trunks", domain).status == 201


def test_keeping_its_own_domain_is_no_conflict(client: Client) -> None:
    sid = client.trunk(DomainName="acme.pstn.twilio.com")["sid"]
    assert client.trunking("POST", f"Trunks/{sid}", {"DomainName": "ACME.pstn.twilio.com"}).status == 200


def test_an_account_has_100_trunks_at_most(client: Client) -> None:
    for __ in range(100):
        client.trunk()
    assert client.trunking("POST", "Trunks").code == 21244


def test_trial_accounts_have_no_trunking(client: Client) -> None:
    client.lab("POST", "seed", {"accounts": [{"sid": "AC" + "3" * 32, "auth_token": "t", "type": "Trial"}]})
    reply = client.as_user("AC" + "3" * 32, "t").trunking("POST", "Trunks")
    assert (reply.status, reply.code) == (403, 20403)


def test_recording_is_written_through_its_own_resource_only(client: Client) -> None:
    sid = client.trunk()["sid"]
    assert client.trunking("POST", f"Trunks/{sid}", {"Recording": "x"}).code == 20001
    changed = client.trunking("POST", f"Trunks/{sid}/Recording", {"Mode": "record-from-answer-dual"})
    assert (changed.status, changed.body) == (200, {"mode": "record-from-answer-dual", "trim": "do-not-trim"})
    assert client.trunking("GET", f"Trunks/{sid}").body["recording"]["mode"] == "record-from-answer-dual"
    assert client.trunking("POST", f"Trunks/{sid}/Recording", {"Mode": "always"}).code == 20001
    assert client.trunking("DELETE", f"Trunks/{sid}/Recording").status == 405


_URL: dict[str, Any] = {
    "Weight": 1,
    "Priority": 0,
    "Enabled": "true",
    "FriendlyName": "pbx1",
    "SipUrl": "sip:203.0.113.1:5060;transport=tcp;edge=dublin?X-a=b",
}


def test_origination_url_lifecycle(client: Client) -> None:
    path = f"Trunks/{client.trunk()['sid']}/OriginationUrls"
    created = client.trunking("POST", path, _URL)
    assert created.status == 201
    url = created.body
    shown = {key: url[key] for key in ("weight", "priority", "enabled", "friendly_name", "sip_url")}
    assert shown == {
        "weight": 1,
        "priority": 0,
        "enabled": True,
        "friendly_name": "pbx1",
        "sip_url": _URL["SipUrl"],
    }
    changed = client.trunking("POST", f"{path}/{url['sid']}", {"Enabled": "false"})
    assert (changed.status, changed.body["enabled"], changed.body["weight"]) == (200, False, 1)
    assert client.trunking("DELETE", f"{path}/{url['sid']}").status == 204
    assert client.trunking("GET", f"{path}/{url['sid']}").code == 20404


@pytest.mark.parametrize("missing", list(_URL))
def test_every_parameter_of_an_origination_url_is_required(client: Client, missing: str) -> None:
    params = {key: value for key, value in _URL.items() if key != missing}
    reply = client.trunking("POST", f"Trunks/{client.trunk()['sid']}/OriginationUrls", params)
    assert (reply.status, reply.code) == (400, 20001)
    assert missing in reply.body["message"]


@pytest.mark.parametrize(
    ("param", "value"),
    [
        ("Weight", "0"),
        ("Weight", "65536"),
        ("Weight", "1.5"),
        ("Priority", "-1"),
        ("Priority", "65536"),
        ("SipUrl", "sips:pbx.example.com"),
        ("SipUrl", "https://pbx.example.com"),
        ("SipUrl", "sip://pbx.example.com"),
        ("SipUrl", "sip:"),
        ("SipUrl", "sip:300.1.1.1"),
        ("SipUrl", "sip:pbx.example.com:99999"),
        ("SipUrl", "sip:pbx.example.com;transport=sctp"),
        ("FriendlyName", "x" * 65),
    ],
)
def test_bad_origination_urls_are_refused(client: Client, param: str, value: str) -> None:
    reply = client.trunking("POST", f"Trunks/{client.trunk()['sid']}/OriginationUrls", {**_URL, param: value})
    assert (reply.status, reply.code) == (400, 20001)
    assert param in reply.body["message"]


def test_a_trunk_has_ten_origination_urls_at_most(client: Client) -> None:
    path = f"Trunks/{client.trunk()['sid']}/OriginationUrls"
    for __ in range(10):
        assert client.trunking("POST", path, _URL).status == 201
    assert client.trunking("POST", path, _URL).code == 21249


@pytest.mark.parametrize(
    ("part", "param", "make", "scheme", "mapped"),
    [
        ("IpAccessControlLists", "IpAccessControlListSid", "access_list", "IP_ACL", 21236),
        ("CredentialLists", "CredentialListSid", "credential_list", "CREDENTIAL_LIST", 21241),
    ],
)
def test_lists_are_associated_by_their_own_sid(
    client: Client, *, part: str, param: str, make: str, scheme: str, mapped: int
) -> None:
    sid = getattr(client, make)("office")
    trunk = client.trunk()["sid"]
    created = client.trunking("POST", f"Trunks/{trunk}/{part}", {param: sid})
    assert created.status == 201
    shown = {key: created.body[key] for key in ("sid", "trunk_sid", "friendly_name")}
    assert shown == {"sid": sid, "trunk_sid": trunk, "friendly_name": "office"}
    assert client.trunking("GET", f"Trunks/{trunk}").body["auth_type"] == scheme
    assert client.trunking("POST", f"Trunks/{trunk}/{part}", {param: sid}).code == 21245
    assert client.trunking("POST", f"Trunks/{trunk}/{part}/{sid}", {param: sid}).status == 405
    assert client.api("DELETE", f"SIP/{part}/{sid}").code == mapped
    assert client.trunking("DELETE", f"Trunks/{trunk}/{part}/{sid}").status == 204
    assert client.trunking("GET", f"Trunks/{trunk}/{part}/{sid}").code == 20404
    assert client.api("DELETE", f"SIP/{part}/{sid}").status == 204


def test_both_schemes_together(client: Client) -> None:
    trunk = client.trunk()["sid"]
    client.trunking("POST", f"Trunks/{trunk}/CredentialLists", {"CredentialListSid": client.credential_list("c")})
    client.trunking("POST", f"Trunks/{trunk}/IpAccessControlLists", {"IpAccessControlListSid": client.access_list("a")})
    shown = client.trunking("GET", f"Trunks/{trunk}").body
    assert (shown["auth_type"], shown["auth_type_set"]) == ("IP_ACL,CREDENTIAL_LIST", ["IP_ACL", "CREDENTIAL_LIST"])


def test_a_list_of_another_account_cannot_be_associated(client: Client) -> None:
    client.lab("POST", "seed", {"accounts": [{"sid": "AC" + "2" * 32, "auth_token": "other"}]})
    foreign = client.as_user("AC" + "2" * 32, "other").access_list("theirs")
    path = f"Trunks/{client.trunk()['sid']}/IpAccessControlLists"
    assert client.trunking("POST", path, {"IpAccessControlListSid": foreign}).code == 20404
    assert client.trunking("POST", path, {"IpAccessControlListSid": "AL1"}).code == 20001


def test_numbers_are_attached_and_detached_never_released(client: Client) -> None:
    trunk, sid = client.trunk()["sid"], client.number_sid()
    path = f"Trunks/{trunk}/PhoneNumbers"
    created = client.trunking("POST", path, {"PhoneNumberSid": sid})
    assert (created.status, created.body["phone_number"], created.body["trunk_sid"]) == (201, NUMBERS[0], trunk)
    assert created.body["links"]["phone_number"].startswith("https://api.twilio.com/2010-04-01/Accounts/")
    assert client.trunking("POST", path, {"PhoneNumberSid": sid}).code == 21245
    assert [n["sid"] for n in client.trunking("GET", path).body["phone_numbers"]] == [sid]
    assert client.trunking("DELETE", f"{path}/{sid}").status == 204
    assert client.trunking("DELETE", f"{path}/{sid}").code == 20404
    assert client.api("GET", f"IncomingPhoneNumbers/{sid}").body["trunk_sid"] is None


def test_deleting_a_trunk_lets_go_of_its_numbers_and_lists(client: Client) -> None:
    trunk, sid = client.trunk()["sid"], client.number_sid()
    acl = client.access_list("office")
    client.attach(trunk)
    client.trunking("POST", f"Trunks/{trunk}/IpAccessControlLists", {"IpAccessControlListSid": acl})
    assert client.trunking("DELETE", f"Trunks/{trunk}").status == 204
    assert client.api("GET", f"IncomingPhoneNumbers/{sid}").body["trunk_sid"] is None
    assert client.api("DELETE", f"SIP/IpAccessControlLists/{acl}").status == 204


def test_other_accounts_do_not_see_a_trunk(client: Client) -> None:
    sid = client.trunk()["sid"]
    client.lab("POST", "seed", {"accounts": [{"sid": "AC" + "2" * 32, "auth_token": "other"}]})
    other = client.as_user("AC" + "2" * 32, "other")
    assert other.trunking("GET", "Trunks").body["trunks"] == []
    for method in ("GET", "POST", "DELETE"):
        assert other.trunking(method, f"Trunks/{sid}").code == 20404
    assert other.trunking("GET", f"Trunks/{sid}/OriginationUrls").code == 20404
    assert other.trunking("GET", f"Trunks/{sid}/Recording").code == 20404
