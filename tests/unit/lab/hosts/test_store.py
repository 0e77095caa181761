# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The namespace is found again or given up for certain, never confused with a stranger's process."""

from __future__ import annotations

import json
import os
import subprocess
import threading

import pytest

from lab.hosts.errors import LabError
from lab.hosts.host import boot_id, start_time
from lab.hosts.store import Store, needs_cgroups

HYBRID = """\
tmpfs /sys/fs/cgroup tmpfs rw,relatime 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0
cgroup /sys/fs/cgroup/memory cgroup rw,relatime,memory 0 0
"""
UNIFIED = "cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nodev,noexec,relatime,nsdelegate 0 0\n"


@pytest.fixture
def store(tmp_path):
    (tmp_path / "run").mkdir()
    return Store(tmp_path / "store", tmp_path / "run")


@pytest.fixture
def stranger():
    process = subprocess.Popen(["sleep", "60"])
    yield process.pid
    process.kill()
    process.wait()


@pytest.mark.parametrize(
    ("mounts", "systemd", "needed"),
    [(UNIFIED, True, False), (UNIFIED, False, True), (HYBRID, True, True), (HYBRID, False, True), ("", False, True)],
)
def test_only_a_systemd_host_with_cgroup_v2_alone_can_do_without(mounts, systemd, needed):
    assert needs_cgroups(mounts, systemd) is needed


def note(store, **changes):
    known = {"boot": boot_id(), "cgroup_manager": "cgroupfs", **changes}
    store.keeper_file.write_text(json.dumps(known))


def test_a_living_keeper_is_recognised(store, stranger):
    note(store, pid=stranger, start=start_time(stranger))
    assert store.keeper()["pid"] == stranger


def test_a_process_that_has_got_the_keepers_number_since_is_not_taken_for_it(store, stranger):
    note(store, pid=stranger, start=start_time(stranger) - 1)
    assert store.keeper() is None


def test_a_note_from_before_the_reboot_is_void(store, stranger):
    note(store, pid=stranger, start=start_time(stranger), boot="another")
    assert store.keeper() is None


@pytest.mark.parametrize("text", ["", "{", "[]"])
def test_a_half_written_note_is_void(store, text):
    store.keeper_file.write_text(text)
    assert store.keeper() is None


def test_closing_leaves_a_stranger_alone(store, stranger):
    note(store, pid=stranger, start=start_time(stranger) - 1)
    store.close(keep_images=False)
    assert start_time(stranger)
    assert not store.run_folder.exists()


def test_a_dead_process_has_no_start_time():
    process = subprocess.Popen(["true"])
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert start_time(process.pid) == 0  # a corpse
    process.wait()
    assert start_time(process.pid) == 0


def test_commands_without_a_lab_say_how_to_start_one(store):
    with pytest.raises(LabError, match="not running: start it with `python -m lab up`"):
        store.podman("ps")


def test_one_command_at_a_time(store):
    order = []
    waiting = threading.Event()

    def second():
        with store.locked(lambda __: waiting.set()):
            order.append("second")

    with store.locked():
        thread = threading.Thread(target=second)
        thread.start()
        assert waiting.wait(10)
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]


def test_the_lock_holds_when_the_first_holder_removed_the_folder(store):
    held = threading.Event()
    with store.locked():
        thread = threading.Thread(target=lambda: _hold(store, held))
        thread.start()
        store.folder.rmdir()  # what `down` does at its end
    thread.join(10)
    assert held.is_set()
    assert store.folder.is_dir()


def test_a_folder_removed_between_making_and_opening_it_is_made_again(store, monkeypatch):
    really_open = os.open
    removed = []

    def open_too_late(path, *options):
        if path == store.folder and not removed:
            store.folder.rmdir()
            removed.append(path)
        return really_open(path, *options)

    monkeypatch.setattr(os, "open", open_too_late)
    with store.locked():
        assert removed
        assert store.folder.is_dir()


def _hold(store, held):
    with store.locked():
        if store.folder.is_dir():
            held.set()


def test_closing_removes_the_folders_that_were_made_to_mount_over_and_no_others(store, tmp_path):
    there = tmp_path / "there"
    there.mkdir()
    store.folder.mkdir()
    store._make_place(there / "new" / "deep")
    store._make_place(there / "used")
    (there / "used" / "file").touch()
    store.close(keep_images=True)
    assert sorted(path.name for path in there.rglob("*")) == ["file", "used"]
    assert there.exists()


def test_podman_is_told_which_firewall_to_use(store):
    store._write_settings({})
    assert 'firewall_driver = "iptables"' in (store.folder / "containers.conf").read_text()
