# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A table from its first day: on trial, confirmed, taken back, changed by hand, removed; what is said of each."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import subprocess
import time
from pathlib import Path

import pytest
from nftables_cases import BOOT, NAME, NEW, OLD, OTHER, OTHERS, TABLE, UNIT, WANTS, Machine, listed

from ansible_collections.dialtone.voice.plugins.module_utils._nftables.errors import TableError

LOCK = f"run/dialtone/nftables/{NAME}.lock"
UNIT_FILE = f"/etc/systemd/system/{UNIT}"
DROP_IN = f"/etc/systemd/system/nftables.service.d/dialtone-{NAME}.conf"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def everything(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): path.read_text(encoding="utf-8") if path.is_file() else ""
        for path in sorted(folder.rglob("*"))
    }


def test_at_once(machine: Machine) -> None:
    result = machine.call(rules=OLD)
    assert (result["changed"], result["pending"], result["rolled_back"]) == (True, False, None)
    assert result["changes"] == [
        f"{TABLE} in force", f"the file {UNIT_FILE}", f"the file {DROP_IN}", f"the file {BOOT}",
        f"{UNIT} is not enabled", f"{UNIT} is not started",
    ]  # fmt: skip
    assert (machine.rules, machine.boot, machine.active) == (OLD, OLD, {UNIT})
    assert stat.S_IMODE((machine.folder / BOOT[1:]).stat().st_mode) == 0o600
    assert machine.linked(WANTS) == UNIT_FILE
    unit = machine.read(UNIT_FILE) or ""
    assert "\nBefore=network-pre.target\nAfter=nftables.service\n" in unit
    assert f"\nExecStop=-/usr/sbin/nft delete {TABLE}\n" in unit
    for word in ("ExecStartPost", "ExecReload", "ExecStop"):
        assert f"\n{word}=-/usr/sbin/nft -f {BOOT}\n" in (machine.read(DROP_IN) or "")


def test_the_second_run_does_nothing(machine: Machine) -> None:
    machine.call(rules=OLD)
    machine.start_over()
    assert machine.call(rules=OLD, confirm_seconds=60) == {
        "changed": False, "pending": False, "changes": [], "rolled_back": None, "notes": [], "diff": [],
    }  # fmt: skip
    assert machine.steps == []


def test_a_trial_is_confirmed(machine: Machine) -> None:
    machine.call(rules=OLD)
    result = machine.call(rules=NEW, confirm_seconds=60)
    assert (result["changed"], result["pending"]) == (True, True)
    assert (machine.rules, machine.boot) == (NEW, OLD)
    (arguments,) = machine.timers.values()
    assert arguments[-2] == "60"
    assert 50 < int(arguments[-1]) - machine.uptime() < 62
    result = machine.call(rules=NEW, state="confirmed")
    assert (result["changed"], result["pending"]) == (True, False)
    assert result["changes"] == [f"the trial of {TABLE} is confirmed", f"the file {BOOT}"]
    assert (machine.rules, machine.boot, machine.timers) == (NEW, NEW, {})
    again = machine.call(rules=NEW, state="confirmed")
    assert again["changed"] is False
    assert sorted(path.name for path in (machine.folder / "run/dialtone/nftables").rglob("*")) == [
        "back", NAME, f"{NAME}.lock",
    ]  # fmt: skip


def test_a_trial_is_confirmed_without_saying_which(machine: Machine) -> None:
    machine.call(rules=NEW, confirm_seconds=60)
    assert machine.call(state="confirmed")["changed"] is True
    assert machine.boot == NEW


def test_a_trial_is_taken_back_and_that_is_said_once(machine: Machine) -> None:
    machine.call(rules=OLD)
    machine.call(rules=NEW, confirm_seconds=60)
    (said,) = machine.fire()
    assert f"{TABLE}: the change of 20" in said
    assert "was not confirmed within 60 s" in said
    assert (machine.rules, machine.boot) == (OLD, OLD)
    with pytest.raises(TableError, match=r"taken back at 20\S+Z: it was not confirmed within 60 s"):
        machine.call(rules=NEW, state="confirmed")
    planned = machine.call(planned=True, rules=NEW, confirm_seconds=60)
    result = machine.call(rules=NEW, confirm_seconds=60)
    assert planned["rolled_back"] == result["rolled_back"]
    assert set(result["rolled_back"]) == {"at", "since", "seconds"}
    assert result["pending"] is True
    assert machine.call(rules=NEW, confirm_seconds=60)["rolled_back"] is None
    assert machine.call(rules=NEW, state="confirmed")["rolled_back"] is None


def test_the_first_trial_goes_back_to_nothing(machine: Machine) -> None:
    machine.call(rules=NEW, confirm_seconds=60)
    machine.fire()
    assert machine.kernel == OTHERS
    assert machine.boot is None


def test_a_trial_begun_anew_goes_back_to_what_was_before_the_first(machine: Machine) -> None:
    machine.call(rules=OLD)
    machine.call(rules=NEW, confirm_seconds=60)
    first = dict(machine.timers)
    result = machine.call(rules=OTHER, confirm_seconds=90)
    assert (result["pending"], machine.rules) == (True, OTHER)
    assert not first.keys() & machine.timers.keys()
    machine.timers.update(first)  # as if it could not be stopped
    machine.fire()
    assert machine.rules == OLD


def test_the_timer_of_an_earlier_trial_does_nothing(machine: Machine) -> None:
    machine.call(rules=OLD)
    machine.call(rules=NEW, confirm_seconds=60)
    late = dict(machine.timers)
    machine.call(rules=OTHER, confirm_seconds=60)
    machine.timers = late
    assert machine.fire() == [""]
    assert machine.rules == OTHER


def test_the_same_rules_again_during_a_trial_are_still_not_confirmed(machine: Machine) -> None:
    machine.call(rules=NEW, confirm_seconds=60)
    again = machine.call(rules=NEW, confirm_seconds=60)
    assert (again["changed"], again["pending"], machine.boot) == (True, True, None)


def test_another_runs_trial_is_not_confirmed(machine: Machine) -> None:
    machine.call(rules=NEW, confirm_seconds=60)
    machine.call(rules=OTHER, confirm_seconds=60)
    with pytest.raises(TableError, match="is of other rules"):
        machine.call(rules=NEW, state="confirmed")
    assert machine.boot is None


def test_a_trial_that_something_else_has_changed_is_not_confirmed(machine: Machine) -> None:
    machine.call(rules=OLD)
    machine.call(rules=NEW, confirm_seconds=60)
    machine.kernel[TABLE] = listed(OTHER)
    with pytest.raises(TableError, match="is not what is on trial"):
        machine.call(rules=NEW, state="confirmed")
    machine.fire()
    assert (machine.rules, machine.boot) == (OLD, OLD)


def test_there_is_nothing_to_confirm_after_a_reboot(machine: Machine) -> None:
    machine.call(rules=OLD)
    machine.call(rules=NEW, confirm_seconds=60)
    machine.reboot()
    assert machine.rules == OLD
    for given in ({"rules": NEW}, {}):
        with pytest.raises(TableError, match="no trial"):
            machine.call(state="confirmed", **given)
    assert machine.call(planned=True, state="confirmed")["changed"] is False


def test_only_words_that_change_nothing_need_no_trial(machine: Machine) -> None:
    machine.call(rules=OLD)
    result = machine.call(rules=f"# why\n{OLD}", confirm_seconds=60)
    assert (result["changes"], result["pending"]) == ([f"the file {BOOT}"], False)
    assert "# why" in (machine.read(BOOT) or "")
    assert machine.timers == {}


def test_what_was_changed_by_hand_is_shown_and_comes_back_if_the_trial_fails(machine: Machine) -> None:
    machine.call(rules=OLD)
    by_hand = f"{TABLE} {{\n\tchain mine {{\n\t}}\n}}\n"
    machine.kernel[TABLE] = by_hand
    result = machine.call(rules=OLD, confirm_seconds=60)
    assert result["pending"] is True
    assert result["diff"][0]["before"] == by_hand
    assert result["diff"][0]["after"] == listed(OLD)
    machine.fire()
    assert machine.kernel[TABLE] == by_hand


@pytest.mark.parametrize(
    ("path", "words"),
    [(BOOT, f"the file {BOOT}"), (UNIT_FILE, f"the file {UNIT_FILE}"), (WANTS, f"{UNIT} is not enabled")],
)
def test_files_that_are_gone_or_masked_are_put_back_without_a_trial(machine: Machine, path: str, words: str) -> None:
    machine.call(rules=OLD)
    before = everything(machine.folder / "etc")
    for damage in (lambda at: at.unlink(), lambda at: (at.unlink(), at.symlink_to("/dev/null"))):
        damage(machine.folder / path[1:])
        result = machine.call(rules=OLD, confirm_seconds=60)
        assert (result["changes"], result["pending"]) == ([words], False)
        assert everything(machine.folder / "etc") == before
        assert machine.linked(WANTS) == UNIT_FILE


def test_a_mode_a_stopped_unit_and_units_that_were_not_read_are_seen(machine: Machine) -> None:
    machine.call(rules=OLD)
    (machine.folder / BOOT[1:]).chmod(0o644)
    machine.active.clear()
    machine.stale = True
    result = machine.call(rules=OLD)
    assert result["changes"] == [
        f"the mode of {BOOT}", "systemd has not read the units again", f"{UNIT} is not started",
    ]  # fmt: skip
    assert machine.call(rules=OLD)["changed"] is False


def test_check_mode_predicts_and_changes_nothing(machine: Machine) -> None:
    machine.call(rules=OLD)
    machine.call(rules=NEW, confirm_seconds=60)
    before, kernel = everything(machine.folder), dict(machine.kernel)
    machine.start_over()
    for given in (
        {"rules": OTHER, "confirm_seconds": 60}, {"rules": OTHER}, {"rules": OLD, "confirm_seconds": 60},
        {"rules": NEW, "state": "confirmed"}, {"state": "absent"},
    ):  # fmt: skip
        assert machine.call(planned=True, **given)["changed"] is True
    assert machine.steps == []
    assert (everything(machine.folder), machine.kernel) == (before, kernel)


def test_check_mode_leaves_nothing_behind_on_a_bare_host(machine: Machine) -> None:
    before = everything(machine.folder)
    planned = machine.call(planned=True, rules=OLD, confirm_seconds=60)
    assert everything(machine.folder) == before
    assert planned["pending"] is True
    done = machine.call(rules=OLD, confirm_seconds=60)
    assert (planned["changes"], planned["diff"]) == (done["changes"], done["diff"])


def test_check_mode_without_nft_predicts_from_nothing(machine: Machine) -> None:
    machine.missing = {"nft"}
    result = machine.call(planned=True, rules=OLD, confirm_seconds=60)
    assert (result["changed"], result["pending"]) == (True, True)
    assert result["diff"][0]["before"] == ""
    assert OLD in result["diff"][0]["after"]
    assert "nft is not on this host" in result["notes"][0]
    assert machine.call(planned=True, state="absent")["changed"] is False
    with pytest.raises(TableError, match="Install the package nftables"):
        machine.call(rules=OLD)


def test_what_nft_left_behind_goes_also_without_it(machine: Machine) -> None:
    machine.missing = {"nft"}
    assert machine.call(state="absent")["changed"] is False
    machine.missing = set()
    machine.call(rules=OLD)
    machine.missing = {"nft"}
    assert machine.call(state="absent")["changed"] is True
    assert machine.call(state="absent")["changed"] is False


@pytest.mark.parametrize("program", ["systemd-run", "flock"])
def test_a_trial_needs_its_means(machine: Machine, program: str) -> None:
    machine.missing = {program}
    with pytest.raises(TableError, match=f"confirm_seconds: a trial needs {program}"):
        machine.call(rules=OLD, confirm_seconds=60)
    assert machine.kernel == OTHERS
    assert machine.call(rules=OLD)["changed"] is True


def test_without_systemd_there_is_no_trial_and_no_unit_is_started(machine: Machine) -> None:
    (machine.folder / "run/systemd/system").rmdir()
    with pytest.raises(TableError, match="needs systemd, which does not run here"):
        machine.call(rules=OLD, confirm_seconds=60)
    machine.start_over()
    machine.call(rules=OLD)
    assert (machine.rules, machine.boot) == (OLD, OLD)
    assert not [step for step in machine.steps if step.startswith("systemctl")]
    assert machine.call(rules=OLD)["changed"] is False


def test_a_timer_that_does_not_start_stops_the_run(machine: Machine) -> None:
    machine.call(rules=OLD)
    machine.failing = {"systemd-run"}
    with pytest.raises(TableError, match="takes the trial back could not be started: Failed to start transient"):
        machine.call(rules=NEW, confirm_seconds=60)
    assert (machine.rules, machine.boot) == (OLD, OLD)


def test_a_unit_that_does_not_start_is_an_error_and_tried_again(machine: Machine) -> None:
    machine.failing = {"start"}
    with pytest.raises(TableError, match=f"systemctl start {UNIT} failed: Failed to start.*would not come back"):
        machine.call(rules=OLD)
    machine.failing = set()
    assert machine.call(rules=OLD)["changes"] == [f"{UNIT} is not started"]


def fill(monkeypatch: pytest.MonkeyPatch, why: int) -> None:
    """Leave no room for what is loaded at boot; /run is another file system."""
    real = os.fsync

    def fsync(number: int) -> None:
        if os.readlink(f"/proc/self/fd/{number}").endswith(f"{BOOT}.new"):
            raise OSError(why, os.strerror(why))
        real(number)

    monkeypatch.setattr(os, "fsync", fsync)


@pytest.mark.parametrize("seconds", [0, 60])
def test_what_could_not_be_made_to_last_is_not_put_into_force(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, seconds: int
) -> None:
    machine.call(rules=OLD)
    machine.start_over()
    with monkeypatch.context() as patched:
        fill(patched, errno.ENOSPC)
        with pytest.raises(
            TableError, match=r"nft: No space left on device, .*Make room.*Nothing was changed[.]$"
        ) as said:
            machine.call(rules=NEW, confirm_seconds=seconds)
        assert BOOT in str(said.value)
    assert (machine.rules, machine.boot, machine.timers) == (OLD, OLD, {})
    assert not list(machine.folder.rglob("*.new"))
    assert machine.call(rules=NEW, confirm_seconds=seconds)["changed"] is True


def test_a_disk_that_fills_up_during_a_trial_lets_it_end_by_itself(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.call(rules=OLD)
    machine.call(rules=NEW, confirm_seconds=60)
    with monkeypatch.context() as patched:
        fill(patched, errno.EROFS)
        with pytest.raises(TableError, match=r"Read-only file system, .*Nothing was confirmed; 60 s after .*come back"):
            machine.call(state="confirmed", rules=NEW)
    assert (machine.rules, machine.boot, len(machine.timers)) == (NEW, OLD, 1)
    machine.call(state="confirmed", rules=NEW)
    assert (machine.rules, machine.boot) == (NEW, NEW)


def test_rules_that_nft_refuses_are_named_by_their_line(machine: Machine) -> None:
    machine.call(rules=OLD)
    machine.start_over()
    with pytest.raises(TableError) as caught:
        machine.call(rules="chain a {\n  wrong rule\n}", confirm_seconds=60)
    assert str(caught.value) == "rules, line 2: syntax error, unexpected string: wrong rule\nNothing was changed."
    assert (machine.rules, machine.steps) == (OLD, [])


@pytest.mark.parametrize("seconds", [0, 60])
def test_rules_that_only_the_kernel_refuses_change_nothing(machine: Machine, seconds: int) -> None:
    machine.call(rules=OLD)
    machine.refuses = "chain new"
    with pytest.raises(TableError, match=r"The kernel refused it: rules, line 1: .*Operation not supported"):
        machine.call(rules=NEW, confirm_seconds=seconds)
    assert (machine.rules, machine.boot, machine.timers) == (OLD, OLD, {})
    assert machine.call(rules=OLD, confirm_seconds=60)["changed"] is False


def test_without_namespaces_the_text_is_compared_with_the_last_one(machine: Machine) -> None:
    machine.namespaces = False
    first = machine.call(rules=OLD)
    assert "namespace" in first["notes"][0]
    assert machine.call(rules=OLD)["changed"] is False
    with pytest.raises(TableError, match="rules, line 1: syntax error"):
        machine.call(rules="wrong")
    machine.kernel[TABLE] = listed(OTHER)
    assert machine.call(rules=OLD, confirm_seconds=60)["pending"] is True
    assert machine.call(rules=OLD, state="confirmed")["changed"] is True
    assert machine.call(rules=NEW, confirm_seconds=60)["pending"] is True
    machine.fire()
    assert machine.rules == OLD
    machine.missing = {"unshare"}
    # The text that was loaded last is another one: it is loaded once too often rather than once too little.
    assert machine.call(rules=OLD)["changed"] is True
    assert machine.call(rules=OLD)["changed"] is False


def test_removal(machine: Machine) -> None:
    bare = everything(machine.folder)
    machine.call(rules=OLD)
    machine.call(rules=NEW, confirm_seconds=60)
    result = machine.call(state="absent")
    assert result["changed"] is True
    assert machine.kernel == OTHERS
    assert "".join(machine.fire()) == ""
    left = set(everything(machine.folder)) - set(bare)
    assert {path for path in left if (machine.folder / path).is_file()} == {LOCK}
    assert machine.call(state="absent")["changed"] is False
    machine.reboot()
    assert machine.kernel == OTHERS


def test_the_way_back_waits_for_a_run_that_confirms(machine: Machine) -> None:
    machine.call(rules=OLD)
    machine.call(rules=NEW, confirm_seconds=60)
    ((shell, script, *arguments),) = machine.timers.values()
    text = (machine.read(script) or "").replace("/run/dialtone", f"{machine.folder}/run/dialtone")
    with (machine.folder / LOCK).open("a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with subprocess.Popen([shell, "-c", text, "back", *arguments[:-1], "0"]) as process:
            deadline = time.monotonic() + 10
            while not waits(process.pid):
                assert time.monotonic() < deadline
            assert process.poll() is None
            (machine.folder / f"run/dialtone/nftables/{NAME}/pending.json").unlink()  # as confirming does
            fcntl.flock(lock, fcntl.LOCK_UN)
            assert process.wait(10) == 0
    assert machine.rules == NEW


def waits(number: int) -> bool:
    """Tell whether a process has a child, which here is the one that waits for the lock."""
    return bool(Path(f"/proc/{number}/task/{number}/children").read_text(encoding="utf-8").strip())


def test_runs_wait_for_each_other(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.call(rules=OLD)
    monkeypatch.setattr("ansible_collections.dialtone.voice.plugins.module_utils._nftables.host.LOCK_SECONDS", 0)
    with (machine.folder / LOCK).open("a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for planned in (False, True):
            with pytest.raises(TableError, match="Another run works on this table"):
                machine.call(planned, rules=NEW)
    assert machine.call(rules=NEW)["changed"] is True


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"rules": OLD, "confirm_seconds": 3}, "confirm_seconds: 3 is not 0 and not from 5 to 3600"),
        ({"rules": OLD, "confirm_seconds": 4000}, "confirm_seconds: 4000"),
        ({}, "rules: state present needs the rules"),
        ({"rules": OLD, "name": "a-b"}, "name: 'a-b' is no name"),
        ({"rules": OLD, "name": "../x"}, "name: '../x' is no name"),
        ({"rules": OLD, "name": "dialtone_beside"}, "Use another"),
    ],
)
def test_bad_options_get_a_sentence(machine: Machine, given: dict[str, object], words: str) -> None:
    with pytest.raises(TableError, match=words):
        machine.call(**given)
    assert machine.steps == []


def test_a_way_back_that_would_not_lead_back_is_refused(machine: Machine) -> None:
    machine.kernel[TABLE] = f"{TABLE} {{\n\tchain c {{ # what nft lists and cannot read\n\t}}\n}}\n"
    with pytest.raises(TableError, match="no way back"):
        machine.call(rules=NEW, confirm_seconds=60)
    assert machine.timers == {}
    assert machine.call(rules=NEW)["changed"] is True
