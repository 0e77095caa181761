# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The clock: whether somebody keeps it, what it counts, the time zone. Private."""

from __future__ import annotations

from typing import Any

from ..errors import Unreadable
from ..machine import Machine


def _chrony(machine: Machine) -> dict[str, Any] | None:
    """What chronyd says; None if there is none that answers."""
    words = (machine.run(["chronyc", "-c", "-n", "tracking"]) or "").strip().split(",")
    if len(words) < 14:
        return None
    return {
        "synchronised": words[13] != "Not synchronised" and words[0] != "00000000",
        "offset_ms": abs(float(words[4])) * 1000,
        "stratum": int(words[2]),
        "source": words[1] or words[0],
    }


def clock(machine: Machine) -> dict[str, Any]:
    """The kernel's view as `timex.read` has it (None where it keeps silent), and chrony's."""
    chrony = _chrony(machine)
    try:
        kernel: dict[str, Any] | None = machine.clock()
    except Unreadable:
        if chrony is None:
            raise
        kernel = None
    return {"kernel": kernel, "chrony": chrony}


def source(machine: Machine) -> str:
    """The kernel's clock source."""
    return machine.text("/sys/devices/system/clocksource/clocksource0/current_clocksource").strip()


def timezone(machine: Machine) -> str:
    """The name of the time zone. Without /etc/localtime it is UTC, as localtime(5) has it."""
    target = machine.link("/etc/localtime")
    if "zoneinfo/" in target:
        return target.split("zoneinfo/", 1)[1]
    name = machine.maybe("/etc/timezone")
    if name:
        return name
    if machine.exists("/etc/localtime"):
        raise Unreadable("/etc/localtime is a copy without a name.")
    return "UTC"
