# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Emergency addresses of numbers: registered and unregistered later, waited for, and never left half-way."""

from __future__ import annotations

from typing import Any

import pytest
from twilio_cases.phone_number import emergency_address, registered_elsewhere
from twilio_network import NUMBERS, Script, World, run_module

NAME = "twilio_phone_number"
ADDRESSES = "/2010-04-01/Accounts/{account}/Addresses.json"
ADDRESS = "AD" + "1" * 32
V2010 = "https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000001"
LIST = f"{V2010}/IncomingPhoneNumbers.json"
ONE_NUMBER = f"{V2010}/IncomingPhoneNumbers/PN{'1' * 32}.json"
ONE_ADDRESS = f"{V2010}/Addresses/{ADDRESS}.json"
CANADA = {
    "FriendlyName": "toronto", "CustomerName": "Acme", "Street": "100 King St W", "City": "Toronto", "Region": "ON",
    "PostalCode": "M5X 1A9", "IsoCountry": "CA", "EmergencyEnabled": "true",
}  # fmt: skip
BOTH = [{"phone_number": number} for number in NUMBERS[:2]]


@pytest.fixture
def office(world: World) -> World:
    """An account with an address for emergencies and a trunk."""
    emergency_address(world)
    return world


def status(world: World, number: str = NUMBERS[0]) -> tuple[str, str]:
    record = world.run(NAME, check=True, phone_number=number)["phone_number"]
    return record["emergency_address_sid"][:2], record["emergency_address_status"]


def looks(world: World, since: int) -> list[str]:
    return [entry["path"].rsplit("/", 1)[-1] for entry in world.journal()[since:] if entry["method"] == "GET"]


@pytest.mark.parametrize("by", ["name", "sid", "sid of old"])
def test_a_registration_is_waited_for(office: World, by: str) -> None:
    sid = next(iter(office.context.store.all("AD"))).sid
    wanted = {"emergency_address": "emergency" if by == "name" else sid}
    if by == "sid of old":
        wanted = {"emergency_address_sid": sid}
    predicted = office.run(NAME, check=True, diff=True, phone_number=NUMBERS[0], **wanted)
    made = office.run(NAME, diff=True, phone_number=NUMBERS[0], **wanted)
    assert (made["phone_number"], made["diff"]) == (predicted["phone_number"], predicted["diff"])
    assert made["phone_number"]["emergency_address_status"] == "registered"
    assert made["phone_number"]["emergency_address_sid"] == sid
    assert office.pauses == [1]
    again = office.run(NAME, phone_number=NUMBERS[0], **wanted)
    assert (again["changed"], again["api_requests"]) == (False, 2 if by == "name" else 1)


def test_a_registration_is_taken_back(office: World) -> None:
    office.run(NAME, phone_number=NUMBERS[0], emergency_address="emergency")
    predicted = office.run(NAME, check=True, phone_number=NUMBERS[0], emergency_address="")
    made = office.run(NAME, phone_number=NUMBERS[0], emergency_address="")
    assert made["phone_number"] == predicted["phone_number"]
    assert status(office) == ("", "unregistered")
    again = office.run(NAME, phone_number=NUMBERS[0], emergency_address="")
    assert (again["changed"], again["api_requests"]) == (False, 1)


def test_an_address_is_unregistered_before_the_number_gets_another(world: World) -> None:
    registered_elsewhere(world)
    task: dict[str, Any] = {"phone_number": NUMBERS[0], "emergency_address": "annex", "friendly_name": "moved"}
    before, paused = len(world.writes()), len(world.pauses)
    predicted = world.run(NAME, check=True, diff=True, **task)
    assert len(world.writes()) == before
    made = world.run(NAME, diff=True, **task)
    assert (made["phone_number"], made["diff"]) == (predicted["phone_number"], predicted["diff"])
    assert made["phone_number"]["emergency_address_status"] == "registered"
    assert [change["fields"] for change in made["changes"]] == [
        ["emergency_address_sid"],
        ["emergency_address_sid", "friendly_name"],
    ]
    assert [change["fields"] for change in predicted["changes"]] == [change["fields"] for change in made["changes"]]
    assert world.pauses[paused:] == [1, 1], "once for the old one, once for the new one"
    assert not world.run(NAME, **task)["changed"]


def test_an_address_that_is_just_being_unregistered_is_waited_for(world: World) -> None:
    registered_elsewhere(world)
    world.context.settings.emergency_seconds = 100
    left = world.run(NAME, phone_number=NUMBERS[0], emergency_address="", emergency_timeout=1)
    assert left["failed"]
    for wanted in ("emergency", "annex"):
        late = world.run(NAME, phone_number=NUMBERS[0], emergency_address=wanted, emergency_timeout=1)
        assert (late["failed"], late["changed"]) == (True, False)
        assert "has taken more than 1 s, and may still succeed" in late["msg"]
    made = world.run(NAME, phone_number=NUMBERS[0], emergency_address="annex", emergency_timeout=300)
    assert made["phone_number"]["emergency_address_status"] == "registered"
    assert [change["fields"] for change in made["changes"]] == [["emergency_address_sid"]]


@pytest.mark.parametrize("wanted", [ADDRESS, ""])
def test_a_state_that_does_not_fit_the_address_is_not_yet_the_end(script: Script, wanted: str) -> None:
    """Twilio's own example of an answer to taking an address off still says "registered"."""
    held, ends = (ADDRESS, "registered") if wanted else ("", "unregistered")
    behind = "unregistered" if wanted else "registered"
    number = {"sid": "PN" + "1" * 32, "phone_number": NUMBERS[0]}
    before = {**number, "emergency_address_sid": "" if wanted else ADDRESS, "emergency_address_status": behind}
    script.expect("GET", LIST, {"incoming_phone_numbers": [before], "next_page_uri": None})
    if wanted:
        script.expect("GET", ONE_ADDRESS, {"sid": ADDRESS, "emergency_enabled": True, "iso_country": "US"})
    answer = {**number, "emergency_address_sid": held, "emergency_address_status": behind}
    script.expect("POST", ONE_NUMBER, answer, data={"EmergencyAddressSid": wanted})
    script.expect("GET", ONE_NUMBER, answer)
    script.expect("GET", ONE_NUMBER, {**answer, "emergency_address_status": ends})
    made = run_module(NAME, script, phone_number=NUMBERS[0], emergency_address_sid=wanted)
    assert made["phone_number"]["emergency_address_status"] == ends


def test_many_are_waited_for_by_one_list_per_look(office: World) -> None:
    office.context.settings.emergency_seconds = 10
    before = len(office.journal())
    made = office.run(NAME, phone_numbers=BOTH, emergency_address="emergency")
    assert {number["emergency_address_status"] for number in made["phone_numbers"]} == {"registered"}
    assert looks(office, before) == ["IncomingPhoneNumbers.json", "Addresses.json", *["IncomingPhoneNumbers.json"] * 5]
    assert office.pauses == [1, 2, 4, 5]


@pytest.mark.parametrize("wanted", ["emergency", ""])
def test_a_second_run_waits_for_what_the_first_one_asked(office: World, wanted: str) -> None:
    if wanted == "":
        office.run(NAME, phone_number=NUMBERS[0], emergency_address="emergency")
    office.context.settings.emergency_seconds = 100
    late = office.run(NAME, phone_number=NUMBERS[0], emergency_address=wanted, emergency_timeout=3)
    assert (late["failed"], late["changed"]) == (True, True)
    assert "has taken more than 3 s, and may still succeed" in late["msg"]
    assert late["failure"]["applied"][0]["fields"] == ["emergency_address_sid"]
    writes = office.writes()
    later = office.run(NAME, phone_number=NUMBERS[0], emergency_address=wanted, emergency_timeout=3)
    assert (later["failed"], later["changed"]) == (True, False)
    foreseen = office.run(NAME, check=True, phone_number=NUMBERS[0], emergency_address=wanted)
    done = office.run(NAME, phone_number=NUMBERS[0], emergency_address=wanted, emergency_timeout=200)
    assert (done["changed"], done["phone_number"]) == (False, foreseen["phone_number"])
    assert done["phone_number"]["emergency_address_status"] == ("registered" if wanted else "unregistered")
    assert office.writes() == writes


def test_a_registration_that_fails_at_once_is_a_failure(office: World) -> None:
    office.context.settings.emergency_seconds = 0
    office.context.settings.emergency_outcome = "failure"
    failed = office.run(NAME, phone_numbers=BOTH[::-1], friendly_name="x", emergency_address="emergency")
    assert (failed["failed"], failed["changed"]) == (True, True)
    assert "(registration-failure)" in failed["msg"]
    assert failed["failure"]["failed"]["name"] in failed["msg"]
    assert not office.run(NAME, phone_numbers=BOTH, friendly_name="x")["changed"]


@pytest.mark.parametrize("then", ["emergency", ""])
def test_a_registration_that_failed_is_tried_again_or_given_up(office: World, then: str) -> None:
    office.context.settings.emergency_outcome = "failure"
    failed = office.run(NAME, phone_numbers=BOTH, emergency_address="emergency")
    assert "has failed (registration-failure). The number has no emergency address now." in failed["msg"]
    assert len(failed["failure"]["applied"]) == 2
    office.context.settings.emergency_outcome = "success"
    made = office.run(NAME, phone_numbers=BOTH, emergency_address=then)
    assert (made["changed"], len(made["changes"])) == (True, 2)
    assert status(office)[1] == ("registered" if then else "unregistered")
    assert not office.run(NAME, phone_numbers=BOTH, emergency_address=then)["changed"]


def test_an_unregistration_that_failed_is_tried_again(office: World) -> None:
    office.run(NAME, phone_number=NUMBERS[0], emergency_address="emergency")
    office.context.settings.emergency_outcome = "failure"
    failed = office.run(NAME, phone_number=NUMBERS[0], emergency_address="")
    assert "(unregistration-failure). The number keeps its emergency address." in failed["msg"]
    office.context.settings.emergency_outcome = "success"
    assert office.run(NAME, phone_number=NUMBERS[0], emergency_address="")["changed"]
    assert status(office) == ("", "unregistered")


def test_other_settings_do_not_wait(office: World) -> None:
    office.context.settings.emergency_seconds = 100
    office.run(NAME, phone_number=NUMBERS[0], emergency_address="emergency", emergency_timeout=0)
    paused = len(office.pauses)
    assert office.run(NAME, phone_number=NUMBERS[0], friendly_name="x")["changed"]
    assert len(office.pauses) == paused


def test_an_address_that_cannot_be_one_is_refused_before_anything_is_changed(office: World) -> None:
    office.post(ADDRESSES, **CANADA)
    office.post(ADDRESSES, **{**CANADA, "FriendlyName": "cellar", "EmergencyEnabled": "false"})
    writes = office.writes()
    for check in (True, False):
        abroad = office.run(NAME, check=check, phone_numbers=BOTH, friendly_name="x", emergency_address="toronto")
        assert abroad["msg"].startswith("phone_numbers[0].emergency_address: 'toronto' is in CA, and the number in US")
        cellar = office.run(NAME, check=check, phone_number=NUMBERS[0], emergency_address="cellar")
        assert cellar["msg"].startswith("emergency_address: 'cellar' is not enabled for emergency calling; set emerg")
        unknown = office.run(NAME, check=check, phone_number=NUMBERS[0], emergency_address_sid="AD" + "0" * 32)
        assert unknown["msg"].startswith("emergency_address_sid: there is no address 'AD000")
    missing = office.run(NAME, phone_number=NUMBERS[0], emergency_address="emergenzy")
    assert missing["msg"].startswith("emergency_address: there is no address 'emergenzy' in the account. Did you mean")
    assert office.writes() == writes


def test_a_release_unregisters_first_and_waits(office: World) -> None:
    office.run(NAME, phone_numbers=BOTH, emergency_address="emergency")
    office.context.settings.emergency_seconds = 100
    release: dict[str, Any] = {"phone_numbers": BOTH, "state": "absent", "release": True}
    late = office.run(NAME, **release, emergency_timeout=3)
    assert "has not ended" in late["msg"]
    assert all(office.context.store.number(number) for number in NUMBERS)
    before = len(office.writes())
    gone = office.run(NAME, **release, emergency_timeout=200)
    assert gone["phone_numbers"] == [None, None]
    assert [write.split()[0] for write in office.writes()[before:]] == ["DELETE", "DELETE"]
    assert not office.run(NAME, **release)["changed"]


def test_a_number_is_kept_if_its_address_cannot_be_unregistered(office: World) -> None:
    office.run(NAME, phone_number=NUMBERS[0], emergency_address="emergency")
    office.context.settings.emergency_outcome = "failure"
    failed = office.run(NAME, phone_number=NUMBERS[0], state="absent", release=True)
    assert "(unregistration-failure)" in failed["msg"]
    assert office.context.store.number(NUMBERS[0])


def test_addresses_of_the_regulations_by_name(office: World) -> None:
    predicted = office.run(NAME, check=True, phone_number=NUMBERS[0], address="emergency")
    made = office.run(NAME, phone_number=NUMBERS[0], address="emergency")
    assert made["phone_number"] == predicted["phone_number"]
    assert made["phone_number"]["address_sid"].startswith("AD")
    assert not office.run(NAME, phone_number=NUMBERS[0], address="emergency")["changed"]
    assert office.run(NAME, phone_number=NUMBERS[0], address="")["phone_number"]["address_sid"] == ""
