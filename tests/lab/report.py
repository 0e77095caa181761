# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a proof prints while it goes, and the report it leaves."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO

from lab.hosts.errors import LabError

NAME_WIDTH = 41
REST_INDENT = 15
QUIET_SECONDS = 10.0  # a file gets a sign of life after that long without a line
NARROWEST = 118  # columns; a table that is folded further is no longer one


@dataclass
class Outcome:
    """What a step found. `summary` is for a person, `evidence` for the report."""

    ok: bool
    summary: str = ""
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass
class Step:
    name: str
    ok: bool
    seconds: float
    summary: str
    evidence: dict[str, Any]


class Report:
    """Runs steps, prints a line for each, remembers them."""

    def __init__(self, stream: TextIO = sys.stdout) -> None:
        self.steps: list[Step] = []
        self.facts: dict[str, Any] = {}
        self._stream = stream
        self._start = time.monotonic()
        self._live = stream.isatty()
        self._last_line = self._start

    @property
    def ok(self) -> bool:
        return bool(self.steps) and all(step.ok for step in self.steps)

    @property
    def seconds(self) -> float:
        return round(time.monotonic() - self._start, 1)

    def heading(self, text: str) -> None:
        self._clear()
        self._stream.write(f"\n{text}\n")
        self._stream.flush()

    def progress(self, text: str) -> None:
        """Show what is going on now: over itself on a terminal; in a file only when it has been quiet for long."""
        if self._live:
            width = shutil.get_terminal_size().columns - 10
            self._clear()
            self._stream.write(f"  ...    {text[:width]}")
            self._stream.flush()
        elif time.monotonic() - self._last_line >= QUIET_SECONDS:
            self._stream.write(f"  ...    {text}\n")
            self._stream.flush()
            self._last_line = time.monotonic()

    def say(self, text: str) -> None:
        """Print a line that stays."""
        self._clear()
        self._stream.write(f"         {text}\n")
        self._stream.flush()
        self._last_line = time.monotonic()

    def step(self, name: str, action: Callable[[], Outcome]) -> bool:
        """Run one step; whatever it raises is its failure, not the report's."""
        self.progress(name)
        start = time.monotonic()
        try:
            outcome = action()
        except Exception as error:  # a proof that dies half-way still has a report to write
            kind = "" if isinstance(error, LabError) else f"{type(error).__name__}: "  # that one is a sentence already
            outcome = Outcome(False, f"{kind}{error}", {"error": str(error)})
        return self.add(name, outcome, time.monotonic() - start)

    def add(self, name: str, outcome: Outcome, seconds: float) -> bool:
        """Remember and print a step that ran elsewhere."""
        seconds = round(seconds, 2)
        self.steps.append(Step(name, outcome.ok, seconds, outcome.summary, outcome.evidence))
        self._clear()
        mark = "ok  " if outcome.ok else "FAIL"
        head = f"  {mark} {seconds:6.1f} s  {name:<{NAME_WIDTH}}  "
        first, *rest = outcome.summary.splitlines() or [""]
        width = max(shutil.get_terminal_size((NARROWEST, 24)).columns, NARROWEST) - len(head)
        column = textwrap.wrap(first, width, break_long_words=False, break_on_hyphens=False) or [""]
        self._stream.write((head + column[0]).rstrip() + "\n")
        for line in column[1:]:
            self._stream.write(f"{'':{len(head)}}{line}\n")
        for line in rest:  # what a program printed stays as it was
            self._stream.write(f"{'':{REST_INDENT}}{line}\n")
        self._stream.flush()
        self._last_line = time.monotonic()
        return outcome.ok

    def write(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        document = {
            "ok": self.ok,
            "seconds": self.seconds,
            **self.facts,
            "steps": [vars(step) for step in self.steps],
        }
        path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")

    def _clear(self) -> None:
        if self._live:
            self._stream.write("\r\x1b[K")
