# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmarks share: the middle of several runs with its spread, and the words of ansible-playbook."""

from __future__ import annotations

import re
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

_TASK = re.compile(r"(?:TASK|RUNNING HANDLER) \[(.*)\]")
_RECAP = re.compile(r"^(?P<host>\S+)\s+: ok=(?P<ok>\d+)\s+changed=(?P<changed>\d+)\s.*?skipped=(?P<skipped>\d+)", re.M)


class NotRunError(Exception):
    """A part that cannot be measured here. The text says why, and how it can be."""


@dataclass(frozen=True)
class Spread:
    """Several measurements of one thing: the median, the lowest and the highest."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(statistics.median(values), min(values), max(values))

    def rounded(self, digits: int | None = None) -> dict[str, float]:
        return {
            "median": round(self.median, digits),
            "low": round(self.low, digits),
            "high": round(self.high, digits),
        }


def ratio(one: Sequence[float], other: Sequence[float]) -> Spread:
    """Compare two things that were measured in turns, pair by pair: what slows the machine slows both of a pair."""
    return Spread.of([first / second for first, second in zip(one, other, strict=True)])


@dataclass(frozen=True)
class Recap:
    """What the last line of ansible-playbook says of a host."""

    ok: int
    changed: int
    skipped: int


def recap(output: str) -> dict[str, Recap]:
    """Read the recap at the end of what ansible-playbook has printed (without colours); empty if there is none."""
    _head, __, tail = output.rpartition("PLAY RECAP")
    return {
        found["host"]: Recap(int(found["ok"]), int(found["changed"]), int(found["skipped"]))
        for found in _RECAP.finditer(tail)
    }


def changed_tasks(output: str) -> list[str]:
    """Return the names of the tasks that have changed something."""
    names, task = [], ""
    for line in output.splitlines():
        if found := _TASK.match(line):
            task = found[1]
        elif line.startswith("changed: ") and task not in names:
            names.append(task)
    return names
