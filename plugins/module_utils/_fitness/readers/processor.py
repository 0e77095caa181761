# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processors: time, load, pressure, how many, how they are clocked. Private."""

from __future__ import annotations

import os
import re
from typing import Any

from ..errors import Unreadable
from ..machine import Machine

PRESSURES = ("cpu", "memory", "io")


def times(machine: Machine) -> dict[str, int]:
    """Ticks of all processors since boot: ``all`` and ``steal``."""
    line = machine.text("/proc/stat").split("\n", 1)[0].split()
    ticks = [int(word) for word in line[1:9]]  # guest time is part of user time
    if line[0] != "cpu" or len(ticks) < 8:
        raise Unreadable("/proc/stat does not say how much time was stolen.")
    return {"all": sum(ticks), "steal": ticks[7]}


def count(machine: Machine) -> dict[str, Any]:
    """``online`` processors, and ``quota``: how many of them a control group allows, None for all."""
    online = len(re.findall(r"(?m)^cpu\d+ ", machine.text("/proc/stat")))
    if machine.path("/") == "/" and hasattr(os, "sched_getaffinity"):
        online = min(online, len(os.sched_getaffinity(0)))
    limit = machine.maybe("/sys/fs/cgroup/cpu.max").split()
    quota = int(limit[0]) / int(limit[1]) if len(limit) == 2 and limit[0] != "max" else None
    return {"online": online, "quota": quota}


def load(machine: Machine) -> dict[str, Any]:
    """Load averages of 1, 5 and 15 minutes, and the processors."""
    words = machine.text("/proc/loadavg").split()
    return {"averages": [float(word) for word in words[:3]], **count(machine)}


def pressure(machine: Machine) -> dict[str, dict[str, float]]:
    """For each resource the microseconds in which something waited for it, and the share of the last minute."""
    found = {}
    for name in PRESSURES:
        try:
            text = machine.text(f"/proc/pressure/{name}")
        except Unreadable as error:
            raise Unreadable(f"{error} Some kernels measure it only when booted with psi=1.") from error
        match = re.search(r"some avg10=\S+ avg60=(\S+) \S+ total=(\d+)", text)
        if not match:
            raise Unreadable(f"/proc/pressure/{name} is not as expected.")
        found[name] = {"minute": float(match[1]), "total": int(match[2])}
    return found


def governors(machine: Machine) -> dict[str, Any]:
    """Governors of the clock rate, and the driver."""
    base = "/sys/devices/system/cpu"
    cpus = [name for name in machine.names(base) if re.fullmatch(r"cpu\d+", name)]
    found = {machine.maybe(f"{base}/{name}/cpufreq/scaling_governor") for name in cpus} - {""}
    if not found:
        raise Unreadable("The kernel does not set the clock rate. In a virtual machine that is the hypervisor's.")
    return {"governors": sorted(found), "driver": machine.maybe(f"{base}/cpu0/cpufreq/scaling_driver")}
