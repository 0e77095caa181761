# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The folder with the releases, and the link to the one in force. Private.

    PATH             -> PATH.releases/000002-20260102T030405Z
    PATH.releases/      000001-…, 000002-…    releases
                        state.json            see State
                        .lock                 held as long as the module works
                        .new-…, .link-…       of a run that is under way, or was killed

What is in force changes by one rename of a link. What comes before is invisible, and what comes after can
be done by the next run.
"""

from __future__ import annotations

import ctypes
import errno
import fcntl
import json
import os
import re
import shutil
import signal
import stat
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

from .errors import ReleaseError
from .stage import sync_folder

RELEASE = re.compile(r"([0-9]{6})-[0-9TZ]+(-found)?")
LEFT_OVER = (".new-", ".link-", ".state-")
MODE = 0o750
LOCK_SECONDS = 120
AT_FDCWD = -100
RENAME_EXCHANGE = 2


@dataclass
class State:
    """What a later run has to know.

    Attributes:
        history: releases whose effects were all carried through (committed), oldest first.
        pending: files that were changed since, whose effects may not have been carried through.
        plain: by release, the files that are not secret, so that their text may be shown.
    """

    history: list[str] = field(default_factory=list)
    pending: list[str] = field(default_factory=list)
    plain: dict[str, list[str]] = field(default_factory=dict)


def _exchange(one: str, other: str) -> bool:
    """Let two names change places in one step. False where system or file system cannot."""
    try:
        call = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    if call(AT_FDCWD, os.fsencode(one), AT_FDCWD, os.fsencode(other), RENAME_EXCHANGE) == 0:
        return True
    number = ctypes.get_errno()
    if number in (errno.ENOSYS, errno.EINVAL, errno.EXDEV):
        return False
    raise OSError(number, os.strerror(number), one)


class Store:
    """The releases of one path.

    Args:
        path: where the release in force is seen.
        store: where the releases are; beside the path if empty.
        group: number of the group that may pass through the store.
    """

    def __init__(self, path: str, store: str | None, group: int | None) -> None:
        path = os.path.normpath(path)
        for option, given in (("path", path), ("store", store)):
            if given and not os.path.isabs(given):
                raise ReleaseError(f"{option}: {given} is not an absolute path; begin it with /.")
        if path == "/":
            raise ReleaseError("path: / cannot be a release; give a folder of its own.")
        # Links on the way are followed once, so that all that follows is about the same places.
        self.shown = path
        self.path = os.path.join(os.path.realpath(os.path.dirname(path)), os.path.basename(path))
        store = os.path.normpath(store) if store else f"{self.path}.releases"
        self.folder = os.path.join(os.path.realpath(os.path.dirname(store)), os.path.basename(store))
        self.group = -1 if group is None else group
        if f"{self.folder}/".startswith(f"{self.path}/"):
            raise ReleaseError(f"store: {store} is in the path itself; give a folder beside {path}.")

    # What is there

    def exists(self) -> bool:
        """Return whether the store is there; refuse one that others could have laid."""
        try:
            status = os.lstat(self.folder)
        except FileNotFoundError:
            return False
        if not stat.S_ISDIR(status.st_mode):
            raise ReleaseError(f"store: {self.folder} is not a folder; remove it, or give another store.")
        if status.st_uid != os.geteuid():
            raise ReleaseError(
                f"store: {self.folder} belongs to the user {status.st_uid}, who could put anything into a release; "
                f"look at what is in it, and run chown {os.geteuid()} on it or remove it."
            )
        return True

    def drifted(self) -> bool:
        """Return whether mode or group of the store are not as they should be."""
        status = os.lstat(self.folder)
        return stat.S_IMODE(status.st_mode) != MODE or self.group not in (-1, status.st_gid)

    def check_places(self, planned: bool) -> None:
        """Refuse places where a release cannot be put into force."""
        parent = os.path.dirname(self.path)
        if not os.path.isdir(parent):
            if planned:
                return
            raise ReleaseError(f"path: {parent} is not there; create it first, or install the package that does.")
        beside = os.path.dirname(self.folder)
        if not os.path.isdir(beside):
            raise ReleaseError(f"store: {beside} is not there; create it first.")
        if os.stat(beside).st_dev != os.stat(parent).st_dev:
            raise ReleaseError(f"store: {self.folder} is on another file system than {self.path}; give one beside it.")

    def place(self, name: str) -> str:
        """Return the path of a release."""
        return os.path.join(self.folder, name)

    def releases(self) -> list[str]:
        """Return the names of all releases, oldest first."""
        names = os.listdir(self.folder) if self.exists() else []
        return sorted(name for name in names if RELEASE.fullmatch(name) and _is_folder(self.place(name)))

    def found_folder(self) -> bool:
        """Return whether the path is a folder that was there before there were releases."""
        return _is_folder(self.path)

    def current(self) -> str | None:
        """Return the name of the release in force; None if there is none."""
        try:
            status = os.lstat(self.path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        if stat.S_ISDIR(status.st_mode):
            return None
        if not stat.S_ISLNK(status.st_mode):
            raise ReleaseError(f"path: {self.shown} is a file; remove it, or give another path.")
        target = os.readlink(self.path)
        folder, name = os.path.split(os.path.join(os.path.dirname(self.path), target))
        if os.path.realpath(folder) != self.folder or not RELEASE.fullmatch(name):
            raise ReleaseError(
                f"path: {self.shown} is a link to {target}, which is no release of {self.folder}; remove the link, "
                "or give another path or store."
            )
        return name if _is_folder(self.place(name)) else None

    def load(self) -> State:
        """Return the state. If it cannot be read, the release in force counts as good."""
        known: Any = {}
        with suppress(OSError, ValueError), open(self.place("state.json"), encoding="utf-8") as file:
            known = json.load(file)
        if not isinstance(known, dict):
            known = {}
        there = self.releases()
        current = self.current()
        history = [name for name in known.get("history", []) if name in there]
        state = State(history, list(known.get("pending", [])), dict(known.get("plain", {})))
        if not known and there:
            # Those after it, or all if there is none, were perhaps never in force.
            state.history = [name for name in there if current and name <= current]
        return state

    # What is done

    @contextmanager
    def locked(self, planned: bool) -> Iterator[None]:
        """Keep other runs out. What is planned only creates nothing."""
        if not self.exists():
            if planned:
                yield
                return
            with suppress(FileExistsError):
                os.mkdir(self.folder, 0o700)
            self.exists()
        flags = os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            handle = os.open(self.place(".lock"), flags if planned else flags | os.O_CREAT, 0o600)
        except FileNotFoundError:
            yield  # planned, and nobody else has begun
            return
        try:
            self._wait(handle)
            yield
        finally:
            os.close(handle)

    def _wait(self, handle: int) -> None:
        def late(_number: int, _frame: object) -> None:
            raise ReleaseError(
                f"path: another run has been working on {self.shown} for more than {LOCK_SECONDS} s; "
                f"see who holds {self.place('.lock')} (fuser), and run again."
            )

        with suppress(BlockingIOError):
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        before = signal.signal(signal.SIGALRM, late)
        signal.alarm(LOCK_SECONDS)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, before)

    def repair(self) -> None:
        """Give the store its mode and group."""
        os.chown(self.folder, -1, self.group, follow_symlinks=False)
        os.chmod(self.folder, MODE)

    def tidy(self) -> None:
        """Remove what killed runs have left behind."""
        for name in os.listdir(self.folder):
            if name.startswith(LEFT_OVER) or (RELEASE.fullmatch(name) and os.path.islink(self.place(name))):
                _remove(self.place(name))

    def new_name(self, found: bool = False, after: str | None = None) -> str:
        """Return a name for the next release, greater than all others (and ``after``) whatever the clock says."""
        names = [*(os.listdir(self.folder) if self.exists() else []), *([after] if after else [])]
        number = max((int(name[:6]) for name in names if RELEASE.fullmatch(name)), default=0) + 1
        stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime())
        return f"{number:06d}-{stamp}{'-found' if found else ''}"

    def save(self, state: State) -> None:
        """Write the state, whole or not at all."""
        there = self.releases()
        content = {
            "history": state.history,
            "pending": sorted(set(state.pending)),
            "plain": {name: sorted(names) for name, names in state.plain.items() if name in there},
        }
        handle, temporary = tempfile.mkstemp(prefix=".state-", dir=self.folder)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(content, file, indent=1)
            file.write("\n")
            file.flush()
            os.fsync(handle)
        os.replace(temporary, self.place("state.json"))
        sync_folder(self.folder)

    def switch(self, name: str, label: Callable[[str, str], None] | None = None) -> None:
        """Put a release into force, in one step."""
        link = self._link(self.place(f".link-{os.getpid()}"), name, label)
        os.replace(link, self.path)
        sync_folder(os.path.dirname(self.path))

    def take_over(self, name: str, found: str, label: Callable[[str, str], None] | None = None) -> None:
        """Put a release into force in place of a folder, which becomes a release itself."""
        link = self._link(self.place(found), name, label)
        if not _exchange(link, self.path):
            # Two steps: in between nothing is in force. If we are killed there, the next run puts it back.
            os.unlink(link)
            os.rename(self.path, self.place(found))
            try:
                self.switch(name, label)
            except OSError:
                os.rename(self.place(found), self.path)
                raise
        sync_folder(self.folder)
        sync_folder(os.path.dirname(self.path))

    def _link(self, link: str, name: str, label: Callable[[str, str], None] | None) -> str:
        os.symlink(os.path.relpath(self.place(name), os.path.dirname(self.path)), link)
        if label:
            label(link, "")
        return link

    def prune(self, keep: list[str]) -> None:
        """Remove all releases but those."""
        for name in self.releases():
            if name not in keep:
                _remove(self.place(name))


def _is_folder(path: str) -> bool:
    return os.path.isdir(path) and not os.path.islink(path)


def _remove(path: str) -> None:
    if _is_folder(path):
        shutil.rmtree(path)
    else:
        os.unlink(path)
