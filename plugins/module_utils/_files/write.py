# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes what was planned: prepared and validated first, then put into place, and put back if that fails. Private."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress

from .._release.errors import ReleaseError, doing
from .._release.judge import PLACE as JUDGED
from .._release.judge import judge, missing
from .._release.stage import sync_folder
from .._release.wanted import PLAIN, SECRET, Wanted
from .plan import NOTHING, Change, Plan
from .wanted import PLACE, File

LEFT_OVER = ".dialtone~"  # programs that read whole folders leave such names alone
DIRECTORY_MODE = 0o755  # whatever the umask is
OLD = 3600  # seconds after which a left-over file is that of a run that was killed
Label = Callable[[str, str], None]


def _prepare(file: File, folder: str, label: Label | None) -> str:
    """Write a file beside its place, and return where."""
    handle, temporary = tempfile.mkstemp(prefix=f".{os.path.basename(file.path)[:200]}.", suffix=LEFT_OVER, dir=folder)
    try:
        with os.fdopen(handle, "wb") as stream:
            # Who has the owner's name may read it from here on: so the rights come before the content.
            os.fchown(handle, -1 if file.uid is None else file.uid, -1 if file.gid is None else file.gid)
            os.fchmod(handle, file.mode)
            stream.write(file.content or b"")
            stream.flush()
            os.fsync(handle)
        if label:
            label(temporary, file.path)
    except BaseException:
        os.unlink(temporary)
        raise
    return temporary


def _judge(file: File, place: str, seconds: int) -> None:
    """Run the file's own validation on a copy of it."""
    program = [word.replace(PLACE, JUDGED) for word in file.validate]
    wanted = {os.path.basename(place): Wanted(SECRET if file.secret else PLAIN, file.content or b"")}
    if absent := missing(program, ()):
        raise ReleaseError(f"files: {file.path}: validate needs {absent}, which is not on the host; install it first.")
    try:
        judge(place, program, seconds, wanted)
    except ReleaseError as error:
        said = str(error).replace(place, file.path)
        raise ReleaseError(f"files: {file.path} was not accepted: {said} {NOTHING}") from error


def predict(planned: Plan, seconds: int) -> None:
    """Validate in a folder of its own, where the programs are there already."""
    for change in planned.changes:
        file = change.file
        if file.validate and not missing(file.validate, ()):
            with tempfile.TemporaryDirectory(prefix="dialtone-") as folder, doing("validate", NOTHING):
                place = os.path.join(folder, os.path.basename(file.path))
                with open(place, "wb", opener=lambda path, flags: os.open(path, flags, 0o600)) as stream:
                    stream.write(file.content or b"")
                _judge(file, place, seconds)


def _tidy(folder: str) -> None:
    """Remove what killed runs have left behind, and let alone what a run beside us needs."""
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        with suppress(OSError):
            if name.endswith(LEFT_OVER) and os.lstat(path).st_mtime < time.time() - OLD:
                os.unlink(path)


class Writer:
    """Knows at any moment how to undo what it has done."""

    def __init__(self, planned: Plan, label: Label | None) -> None:
        self.planned = planned
        self.label = label
        self.made: list[str] = []
        self.prepared: dict[str, str] = {}
        self.saved: dict[str, str] = {}
        self.done: list[Change] = []

    def write(self, seconds: int) -> None:
        """Do all of it, or nothing.

        Raises:
            ReleaseError: what failed, and what could not be put back.
        """
        try:
            with doing("write the files", NOTHING):
                self._folders()
                for change in self.planned.changes:
                    if change.file.content is not None:
                        folder = os.path.dirname(change.file.path)
                        self.prepared[change.file.path] = _prepare(change.file, folder, self.label)
                for change in self.planned.changes:
                    if change.file.validate:
                        _judge(change.file, self.prepared[change.file.path], seconds)
                for change in self.planned.changes:
                    self._put(change)
                for folder in self._touched():
                    sync_folder(folder)
        except BaseException as error:
            left = self._undo()
            if left:
                raise ReleaseError(f"{error} Not put back, look at them: {', '.join(left)}.") from error
            raise
        self._forget()

    def _touched(self) -> list[str]:
        return sorted({os.path.dirname(change.file.path) for change in self.planned.changes})

    def _folders(self) -> None:
        for folder in self.planned.directories:
            os.mkdir(folder)
            self.made.append(folder)
            os.chmod(folder, DIRECTORY_MODE)
            if self.label:
                self.label(folder, folder)
        for folder in self._touched():
            _tidy(folder)

    def _put(self, change: Change) -> None:
        path = change.file.path
        if change.before is not None:
            folder, name = os.path.split(path)
            spare = os.path.join(folder, f".{name[:190]}.was-{os.getpid()}{LEFT_OVER}")
            try:
                os.link(path, spare, follow_symlinks=False)
            except OSError:  # a file system without hard links
                shutil.copy2(path, spare)
                os.chown(spare, change.before.uid, change.before.gid)
            self.saved[path] = spare
        self.done.append(change)
        if change.file.content is None:
            os.unlink(path)
        else:
            os.replace(self.prepared[path], path)
            del self.prepared[path]

    def _undo(self) -> list[str]:
        """Put everything back; return the paths where that failed."""
        left = []
        for change in reversed(self.done):
            path = change.file.path
            try:
                if path in self.saved:
                    os.replace(self.saved[path], path)  # does nothing if both are the same file still
                elif path not in self.prepared:
                    os.unlink(path)
            except OSError:
                left.append(f"{path} (as it was: {self.saved.get(path, 'not there')})")
                self.saved.pop(path, None)
        self._forget()
        for folder in reversed(self.made):
            with suppress(OSError):
                os.rmdir(folder)
        return left

    def _forget(self) -> None:
        for place in [*self.prepared.values(), *self.saved.values()]:
            with suppress(OSError):
                os.unlink(place)
