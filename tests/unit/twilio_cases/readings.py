# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks of twilio_call_info, twilio_alert_info and twilio_usage_info."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

from twilio_faulty import do
from twilio_network import ACCOUNT, NUMBERS, World

from lab.emulator.call_seed import seed_calls

OFFICE = "reading.pstn.twilio.com"
READING: dict[str, list[dict[str, Any]]] = {
    "twilio_call_info": [
        {},
        {"trunk": "reading", "last": "2d", "include_sip": True},
        {"trunk": OFFICE, "status": ["failed"], "from_number": NUMBERS[0], "limit": 1},
    ],
    "twilio_alert_info": [{}, {"log_level": "error", "codes": [32205], "last": "7d"}],
    "twilio_usage_info": [{}, {"categories": ["trunking-termination"], "granularity": "daily", "last": "7d"}],
}


def call(trunk_sid: str, hours: float, **rest: Any) -> dict[str, Any]:
    """Return a call of some hours ago, for the emulator."""
    started = datetime.now(timezone.utc) - timedelta(hours=hours)
    return {
        "account_sid": ACCOUNT,
        "trunk_sid": trunk_sid,
        "direction": "trunking-terminating",
        "from": NUMBERS[0],
        "to": "+442079460000",
        "started": started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "duration": 61,
        **rest,
    }


def made(world: World, *calls: dict[str, Any]) -> list[str]:
    """Let calls have been made; return their SIDs."""
    return [str(entry["sid"]) for entry in seed_calls(world.context, {"calls": list(calls)})["calls"]]


def populate(world: World) -> None:
    do(world, "twilio_trunk", friendly_name="reading", domain_name=OFFICE)
    sid = next(record.sid for record in world.context.store.all("TK") if record.data["friendly_name"] == "reading")
    refused = {"status": "failed", "sip_code": 403, "duration": 0, "error": "32205 Geo permission configuration"}
    made(
        world,
        call(sid, 1),
        call(sid, 2, **refused),
        call(sid, 3, direction="trunking-originating", **{"from": "+442079460000", "to": NUMBERS[0]}),
    )
