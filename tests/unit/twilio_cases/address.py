# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks of twilio_address and twilio_address_info."""

from __future__ import annotations

from typing import Any

from twilio_faulty import Held, Scenario, do
from twilio_network import World

MODULE = "twilio_address"
HQ: dict[str, Any] = {
    "friendly_name": "acme-hq",
    "customer_name": "Acme Inc",
    "street": "100 Main Street",
    "street_secondary": "Suite 4",
    "city": "Springfield",
    "address_region": "Illinois",
    "postal_code": "62701",
    "iso_country": "US",
    "emergency_enabled": True,
}

CHANGING: dict[str, list[dict[str, Any]]] = {
    MODULE: [
        {**HQ, "friendly_name": "new"},
        {"friendly_name": "acme-hq", "street": "200 Main Street", "street_secondary": ""},
        {"friendly_name": "acme-hq", "postal_code": "62702", "auto_correct_address": True},
        {"friendly_name": "acme-hq", "state": "absent"},
    ],
}
READING: dict[str, list[dict[str, Any]]] = {
    f"{MODULE}_info": [{}, {"friendly_name": "acme-hq", "include_phone_numbers": True}]
}


def populate(world: World) -> None:
    do(world, MODULE, **HQ)


SCENARIOS = [
    Scenario("address create", MODULE, HQ),
    Scenario("address create corrected", MODULE, {**HQ, "auto_correct_address": True}),
    Scenario("address update", MODULE, {**HQ, "street": "7 Oak Avenue", "emergency_enabled": False}, populate),
    Scenario(
        "address update corrected",
        MODULE,
        {**HQ, "street": "7 Oak Avenue", "street_secondary": "", "auto_correct_address": True},
        populate,
    ),
    Scenario("address delete", MODULE, {"friendly_name": "acme-hq", "state": "absent"}, populate),
    Scenario(
        "address rename", MODULE, {"sid": Held("AD", "acme-hq"), "friendly_name": "renamed", "city": "Peoria"}, populate
    ),
]
