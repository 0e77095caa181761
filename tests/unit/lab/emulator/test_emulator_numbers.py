# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding numbers, what they need before they can be had, and the ends of an emergency registration."""

from __future__ import annotations

from typing import Any

import pytest
from emulator_client import Client, Clock

OFFICE: dict[str, Any] = {
    "CustomerName": "Acme",
    "Street": "1 North Main Street Suite 5",
    "City": "Washington",
    "Region": "District of Columbia",
    "PostalCode": "20001",
    "IsoCountry": "US",
    "EmergencyEnabled": "true",
}
BERLIN = {"CustomerName": "Acme", "Street": "Unter den Linden 1", "City": "Berlin", "Region": "Berlin",
          "PostalCode": "10117", "IsoCountry": "DE"}  # fmt: skip


def _address(client: Client, values: dict[str, Any]) -> str:
    created = client.api("POST", "Addresses", values)
    assert created.status == 201, created.body
    return str(created.body["sid"])


def _areas(client: Client, **params: str) -> set[str]:
    reply = client.api("GET", "AvailablePhoneNumbers/US/Local", params)
    assert reply.status == 200, reply.body
    return {number["phone_number"][2:5] for number in reply.body["available_phone_numbers"]}


@pytest.mark.parametrize(
    ("params", "areas"),
    [
        ({"InRegion": "NY"}, {"212"}),
        ({"InRegion": "ca", "Contains": "%00"}, {"415", "510"}),
        ({"InLocality": "Seattle"}, {"206"}),
        ({"InPostalCode": "02108"}, {"617"}),
        ({"InPostalCode": "+16175550111"}, {"617"}),
        ({"InLata": "722", "InRateCenter": "OKLD FRTVL"}, {"510"}),
        ({"NearNumber": "+15105550123", "Contains": "%00"}, {"415", "510"}),
        ({"NearNumber": "+15105550123", "Contains": "%00", "Distance": "5"}, {"510"}),
        ({"NearLatLong": "47.6,-122.3"}, {"206"}),
        ({"Contains": "WASH"}, set()),
        ({"Contains": "+1512%99"}, {"512"}),
        ({"Contains": "5550177$", "InRegion": "CO"}, {"303"}),
    ],
)
def test_the_search_knows_places(client: Client, params: dict[str, str], areas: set[str]) -> None:
    assert _areas(client, **params) == areas


@pytest.mark.parametrize(
    "params",
    [
        {"InRateCenter": "SEATTLE"},
        {"NearNumber": "+442079460001"},
        {"NearLatLong": "north"},
        {"Distance": "501"},
        {"Contains": "12;"},
        {"Contains": "1"},
        {"Page": "1"},
        {"PageToken": "PA1"},
    ],
)
def test_a_search_that_makes_no_sense(client: Client, params: dict[str, str]) -> None:
    assert client.api("GET", "AvailablePhoneNumbers/US/Local", params).code == 20001


def test_address_requirements_can_be_excluded_apart(client: Client) -> None:
    def count(path: str, **params: str) -> int:
        return len(client.api("GET", f"AvailablePhoneNumbers/{path}", params).body["available_phone_numbers"])

    assert (count("GB/Local", ExcludeAllAddressRequired="true"), count("GB/Local")) == (0, 30)
    assert count("GB/Local", ExcludeLocalAddressRequired="true") == 30
    assert count("DE/Local", ExcludeLocalAddressRequired="true") == 0
    assert count("DE/Local", ExcludeForeignAddressRequired="true") == 30


def test_hundreds_of_numbers_can_be_bought(client: Client) -> None:
    for area in ("202", "206", "212", "303"):
        for __ in range(90):
            assert client.api("POST", "IncomingPhoneNumbers", {"AreaCode": area}).status == 201
    assert len(client.api("GET", "IncomingPhoneNumbers", {"PageSize": "1000"}).body["incoming_phone_numbers"]) == 363


def test_a_number_may_need_a_local_address_and_a_bundle(client: Client) -> None:
    office, berlin = _address(client, OFFICE), _address(client, BERLIN)
    paris = _address(client, {**BERLIN, "IsoCountry": "FR"})
    wanted = {"PhoneNumber": "+4930231250" + "10"}
    assert client.api("POST", "IncomingPhoneNumbers", wanted).code == 21631
    assert client.api("POST", "IncomingPhoneNumbers", {**wanted, "AddressSid": office}).code == 21615
    bought = client.api("POST", "IncomingPhoneNumbers", {**wanted, "AddressSid": berlin})
    assert (bought.status, bought.body["address_requirements"]) == (201, "local")
    path = f"IncomingPhoneNumbers/{bought.body['sid']}"
    assert client.api("POST", path, {"AddressSid": ""}).code == 21631
    assert client.api("POST", path, {"AddressSid": office}).code == 21615
    french = {"PhoneNumber": "+33199000110", "AddressSid": paris}
    assert client.api("POST", "IncomingPhoneNumbers", french).code == 21649
    assert client.api("POST", "IncomingPhoneNumbers", {**french, "BundleSid": "BU" + "a" * 32}).status == 201


def test_correction_abbreviates_and_codes(client: Client) -> None:
    shown = client.api("POST", "Addresses", OFFICE).body
    assert (shown["street"], shown["region"], shown["validated"]) == ("1 N Main St Ste 5", "DC", True)
    canada = {**OFFICE, "IsoCountry": "CA", "Region": "ontario", "PostalCode": "m5h 2n2", "StreetSecondary": "Floor 3"}
    shown = client.api("POST", "Addresses", canada).body
    assert (shown["region"], shown["postal_code"], shown["street_secondary"]) == ("ON", "M5H 2N2", "Fl 3")
    london = {**OFFICE, "IsoCountry": "GB", "Region": "London", "PostalCode": "sw1a 1aa"}
    assert client.api("POST", "Addresses", london).body["postal_code"] == "SW1A 1AA"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"PostalCode": "2000"}, 21629),
        ({"Region": "Bavaria"}, 21629),
        ({"PostalCode": "2000", "AutoCorrectAddress": "false"}, 21629),
        ({"PostalCode": "2000", "EmergencyEnabled": "false"}, 21628),
        ({"IsoCountry": "XX"}, 21628),
        ({"IsoCountry": "FR"}, 21629),
        ({"Street": ""}, 21628),
    ],
)
def test_an_address_that_is_not_valid(client: Client, change: dict[str, str], code: int) -> None:
    assert client.api("POST", "Addresses", {**OFFICE, **change}).code == code


def test_an_unchecked_address_is_kept_as_it_is(client: Client) -> None:
    odd = {**OFFICE, "PostalCode": "nowhere", "EmergencyEnabled": "false", "AutoCorrectAddress": "false"}
    shown = client.api("POST", "Addresses", odd).body
    assert (shown["postal_code"], shown["validated"]) == ("nowhere", False)
    assert client.api("POST", f"Addresses/{shown['sid']}", {"EmergencyEnabled": "true"}).code == 21629


def test_an_address_knows_who_depends_on_it(client: Client) -> None:
    address = _address(client, OFFICE)
    number = client.number_sid()
    client.api("POST", f"IncomingPhoneNumbers/{number}", {"AddressSid": address, "EmergencyAddressSid": address})
    path = f"Addresses/{address}/DependentPhoneNumbers"
    (dependent,) = client.api("GET", path).body["dependent_phone_numbers"]
    assert (dependent["sid"], dependent["emergency_address_sid"]) == (number, address)
    assert client.api("DELETE", f"Addresses/{address}").code == 21628
    assert client.api("POST", f"Addresses/{address}", {"EmergencyEnabled": "false"}).code == 21628
    assert client.api("POST", path).code == 20004
    assert client.api("GET", f"Addresses/AD{'0' * 32}/DependentPhoneNumbers").code == 20404


def test_an_emergency_address_is_in_the_numbers_country(client: Client) -> None:
    canada = _address(client, {**OFFICE, "IsoCountry": "CA", "Region": "ON", "PostalCode": "M5H 2N2"})
    path = f"IncomingPhoneNumbers/{client.number_sid()}"
    assert client.api("POST", path, {"EmergencyAddressSid": canada}).code == 21629
    assert client.api("GET", path).body["emergency_address_status"] == "unregistered"


def test_a_failed_registration_is_tried_again_by_setting_the_address_again(client: Client, clock: Clock) -> None:
    address = _address(client, OFFICE)
    path = f"IncomingPhoneNumbers/{client.number_sid()}"

    def status_after(address_sid: str, outcome: str) -> str:
        client.lab("POST", "settings", {"emergency_outcome": outcome})
        pending = client.api("POST", path, {"EmergencyAddressSid": address_sid}).body["emergency_address_status"]
        assert pending == f"pending-{'registration' if address_sid else 'unregistration'}"
        clock.now += 1.1
        return str(client.api("GET", path).body["emergency_address_status"])

    assert status_after(address, "failure") == "registration-failure"
    assert status_after(address, "success") == "registered"
    assert status_after("", "failure") == "unregistration-failure"
    assert client.api("DELETE", path).code == 21634
    assert client.api("GET", path).body["emergency_address_sid"] == address
    assert status_after("", "success") == "unregistered"
    assert client.api("GET", path).body["emergency_address_sid"] is None
    assert client.api("DELETE", path).status == 204
