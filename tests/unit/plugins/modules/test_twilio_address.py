# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""twilio_address and its twin against the emulated Twilio."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio_cases.address import HQ
from twilio_network import NUMBERS, Script, World, run_module

NAME = "twilio_address"
ONLY_TWILIO_KNOWS = {"sid": None, "validated": None, "verified": None}
TIDY = {"street": "100 Main St", "street_secondary": "Ste 4", "address_region": "IL"}  # what Twilio makes of HQ


def forms(world: World) -> list[dict[str, str]]:
    """Return what was sent to change addresses."""
    return [entry["params"] for entry in world.journal() if entry["method"] == "POST" and "/Addresses" in entry["path"]]


def test_life_of_an_address(world: World) -> None:
    predicted = world.run(NAME, check=True, diff=True, **HQ)
    assert predicted["address"] == predicted["diff"]["after"]
    assert world.writes() == []
    made = world.run(NAME, **HQ)
    assert {**made["address"], **ONLY_TWILIO_KNOWS} == predicted["address"]
    assert {name: made["address"][name] for name in HQ} == HQ, "the account holds what the description says"
    again = world.run(NAME, **HQ)
    assert (again["changed"], again["api_requests"], again["address"]) == (False, 1, made["address"])

    sid = made["address"]["sid"]
    moved = world.run(NAME, friendly_name="acme-hq", street="7 Oak Street", street_secondary="", diff=True)
    assert moved["changes"][0]["fields"] == ["street", "street_secondary"]
    assert forms(world)[-1] == {"Street": "7 Oak Street", "StreetSecondary": "", "AutoCorrectAddress": "false"}
    assert (moved["diff"]["before"]["street"], moved["diff"]["after"]["street"]) == ("100 Main Street", "7 Oak Street")
    renamed = world.run(NAME, sid=sid, friendly_name="acme-branch")
    assert (renamed["address"]["sid"], renamed["address"]["friendly_name"]) == (sid, "acme-branch")
    for identity, changed in (({"friendly_name": "acme-branch"}, True), ({"sid": sid}, False)):
        gone = world.run(NAME, state="absent", **identity)
        assert (gone["changed"], gone["address"]) == (changed, None)


@pytest.mark.parametrize(
    ("option", "value"), [("street", "7 Oak Street"), ("customer_name", "Acme Ltd"), ("emergency_enabled", False)]
)
def test_what_emergency_services_are_told_is_not_changed_under_a_number(world: World, option: str, value: Any) -> None:
    sid = world.run(NAME, **HQ)["address"]["sid"]
    assert "failed" not in world.run("twilio_phone_number", phone_number=NUMBERS[0], emergency_address="acme-hq")
    for check in (True, False):
        failed = world.run(NAME, check=check, **{**HQ, option: value})
        assert failed["msg"].startswith(f"{option}: {value!r} cannot replace {HQ[option]!r}: ")
        assert f"({sid}) is registered for emergency calls from {NUMBERS[0]}" in failed["msg"]
        assert "Describe a new address with another friendly_name" in failed["msg"]
    again = world.run(NAME, **HQ)
    assert (again["changed"], again["api_requests"]) == (False, 1), "nobody is asked while nothing changes"
    assert world.run(NAME, sid=sid, friendly_name="acme-old")["changed"], "its name is told to nobody"
    assert not world.run("twilio_phone_number", phone_number=NUMBERS[0], emergency_address="").get("failed")
    assert world.run(NAME, **{**HQ, "sid": sid, option: value})["changed"]


def test_a_correction_that_means_the_same_stands(world: World) -> None:
    corrected = {**HQ, "auto_correct_address": True}
    made = world.run(NAME, **corrected)
    assert {name: made["address"][name] for name in TIDY} == TIDY
    assert made["warnings"] == []
    assert made["address"]["validated"] is True
    assert forms(world)[-1]["AutoCorrectAddress"] == "true"
    for check in (True, False):
        again = world.run(NAME, check=check, **corrected)
        assert (again["changed"], again["address"]) == (False, made["address"])
    other = world.run(NAME, **{**corrected, "customer_name": "Acme Ltd"})
    assert other["changes"][0]["fields"] == ["customer_name"], "nothing that was corrected is sent again"
    moved = world.run(NAME, **{**corrected, "customer_name": "Acme Ltd", "street": "102 Main Street"})
    assert (moved["changes"][0]["fields"], moved["address"]["street"]) == (["street"], "102 Main St")
    plain = world.run(NAME, **HQ)
    assert plain["changes"][0]["fields"] == ["address_region", "customer_name", "street", "street_secondary"]
    assert plain["address"]["street"] == HQ["street"], "without correction the description holds to the letter"


def test_a_correction_that_goes_further_is_warned_of(world: World) -> None:
    class FarReaching:
        """Twilio knows the street by another name."""

        pauses: list[float] = []  # noqa: RUF012

        def send(self, method: str, url: str, **rest: Any) -> Any:
            if (rest["data"] or {}).get("Street"):
                rest["data"]["Street"] = "100 Lincoln Memorial Pkwy"
            return world.send(method, url, **rest)

    for __ in range(2):
        result = run_module(NAME, FarReaching(), **{**HQ, "auto_correct_address": True})
        assert (result["changed"], len(result["warnings"])) == (True, 1)
        assert "street: Twilio has corrected '100 Main Street' to '100 Lincoln Memorial Pkwy'." in result["warnings"][0]
        assert "Write it so in the description" in result["warnings"][0]
    adopted = {**HQ, "street": "100 Lincoln Memorial Pkwy", "auto_correct_address": True}
    assert not world.run(NAME, **adopted)["changed"]


@pytest.mark.parametrize("check", [True, False])
def test_the_country_cannot_be_changed(world: World, check: bool) -> None:
    sid = world.run(NAME, **HQ)["address"]["sid"]
    writes = world.writes()
    failed = world.run(NAME, check=check, **{**HQ, "iso_country": "CA", "street": "1 Other Street"})
    assert failed["msg"].startswith(
        f"iso_country: 'CA' is not the country of the address 'acme-hq' ({sid}), which is in US"
    )
    assert "Describe a new address with another friendly_name" in failed["msg"]
    assert world.writes() == writes
    assert world.run(NAME, friendly_name="acme-hq", iso_country="CA", state="absent")["changed"]


@pytest.mark.parametrize("check", [True, False])
def test_what_a_new_address_needs_is_named(world: World, check: bool) -> None:
    failed = world.run(NAME, check=check, friendly_name="new", customer_name="Acme", street="1 Main St", city="X")
    assert failed["msg"] == (
        "address_region is missing (and so are postal_code, iso_country), and there is no address 'new' yet; "
        "a new one needs it."
    )
    assert world.writes() == []


def test_two_of_a_name_are_an_error_that_names_both(world: World) -> None:
    form = {"CustomerName": "A", "Street": "1 Main St", "City": "X", "Region": "IL", "PostalCode": "62701",
            "IsoCountry": "US", "FriendlyName": "acme-hq"}  # fmt: skip
    sids = [world.post("/2010-04-01/Accounts/{account}/Addresses.json", **form)["sid"] for __ in range(2)]
    writes = world.writes()
    for state in ("present", "absent"):
        failed = world.run(NAME, **{**HQ, "state": state})
        assert all(sid in failed["msg"] for sid in sids)
    assert world.writes() == writes
    assert world.run(NAME, sid=sids[0], city="Chicago")["address"]["city"] == "Chicago"
    failed = world.run(NAME, sid="AD" + "0" * 32)
    assert failed["msg"].startswith("sid: there is no address AD")


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("use", ["address_sid", "emergency_address_sid"])
def test_an_address_in_use_is_not_deleted_and_the_numbers_are_named(world: World, check: bool, use: str) -> None:
    sid = world.run(NAME, **HQ)["address"]["sid"]
    for number in NUMBERS[:2]:
        result = world.run("twilio_phone_number", phone_number=number, **{use: sid})
        assert not result.get("failed"), result
    writes = world.writes()
    failed = world.run(NAME, check=check, friendly_name="acme-hq", state="absent")
    assert f"the address 'acme-hq' ({sid}) is used by {NUMBERS[0]}, {NUMBERS[1]}. First give these" in failed["msg"]
    assert world.writes() == writes


def test_an_address_that_becomes_used_meanwhile_is_not_deleted(world: World) -> None:
    sid = world.run(NAME, **HQ)["address"]["sid"]

    class Meanwhile:
        pauses: list[float] = []  # noqa: RUF012

        def send(self, method: str, url: str, **rest: Any) -> Any:
            if method == "DELETE":
                path = f"/2010-04-01/Accounts/{{account}}/IncomingPhoneNumbers/{world.numbers[NUMBERS[0]]}.json"
                world.post(path, AddressSid=sid)
            return world.send(method, url, **rest)

    failed = run_module(NAME, Meanwhile(), friendly_name="acme-hq", state="absent")
    assert failed["failure"]["code"] == 21628
    assert NUMBERS[0] in failed["msg"]
    assert "give the numbers that use it another address" in failed["msg"]


def test_what_twilio_does_not_accept_comes_with_a_remedy(world: World, script: Script) -> None:
    failed = world.run(NAME, **{**HQ, "postal_code": "none", "emergency_enabled": False, "auto_correct_address": True})
    assert (failed["failure"]["code"], failed["failure"]["applied"]) == (21628, [])
    assert "correct street, city, address_region and postal_code" in failed["msg"]
    url = "https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000001/Addresses.json"
    script.expect("GET", url, {"addresses": [], "next_page_uri": None})
    script.refuse("POST", url, 400, 21629)
    similar = run_module(NAME, script, **HQ)
    assert "write it as Twilio does, or set auto_correct_address to true" in similar["msg"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"friendly_name": ...}, "one of the following is required: sid, friendly_name"),
        ({"friendly_name": "x" * 65, "emergency_enabled": False}, "has 65 characters; Twilio takes at most 64"),
        ({"friendly_name": "x" * 33}, "has 33 characters; Twilio takes at most 32"),
        ({"customer_name": "ä" * 33}, "customer_name: "),
        ({"customer_name": "x" * 65}, "has 65 bytes in UTF-8; Twilio takes at most 64"),
        ({"street": " "}, "street: ' ' is empty"),
        ({"city": "Spring\nfield"}, "city: 'Spring\\nfield' has a line end"),
        ({"postal_code": ""}, "postal_code: '' is empty"),
        ({"iso_country": "USA"}, "iso_country: 'USA' is not an ISO 3166 code of two capital letters"),
        ({"iso_country": "us"}, "iso_country: 'us' is not"),
        ({"sid": "PN" + "0" * 32}, "begins with AD"),
    ],
)
def test_bad_input_is_refused_before_the_first_request(world: World, options: dict[str, Any], message: str) -> None:
    failed = world.run(NAME, **{**HQ, **options})
    assert failed["failed"]
    assert message in failed["msg"]
    assert world.journal() == []


def test_the_region_of_twilio_is_not_the_region_of_the_address(world: World) -> None:
    failed = world.run(NAME, **HQ, region="Illinois")
    assert failed["msg"].startswith("region: 'Illinois' is not the name of a Twilio location")
    assert failed["msg"].endswith("The state or province of an address is address_region.")


def test_the_twin(world: World) -> None:
    assert world.run(f"{NAME}_info")["addresses"] == []
    hq = world.run(NAME, **HQ)["address"]
    cafe = world.run(NAME, **{**HQ, "friendly_name": "cafe"})["address"]
    everything = world.run(f"{NAME}_info")
    assert everything["api_requests"] == 1
    assert sorted(everything["addresses"], key=lambda found: found["friendly_name"]) == [hq, cafe]
    world.run("twilio_phone_number", phone_number=NUMBERS[0], address_sid=hq["sid"])
    for selection in ({"friendly_name": "acme-hq"}, {"sid": hq["sid"]}):
        used = world.run(f"{NAME}_info", include_phone_numbers=True, **selection)
        assert used["addresses"] == [{**hq, "phone_numbers": [NUMBERS[0]]}]
    assert world.run(f"{NAME}_info", sid="AD" + "0" * 32)["addresses"] == []
    assert world.run(f"{NAME}_info", sid="hello")["msg"].startswith("sid: 'hello' is not a SID")


OPTIONAL: dict[str, st.SearchStrategy[Any]] = {
    "customer_name": st.sampled_from(["Acme Inc", "Acme Ltd"]),
    "street": st.sampled_from(["100 Main Street", "100 main st.", "100 MAIN ST", "7 Oak Avenue", "7 Oak Ave"]),
    "street_secondary": st.sampled_from(["", "Suite 4", "Ste 4"]),
    "city": st.sampled_from(["Springfield", "springfield"]),
    "address_region": st.sampled_from(["IL", "Illinois", "il"]),
    "postal_code": st.sampled_from(["62701", "62701-1234", "62702"]),
    "emergency_enabled": st.booleans(),
}
TASK = st.fixed_dictionaries(
    {"friendly_name": st.sampled_from(["hq", "branch"])},
    optional={
        **OPTIONAL,
        "state": st.sampled_from(["present"] * 4 + ["absent"]),
        "auto_correct_address": st.booleans(),
    },
)


@settings(max_examples=200, deadline=None)
@given(st.lists(TASK, min_size=1, max_size=4))
def test_check_mode_foretells_what_is_done_and_the_second_run_changes_nothing(tasks: list[dict[str, Any]]) -> None:
    world = World()
    for name in ("hq", "branch"):
        world.run(NAME, **{**HQ, "friendly_name": name})
    for task in tasks:
        writes = world.writes()
        predicted = world.run(NAME, check=True, diff=True, **task)
        assert world.writes() == writes
        done = world.run(NAME, diff=True, **task)
        assert predicted.get("failed") == done.get("failed")
        if done.get("failed"):  # a new one needs everything
            assert predicted["msg"] == done["msg"]
            continue
        assert (predicted["changed"], predicted["changes"]) == (done["changed"], done["changes"])
        assert predicted["diff"]["before"] == done["diff"]["before"]
        if done["address"] is not None and not task.get("auto_correct_address"):
            unknown = ONLY_TWILIO_KNOWS if done["changed"] else {}
            assert {**predicted["address"], **unknown} == {**done["address"], **unknown}
        last = world.run(NAME, **task)
        assert (last["changed"], last["address"], last["warnings"]) == (False, done["address"], [])
