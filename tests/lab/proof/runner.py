# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs proofs, as many side by side as do not get into each other's way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from contextlib import ExitStack

from lab.proof.bench import Bench
from lab.proof.registry import PHASES, Proof
from lab.report import Outcome, Report

WORKERS = 6  # each telephone is a process; more of them than this only wait for the processor


def attempt(proof: Proof, bench: Bench) -> tuple[Outcome, float]:
    """Run one proof; whatever it raises is its failure. Return its seconds too."""
    start = time.monotonic()
    try:
        outcome = proof.run(bench)
    except Exception as error:
        outcome = Outcome(False, f"{type(error).__name__}: {error}", {"error": str(error)})
    return outcome, time.monotonic() - start


def side_by_side(proofs: Iterable[Proof], bench: Bench, report: Report, workers: int = WORKERS) -> None:
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


def run(proofs: list[Proof], bench: Bench, report: Report) -> bool:
    """Run the phases in their order; return whether every proof held."""
    bench.begin()
    for phase in PHASES:
        mine = [one for one in proofs if one.phase == phase]
        if not mine:
            continue
        report.heading(phase.capitalize())
        with ExitStack() as stack:
            if phase == "calls":
                stack.enter_context(bench.outside())
                side_by_side(mine, bench, report)
            else:
                for one in mine:
                    report.progress(one.name)
                    report.add(one.name, *attempt(one, bench))
    return report.ok
