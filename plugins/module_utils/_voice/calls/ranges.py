# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Least and most of the numbers that the description holds. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .site import Site

_RING = (5, 300)
_DAYS = (0, 36500)
_MANY = (0, 100000)

_EXTENSION = {"calls": (1, 1000), "calls_per_minute": (1, 1000), "ring_seconds": _RING}
_DESTINATIONS = {
    "ring_group": {"ring_seconds": _RING},
    "queue": {
        "ring_seconds": _RING,
        "wait_seconds": (10, 7200),
        "most_waiting": (0, 1000),
        "wrap_up_seconds": (0, 3600),
    },
    "menu": {"wait_seconds": (1, 60), "attempts": (1, 10)},
    "external": {"ring_seconds": _RING},
}
_LIMITS = dict.fromkeys(("calls", "calls_per_minute", "extension_calls", "extension_calls_per_minute"), _MANY)
_VOICEMAIL = {"most_messages": (1, 9999), "most_seconds": (10, 3600), "keep_days": _DAYS}
_RECORDING = {"keep_days": _DAYS}
_VARIABLES = {
    "voice_cdr_keep_days": _DAYS,
    "voice_ring_seconds": _RING,
    "voice_outbound_answer_seconds": (10, 600),
    "voice_edge_timeout_seconds": (7, 32),
    "voice_contacts_per_extension": (1, 20),
}


def range_problems(site: Site) -> Iterator[str]:
    """Check every number that has a least and a most."""
    for path, entry in site.entries("voice_extensions"):
        yield from outside(f"{path}.", entry, _EXTENSION)
    for kind, ranges in _DESTINATIONS.items():
        for path, entry in site.destinations(kind):
            yield from outside(f"{path}.", entry, ranges)
    yield from outside("voice_dialplan.limits.", site.values["voice_dialplan"]["limits"], _LIMITS)
    yield from outside("voice_voicemail.", site.values["voice_voicemail"], _VOICEMAIL)
    yield from outside("voice_call_recording.", site.values["voice_call_recording"], _RECORDING)
    yield from outside("", site.values, _VARIABLES)
    seconds = site.values["voice_qualify_seconds"]
    if seconds != 0 and not 15 <= seconds <= 86400:
        yield (
            f"voice_qualify_seconds: {seconds} is not possible: the carrier bans hosts that ask more often than every "
            "10 to 15 seconds, so write 15 to 86400, or 0 for never."
        )


def outside(prefix: str, values: Mapping[str, Any], ranges: Mapping[str, tuple[int, int]]) -> Iterator[str]:
    """Yield which of some numbers are outside their range."""
    for name, (least, most) in ranges.items():
        value = values[name]
        if value is not None and not least <= value <= most:
            yield f"{prefix}{name}: {value} is outside {least} to {most}: choose a number within."
