# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""twilio_phone_number that buys by search: no more than asked for, no dearer than allowed, and nothing twice."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio_cases.phone_number import SEARCH, emergency_address
from twilio_faulty import KillAfter, KilledError, Lag
from twilio_network import NUMBERS, World, run_module

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers.purchase import fits
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.http import Reply

NAME = "twilio_phone_number"
LONDON: dict[str, Any] = {**SEARCH, "search": {"country": "GB"}, "count": 1}


def bought(world: World) -> list[str]:
    """Return the numbers that were really bought, in order."""
    return [entry["phone_number"] for entry in world.context.store.ledger]


class Rival:
    """A network on which somebody else buys the first ``count`` numbers a moment before we do."""

    def __init__(self, world: World, count: int) -> None:
        self.world, self.count, self.pauses = world, count, world.pauses
        self.lost: list[str] = []

    def send(self, method: str, url: str, **rest: Any) -> Reply:
        if method == "POST" and url.endswith("/IncomingPhoneNumbers.json") and len(self.lost) < self.count:
            self.lost.append(rest["data"]["PhoneNumber"])
            self.world.context.store.released.add(self.lost[-1])
        return self.world.send(method, url, **rest)


def test_what_is_missing_is_bought_once(world: World) -> None:
    predicted = world.run(NAME, check=True, diff=True, **SEARCH)
    assert bought(world) == []
    assert predicted["changed"]
    assert [number["phone_number"] for number in predicted["phone_numbers"]] == [None, None]
    assert [change["name"] for change in predicted["changes"]] == ["hotline", "hotline"]
    assert sorted(predicted["diff"]["after"]) == ["hotline 1", "hotline 2"]
    made = world.run(NAME, **SEARCH)
    numbers = [number["phone_number"] for number in made["phone_numbers"]]
    assert sorted(numbers) == sorted(bought(world)) == ["+14155550100", "+14155550101"]
    assert sorted(change["name"] for change in made["changes"]) == sorted(numbers)
    assert {number["friendly_name"] for number in made["phone_numbers"]} == {"hotline"}
    assert made["offer"] == predicted["offer"] == {
        "country": "US", "type": "local", "count": 2, "owned": 0, "missing": 2,
        "base_price": "1.15", "current_price": "1.15", "price_unit": "USD",
    }  # fmt: skip
    for check in (False, True):
        again = world.run(NAME, check=check, **SEARCH)
        assert (again["changed"], again["api_requests"], len(again["phone_numbers"])) == (False, 1, 2)
        assert (again["offer"]["owned"], again["offer"]["missing"], again["offer"]["current_price"]) == (2, 0, None)
    more = world.run(NAME, **{**SEARCH, "count": 3})
    assert (len(more["changes"]), more["offer"]["missing"]) == (1, 1)
    fewer = world.run(NAME, **{**SEARCH, "count": 1})
    assert (fewer["changed"], len(fewer["phone_numbers"]), len(bought(world))) == (False, 3, 3)


def test_a_number_is_bought_by_its_name_and_with_all_its_settings(world: World) -> None:
    trunk = world.run("twilio_trunk", friendly_name="hq")["trunk"]["sid"]
    since = len(world.journal())
    world.run(NAME, **{**SEARCH, "count": 1}, trunk="hq", voice_method="GET")
    posts = [entry["params"] for entry in world.journal()[since:] if entry["method"] == "POST"]
    number = "+14155550100"
    sent = {"PhoneNumber": number, "FriendlyName": "hotline", "TrunkSid": trunk, "VoiceMethod": "GET"}
    assert posts == [sent]
    searches = [entry["params"] for entry in world.journal()[since:] if "Available" in entry["path"]]
    assert searches == [{"PageSize": "100", "VoiceEnabled": "true", "AreaCode": "415"}]
    world.run("twilio_trunk", friendly_name="branch")
    moved = world.run(NAME, **{**SEARCH, "count": 1}, trunk="branch")
    assert [change["action"] for change in moved["changes"]] == ["update"]
    assert bought(world) == [number]


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_next_one_is_bought_if_somebody_else_was_faster(world: World, count: int) -> None:
    rival = Rival(world, count)
    made = run_module(NAME, rival, concurrency=1, **SEARCH)
    assert not made.get("failed"), made
    numbers = [number["phone_number"] for number in made["phone_numbers"]]
    assert numbers == bought(world)
    assert len(numbers) == 2
    assert not {*numbers} & {*rival.lost}
    assert [(change["action"], change["name"], change["sid"]) for change in made["changes"]] == [
        ("create", number, None) for number in numbers
    ]
    assert not world.run(NAME, **SEARCH)["changed"]


def test_one_was_bought_before_the_other_was_gone(world: World) -> None:
    class Second(Rival):
        def send(self, method: str, url: str, **rest: Any) -> Reply:
            if rest["data"] and rest["data"].get("PhoneNumber") == "+14155550100":
                return self.world.send(method, url, **rest)
            return super().send(method, url, **rest)

    made = run_module(NAME, Second(world, 1), concurrency=1, **SEARCH)
    assert [number["phone_number"] for number in made["phone_numbers"]] == ["+14155550100", "+14155550102"]
    assert [change["name"] for change in made["changes"]] == bought(world) == ["+14155550100", "+14155550102"]
    assert {change["sid"] for change in made["changes"]} == {None}


def test_when_all_are_gone_the_task_fails_and_says_what_was_bought(world: World) -> None:
    failed = run_module(NAME, Rival(world, 1000), concurrency=1, **SEARCH)
    assert (failed["failed"], failed["changed"], failed["failure"]["code"]) == (True, False, 21422)
    assert bought(world) == []
    # Twilio has more than one search shows.
    assert len(world.run(NAME, **SEARCH)["phone_numbers"]) == 2


@pytest.mark.parametrize("looks", [1, 2, 3, 4, 100])
def test_after_a_lost_answer_no_other_number_is_bought(world: World, looks: int) -> None:
    """The list does not show it yet, and Twilio says that it is taken: by us, which nobody here can know."""
    task: dict[str, Any] = {**SEARCH, "count": 1}
    purchase = 3  # after the list, the prices and the search
    first = run_module(NAME, Lag(world, purchase, looks, lost=True), **task)
    assert bought(world) == ["+14155550100"]
    assert bool(first.get("failed")) is (looks >= 4)
    again = world.run(NAME, **task)
    assert (again["changed"], bought(world)) == (False, ["+14155550100"])


@pytest.mark.parametrize("purchase", [3, 4])
def test_a_death_after_a_purchase_buys_nothing_more(world: World, purchase: int) -> None:
    with pytest.raises(KilledError):
        run_module(NAME, KillAfter(world, purchase), concurrency=1, **SEARCH)
    assert len(bought(world)) == purchase - 2
    assert len(world.run(NAME, **SEARCH)["changes"]) == 4 - purchase
    assert len(bought(world)) == 2


def test_nothing_is_bought_unasked(world: World) -> None:
    task = {**SEARCH, "purchase": False}
    for check in (True, False):
        failed = world.run(NAME, check=check, **task)
        assert failed["msg"].startswith("search: the account owns 0 of 2 numbers called 'hotline'. Set purchase: true")
        assert failed["api_requests"] == 1
    world.run(NAME, **SEARCH)
    assert not world.run(NAME, **task)["changed"]
    assert world.run(NAME, **task, voice_method="GET")["changed"]
    assert len(bought(world)) == 2


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"max_price": 1.14}, "max_price: a local number in US costs 1.15 USD a month, more than 1.14 USD. Nothing is"),
        ({"price_unit": "eur"}, "price_unit: Twilio's prices are in USD, not in EUR"),
        ({"search": {"country": "US", "type": "mobile"}}, "max_price: Twilio's price list has no price for a mobile"),
        ({"search": {"country": "IS"}}, "max_price: Twilio's price list has no price for a local number in IS"),
        (
            {"search": {"country": "FR", "type": "toll_free"}, "max_price": 99},
            "search: Twilio sells no toll_free numbers in FR; choose another type",
        ),
        ({"search": {"country": "US", "contains": "999999"}}, "search: 0 numbers are on offer, and 2 are to be bought"),
        ({"search": {"country": "GB"}}, "need an address (any) that is not given, and 2 are to be bought"),
    ],
)
def test_what_cannot_be_bought_is_refused_before_anything_is(
    world: World, change: dict[str, Any], message: str
) -> None:
    for check in (True, False):
        failed = world.run(NAME, check=check, **{**SEARCH, **change})
        assert message in failed["msg"]
    assert world.writes() == []


@pytest.mark.parametrize(("price", "fine"), [(1.15, True), (1.149999, False), (1.16, True)])
def test_the_ceiling_is_compared_exactly(world: World, price: float, fine: bool) -> None:
    result = world.run(NAME, check=True, **{**SEARCH, "max_price": price})
    assert bool(result.get("failed")) is not fine


def test_too_few_on_offer_buy_none(world: World) -> None:
    task = {**SEARCH, "search": {"country": "US", "area_code": "415", "contains": "0100"}}
    failed = world.run(NAME, **task)
    assert "search: 1 numbers are on offer, and 2 are to be bought" in failed["msg"]
    assert bought(world) == []
    assert world.run(NAME, **{**task, "count": 1})["changed"]


@pytest.mark.parametrize("given", [{"address": "emergency"}, {"address_sid": ...}, {"bundle_sid": "BU" + "0" * 32}])
def test_a_number_that_needs_an_address_is_bought_with_it(world: World, given: dict[str, Any]) -> None:
    emergency_address(world)
    if "address_sid" in given:
        given = {"address_sid": next(iter(world.context.store.all("AD"))).sid}
    result = world.run(NAME, **LONDON, **given)
    if "bundle_sid" in given:
        # Whether a bundle will do only Twilio knows; the emulator asks for the address.
        assert (result["failure"]["code"], bought(world)) == (21631, [])
        return
    assert not result.get("failed"), result
    assert bought(world) == ["+442079460000"]
    assert not world.run(NAME, **LONDON, **given)["changed"]


def test_a_missing_bundle_is_what_twilio_says(world: World) -> None:
    paris = {"FriendlyName": "paris", "CustomerName": "Acme", "Street": "1 rue de Rivoli", "City": "Paris",
             "Region": "IDF", "PostalCode": "75001", "IsoCountry": "FR"}  # fmt: skip
    world.post("/2010-04-01/Accounts/{account}/Addresses.json", **paris)
    task = {**SEARCH, "search": {"country": "FR"}, "count": 1, "address": "paris"}
    failed = world.run(NAME, **task)
    assert (failed["failure"]["code"], failed["changed"], bought(world)) == (21649, False, [])
    assert "get one approved and give bundle_sid" in failed["msg"]
    assert world.run(NAME, **task, bundle_sid="BU" + "0" * 32)["changed"]


def test_the_kind_of_address_must_be_right() -> None:
    """For a local address that of another country will not do; the emulator has no such number, so it is scripted."""

    class Demanding:
        def __init__(self, demand: str) -> None:
            self.world, self.demand = World(), demand
            emergency_address(self.world)

        def send(self, method: str, url: str, **rest: Any) -> Reply:
            reply = self.world.send(method, url, **rest)
            if "AvailablePhoneNumbers" in url:
                body = json.loads(reply.text)
                for offer in body["available_phone_numbers"]:
                    offer["address_requirements"] = self.demand
                return Reply(200, json.dumps(body))
            return reply

    local = run_module(NAME, Demanding("local"), **LONDON, address="emergency")
    assert "need an address (local) that is not given" in local["msg"]
    assert not run_module(NAME, Demanding("foreign"), **LONDON, address="emergency").get("failed")
    assert not run_module(NAME, Demanding("local"), **SEARCH, address="emergency").get("failed")
    foreign = run_module(NAME, Demanding("foreign"), **SEARCH, address="emergency")
    assert "need an address (foreign) that is not given" in foreign["msg"]


def test_a_namesake_that_does_not_fit_does_not_count(world: World) -> None:
    world.run(NAME, phone_number=NUMBERS[0], friendly_name="hotline")
    made = world.run(NAME, **{**SEARCH, "count": 1})
    assert made["warnings"] == [f"friendly_name: {NUMBERS[0]} is called 'hotline' too, but does not fit search."]
    assert bought(world) == ["+14155550100"]


def test_a_number_that_was_there_counts(world: World) -> None:
    world.run(NAME, phone_number=NUMBERS[0], friendly_name="hotline")
    task = {**SEARCH, "search": {"country": "US", "area_code": "202"}, "count": 1}
    assert not world.run(NAME, **task)["changed"]
    assert bought(world) == []


NUMBER_SEARCH = st.sampled_from(
    [
        {"country": "US"},
        {"country": "US", "type": "toll_free"},
        {"country": "US", "area_code": "415"},
        {"country": "US", "contains": "55501*0"},
        {"country": "US", "contains": "+1202"},
        {"country": "CA"},
        {"country": "CA", "area_code": "416"},
    ]
)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(NUMBER_SEARCH, st.integers(1, 4), st.integers(0, 3))
def test_whatever_was_bought_is_recognised(search: dict[str, Any], count: int, rivals: int) -> None:
    world = World()
    task = {**SEARCH, "search": search, "count": count, "max_price": 99}
    made = run_module(NAME, Rival(world, rivals), **task)
    assert not made.get("failed"), made
    assert len(bought(world)) == count
    assert not world.run(NAME, **task)["changed"]
    assert len(bought(world)) == count


@pytest.mark.parametrize(
    ("number", "search", "fitting"),
    [
        ("+12025550101", {"country": "US"}, True),
        ("+12025550101", {"country": "CA"}, False),
        ("+14165550101", {"country": "CA"}, True),
        ("+442079460000", {"country": "GB"}, True),
        ("+18005550100", {"country": "CA"}, True),  # toll-free numbers are those of all North America
        ("+12025550101", {"country": "US", "area_code": "202"}, True),
        ("+14155520201", {"country": "US", "area_code": "202"}, False),
        ("+12025550101", {"country": "US", "contains": "555*1"}, True),
        ("+12025550101", {"country": "US", "contains": "555*2"}, False),
        ("+12023569777", {"country": "US", "contains": "flows"}, True),
    ],
)
def test_what_fits(number: str, search: dict[str, Any], fitting: bool) -> None:
    assert fits(number, {"area_code": None, "contains": None, **search}) is fitting


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"friendly_name": ...}, "friendly_name is missing; with search it marks what was bought"),
        ({"friendly_name": "x" * 65}, "Twilio takes at most 64"),
        ({"max_price": ...}, "max_price is missing or not above 0"),
        ({"max_price": 0}, "max_price: 0.0 is missing or not above 0"),
        ({"price_unit": "dollars"}, "price_unit: 'dollars' is not a currency"),
        ({"count": 0}, "count: 0 is outside 1 to 30"),
        ({"count": 31}, "count: 31 is outside 1 to 30"),
        ({"state": "absent"}, "search: 'US' makes no sense with state: absent"),
        ({"release": True}, "release: True needs state: absent"),
        ({"phone_number": NUMBERS[0]}, "mutually exclusive"),
        ({"search": {}}, "missing required arguments: country"),
        ({"search": {"country": "usa"}}, "search.country: 'usa' is not the ISO code of a country"),
        ({"search": {"country": "GB", "area_code": "020"}}, "search.area_code: '020' works in the US and Canada only"),
        ({"search": {"country": "US", "area_code": "20"}}, "search.area_code: '20' is not an area code"),
        ({"search": {"country": "US", "contains": "1"}}, "search.contains: '1' is not a pattern"),
        ({"search": {"country": "US", "contains": "1-2"}}, "search.contains: '1-2' is not a pattern"),
        ({"search": {"country": "US", "in_region": ""}}, "search.in_region: '' is empty"),
        ({"voice_url": "x"}, "voice_url: 'x' is not an absolute URL"),
    ],
)
def test_bad_input_is_refused_before_the_first_request(world: World, change: dict[str, Any], message: str) -> None:
    failed = world.run(NAME, **{**SEARCH, **change})
    assert failed["failed"]
    assert message in failed["msg"]
    assert world.journal() == []


def test_a_place_is_searched_for(world: World) -> None:
    task = {**SEARCH, "search": {"country": "US", "in_region": "CA", "in_locality": "San Francisco"}}
    made = world.run(NAME, **task)
    assert {number["phone_number"][:5] for number in made["phone_numbers"]} == {"+1415"}
    assert not world.run(NAME, **task)["changed"]


def test_bought_numbers_are_registered_for_emergencies(world: World) -> None:
    emergency_address(world)
    task: dict[str, Any] = {**SEARCH, "emergency_address": "emergency"}
    made = world.run(NAME, **task)
    assert [number["emergency_address_status"] for number in made["phone_numbers"]] == ["registered"] * 2
    assert not world.run(NAME, **task)["changed"]
