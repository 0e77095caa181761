# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Phone numbers: searched, bought, changed, put on a trunk and given back; addresses."""

from __future__ import annotations

from foreign.check import date, holds, refused, removed, same
from foreign.stand import NUMBERS, Stand

NUMBER = "api:core:incoming-phone-numbers"
TRUNK_NUMBERS = "api:trunking:v1:trunks:phone-numbers"
ADDRESS = "api:core:addresses"
HEAD_OFFICE = (
    "--customer-name", "Acme", "--street", "1 Main St", "--city", "Springfield", "--region", "IL",
    "--postal-code", "62701", "--iso-country", "US",
)  # fmt: skip


def _held(stand: Stand) -> dict[str, str]:
    return {number["phone_number"]: number["sid"] for number in stand.state()["incoming_phone_numbers"]}


def buying(stand: Stand) -> None:
    """A number is looked for, bought once, and given back."""
    search = "api:core:available-phone-numbers:local:list"
    found = stand.twilio(search, "--country-code", "US", "--area-code", "415", "--limit", "2").json()
    same(len(found), 2, "offered numbers")
    holds(found[0], {"isoCountry": "US", "addressRequirements": "none", "beta": False}, "offer")
    same(found[0]["capabilities"]["voice"], True, "capability of an offer")
    same(set(_held(stand)), set(NUMBERS), "a search buys nothing")

    wanted = found[0]["phoneNumber"]
    bought = stand.twilio(f"{NUMBER}:create", "--phone-number", wanted, "--friendly-name", "main line").one()
    holds(bought, {"phoneNumber": wanted, "friendlyName": "main line", "status": "in-use"}, "bought number")
    date(bought["dateCreated"], "dateCreated of a number")
    by_area, taken, none_there = stand.each(
        (f"{NUMBER}:create", "--area-code", "415"),
        (f"{NUMBER}:create", "--phone-number", wanted),
        (f"{NUMBER}:create", "--area-code", "999"),
    )
    same(by_area.one()["phoneNumber"][:5], "+1415", "number bought by its area code")
    refused(taken, 21422, 400)
    refused(none_there, 21452, 400)
    removed(stand.twilio(f"{NUMBER}:remove", "--sid", bought["sid"]))
    same(wanted in _held(stand), False, "a released number is gone")
    refused(stand.twilio(f"{NUMBER}:create", "--phone-number", wanted), 21422, 400)


def numbers(stand: Stand) -> None:
    """Numbers that are there: filtered, changed, on a trunk and off it."""
    exact, pattern, by_name = stand.each(
        (f"{NUMBER}:list", "--phone-number", NUMBERS[0]),
        (f"{NUMBER}:list", "--phone-number", "+1202555*"),
        (f"{NUMBER}:list", "--friendly-name", "nobody's"),
    )
    same([number["phoneNumber"] for number in exact.json()], [NUMBERS[0]], "exact filter; + survives the wire")
    same(len(pattern.json()), len(NUMBERS), "pattern")
    same(by_name.json(), [], "filter that matches nothing")
    sid = exact.one()["sid"]
    changed = stand.twilio(
        f"{NUMBER}:update", "--sid", sid, "--friendly-name", "main line", "--voice-url", "https://example.com/voice"
    ).one()
    holds(changed, {"friendlyName": "main line", "voiceUrl": "https://example.com/voice"}, "updated number")

    trunk = stand.post("trunking/v1/Trunks", FriendlyName="hq")["sid"]
    place = ("--trunk-sid", trunk)
    put = stand.twilio(f"{TRUNK_NUMBERS}:create", *place, "--phone-number-sid", sid).one()
    holds(put, {"sid": sid, "phoneNumber": NUMBERS[0], "trunkSid": trunk}, "number on the trunk")
    date(put["dateCreated"], "dateCreated of a number on a trunk")
    refused(stand.twilio(f"{TRUNK_NUMBERS}:create", *place, "--phone-number-sid", sid), 21245, 400)
    listed, fetched, itself = stand.each(
        (f"{TRUNK_NUMBERS}:list", *place),
        (f"{TRUNK_NUMBERS}:fetch", *place, "--sid", sid),
        (f"{NUMBER}:fetch", "--sid", sid),
    )
    same((listed.json(), fetched.one()), ([put], put), "numbers of the trunk")
    same(itself.one()["trunkSid"], trunk, "the number knows its trunk")
    removed(stand.twilio(f"{TRUNK_NUMBERS}:remove", *place, "--sid", sid))
    same(set(_held(stand)), set(NUMBERS), "a number that leaves a trunk is kept")
    direct = stand.twilio(f"{NUMBER}:update", "--sid", sid, "--trunk-sid", trunk).one()
    same(direct["trunkSid"], trunk, "attached by the number's own resource")
    removed(stand.twilio("api:trunking:v1:trunks:remove", "--sid", trunk))
    same(stand.twilio(f"{NUMBER}:fetch", "--sid", sid).one()["trunkSid"], None, "trunk of a number without one")
    same(set(_held(stand)), set(NUMBERS), "numbers outlive their trunk")


def addresses(stand: Stand) -> None:
    """Addresses, and the number that depends on one for emergency calls."""
    made = stand.twilio(f"{ADDRESS}:create", *HEAD_OFFICE, "--emergency-enabled", "--friendly-name", "hq").one()
    holds(made, {"isoCountry": "US", "emergencyEnabled": True, "validated": True, "friendlyName": "hq"}, "address")
    date(made["dateCreated"], "dateCreated of an address")
    sid = made["sid"]
    as_written = stand.twilio(f"{ADDRESS}:create", *HEAD_OFFICE, "--no-auto-correct-address").one()
    same(as_written["street"], "1 Main St", "uncorrected street")
    changed = stand.twilio(f"{ADDRESS}:update", "--sid", sid, "--street", "2 Main St").one()
    same(changed["street"], "2 Main St", "updated street")
    listed = stand.twilio(f"{ADDRESS}:list", "--friendly-name", "hq").json()
    same([address["sid"] for address in listed], [sid], "filtered list")

    stand.lab("settings", {"emergency_seconds": 0})
    number = _held(stand)[NUMBERS[0]]
    stand.twilio(f"{NUMBER}:update", "--sid", number, "--emergency-address-sid", sid).one()
    holds(
        stand.twilio(f"{NUMBER}:fetch", "--sid", number).one(),
        {"emergencyAddressSid": sid, "emergencyAddressStatus": "registered"},
        "number with an emergency address",
    )
    in_use, guarded = stand.each((f"{ADDRESS}:remove", "--sid", sid), (f"{NUMBER}:remove", "--sid", number))
    refused(in_use, 21628, 400)
    refused(guarded, 21634, 400)
    stand.twilio(f"{NUMBER}:update", "--sid", number, "--emergency-address-sid", "").one()
    removed(stand.twilio(f"{NUMBER}:remove", "--sid", number))
    removed(stand.twilio(f"{ADDRESS}:remove", "--sid", sid))
    missing = stand.twilio(f"{ADDRESS}:create", *HEAD_OFFICE[:-2])
    same((missing.code, "Missing required flag iso-country" in missing.err), (2, True), f"without a country: {missing}")
