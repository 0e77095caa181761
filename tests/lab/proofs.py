# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of proofs, and running them: as many side by side as do not get into each other's way.

A list belongs to one subject (`lab.proof` the office, `lab.ground` what is below it), which knows what its proofs are
given: its bench.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from lab.report import Outcome, Report

WORKERS = 6  # each telephone is a process; more of them than this only wait for the processor

Action = Callable[[Any], Outcome]


@dataclass(frozen=True)
class Proof:
    """uses: what no other proof may use meanwhile, such as extensions. weight: about how many seconds it takes.

    each: it is run once for each host of the bench, and not once for all.
    """

    name: str
    run: Action
    uses: frozenset[str] = frozenset()
    phase: str = ""
    weight: float = 3.0
    each: bool = False

    @property
    def sentence(self) -> str:
        """What it proves, for a list."""
        return (self.run.__doc__ or "").strip().splitlines()[0]


class Registry:
    """The proofs of one subject, by phases in their order; the first is what a proof has that names none."""

    def __init__(self, *phases: str) -> None:
        self.phases = phases
        self.proofs: list[Proof] = []

    def proof(
        self, name: str, *uses: str, phase: str = "", weight: float = 3.0, each: bool = False
    ) -> Callable[[Action], Action]:
        """Put a function into the list. Its docstring says what is proven, and what makes it fail."""
        phase = phase or self.phases[0]
        if phase not in self.phases:
            raise ValueError(f"there is no phase '{phase}'")

        def add(run: Action) -> Action:
            if any(known.name == name for known in self.proofs):
                raise ValueError(f"there are two proofs '{name}'")
            self.proofs.append(Proof(name, run, frozenset(uses), phase, weight, each))
            return run

        return add

    def chosen(self, only: list[str]) -> list[Proof]:
        """Return the proofs whose name holds one of these texts; all without any. ValueError if a text fits none."""
        for text in only:
            if not any(text in one.name for one in self.proofs):
                raise ValueError(f"no proof has '{text}' in its name; --list shows them")
        return [one for one in self.proofs if not only or any(text in one.name for text in only)]


def attempt(proof: Proof, bench: Any) -> tuple[Outcome, float]:
    """Run one proof; whatever it raises is its failure. Return its seconds too."""
    start = time.monotonic()
    try:
        outcome = proof.run(bench)
    except Exception as error:
        outcome = Outcome(False, f"{type(error).__name__}: {error}", {"error": str(error)})
    return outcome, time.monotonic() - start


def side_by_side(proofs: Iterable[Proof], bench: Any, report: Report, workers: int = WORKERS) -> None:
    """Run proofs, long ones first, never two that use the same thing."""
    waiting = sorted(proofs, key=lambda one: -one.weight)
    busy: set[str] = set()
    change = threading.Condition()

    def next_one() -> Proof | None:
        with change:
            while waiting:
                for one in waiting:
                    if not one.uses & busy:
                        waiting.remove(one)
                        busy.update(one.uses)
                        return one
                change.wait()
        return None

    def work() -> None:
        while (one := next_one()) is not None:
            outcome, seconds = attempt(one, bench)
            with change:
                report.add(one.name, outcome, seconds)
                busy.difference_update(one.uses)
                change.notify_all()

    threads = [threading.Thread(target=work, name=f"proof-{number}") for number in range(workers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def in_order(proofs: Iterable[Proof], bench: Any, report: Report) -> None:
    """Run proofs one after the other, as they are listed."""
    for one in proofs:
        report.progress(one.name)
        report.add(one.name, *attempt(one, bench))
