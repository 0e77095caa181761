# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a judge is given. Pure. Private."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..limits import Limit


@dataclass(frozen=True)
class Wanted:
    """What the user says of the host."""

    public_address: str = ""
    timezone: str = ""
    open_ports: tuple[int, ...] = ()


@dataclass(frozen=True)
class Case:
    """One check's readings.

    Attributes:
        before: what was read when the sampling began.
        after: the same when it ended.
        seconds: what was between.
        probed: what a probe found meanwhile.
        limits: the thresholds.
        wanted: what the user says of the host.
        note: a sentence on whose measurements these are; empty for the host's own.
    """

    before: Any
    after: Any
    seconds: float
    probed: Any = None
    limits: Mapping[str, Limit] = field(default_factory=dict)
    wanted: Wanted = field(default_factory=Wanted)
    note: str = ""

    def says(self, sentence: str) -> str:
        """A reason, with the note."""
        return f"{sentence} {self.note}".strip()

    def delta(self, *keys: str) -> int:
        """By how much a counter grew. One that was set back began anew."""
        old, new = self.before, self.after
        for key in keys:
            old, new = old[key], new[key]
        return int(new - old if new >= old else new)
