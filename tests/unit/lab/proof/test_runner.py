# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Proofs run side by side, but never two that use the same thing; whatever one raises is its failure alone."""

from __future__ import annotations

import io
import threading
from collections.abc import Callable
from typing import Any

import pytest

from lab import proofs as runner
from lab.proof.findings import Findings
from lab.proofs import Proof, Registry
from lab.report import Outcome, Report

NOBODY = None


def proof(name: str, run: Callable[[Any], Outcome], *uses: str, weight: float = 1.0) -> Proof:
    return Proof(name, run, frozenset(uses), weight=weight)


def test_two_that_use_different_things_run_at_the_same_time() -> None:
    meeting = threading.Barrier(2, timeout=5)

    def meet(__: Any) -> Outcome:
        meeting.wait()
        return Outcome(True)

    report = Report(io.StringIO())
    runner.side_by_side([proof("a", meet, "101"), proof("b", meet, "102")], NOBODY, report, workers=2)
    assert report.ok
    assert len(report.steps) == 2


def test_two_that_use_the_same_thing_do_not() -> None:
    inside = threading.Semaphore(1)

    def alone(__: Any) -> Outcome:
        free = inside.acquire(blocking=False)
        threading.Event().wait(0.05)
        if free:
            inside.release()
        return Outcome(free)

    report = Report(io.StringIO())
    runner.side_by_side([proof(str(n), alone, "101", str(n)) for n in range(4)], NOBODY, report, workers=4)
    assert report.ok
    assert len(report.steps) == 4


def test_long_ones_begin_first() -> None:
    order: list[str] = []

    def note(name: str) -> Callable[[Any], Outcome]:
        def run(__: Any) -> Outcome:
            order.append(name)
            return Outcome(True)

        return run

    proofs = [proof("short", note("short")), proof("long", note("long"), weight=20)]
    runner.side_by_side(proofs, NOBODY, Report(io.StringIO()), workers=1)
    assert order == ["long", "short"]


def test_what_one_raises_is_its_failure_and_the_others_go_on() -> None:
    def broken(__: Any) -> Outcome:
        raise RuntimeError("no telephone")

    report = Report(io.StringIO())
    runner.side_by_side([proof("a", broken, "x"), proof("b", lambda __: Outcome(True), "x")], NOBODY, report)
    assert {step.name: step.ok for step in report.steps} == {"a": False, "b": True}
    assert not report.ok


def test_a_name_is_there_once() -> None:
    registry = Registry("calls", "alone")
    registry.proof("a call")(lambda __: Outcome(True))
    with pytest.raises(ValueError, match="two proofs 'a call'"):
        registry.proof("a call")(lambda __: Outcome(True))
    with pytest.raises(ValueError, match="no phase 'later'"):
        registry.proof("another", phase="later")


def test_only_those_asked_for() -> None:
    registry = Registry("calls")
    for name in ("inbound: menu", "inbound: queue", "outbound: formats"):
        registry.proof(name)(lambda __: Outcome(True))
    assert [one.name for one in registry.chosen(["queue", "outbound"])] == ["inbound: queue", "outbound: formats"]
    assert len(registry.chosen([])) == 3
    with pytest.raises(ValueError, match="'quue'"):
        registry.chosen(["quue"])


def test_one_wrong_thing_does_not_hide_the_next() -> None:
    found = Findings()
    found.note("523 Hz")
    found.expect(False, "no record")
    found.good("caller", {"ok": False, "why": "no audio arrived"})
    found.good("office", {"ok": True})
    outcome = found.outcome()
    assert not outcome.ok
    assert outcome.summary == "WRONG: no record; WRONG: caller: no audio arrived; 523 Hz"
    assert set(outcome.evidence) == {"caller", "office"}


def test_the_first_phase_is_that_of_a_proof_without_one() -> None:
    registry = Registry("calls", "alone")

    @registry.proof("a call", each=True)
    def call(__: Any) -> Outcome:
        """It is answered.

        And more."""
        return Outcome(True)

    assert [(one.phase, one.each, one.sentence) for one in registry.proofs] == [("calls", True, "It is answered.")]
    assert call(None).ok


def test_without_company_they_run_as_they_are_listed() -> None:
    order: list[str] = []
    proofs = [proof(name, lambda __, name=name: order.append(name) or Outcome(True)) for name in "bac"]
    report = Report(io.StringIO())
    runner.in_order(proofs, NOBODY, report)
    assert order == ["b", "a", "c"]
    assert report.ok
