# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A run that is killed, or meets a full disk, before any system call: old or new files, and the next run finishes."""

from __future__ import annotations

import errno
import functools
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from release_cases import Place

from ansible_collections.dialtone.voice.plugins.module_utils._release import store as store_module
from ansible_collections.dialtone.voice.plugins.module_utils._release.errors import ReleaseError

CALLS = (
    "rename", "replace", "symlink", "link", "mkdir", "rmdir", "unlink", "open", "fsync", "chown", "fchown", "chmod",
    "fchmod", "listdir", "scandir",
)  # fmt: skip
OLD = {"a.conf": "old\n", "gone.conf": "old\n", "sounds/x": "old\n"}
NEW = {"a.conf": "new\n", "modules.conf": "new\n", "sounds/x": "old\n"}


@contextmanager
def fault(number: int, strike: Callable[[], None]) -> Iterator[list[int]]:
    """Strike before the system call with that number (and before all later ones, if it returns by an error)."""
    count = [0]

    def wrap(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **keywords: Any) -> Any:
            count[0] += 1
            if count[0] == number:
                strike()
            return real(*arguments, **keywords)

        return call

    with (
        mock.patch.multiple(os, **{name: wrap(getattr(os, name)) for name in CALLS}),
        mock.patch.object(store_module, "_exchange", wrap(store_module._exchange)),
    ):
        yield count


def kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def full() -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def killed(number: int, act: Callable[[], object]) -> bool:
    """Do something in a process that is killed before that call. Return whether it was."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with fault(number, kill):
                act()
            code = 0
        finally:
            os._exit(code)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def hit_by_full_disk(number: int, act: Callable[[], object]) -> bool:
    with fault(number, full) as count:
        words = ""
        try:
            act()
        except ReleaseError as error:
            words = str(error)
    assert not words or "No space left on device" in words
    return count[0] >= number


def old_release(place: Place) -> None:
    place.run(files=OLD)
    place.commit()


def old_folder(place: Place) -> None:
    (place.path / "sounds").mkdir(parents=True)
    for name, text in OLD.items():
        (place.path / name).write_text(text, encoding="utf-8")
    place.path.chmod(0o750)


def nothing(place: Place) -> None:
    """Leave the place bare."""


@pytest.mark.parametrize("strike", [killed, hit_by_full_disk])
@pytest.mark.parametrize("before", [old_release, old_folder, nothing])
def test_installing(tmp_path: Path, strike: Callable[[int, Callable[[], object]], bool], before: Any) -> None:
    for number in range(1, 500):
        (tmp_path / str(number)).mkdir()
        place = Place(tmp_path / str(number))
        before(place)
        allowed = [NEW, {}] if before is nothing else [NEW, OLD]
        struck = strike(number, functools.partial(place.run, files=NEW))
        assert place.files() in allowed, number
        result = place.run(files=NEW)
        assert place.files() == NEW
        assert (result["changed"], result["effects"][:2]) == (True, ["restart", "reload"]), number
        if before is not nothing:
            assert result["first"] is False
            place.roll_back()
            assert place.files() == OLD
            place.run(files=NEW)
        place.commit()
        assert place.run(files=NEW)["changed"] is False
        releases = 1 if before is nothing else 2
        assert len(place.stored()) == releases + 2, place.stored()  # and .lock, state.json
        if not struck:
            assert number > 30
            return
    raise AssertionError("the calls never end")


@pytest.mark.parametrize("strike", [killed, hit_by_full_disk])
def test_without_exchange_of_names(tmp_path: Path, strike: Callable[[int, Callable[[], object]], bool]) -> None:
    with mock.patch.object(store_module, "_exchange", return_value=False):
        for number in range(1, 500):
            (tmp_path / str(number)).mkdir()
            place = Place(tmp_path / str(number))
            old_folder(place)
            struck = strike(number, functools.partial(place.run, files=NEW))
            # The only moment without files: between two renames. What is there then is put back, even if the new files
            # are refused.
            if place.files() == {}:
                with pytest.raises(ReleaseError):
                    place.run(files=NEW, validate=["false", "{path}"])
            assert place.files() in (OLD, NEW)
            place.run(files=NEW)
            assert place.files() == NEW
            place.roll_back()
            assert place.files() == OLD
            if not struck:
                return
    raise AssertionError("the calls never end")


@pytest.mark.parametrize("strike", [killed, hit_by_full_disk])
def test_rolling_back(tmp_path: Path, strike: Callable[[int, Callable[[], object]], bool]) -> None:
    for number in range(1, 500):
        (tmp_path / str(number)).mkdir()
        place = Place(tmp_path / str(number))
        old_release(place)
        place.run(files=NEW)
        struck = strike(number, place.roll_back)
        assert place.files() in (OLD, NEW)
        assert place.roll_back()["effects"] == ["restart", "reload"]
        assert place.files() == OLD
        place.commit()
        assert place.run(files=OLD)["changed"] is False
        if not struck:
            return
    raise AssertionError("the calls never end")


@pytest.mark.parametrize("strike", [killed, hit_by_full_disk])
def test_committing(tmp_path: Path, strike: Callable[[int, Callable[[], object]], bool]) -> None:
    for number in range(1, 500):
        (tmp_path / str(number)).mkdir()
        place = Place(tmp_path / str(number))
        for text in "123":
            place.install(a__conf=text)
            place.commit()
        place.run(files=NEW)
        struck = strike(number, functools.partial(place.commit, keep=1))
        assert place.run(files=NEW)["effects"] in ([], ["restart", "reload", "prompts"])
        assert place.files() == NEW
        place.commit(keep=1)
        assert len(place.stored()) == 4
        assert place.run(files=NEW)["changed"] is False
        if not struck:
            return
    raise AssertionError("the calls never end")
