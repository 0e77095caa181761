# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file that is followed: who can read it, which module gets one, and what happens where there can be none."""

from __future__ import annotations

import stat
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.action.normal import ActionModule as NormalAction

from ansible_collections.dialtone.voice.plugins.action.twilio_phone_number import ActionModule, Follower


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where temporary files go; nothing may be left there."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    yield tmp_path
    assert list(tmp_path.iterdir()) == []


def test_lines_are_shown_whole_in_order_and_to_the_last() -> None:
    shown: list[str] = []
    first = threading.Event()

    def show(line: str) -> None:
        shown.append(line)
        first.set()

    with Follower(show) as follower, open(follower.path, "a", encoding="utf-8") as lines:
        lines.write("one\nhalf a ")
        lines.flush()
        assert first.wait(10), "shown while the file is still written to"
        assert shown == ["one"]
        lines.write("line\nlast\nno end")
        lines.flush()
    assert shown == ["one", "half a line", "last"]


def test_nobody_else_can_read_or_write_it() -> None:
    with Follower(lambda __: None) as follower:
        path = Path(follower.path)
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_an_error_ends_the_thread_and_removes_the_file() -> None:
    before = threading.active_count()
    with pytest.raises(KeyboardInterrupt), Follower(lambda __: None):
        raise KeyboardInterrupt
    assert threading.active_count() == before


def given(monkeypatch: pytest.MonkeyPatch, become_user: str = "", **changes: Any) -> dict[str, Any]:
    """Run the action on a task with some changes, and return the options that the module gets."""
    seen: dict[str, Any] = {}

    def run(self: Any, tmp: Any = None, task_vars: Any = None) -> dict[str, Any]:  # noqa: ARG001
        seen.update(self._task.args)
        return {"changed": True}

    monkeypatch.setattr(NormalAction, "run", run)
    become = SimpleNamespace(get_option=lambda *__, **___: become_user) if become_user else None
    transport = changes.pop("transport", "local")
    task = SimpleNamespace(
        **{"args": {"friendly_name": "hq"}, "action": "x", "name": "", "check_mode": False, "async_val": 0,
           "no_log": False, **changes}
    )  # fmt: skip
    connection = SimpleNamespace(transport=transport, become=become)
    action = ActionModule(task, connection, SimpleNamespace(), None, None, None)
    arguments = dict(task.args)
    assert action.run(task_vars={"inventory_hostname": "one"}) == {"changed": True}
    assert task.args == arguments, "the task itself stays as it was"
    return seen


@pytest.mark.parametrize(
    ("changes", "followed"),
    [
        ({}, True),
        ({"become_user": "root"}, True),
        ({"become_user": "voice"}, False),
        ({"transport": "ssh"}, False),
        ({"check_mode": True}, False),
        ({"async_val": 60}, False),
        ({"no_log": True}, False),
    ],
)
def test_which_modules_get_a_file(monkeypatch: pytest.MonkeyPatch, changes: dict[str, Any], followed: bool) -> None:
    assert ("progress_file" in given(monkeypatch, **changes)) is followed


def test_a_file_that_was_given_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    assert given(monkeypatch, args={"progress_file": "mine"}) == {"progress_file": "mine"}


def test_without_room_for_a_file_the_module_runs_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nonexistent")
    assert given(monkeypatch) == {"friendly_name": "hq"}
