# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory and swap. Private."""

from __future__ import annotations

import re
from typing import Any

from ..errors import Unreadable
from ..machine import Machine


def _kibibytes(text: str) -> dict[str, int]:
    return {name: int(number) for name, number in re.findall(r"(?m)^(\w+):\s+(\d+) kB", text)}


def _group(machine: Machine) -> tuple[int, int] | None:
    """Bytes that a control group allows and uses; None without a limit."""
    limit, used = machine.number("/sys/fs/cgroup/memory.max"), machine.number("/sys/fs/cgroup/memory.current")
    return None if limit is None or used is None else (limit, used)


def memory(machine: Machine) -> dict[str, Any]:
    """Total and available memory in MiB, the control group's if that is less."""
    found = _kibibytes(machine.text("/proc/meminfo"))
    if "MemAvailable" not in found:
        raise Unreadable("/proc/meminfo does not say how much memory is available.")
    total, available = found["MemTotal"] // 1024, found["MemAvailable"] // 1024
    group = _group(machine)
    if group and group[0] >> 20 < total:
        total, available = group[0] >> 20, max(0, group[0] - group[1]) >> 20
    return {"total_mib": total, "available_mib": available}


def swap(machine: Machine) -> dict[str, Any]:
    """Swap in use in MiB, and the pages that came back from it since boot."""
    found = _kibibytes(machine.text("/proc/meminfo"))
    match = re.search(r"(?m)^pswpin (\d+)$", machine.text("/proc/vmstat"))
    if not match:
        raise Unreadable("/proc/vmstat does not count what comes back from swap.")
    total = found.get("SwapTotal", 0)
    return {"total_mib": total // 1024, "used_mib": (total - found.get("SwapFree", 0)) // 1024, "in": int(match[1])}
