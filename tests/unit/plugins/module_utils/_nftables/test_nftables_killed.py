# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is killed after anything it does: the table is never gone, nothing unconfirmed is loaded at boot, and the
next run finishes, whatever happened in between."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from nftables_cases import NEW, OLD, OTHER, OTHERS, TABLE, Killed, Machine

Work = Callable[[Machine], object]


def settled(machine: Machine) -> None:
    machine.call(rules=OLD)


def trial(machine: Machine) -> None:
    machine.call(rules=NEW, confirm_seconds=60)


def at_once(machine: Machine) -> None:
    machine.call(rules=NEW)


def confirm(machine: Machine) -> None:
    machine.call(rules=NEW, state="confirmed")


def other_trial(machine: Machine) -> None:
    machine.call(rules=OTHER, confirm_seconds=60)


def other_at_once(machine: Machine) -> None:
    machine.call(rules=OTHER)


def old_again(machine: Machine) -> None:
    machine.call(rules=OLD, confirm_seconds=60)


def absent(machine: Machine) -> None:
    machine.call(state="absent")


def fire(machine: Machine) -> None:
    machine.fire()


def by_hand(machine: Machine) -> None:
    machine.kernel[TABLE] = f"{TABLE} {{\n\tchain mine {{\n\t}}\n}}\n"


# what was before, what is killed, what may be in force meanwhile, what the boot may load, what is wanted in the end
CASES: dict[str, tuple[list[Work], Work, set[str | None], set[str | None], str | None]] = {
    "a trial": ([settled], trial, {OLD, NEW}, {OLD}, NEW),
    "a trial of the first rules": ([], trial, {None, NEW}, {None}, NEW),
    "confirming": ([settled, trial], confirm, {NEW}, {OLD, NEW}, NEW),
    "confirming the first rules": ([trial], confirm, {NEW}, {None, NEW}, NEW),
    "at once": ([settled], at_once, {OLD, NEW}, {OLD, NEW}, NEW),
    "a trial again": ([settled, trial], trial, {NEW}, {OLD}, NEW),
    "another trial while one goes on": ([settled, trial], other_trial, {NEW, OTHER}, {OLD}, OTHER),
    "at once while a trial goes on": ([settled, trial], other_at_once, {NEW, OTHER}, {OLD, OTHER}, OTHER),
    "back to the old rules while a trial goes on": ([settled, trial], old_again, {NEW, OLD}, {OLD}, OLD),
    "a trial after one was taken back": ([settled, trial, fire], other_trial, {OLD, OTHER}, {OLD}, OTHER),
    "the old rules after a trial was taken back": ([settled, trial, fire], old_again, {OLD}, {OLD}, OLD),
    "removal": ([settled], absent, {OLD, None}, {OLD, None}, None),
    "removal while a trial goes on": ([settled, trial], absent, {OLD, NEW, None}, {OLD, None}, None),
}
AFTERWARDS: dict[str, list[Work]] = {
    "at once": [],
    "timer": [fire],
    "reboot": [Machine.reboot],
    "timer and reboot": [fire, Machine.reboot],
}


def prepared(folder: Path, before: list[Work]) -> Machine:
    folder.mkdir()
    machine = Machine(folder)
    for work in before:
        work(machine)
    return machine


def others(machine: Machine) -> dict[str, str]:
    return {name: text for name, text in machine.kernel.items() if name != TABLE}


@pytest.mark.parametrize("afterwards", AFTERWARDS)
@pytest.mark.parametrize("case", CASES)
def test_killed_anywhere(case: str, afterwards: str, tmp_path: Path) -> None:
    before, work, may_be, may_boot, wanted = CASES[case]
    unhurt = prepared(tmp_path / "unhurt", before)
    unhurt.start_over()
    work(unhurt)
    steps = list(unhurt.steps)
    assert steps
    for number in range(1, len(steps) + 1):
        machine = prepared(tmp_path / str(number), before)

        def watch(machine: Machine = machine, number: int = number) -> None:
            assert machine.rules in may_be, (number, machine.steps)
            assert machine.boot in may_boot, (number, machine.steps)
            assert others(machine) == OTHERS

        machine.watch = watch
        machine.start_over(number)
        with pytest.raises(Killed):
            work(machine)
        machine.start_over()
        machine.watch = lambda: None
        confirmed = machine.boot
        for event in AFTERWARDS[afterwards]:
            event(machine)
        if fire in AFTERWARDS[afterwards] and work in (trial, other_trial):
            # Nobody confirmed it: what was in force before the first trial is again.
            assert machine.rules == (OLD if settled in before else None), (number, steps[number - 1])
        if Machine.reboot in AFTERWARDS[afterwards] and wanted is not None:
            assert machine.rules == confirmed, (number, steps[number - 1])
        machine.watch = watch_boot(machine, may_boot, wanted)
        finish(machine, work, wanted)
        assert machine.rules == machine.boot == wanted, (number, steps[number - 1])
        assert others(machine) == OTHERS
        again = machine.call(rules=wanted) if wanted else machine.call(state="absent")
        assert again["changes"] == [], (number, steps[number - 1])
        assert "".join(machine.fire()) == ""
        assert machine.rules == wanted


def watch_boot(machine: Machine, may_boot: set[str | None], wanted: str | None) -> Callable[[], None]:
    def watch() -> None:
        assert machine.boot in {*may_boot, wanted}
        assert machine.rules is not None or None in {*may_boot, wanted}

    return watch


def finish(machine: Machine, work: Work, wanted: str | None) -> None:
    """Do what the role does in its next run."""
    if wanted is None:
        machine.call(state="absent")
    elif work in (at_once, other_at_once):
        machine.call(rules=wanted)
    elif machine.call(rules=wanted, confirm_seconds=60)["pending"]:
        machine.call(rules=wanted, state="confirmed")


@pytest.mark.parametrize("seconds", [0, 60])
def test_a_run_that_is_killed_again_and_again_comes_to_an_end(seconds: int, tmp_path: Path) -> None:
    machine = prepared(tmp_path / "machine", [settled, by_hand])
    for number in range(1, 30):
        machine.start_over(number)
        try:
            if machine.call(rules=NEW, confirm_seconds=seconds)["pending"]:
                machine.call(rules=NEW, state="confirmed")
        except Killed:
            continue
    machine.start_over()
    assert machine.call(rules=NEW, confirm_seconds=seconds)["changes"] == []
    assert machine.rules == machine.boot == NEW
    assert "".join(machine.fire()) == ""
    assert machine.rules == NEW
