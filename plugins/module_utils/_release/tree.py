# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is in a folder, read without following links, and how it differs from what is wanted. Private."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field

from .wanted import Rights, Wanted, folders

FILE, DIRECTORY, OTHER = "file", "directory", "other"
READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # a FIFO must not make us wait


@dataclass(frozen=True)
class Entry:
    """A file, a folder, or something that has no place in a release."""

    kind: str
    mode: int
    uid: int
    gid: int
    content: bytes = b""


@dataclass
class Difference:
    """Names of files, and sentences on rights and folders."""

    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.names or self.notes)

    @property
    def names(self) -> list[str]:
        """All files that are not as wanted."""
        return sorted([*self.added, *self.changed, *self.removed])


def _entry(kind: str, status: os.stat_result, content: bytes = b"") -> Entry:
    return Entry(kind, stat.S_IMODE(status.st_mode), status.st_uid, status.st_gid, content)


def _read_file(name: str, folder: int, status: os.stat_result) -> Entry:
    handle = os.open(name, READ, dir_fd=folder)
    with os.fdopen(handle, "rb") as file:
        status = os.fstat(handle)
        return _entry(FILE, status, file.read()) if stat.S_ISREG(status.st_mode) else _entry(OTHER, status)


def _walk(folder: int, prefix: str, found: dict[str, Entry]) -> None:
    found[prefix.rstrip("/")] = _entry(DIRECTORY, os.fstat(folder))
    for name in sorted(os.listdir(folder)):
        status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        if stat.S_ISDIR(status.st_mode):
            inner = os.open(name, READ | os.O_DIRECTORY, dir_fd=folder)
            try:
                _walk(inner, f"{prefix}{name}/", found)
            finally:
                os.close(inner)
        elif stat.S_ISREG(status.st_mode):
            found[prefix + name] = _read_file(name, folder, status)
        else:
            found[prefix + name] = _entry(OTHER, status)


def read_tree(path: str) -> dict[str, Entry]:
    """Return all that is in a folder by name; the folder itself has an empty name."""
    found: dict[str, Entry] = {}
    top = os.open(path, READ | os.O_DIRECTORY)
    try:
        _walk(top, "", found)
    finally:
        os.close(top)
    return found


def rights_drift(entry: Entry, rights: Rights) -> str:
    """Return in words how the rights of something differ from those wanted; an empty text if they do not."""
    mode = rights.mode if entry.kind == FILE else rights.directory_mode
    drift = []
    if entry.mode != mode:
        drift.append(f"mode {entry.mode:04o}, not {mode:04o}")
    if rights.uid is not None and entry.uid != rights.uid:
        drift.append(f"owner {entry.uid}, not {rights.uid}")
    if rights.gid is not None and entry.gid != rights.gid:
        drift.append(f"group {entry.gid}, not {rights.gid}")
    return ", ".join(drift)


def compare(found: Mapping[str, Entry], wanted: Mapping[str, Wanted], rights: Rights | None) -> Difference:
    """Return how a folder differs from what is wanted; without rights these are not compared."""
    difference = Difference()
    needed = folders(wanted)
    for name, entry in found.items():
        if entry.kind == DIRECTORY:
            if name not in needed:
                difference.notes.append(f"folder {name}: does not belong here")
                continue
        elif name not in wanted:
            difference.removed.append(name)
            continue
        elif entry.kind != FILE or entry.content != wanted[name].content:
            difference.changed.append(name)
        drift = rights_drift(entry, rights) if rights and entry.kind != OTHER else ""
        if drift:
            difference.notes.append(f"{name or 'the release'}: {drift}")
            if entry.kind == FILE and name not in difference.changed:
                difference.changed.append(name)
    difference.added = sorted(name for name in wanted if name not in found or found[name].kind == DIRECTORY)
    return difference


def differing(one: Mapping[str, Entry], other: Mapping[str, Entry]) -> list[str]:
    """Return the names of the files that two folders do not have in common."""
    names = {name for tree in (one, other) for name, entry in tree.items() if entry.kind != DIRECTORY}
    return sorted(name for name in names if one.get(name) != other.get(name))
