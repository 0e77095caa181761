# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks of twilio_trunk_region and twilio_trunk_region_info."""

from __future__ import annotations

from typing import Any

from twilio_faulty import DOMAIN, Scenario, do, empty_trunk
from twilio_network import World

NAME = "twilio_trunk_region"
PLACED = "placed.pstn.twilio.com"
CHANGING: dict[str, list[dict[str, Any]]] = {
    NAME: [{"trunk": PLACED, "voice_region": "ie1"}, {"trunk": "placed", "voice_region": "au1"}],
}
READING: dict[str, list[dict[str, Any]]] = {f"{NAME}_info": [{}, {"trunk": "placed"}]}


def populate(world: World) -> None:
    do(world, "twilio_trunk", friendly_name="placed", domain_name=PLACED)


def in_ireland(world: World) -> None:
    empty_trunk(world)
    do(world, NAME, trunk=DOMAIN, voice_region="ie1")


SCENARIOS = [
    Scenario("region assign", NAME, {"trunk": DOMAIN, "voice_region": "ie1"}, empty_trunk),
    Scenario("region move back", NAME, {"trunk": "hq", "voice_region": "us1"}, in_ireland),
]
