# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks of twilio_phone_number and twilio_phone_number_info."""

from __future__ import annotations

from typing import Any

from twilio_faulty import DOMAIN, FOR_SALE, Scenario, do, empty_trunk, number_on_trunk
from twilio_network import NUMBERS, World

BOTH = [{"phone_number": number} for number in NUMBERS[:2]]
SEARCH: dict[str, Any] = {
    "search": {"country": "US", "area_code": "415"},
    "friendly_name": "hotline",
    "count": 2,
    "max_price": 2,
    "purchase": True,
}

CHANGING: dict[str, list[dict[str, Any]]] = {
    "twilio_phone_number": [
        {"phone_number": NUMBERS[0], "friendly_name": "x", "trunk": ""},
        {"phone_number": NUMBERS[1], "trunk": "hq"},
        {"phone_number": NUMBERS[0], "state": "absent"},
        {"phone_number": NUMBERS[1], "state": "absent", "release": True},
        {"phone_number": "+12025550177", "purchase": True},
        {"phone_numbers": [*BOTH, {"phone_number": "+12025550178"}], "friendly_name": "x", "purchase": True},
        {"phone_numbers": BOTH, "state": "absent"},
        {"phone_number": NUMBERS[1], "emergency_address": "emergency"},
        SEARCH,
    ],
}
READING: dict[str, list[dict[str, Any]]] = {
    "twilio_phone_number_info": [{}, {"phone_number": "+1202*"}, {"trunk": "hq"}, {"phone_number": NUMBERS[0]}],
}


def emergency_address(world: World) -> None:
    """Make an address that emergency services can be sent to."""
    do(world, "twilio_trunk", friendly_name="hq", domain_name=DOMAIN)
    world.post(
        "/2010-04-01/Accounts/{account}/Addresses.json", FriendlyName="emergency", CustomerName="Acme",
        Street="645 Harrison St", City="San Francisco", Region="CA", PostalCode="94105", IsoCountry="US",
        EmergencyEnabled="true",
    )  # fmt: skip


def populate(world: World) -> None:
    """Make what the tasks above refer to; the trunk ``hq`` is there already."""
    emergency_address(world)


def two_on_trunk(world: World) -> None:
    do(world, "twilio_trunk", friendly_name="hq", domain_name=DOMAIN, phone_numbers=NUMBERS[:2])


def registered(world: World) -> None:
    """Register two numbers of a trunk for emergency calling."""
    emergency_address(world)
    do(world, "twilio_phone_number", phone_numbers=BOTH, emergency_address="emergency", trunk="hq")


def registered_elsewhere(world: World) -> None:
    """Register two numbers for emergency calling, and make the address of another office."""
    registered(world)
    world.post(
        "/2010-04-01/Accounts/{account}/Addresses.json", FriendlyName="annex", CustomerName="Acme",
        Street="375 Beale St", City="San Francisco", Region="CA", PostalCode="94105", IsoCountry="US",
        EmergencyEnabled="true",
    )  # fmt: skip


def failed_registration(world: World) -> None:
    """Let a registration fail."""
    emergency_address(world)
    world.context.settings.emergency_outcome = "failure"
    result = world.run("twilio_phone_number", phone_number=NUMBERS[0], emergency_address="emergency")
    assert "registration-failure" in result["msg"], result


def half_bought(world: World) -> None:
    empty_trunk(world)
    do(world, "twilio_phone_number", **{**SEARCH, "count": 1})


SCENARIOS = [
    Scenario(
        "number attach", "twilio_phone_number", {"phone_number": NUMBERS[0], "trunk": DOMAIN, "friendly_name": "main"},
        empty_trunk,
    ),
    Scenario(
        "number detach", "twilio_phone_number", {"phone_number": NUMBERS[0], "trunk": "", "friendly_name": "spare"},
        number_on_trunk,
    ),
    Scenario("number absent", "twilio_phone_number", {"phone_number": NUMBERS[0], "state": "absent"}, number_on_trunk),
    Scenario(
        "number purchase", "twilio_phone_number", {"phone_number": FOR_SALE, "purchase": True, "trunk": "hq"},
        empty_trunk,
    ),
    Scenario(
        "number release", "twilio_phone_number",
        {"phone_number": NUMBERS[0], "state": "absent", "release": True, "trunk": DOMAIN}, number_on_trunk,
    ),
    Scenario(
        "numbers attach", "twilio_phone_number",
        {"phone_numbers": [BOTH[0], {**BOTH[1], "friendly_name": "fax"}], "trunk": "hq", "friendly_name": "main"},
        empty_trunk,
    ),
    Scenario(
        "numbers detach", "twilio_phone_number", {"phone_numbers": BOTH, "trunk": "", "friendly_name": "spare"},
        two_on_trunk,
    ),
    Scenario(
        "numbers purchase", "twilio_phone_number",
        {"phone_numbers": [BOTH[0], {"phone_number": FOR_SALE}, {"phone_number": "+12025550151"}], "purchase": True,
         "friendly_name": "new"},
    ),
    Scenario(
        "numbers by search", "twilio_phone_number", {**SEARCH, "trunk": "hq"}, empty_trunk,
    ),
    Scenario("numbers by search, some there", "twilio_phone_number", {**SEARCH, "voice_method": "GET"}, half_bought),
    Scenario(
        "number emergency address", "twilio_phone_number",
        {"phone_number": NUMBERS[0], "emergency_address": "emergency", "trunk": "hq"}, emergency_address,
    ),
    Scenario(
        "numbers emergency address", "twilio_phone_number",
        {"phone_numbers": BOTH, "emergency_address": "emergency"}, emergency_address,
    ),
    Scenario(
        "number emergency address again", "twilio_phone_number",
        {"phone_number": NUMBERS[0], "emergency_address": "emergency"}, failed_registration,
    ),
    Scenario(
        "numbers with another emergency address", "twilio_phone_number",
        {"phone_numbers": BOTH, "emergency_address": "annex", "friendly_name": "moved"}, registered_elsewhere,
    ),
    Scenario(
        "numbers without emergency address", "twilio_phone_number",
        {"phone_numbers": BOTH, "emergency_address": ""}, registered,
    ),
    Scenario(
        "numbers with emergency address released", "twilio_phone_number",
        {"phone_numbers": BOTH, "state": "absent", "release": True, "trunk": "hq"}, registered,
    ),
]  # fmt: skip
