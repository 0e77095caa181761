# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""twilio_phone_number against the emulated Twilio: settings, trunks, and the two guards."""

from __future__ import annotations

from typing import Any

import pytest
from twilio_network import NUMBERS, World

from lab.emulator import numbering

NAME = "twilio_phone_number"
FOR_SALE = "+12025550150"
DOMAIN = "acme-hq.pstn.twilio.com"


def buys_and_releases(world: World) -> list[str]:
    """Return the requests that buy or release a number."""
    return [
        write
        for write in world.writes()
        if write.endswith("/IncomingPhoneNumbers.json")
        or (write.startswith("DELETE") and "/IncomingPhoneNumbers/" in write)
    ]


def test_settings(world: World) -> None:
    options: dict[str, Any] = {
        "phone_number": NUMBERS[0],
        "friendly_name": "main",
        "voice_url": "https://example.com/v",
        "voice_method": "GET",
    }
    predicted = world.run(NAME, check=True, diff=True, **options)
    assert world.writes() == []
    made = world.run(NAME, diff=True, **options)
    assert (made["phone_number"], made["diff"]) == (predicted["phone_number"], predicted["diff"])
    assert made["changes"][0]["fields"] == ["friendly_name", "voice_method", "voice_url"]
    again = world.run(NAME, **options)
    assert (again["changed"], again["api_requests"]) == (False, 1)
    by_sid = world.run(NAME, sid=world.numbers[NUMBERS[0]], voice_url="")
    assert by_sid["changes"][0]["fields"] == ["voice_url"]
    assert by_sid["phone_number"]["voice_url"] == ""
    assert buys_and_releases(world) == []


def a_number_for_sale(world: World) -> str:
    """Return a number the emulator sells without asking for an address."""
    offers = numbering.for_sale(world.context.store)
    return next(number for number, block in offers if block.address_requirements == "none")


@pytest.mark.parametrize("reference", ["hq", DOMAIN, "sid"])
def test_trunk_by_name_domain_or_sid(world: World, reference: str) -> None:
    sid = world.run("twilio_trunk", friendly_name="hq", domain_name=DOMAIN)["trunk"]["sid"]
    trunk = sid if reference == "sid" else reference
    predicted = world.run(NAME, check=True, phone_number=NUMBERS[0], trunk=trunk)
    made = world.run(NAME, phone_number=NUMBERS[0], trunk=trunk)
    assert made["phone_number"] == predicted["phone_number"]
    assert made["phone_number"]["trunk_sid"] == sid
    assert not world.run(NAME, phone_number=NUMBERS[0], trunk=trunk)["changed"]
    other = world.run("twilio_trunk", friendly_name="branch")["trunk"]["sid"]
    assert world.run(NAME, phone_number=NUMBERS[0], trunk="branch")["phone_number"]["trunk_sid"] == other


@pytest.mark.parametrize("options", [{"trunk": ""}, {"state": "absent"}])
def test_detaching(world: World, options: dict[str, Any]) -> None:
    world.run("twilio_trunk", friendly_name="hq", phone_numbers=NUMBERS[:1])
    predicted = world.run(NAME, check=True, diff=True, phone_number=NUMBERS[0], **options)
    made = world.run(NAME, diff=True, phone_number=NUMBERS[0], **options)
    assert (made["phone_number"], made["diff"]) == (predicted["phone_number"], predicted["diff"])
    assert made["phone_number"]["trunk_sid"] == ""
    assert made["diff"]["before"]["trunk_sid"].startswith("TK")
    assert world.writes()[-1].startswith("DELETE /v1/Trunks/")
    again = world.run(NAME, phone_number=NUMBERS[0], **options)
    assert (again["changed"], again["phone_number"]) == (False, made["phone_number"])
    assert buys_and_releases(world) == []


def test_detaching_together_with_other_settings(world: World) -> None:
    world.run("twilio_trunk", friendly_name="hq", phone_numbers=NUMBERS[:1])
    made = world.run(NAME, phone_number=NUMBERS[0], trunk="", friendly_name="spare")
    assert (made["phone_number"]["trunk_sid"], made["phone_number"]["friendly_name"]) == ("", "spare")
    assert not world.run(NAME, phone_number=NUMBERS[0], trunk="", friendly_name="spare")["changed"]


def test_trunk_and_application_displace_each_other(world: World) -> None:
    world.run("twilio_trunk", friendly_name="hq", phone_numbers=NUMBERS[:1])
    application = "AP" + "0" * 32
    both_ways: list[dict[str, Any]] = [{"voice_application_sid": application}, {"trunk": "hq"}]
    for options in both_ways:
        predicted = world.run(NAME, check=True, phone_number=NUMBERS[0], **options)
        made = world.run(NAME, phone_number=NUMBERS[0], **options)
        assert made["changed"]
        assert made["phone_number"] == predicted["phone_number"]
    both = world.run(NAME, phone_number=NUMBERS[0], trunk="hq", voice_application_sid=application)
    assert "excludes voice_application_sid" in both["msg"]


def test_a_missing_trunk_fails_with_similar_names_but_check_mode_foresees_it(world: World) -> None:
    world.run("twilio_trunk", friendly_name="headquarters")
    failed = world.run(NAME, phone_number=NUMBERS[0], trunk="headquarter")
    assert failed["msg"].startswith(
        "trunk: there is no trunk 'headquarter' in the account. Did you mean 'headquarters'?"
    )
    unknown = world.run(NAME, check=True, phone_number=NUMBERS[0], trunk="TK" + "0" * 32)
    assert unknown["msg"].startswith("trunk: there is no trunk 'TK0000")
    foreseen = world.run(NAME, check=True, diff=True, phone_number=NUMBERS[0], trunk="branch")
    assert foreseen["changed"]
    assert foreseen["phone_number"]["trunk_sid"] is None
    assert "an earlier task creates it" in foreseen["warnings"][0]
    assert "not created yet" not in str(foreseen["diff"])


def test_a_number_the_account_does_not_own_is_not_bought(world: World) -> None:
    failed = world.run(NAME, phone_number=FOR_SALE)
    assert failed["msg"].startswith(f"phone_number: the account does not own {FOR_SALE}. It owns +12025550")
    assert "purchase: true" in failed["msg"]
    far = world.run(NAME, phone_number="+442079460000")
    assert "It owns" not in far["msg"]
    both_ways: list[dict[str, Any]] = [{}, {"release": True}]
    for options in both_ways:
        gone = world.run(NAME, phone_number=FOR_SALE, state="absent", **options)
        assert (gone["changed"], gone["changes"], gone["phone_number"]) == (False, [], None)
    missing = world.run(NAME, sid="PN" + "0" * 32)
    assert missing["msg"].startswith("sid: the account owns no phone number")
    assert world.writes() == []


def test_a_number_is_bought_once_and_only_when_asked(world: World) -> None:
    number = a_number_for_sale(world)
    options: dict[str, Any] = {"phone_number": number, "purchase": True, "voice_method": "GET"}
    predicted = world.run(NAME, check=True, **options)
    assert world.writes() == []
    assert predicted["phone_number"]["friendly_name"] is None
    bought = world.run(NAME, **options)
    assert bought["phone_number"]["phone_number"] == number
    assert len(buys_and_releases(world)) == 1
    assert not world.run(NAME, **options)["changed"]
    assert len(buys_and_releases(world)) == 1


@pytest.mark.parametrize("kind", ["reset", "timeout", "malformed"])
def test_a_purchase_whose_answer_is_lost_is_not_made_twice(world: World, kind: str) -> None:
    number = a_number_for_sale(world)
    world.fault("POST", "IncomingPhoneNumbers.json$", kind, when="after")
    assert world.run(NAME, phone_number=number, purchase=True)["phone_number"]["phone_number"] == number
    assert len(buys_and_releases(world)) == 1


def test_a_number_that_cannot_be_bought(world: World) -> None:
    failed = world.run(NAME, phone_number="+999999999999", purchase=True)
    assert failed["failure"]["code"] == 21422
    assert "search for another one" in failed["msg"]


def test_releasing_needs_its_option(world: World) -> None:
    world.run(NAME, phone_number=NUMBERS[0], state="absent")
    assert buys_and_releases(world) == []
    predicted = world.run(NAME, check=True, phone_number=NUMBERS[0], state="absent", release=True)
    assert (predicted["changed"], predicted["phone_number"]) == (True, None)
    assert buys_and_releases(world) == []
    assert world.run(NAME, phone_number=NUMBERS[0], state="absent", release=True)["changed"]
    assert len(buys_and_releases(world)) == 1
    assert not world.run(NAME, phone_number=NUMBERS[0], state="absent", release=True)["changed"]


def test_a_number_on_a_trunk_is_released_only_if_the_trunk_is_named(world: World) -> None:
    trunk = world.run("twilio_trunk", friendly_name="hq", phone_numbers=NUMBERS[:1])["trunk"]["sid"]
    world.run("twilio_trunk", friendly_name="branch")
    release: dict[str, Any] = {"phone_number": NUMBERS[0], "state": "absent", "release": True}
    before = world.writes()
    wrong: list[dict[str, Any]] = [{}, {"trunk": ""}, {"trunk": "branch"}]
    for options in wrong:
        for check in (True, False):
            failed = world.run(NAME, check=check, **release, **options)
            assert failed["msg"].startswith(f"release: {NUMBERS[0]} is on trunk {trunk}, so calls still go through it.")
    missing = world.run(NAME, **release, trunk="hqq")
    assert missing["msg"].startswith("trunk: there is no trunk 'hqq' in the account. Did you mean 'hq'?")
    assert world.writes() == before
    assert world.run(NAME, **release, trunk="hq")["changed"]
    assert not world.run(NAME, **release, trunk="hq")["changed"]
    assert world.run("twilio_trunk_info")["trunks"][-1]["phone_numbers"] == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"phone_number": "202 555 0101"}, "phone_number: '202 555 0101' is not a number in E.164"),
        ({"phone_number": ...}, "one of the following is required: phone_number, sid, phone_numbers, search"),
        ({"phone_number": ..., "sid": "PN" + "0" * 32, "purchase": True}, "purchase: True needs phone_number"),
        ({"purchase": True, "state": "absent"}, "purchase: True makes no sense with state: absent"),
        ({"release": True}, "release: True needs state: absent"),
        ({"voice_url": "example.com"}, "voice_url: 'example.com' is not an absolute URL"),
        ({"address_sid": "here"}, "address_sid: 'here' is not a SID"),
        ({"trunk": "acme.pstn.ashburn.twilio.com"}, "trunk: 'acme.pstn.ashburn.twilio.com' names an edge"),
        ({"friendly_name": "x" * 65}, "Twilio takes at most 64"),
        ({"address": "hq", "address_sid": "AD" + "0" * 32}, "address: 'hq' excludes address_sid; give one of them"),
        ({"emergency_address": "hq", "emergency_address_sid": ""}, "emergency_address: 'hq' excludes"),
        ({"emergency_timeout": -1}, "emergency_timeout: -1.0 is not between 0 and 3600 seconds"),
        ({"max_price": 1}, "max_price: 1.0 needs search"),
        ({"phone_numbers": []}, "parameters are mutually exclusive"),
    ],
)
def test_bad_input_is_refused_before_the_first_request(world: World, options: dict[str, Any], message: str) -> None:
    failed = world.run(NAME, **{"phone_number": NUMBERS[0], **options})
    assert failed["failed"]
    assert message in failed["msg"]
    assert world.journal() == []


def test_sid_and_number_must_agree(world: World) -> None:
    failed = world.run(NAME, sid=world.numbers[NUMBERS[0]], phone_number=NUMBERS[1])
    assert f"is the number {NUMBERS[0]}, not {NUMBERS[1]}" in failed["msg"]
    assert not world.run(NAME, sid=world.numbers[NUMBERS[0]], phone_number=NUMBERS[0])["changed"]
