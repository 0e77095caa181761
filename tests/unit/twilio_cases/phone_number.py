# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks of twilio_phone_number."""

from __future__ import annotations

from typing import Any

from twilio_faulty import DOMAIN, FOR_SALE, Scenario, empty_trunk, number_on_trunk
from twilio_network import NUMBERS

CHANGING: dict[str, list[dict[str, Any]]] = {
    "twilio_phone_number": [
        {"phone_number": NUMBERS[0], "friendly_name": "x", "trunk": ""},
        {"phone_number": NUMBERS[1], "trunk": "hq"},
        {"phone_number": NUMBERS[0], "state": "absent"},
        {"phone_number": NUMBERS[1], "state": "absent", "release": True},
        {"phone_number": "+12025550177", "purchase": True},
    ],
}

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
        "number release", "twilio_phone_number", {"phone_number": NUMBERS[0], "state": "absent", "release": True},
        number_on_trunk,
    ),
]  # fmt: skip
