# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings as lines for a person. Pure. Private."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from .findings import FAIL, OK, UNKNOWN, VERDICTS, WARN, Finding

WIDTH = 116
LEFT = 8  # columns of the verdict
_SHOWN = {FAIL: "FAIL", WARN: "warn", UNKNOWN: "unknown", OK: "ok"}


def _entry(finding: Finding, middle: int) -> list[str]:
    name = f"{finding.check} {finding.subject}".strip()
    begin = f"{_SHOWN[finding.verdict]:<{LEFT}}{name:<{middle}}"
    if finding.verdict == OK:
        return [f"{begin}{finding.value}".rstrip()]
    text = ": ".join(part for part in (finding.value, finding.reason) if part)
    rest = " " * (LEFT + middle)
    found = textwrap.wrap(text, WIDTH, initial_indent=begin, subsequent_indent=rest, break_on_hyphens=False)
    if finding.remedy:
        found += textwrap.wrap(
            finding.remedy, WIDTH, initial_indent=f"{rest}-> ", subsequent_indent=f"{rest}   ", break_on_hyphens=False
        )
    return found


def lines(findings: Sequence[Finding]) -> list[str]:
    """A table: what matters most comes first, what is well takes a line."""
    middle = 2 + max((len(f"{one.check} {one.subject}".strip()) for one in findings), default=0)
    ordered = sorted(findings, key=lambda one: VERDICTS.index(one.verdict))
    return [line for finding in ordered for line in _entry(finding, middle)]
