# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is on the host, and how it differs from what is asked for. Reads only. Private."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from .._release.errors import ReleaseError, doing
from .._release.tree import FILE, READ, Entry, rights_drift
from .._release.wanted import Rights
from .wanted import File

NOTHING = "Nothing was changed."


@dataclass(frozen=True)
class Change:
    """A file to be written or removed, and what is there now."""

    file: File
    before: Entry | None
    drift: str = ""


@dataclass
class Plan:
    """All changes, and the folders that have to be made for them, the upper ones first."""

    changes: list[Change] = field(default_factory=list)
    directories: list[str] = field(default_factory=list)

    @property
    def written(self) -> list[str]:
        """Paths of the files to be written."""
        return [change.file.path for change in self.changes if change.file.content is not None]

    @property
    def removed(self) -> list[str]:
        """Paths of the files to be removed."""
        return [change.file.path for change in self.changes if change.file.content is None]


def _read(path: str) -> Entry | None:
    """Return a regular file, or None if nothing is there.

    Raises:
        ReleaseError: something else is in the way.
    """
    try:
        status = os.lstat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    if stat.S_ISLNK(status.st_mode):
        raise ReleaseError(
            f"files: {path} is a symbolic link to {os.readlink(path)}; name that file, or remove the link first."
        )
    if not stat.S_ISREG(status.st_mode):
        kind = "a directory" if stat.S_ISDIR(status.st_mode) else "no regular file"
        raise ReleaseError(f"files: {path} is {kind}; move it away first.")
    handle = os.open(path, READ)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        return Entry(FILE, stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid, file.read())


def _missing_folders(path: str) -> list[str]:
    """Return the folders above a path that have to be made, the upper ones first."""
    missing = []
    folder = os.path.dirname(path)
    while not os.path.isdir(folder):
        if os.path.lexists(folder):
            raise ReleaseError(f"files: {path} cannot be there: {folder} is no directory; move it away first.")
        missing.append(folder)
        folder = os.path.dirname(folder)
    return missing[::-1]


def _change(file: File) -> Change | None:
    before = _read(file.path)
    if file.content is None:
        return Change(file, before) if before else None
    if before is None:
        return Change(file, None)
    drift = rights_drift(before, Rights(file.uid, file.gid, file.mode, 0))
    return Change(file, before, drift) if drift or before.content != file.content else None


def plan(files: Iterable[File]) -> Plan:
    """Return what has to change.

    Raises:
        ReleaseError: with everything that is in the way, or cannot be read.
    """
    found = Plan()
    problems: list[str] = []
    for file in files:
        try:
            with doing(f"read {file.path}", NOTHING):
                change = _change(file)
                folders = _missing_folders(file.path) if change and file.content is not None else []
        except ReleaseError as error:
            problems.append(str(error))
            continue
        if change:
            found.changes.append(change)
            found.directories += [folder for folder in folders if folder not in found.directories]
    if problems:
        raise ReleaseError(" ".join(problems))
    return found


def _hidden(change: Change) -> bool:
    """Whether a content may be a secret: it is called one, or a file that not all could read is opened to all."""
    file, before = change.file, change.before
    opened = before is not None and not before.mode & 0o004 and (file.content is None or bool(file.mode & 0o004))
    return file.secret or opened


def diff(found: Plan) -> list[dict[str, Any]]:
    """Return the parts of a diff as Ansible shows them."""
    parts: list[dict[str, Any]] = []
    notes = [f"directory {folder} added" for folder in found.directories]
    for change in found.changes:
        path, before, after = change.file.path, change.before, change.file.content
        if _hidden(change):
            how = "added" if before is None else "removed" if after is None else "changed"
            notes.append(f"{'secret ' if change.file.secret else ''}file {path} {how}, not shown")
        elif before is None or before.content != after:
            texts = [(content or b"").decode("utf-8", "replace") for content in (before and before.content, after)]
            headers = [path if there else f"{path} (not there)" for there in (before is not None, after is not None)]
            parts.append(
                {"before_header": headers[0], "after_header": headers[1], "before": texts[0], "after": texts[1]}
            )
        if change.drift:
            notes.append(f"{path}: {change.drift}")
    return parts + ([{"prepared": "".join(f"{note}\n" for note in notes)}] if notes else [])
