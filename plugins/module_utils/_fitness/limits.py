# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The thresholds, their defaults, and a user's own. Pure. Private.

docs/fitness.md says where each comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import FitnessError
from .findings import FAIL, OK, WARN


@dataclass(frozen=True)
class Limit:
    """From where on a value is a warning or a failure. ``low``: less is worse, and a limit itself is still good."""

    warn: float
    fail: float
    low: bool = False

    def grade(self, value: float) -> str:
        """The verdict on a value."""
        if self.low:
            return FAIL if value < self.fail else WARN if value < self.warn else OK
        return FAIL if value >= self.fail else WARN if value >= self.warn else OK


DEFAULTS = {
    "cpus": Limit(2, 1, low=True),
    "steal_percent": Limit(1, 5),
    "load_per_cpu": Limit(0.7, 1.5),
    "pressure_cpu_percent": Limit(10, 40),
    "pressure_memory_percent": Limit(1, 10),
    "pressure_io_percent": Limit(10, 40),
    "tick_late_ms": Limit(5, 20),
    "tick_worst_ms": Limit(30, 200),
    "clock_offset_ms": Limit(100, 1000),
    "mtu_bytes": Limit(1400, 1280, low=True),
    "lost_percent": Limit(0.1, 1),
    "link_mbit": Limit(100, 10, low=True),
    "dns_ms": Limit(100, 500),
    "storage_ms": Limit(50, 500),
    "memory_percent": Limit(10, 5, low=True),
    "swap_pages_per_second": Limit(1, 100),
    "conntrack_percent": Limit(50, 80),
}


def _number(name: str, key: str, value: Any) -> float:
    try:
        if isinstance(value, bool):
            raise ValueError
        number = float(value)
        if not 0 <= number < float("inf"):
            raise ValueError
    except (TypeError, ValueError):
        raise FitnessError(f"thresholds: {key} of {name} is {value!r}: give a number that is not negative.") from None
    return number


def limits(own: Mapping[str, Any] | None = None) -> dict[str, Limit]:
    """The thresholds, with a user's own in place of the defaults.

    Raises:
        FitnessError: naming the option, the value and the remedy.
    """
    found = dict(DEFAULTS)
    for name, value in (own or {}).items():
        if name not in DEFAULTS:
            raise FitnessError(f"thresholds has '{name}': use some of {', '.join(DEFAULTS)}.")
        if not isinstance(value, Mapping) or not value or set(value) - {"warn", "fail"}:
            raise FitnessError(f"thresholds: {name} is {value!r}: give it warn, fail, or both.")
        old = found[name]
        new = Limit(
            _number(name, "warn", value.get("warn", old.warn)),
            _number(name, "fail", value.get("fail", old.fail)),
            old.low,
        )
        if (new.warn < new.fail) if old.low else (new.warn > new.fail):
            side = "not below" if old.low else "not above"
            raise FitnessError(
                f"thresholds: {name} warns at {new.warn:g} and fails at {new.fail:g}: warn must be {side} fail."
            )
        found[name] = new
    return found
