# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a proof finds while it goes: one wrong thing does not hide the next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from lab.report import Outcome


@dataclass
class Findings:
    """Notes for a person, what is wrong, and the evidence for the report."""

    notes: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    evidence: dict[str, Any] = field(default_factory=dict)

    def note(self, text: str) -> None:
        self.notes.append(text)

    def expect(self, holds: object, otherwise: str) -> bool:
        """Remember `otherwise` unless it holds; return whether it does."""
        if not holds:
            self.wrong.append(otherwise)
        return bool(holds)

    def good(self, what: str, result: dict[str, Any]) -> bool:
        """Expect that a telephone is content with its call."""
        self.evidence[what] = result
        return self.expect(result.get("ok"), f"{what}: {result.get('why') or 'not ok'}")

    def outcome(self) -> Outcome:
        wrong = [f"WRONG: {text}" for text in self.wrong]
        return Outcome(not self.wrong, "; ".join([*wrong, *self.notes]), self.evidence)
