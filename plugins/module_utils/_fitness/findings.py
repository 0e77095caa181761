# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A finding, and how findings add up. Pure. Private."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from typing import Any

OK, WARN, FAIL, UNKNOWN = "ok", "warn", "fail", "unknown"
#: From what matters most to what matters least.
VERDICTS = (FAIL, WARN, UNKNOWN, OK)


@dataclass(frozen=True)
class Finding:
    """What a check found.

    Attributes:
        check: name of the check.
        verdict: ``ok``, ``warn``, ``fail`` or ``unknown``.
        value: what was found, with its unit.
        reason: why the verdict is what it is.
        remedy: what to do.
        subject: which of several, as the name of a network card.
        figures: the numbers behind it, for programs.
    """

    check: str
    verdict: str
    value: str = ""
    reason: str = ""
    remedy: str = ""
    subject: str = ""
    figures: dict[str, Any] = field(default_factory=dict)

    def shown(self) -> dict[str, Any]:
        return asdict(self)


def judged(  # noqa: PLR0917 - what a finding is made of, in its order
    check: str,
    verdict: str,
    value: str,
    reason: str = "",
    remedy: str = "",
    subject: str = "",
    figures: dict[str, Any] | None = None,
) -> Finding:
    """A finding. What is well needs no reason and no remedy."""
    if verdict == OK:
        reason = remedy = ""
    return Finding(check, verdict, value, reason, remedy, subject, figures or {})


def unknown(check: str, reason: str, subject: str = "", remedy: str = "") -> Finding:
    """A finding on what could not be found out."""
    return Finding(check, UNKNOWN, "", reason, remedy, subject)


def summary(findings: Iterable[Finding]) -> dict[str, int]:
    """How many findings there are of each verdict."""
    counts = dict.fromkeys((OK, WARN, FAIL, UNKNOWN), 0)
    for finding in findings:
        counts[finding.verdict] += 1
    return counts


def worst(verdicts: Iterable[str]) -> str:
    """The verdict that matters most; ``unknown`` if there is none at all."""
    found = set(verdicts)
    return next((verdict for verdict in VERDICTS if verdict in found), UNKNOWN)


def overall(findings: Iterable[Finding]) -> str:
    """The verdict on the host. What is unknown does not outweigh what is known; nothing but unknown is unknown."""
    found = {finding.verdict for finding in findings}
    return next((verdict for verdict in (FAIL, WARN, OK) if verdict in found), UNKNOWN)
