# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a candidate: whole, on the disk, and with its rights, before anything refers to it. Private."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from contextlib import suppress

from .tree import FILE, READ, Entry, rights_drift
from .wanted import BINARY, Rights, Wanted, folders


def sync_folder(path: str) -> None:
    """Put the entries of a folder on the disk, where the file system can."""
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _owner(rights: Rights) -> tuple[int, int]:
    return (-1 if rights.uid is None else rights.uid, -1 if rights.gid is None else rights.gid)


def _write(path: str, content: bytes, rights: Rights) -> None:
    # Nobody but us can open it before it has its owner and mode.
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as file:
        os.fchown(handle, *_owner(rights))
        os.fchmod(handle, rights.mode)
        file.write(content)
        file.flush()
        os.fsync(handle)


def _link(old: str, new: str, content: bytes, rights: Rights) -> bool:
    """Give a file of the release before a second name, if it is what is wanted still."""
    try:
        os.link(old, new, follow_symlinks=False)
    except OSError:
        return False
    with suppress(OSError):
        handle = os.open(new, READ)
        with os.fdopen(handle, "rb") as file:
            status = os.fstat(handle)
            entry = Entry(FILE, status.st_mode & 0o7777, status.st_uid, status.st_gid)
            if not rights_drift(entry, rights) and file.read() == content:
                return True
    os.unlink(new)
    return False


def write_candidate(
    folder: str,
    wanted: Mapping[str, Wanted],
    rights: Rights,
    before: str | None = None,
    label: Callable[[str, str], None] | None = None,
) -> None:
    """Fill an empty folder.

    Args:
        folder: made by us with mode 0700.
        wanted: the files.
        rights: what files and folders get.
        before: the release before, whose large files need not be written again.
        label: gives a path (first) the security context of a name in the release (second).
    """
    inner = sorted(folders(wanted) - {""})  # a folder comes before what is in it
    for name in inner:
        os.mkdir(os.path.join(folder, name), 0o700)
    for name, file in wanted.items():
        path = os.path.join(folder, name)
        linked = file.kind == BINARY and before and _link(os.path.join(before, name), path, file.content, rights)
        if not linked:
            _write(path, file.content, rights)
    if label:
        for name in ["", *inner, *wanted]:
            label(os.path.join(folder, name) if name else folder, name)
    # The top folder comes last: until then nobody else gets in.
    for name in [*reversed(inner), ""]:
        path = os.path.join(folder, name) if name else folder
        sync_folder(path)
        os.chown(path, *_owner(rights), follow_symlinks=False)
        os.chmod(path, rights.directory_mode)
