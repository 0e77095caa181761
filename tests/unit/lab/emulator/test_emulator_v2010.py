# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The 2010 API: access lists, credentials, numbers, addresses, the account."""

from __future__ import annotations

import re
from typing import Any

import pytest
from emulator_client import ACCOUNT, NUMBERS, TOKEN, Client, Clock

ADDRESS: dict[str, Any] = {
    "CustomerName": "Acme",
    "Street": "1 Main Street",
    "City": "Washington",
    "Region": "dc",
    "PostalCode": "20001",
    "IsoCountry": "US",
    "EmergencyEnabled": "true",
}


def test_access_list_lifecycle_and_dates(client: Client) -> None:
    created = client.api("POST", "SIP/IpAccessControlLists", {"FriendlyName": "office"})
    assert created.status == 201
    sid = created.body["sid"]
    base = f"/2010-04-01/Accounts/{ACCOUNT}/SIP/IpAccessControlLists/{sid}"
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d \+0000", created.body["date_created"])
    assert created.body["uri"] == f"{base}.json"
    assert created.body["subresource_uris"] == {"ip_addresses": f"{base}/IpAddresses.json"}
    renamed = client.api("POST", f"SIP/IpAccessControlLists/{sid}", {"FriendlyName": "hq"})
    assert (renamed.status, renamed.body["friendly_name"]) == (200, "hq")
    assert client.api("DELETE", f"SIP/IpAccessControlLists/{sid}").status == 204
    assert client.api("GET", f"SIP/IpAccessControlLists/{sid}").code == 20404


def test_names_of_lists_are_unique_and_required(client: Client) -> None:
    client.access_list("office")
    other = client.access_list("branch")
    assert client.api("POST", "SIP/IpAccessControlLists", {"FriendlyName": "office"}).code == 21235
    assert client.api("POST", f"SIP/IpAccessControlLists/{other}", {"FriendlyName": "office"}).code == 21235
    assert client.api("POST", f"SIP/IpAccessControlLists/{other}", {"FriendlyName": "branch"}).status == 200
    assert client.api("POST", "SIP/IpAccessControlLists").code == 21235
    client.credential_list("users")
    assert client.api("POST", "SIP/CredentialLists", {"FriendlyName": "users"}).code == 21240
    assert client.api("POST", "SIP/CredentialLists", {"FriendlyName": "x" * 65}).code == 21240


@pytest.mark.parametrize(("given", "stored"), [(None, 32), ("0", 32), ("1", 1), ("24", 24), ("32", 32)])
def test_prefix_length_zero_becomes_32_silently(client: Client, given: str | None, stored: int) -> None:
    path = f"SIP/IpAccessControlLists/{client.access_list('office')}/IpAddresses"
    params = {"FriendlyName": "x", "IpAddress": "203.0.113.5"}
    if given is not None:
        params["CidrPrefixLength"] = given
    created = client.api("POST", path, params)
    assert (created.status, created.body["cidr_prefix_length"]) == (201, stored)
    updated = client.api("POST", f"{path}/{created.body['sid']}", {"CidrPrefixLength": "0"})
    assert (updated.status, updated.body["cidr_prefix_length"]) == (200, 32)


@pytest.mark.parametrize(
    "change",
    [
        {"IpAddress": "2001:db8::1"},
        {"IpAddress": "203.0.113.0/24"},
        {"IpAddress": "pbx.example.com"},
        {"CidrPrefixLength": "33"},
        {"CidrPrefixLength": "-1"},
        {"FriendlyName": ""},
    ],
)
def test_addresses_are_ipv4_with_a_prefix_length(client: Client, change: dict[str, str]) -> None:
    path = f"SIP/IpAccessControlLists/{client.access_list('office')}/IpAddresses"
    assert client.api("POST", path, {"FriendlyName": "x", "IpAddress": "203.0.113.5", **change}).code == 21235


def test_an_address_is_in_a_list_once(client: Client) -> None:
    sid = client.access_list("office", "203.0.113.5", "203.0.113.6")
    path = f"SIP/IpAccessControlLists/{sid}/IpAddresses"
    assert client.api("POST", path, {"FriendlyName": "again", "IpAddress": "203.0.113.5"}).code == 21235
    last = client.api("GET", path).body["ip_addresses"][0]
    assert client.api("POST", f"{path}/{last['sid']}", {"IpAddress": "203.0.113.5"}).code == 21235


def test_a_list_has_100_addresses_at_most(client: Client) -> None:
    sid = client.access_list("office", *(f"203.0.113.{n}" for n in range(100)))
    reply = client.api(
        "POST", f"SIP/IpAccessControlLists/{sid}/IpAddresses", {"FriendlyName": "x", "IpAddress": "192.0.2.1"}
    )
    assert reply.code == 21237


def test_an_account_has_100_credential_lists_at_most(client: Client) -> None:
    for n in range(100):
        client.credential_list(f"list {n}")
    assert client.api("POST", "SIP/CredentialLists", {"FriendlyName": "one more"}).code == 21239


def test_the_password_is_never_seen_again(client: Client) -> None:
    secret = "Correct-Horse-9"
    sid = client.credential_list("users", alice=secret)
    path = f"SIP/CredentialLists/{sid}/Credentials"
    (credential,) = client.api("GET", path).body["credentials"]
    changed = client.api("POST", f"{path}/{credential['sid']}", {"Password": secret + "x"})
    assert changed.status == 200
    refused = client.api("POST", path, {"Username": "bob", "Password": "only-lower-case-9"})
    assert refused.code == 21243
    seen = [credential, changed.body, refused.body, client.lab("GET", "journal").body, client.lab("GET", "state").body]
    assert "alice" in str(seen)
    for text in (secret, "only-lower-case-9", "ha1"):
        assert text not in str(seen)


@pytest.mark.parametrize(
    ("username", "password"),
    [
        ("x" * 33, "Correct-Horse-9"),
        ("", "Correct-Horse-9"),
        ("two words", "Correct-Horse-9"),
        ("bob", "Short-9"),
        ("bob", "no-upper-case-9"),
        ("bob", "NO-LOWER-CASE-9"),
        ("bob", "No-Digit-At-All"),
        ("alice", "Correct-Horse-9"),
    ],
)
def test_bad_credentials_are_refused(client: Client, username: str, password: str) -> None:
    sid = client.credential_list("users", alice="Correct-Horse-9")
    entry = {"Username": username, "Password": password}
    assert client.api("POST", f"SIP/CredentialLists/{sid}/Credentials", entry).code == 21243


def test_a_user_name_cannot_be_changed(client: Client) -> None:
    sid = client.credential_list("users", alice="Correct-Horse-9")
    path = f"SIP/CredentialLists/{sid}/Credentials"
    credential = client.api("GET", path).body["credentials"][0]["sid"]
    reply = client.api("POST", f"{path}/{credential}", {"Username": "bob"})
    assert (reply.code, "Username" in reply.body["message"]) == (20001, True)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("+12025550101", ["+12025550101"]),
        ("5550103", ["+12025550103"]),
        ("+1202555010*", ["+12025550103", "+12025550102", "+12025550101"]),
        ("555*1*2", ["+12025550102"]),
        ("+2025550101", []),
    ],
)
def test_the_number_filter_takes_parts_and_wildcards(client: Client, wanted: str, found: list[str]) -> None:
    reply = client.api("GET", "IncomingPhoneNumbers", {"PhoneNumber": wanted})
    assert [number["phone_number"] for number in reply.body["incoming_phone_numbers"]] == found


def test_other_number_filters(client: Client) -> None:
    client.api("POST", f"IncomingPhoneNumbers/{client.number_sid()}", {"FriendlyName": "main line"})

    def count(**params: str) -> int:
        return len(client.api("GET", "IncomingPhoneNumbers", params).body["incoming_phone_numbers"])

    assert (count(FriendlyName="main line"), count(FriendlyName="main")) == (1, 0)
    assert (count(Beta="false"), count(Beta="true")) == (3, 0)
    assert (count(Origin="twilio"), count(Origin="hosted")) == (3, 0)
    assert client.api("GET", "IncomingPhoneNumbers", {"PhoneNumber": "abc"}).code == 20001
    assert client.api("GET", "IncomingPhoneNumbers", {"Owner": "me"}).code == 20001


def test_trunk_and_voice_application_displace_each_other(client: Client) -> None:
    path, trunk, application = f"IncomingPhoneNumbers/{client.number_sid()}", client.trunk()["sid"], "AP" + "a" * 32
    assert client.api("POST", path, {"TrunkSid": trunk, "VoiceApplicationSid": application}).code == 20001
    with_trunk = client.api("POST", path, {"TrunkSid": trunk}).body
    assert (with_trunk["trunk_sid"], with_trunk["voice_application_sid"]) == (trunk, "")
    with_application = client.api("POST", path, {"VoiceApplicationSid": application}).body
    assert (with_application["trunk_sid"], with_application["voice_application_sid"]) == (None, application)
    assert client.api("POST", path, {"TrunkSid": trunk}).body["voice_application_sid"] == ""
    assert client.api("POST", path, {"TrunkSid": ""}).body["trunk_sid"] is None
    assert client.api("POST", path, {"TrunkSid": "TK" + "b" * 32}).code == 20404


def test_buying_and_releasing(client: Client) -> None:
    offer = client.api("GET", "AvailablePhoneNumbers/US/Local", {"AreaCode": "415"}).body["available_phone_numbers"]
    number = offer[0]["phone_number"]
    bought = client.api("POST", "IncomingPhoneNumbers", {"PhoneNumber": number, "FriendlyName": "new"})
    assert (bought.status, bought.body["phone_number"], bought.body["friendly_name"]) == (201, number, "new")
    assert client.api("POST", "IncomingPhoneNumbers", {"PhoneNumber": number}).code == 21422
    sid = bought.body["sid"]
    assert client.api("DELETE", f"IncomingPhoneNumbers/{sid}").status == 204
    assert client.api("GET", f"IncomingPhoneNumbers/{sid}").code == 20404
    assert client.api("POST", "IncomingPhoneNumbers", {"PhoneNumber": number}).code == 21422
    again = client.api("GET", "AvailablePhoneNumbers/US/Local", {"AreaCode": "415"}).body["available_phone_numbers"]
    assert number not in [entry["phone_number"] for entry in again]


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({}, 21421),
        ({"PhoneNumber": "+12025550150", "AreaCode": "202"}, 21421),
        ({"PhoneNumber": "2025550150"}, 21421),
        ({"PhoneNumber": "+12135550150"}, 21422),
        ({"PhoneNumber": NUMBERS[0]}, 21422),
        ({"AreaCode": "999"}, 21452),
        ({"AreaCode": "20"}, 21631),
        ({"PhoneNumber": "+442079460001"}, 21631),
    ],
)
def test_a_purchase_that_cannot_be(client: Client, params: dict[str, str], code: int) -> None:
    before = client.lab("GET", "state").body
    assert client.api("POST", "IncomingPhoneNumbers", params).code == code
    assert client.lab("GET", "state").body == before


def test_buying_by_area_code(client: Client) -> None:
    bought = client.api("POST", "IncomingPhoneNumbers", {"AreaCode": "202"})
    assert (bought.status, bought.body["phone_number"]) == (201, "+12025550100")


@pytest.mark.parametrize(
    ("path", "params", "expected"),
    [
        ("US/Local", {"Contains": "+14155550*11"}, ["+14155550111"]),
        ("US/Local", {"AreaCode": "202", "PageSize": "2"}, ["+12025550100", "+12025550104"]),
        ("US/TollFree", {"Contains": "+1800*550199$"}, ["+18005550199"]),
        ("GB/Mobile", {"Contains": "900042"}, ["+447700900042"]),
        ("GB/Mobile", {"ExcludeAllAddressRequired": "true"}, []),
        ("US/Local", {"MmsEnabled": "true"}, []),
        ("US/Local", {"Contains": "2025550101"}, []),
    ],
)
def test_search(client: Client, path: str, params: dict[str, str], expected: list[str]) -> None:
    found = client.api("GET", f"AvailablePhoneNumbers/{path}", params).body["available_phone_numbers"]
    assert [entry["phone_number"] for entry in found] == expected


def test_countries_on_offer(client: Client) -> None:
    countries = client.api("GET", "AvailablePhoneNumbers").body["countries"]
    assert [country["country_code"] for country in countries] == ["AU", "CA", "DE", "FR", "GB", "US"]
    assert client.api("GET", "AvailablePhoneNumbers/US").body == countries[5]
    assert list(countries[5]["subresource_uris"]) == ["local", "toll_free"]
    assert client.api("GET", "AvailablePhoneNumbers/NO").code == 20404
    assert client.api("GET", "AvailablePhoneNumbers/CA/Mobile").code == 20404
    assert client.api("GET", "AvailablePhoneNumbers/US/Local", {"NearNumber": "+1"}).code == 20001


def test_emergency_registration_takes_time_and_guards_the_number(client: Client, clock: Clock) -> None:
    address = client.api("POST", "Addresses", ADDRESS).body["sid"]
    trunk = client.trunk()["sid"]
    client.attach(trunk)
    path = f"IncomingPhoneNumbers/{client.number_sid()}"

    def status() -> str:
        return str(client.api("GET", path).body["emergency_address_status"])

    set_now = client.api("POST", path, {"EmergencyAddressSid": address}).body
    assert (set_now["emergency_address_status"], set_now["emergency_address_sid"]) == ("pending-registration", address)
    clock.now += 0.9
    assert status() == "pending-registration"
    clock.now += 0.2
    assert status() == "registered"
    assert client.api("DELETE", path).code == 21634
    assert client.trunking("DELETE", f"Trunks/{trunk}").code == 21634
    assert client.api("DELETE", f"Addresses/{address}").code == 21628
    assert client.api("POST", path, {"EmergencyAddressSid": ""}).body["emergency_address_status"] == (
        "pending-unregistration"
    )
    assert client.api("DELETE", path).code == 21634
    clock.now += 1.1
    assert status() == "unregistered"
    assert client.trunking("DELETE", f"Trunks/{trunk}").status == 204
    assert client.api("DELETE", path).status == 204


def test_a_failed_registration_does_not_guard_the_number(client: Client, clock: Clock) -> None:
    client.lab("POST", "settings", {"emergency_outcome": "failure", "emergency_seconds": 5})
    address = client.api("POST", "Addresses", ADDRESS).body["sid"]
    path = f"IncomingPhoneNumbers/{client.number_sid()}"
    client.api("POST", path, {"EmergencyAddressSid": address})
    clock.now += 5
    assert client.api("GET", path).body["emergency_address_status"] == "registration-failure"
    assert client.api("DELETE", path).status == 204


def test_an_emergency_address_must_be_enabled_for_it(client: Client) -> None:
    plain = client.api("POST", "Addresses", {**ADDRESS, "EmergencyEnabled": "false"}).body["sid"]
    path = f"IncomingPhoneNumbers/{client.number_sid()}"
    assert client.api("POST", path, {"EmergencyAddressSid": plain}).code == 21629
    assert client.api("POST", path, {"EmergencyAddressSid": "AD" + "a" * 32}).code == 21628
    assert client.api("GET", path).body["emergency_address_status"] == "unregistered"
    assert client.api("POST", "Addresses", {**ADDRESS, "IsoCountry": "DE"}).code == 21629


def test_addresses_come_back_corrected_unless_told_otherwise(client: Client) -> None:
    corrected = client.api("POST", "Addresses", ADDRESS).body
    assert (corrected["street"], corrected["region"], corrected["validated"]) == ("1 Main St", "DC", True)
    kept = client.api("POST", "Addresses", {**ADDRESS, "AutoCorrectAddress": "false", "FriendlyName": "b"}).body
    assert (kept["street"], kept["region"], kept["validated"]) == ("1 Main Street", "dc", False)
    found = client.api("GET", "Addresses", {"FriendlyName": "b", "IsoCountry": "US"}).body["addresses"]
    assert [address["sid"] for address in found] == [kept["sid"]]
    changed = client.api("POST", f"Addresses/{kept['sid']}", {"City": "Arlington"})
    assert (changed.status, changed.body["city"]) == (200, "Arlington")
    assert client.api("POST", f"Addresses/{kept['sid']}", {"IsoCountry": "CA"}).code == 20001
    without_city = {key: value for key, value in ADDRESS.items() if key != "City"}
    assert client.api("POST", "Addresses", without_city).code == 21628
    assert client.api("DELETE", f"Addresses/{kept['sid']}").status == 204


def test_the_parent_account_reaches_subaccounts_in_v2010_alone(client: Client) -> None:
    sub = "AC" + "5" * 32
    account = {"sid": sub, "auth_token": "sub", "owner_account_sid": ACCOUNT, "numbers": ["+14155550123"]}
    client.lab("POST", "seed", {"accounts": [account]})
    path = f"/api/2010-04-01/Accounts/{sub}/IncomingPhoneNumbers.json"
    (number,) = client.rest("GET", path).body["incoming_phone_numbers"]
    assert number["account_sid"] == sub
    own = client.as_user(sub, "sub")
    own.trunk(DomainName="branch.pstn.twilio.com")
    assert client.trunking("GET", "Trunks").body["trunks"] == []
    assert own.rest("GET", f"/api/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers.json").code == 20003


def test_a_number_moves_between_parent_and_subaccount(client: Client) -> None:
    sub = "AC" + "5" * 32
    client.lab("POST", "seed", {"accounts": [{"sid": sub, "auth_token": "sub", "owner_account_sid": ACCOUNT}]})
    sid = client.number_sid()
    client.attach(client.trunk()["sid"])
    client.api("POST", f"IncomingPhoneNumbers/{sid}", {"BundleSid": "BU" + "a" * 32})
    moved = client.api("POST", f"IncomingPhoneNumbers/{sid}", {"AccountSid": sub})
    assert moved.body["bundle_sid"] is None
    assert (moved.status, moved.body["account_sid"], moved.body["trunk_sid"]) == (200, sub, None)
    assert client.api("GET", f"IncomingPhoneNumbers/{sid}").code == 20404
    assert client.as_user(sub, "sub").api("GET", f"IncomingPhoneNumbers/{sid}").status == 200
    other = client.number_sid(NUMBERS[1])
    assert client.api("POST", f"IncomingPhoneNumbers/{other}", {"AccountSid": "AC" + "9" * 32}).code == 20001


def test_the_account_is_read_with_the_token_or_a_main_key_only(client: Client) -> None:
    keys = [{"sid": "SK" + "1" * 32, "secret": "s"}, {"sid": "SK" + "2" * 32, "secret": "m", "type": "main"}]
    client.lab("POST", "seed", {"accounts": [{"sid": ACCOUNT, "auth_token": TOKEN, "api_keys": keys}]})
    path = f"/api/2010-04-01/Accounts/{ACCOUNT}.json"
    assert client.rest("GET", path).body["status"] == "active"
    assert client.as_user("SK" + "2" * 32, "m").rest("GET", path).status == 200
    standard = client.as_user("SK" + "1" * 32, "s")
    assert standard.rest("GET", path).code == 20003
    assert standard.trunking("GET", "Trunks").status == 200
    assert standard.rest("GET", f"/api/2010-04-01/Accounts/{ACCOUNT}/IncomingPhoneNumbers.json").status == 200


def test_the_large_maxima(client: Client) -> None:
    users = client.credential_list("users", **{f"user{n}": "Correct-Horse-9" for n in range(1000)})
    entry = {"Username": "one-more", "Password": "Correct-Horse-9"}
    assert client.api("POST", f"SIP/CredentialLists/{users}/Credentials", entry).code == 21242
    for n in range(1000):
        client.access_list(f"list {n}")
    assert client.api("POST", "SIP/IpAccessControlLists", {"FriendlyName": "one more"}).code == 21255
