# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of proofs: each by name, with what it needs for itself, so that the others can run beside it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lab.report import Outcome

if TYPE_CHECKING:
    from lab.proof.bench import Bench

Action = Callable[["Bench"], Outcome]

# In this order. Calls run side by side, the others one after the other.
PHASES = ("calls", "alone", "changes")


@dataclass(frozen=True)
class Proof:
    """uses: what no other proof may use meanwhile, such as extensions. weight: about how many seconds it takes."""

    name: str
    run: Action
    uses: frozenset[str] = frozenset()
    phase: str = "calls"
    weight: float = 3.0


PROOFS: list[Proof] = []


def proof(name: str, *uses: str, phase: str = "calls", weight: float = 3.0) -> Callable[[Action], Action]:
    """Put a function into the list. Its docstring says what is proven, and what makes it fail."""
    if phase not in PHASES:
        raise ValueError(f"there is no phase '{phase}'")

    def add(run: Action) -> Action:
        if any(known.name == name for known in PROOFS):
            raise ValueError(f"there are two proofs '{name}'")
        PROOFS.append(Proof(name, run, frozenset(uses), phase, weight))
        return run

    return add


def chosen(only: list[str]) -> list[Proof]:
    """Return the proofs whose name holds one of these texts; all without any. ValueError if a text fits none."""
    for text in only:
        if not any(text in one.name for one in PROOFS):
            raise ValueError(f"no proof has '{text}' in its name; --list shows them")
    return [one for one in PROOFS if not only or any(text in one.name for text in only)]
