# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How late a short timer wakes up: what the sender of a call's audio feels. Private."""

from __future__ import annotations

import time
from typing import Any

TICK = 0.01  # seconds; half of a packet's length


def percentile(values: list[float], percent: float) -> float:
    """The smallest value that is not exceeded by so many percent of the values."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * percent / 100))]


def ticks(seconds: float) -> dict[str, Any]:
    """Wake up every 10 ms for so many seconds; by how many milliseconds that came too late."""
    late = []
    due = time.monotonic()
    end = due + seconds
    while due < end:
        due += TICK
        time.sleep(max(0.0, due - time.monotonic()))
        now = time.monotonic()
        late.append((now - due) * 1000)
        while due + TICK < now:  # what was slept through counts once
            due += TICK
    return {
        "ticks": len(late),
        "median_ms": round(percentile(late, 50), 3),
        "late_ms": round(percentile(late, 99), 3),
        "worst_ms": round(max(late), 3),
    }
