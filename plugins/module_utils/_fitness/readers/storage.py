# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What disks took for their reads and writes. Private."""

from __future__ import annotations

import re

from ..errors import Unreadable
from ..machine import Machine

NOT_DISKS = re.compile(r"(loop|ram|zram|sr|fd|dm-|md)\d")


def disks(machine: Machine) -> dict[str, dict[str, int]]:
    """For each whole disk the reads and writes since boot (``ios``) and the milliseconds that they took (``ms``)."""
    whole = {name for name in machine.names("/sys/block") if not NOT_DISKS.match(name)}
    found = {}
    for line in machine.text("/proc/diskstats").splitlines():
        words = line.split()
        if len(words) >= 11 and words[2] in whole:
            numbers = [int(word) for word in words[3:11]]
            found[words[2]] = {"ios": numbers[0] + numbers[4], "ms": numbers[3] + numbers[7]}
    if not found:
        raise Unreadable("The kernel shows no disk here.")
    return found
