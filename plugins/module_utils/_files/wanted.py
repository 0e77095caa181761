# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked for: paths, contents, rights, and whether they can be used. Private."""

from __future__ import annotations

import os
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .._release.errors import ReleaseError
from .._release.wanted import UNUSABLE, mode_bits, number

PLACE = "%s"
TEXTS = ("content", "mode", "owner", "group", "state", "validate")
KEYS = {*TEXTS, "secret"}


@dataclass(frozen=True)
class File:
    """A file that shall be there, or (``content`` is None) not be there. A uid or gid of None is not known yet."""

    path: str
    content: bytes | None = None
    mode: int = 0o644
    uid: int | None = None
    gid: int | None = None
    validate: tuple[str, ...] = ()
    secret: bool = False


def _path_problem(path: str) -> str:
    if not path.startswith("/"):
        return "is not an absolute path; begin it with /"
    if path != os.path.normpath(path) or path.startswith("//") or path == "/":
        return "is not a plain path of a file; leave out //, . and .. and a / at its end"
    if UNUSABLE.search(path):
        return "has control characters; leave them out"
    return ""


def _value_problems(path: str, given: Mapping[str, Any]) -> list[str]:
    where = f"files: {path}:"
    problems = [
        f"{where} {key} is not known; there are {', '.join(sorted(KEYS))}."
        for key in sorted(set(map(str, given)) - KEYS)
    ]
    for key in TEXTS:
        if key in given and not isinstance(given[key], str):
            # The value itself is not shown: it may be a secret.
            problems.append(f"{where} {key} is a {type(given[key]).__name__} in place of text; put it in quotes.")
    if not isinstance(given.get("secret", False), bool):
        problems.append(f"{where} secret is neither true nor false.")
    if problems:
        return problems
    state = given.get("state", "present")
    if state not in ("present", "absent"):
        problems.append(f"{where} state is {state!r}; write present or absent.")
    elif state == "present" and "content" not in given:
        problems.append(f"{where} content is missing; give it, or say state: absent.")
    if "validate" in given and PLACE not in given["validate"]:
        problems.append(f"{where} validate is {given['validate']!r}; it needs {PLACE} where the file's path belongs.")
    return problems


def _rights(path: str, given: Mapping[str, Any], planned: bool) -> tuple[int, int | None, int | None]:
    mode = mode_bits(f"files: {path}: mode", given.get("mode", "0600" if given.get("secret") else "0644"))
    if given.get("secret") and mode & 0o007:
        raise ReleaseError(
            f"files: {path}: mode {mode:04o} lets everybody read a secret file; end it with 0, as '0640'."
        )
    ids: list[int | None] = []
    for key, own in (("owner", os.geteuid()), ("group", os.getegid())):
        try:
            ids.append(number(f"files: {path}: {key}", given[key]) if key in given else own)
        except ReleaseError:
            if not planned:
                raise
            ids.append(None)
    return mode, ids[0], ids[1]


def _file(path: str, given: Mapping[str, Any], planned: bool) -> File:
    mode, uid, gid = _rights(path, given, planned)
    validate = tuple(shlex.split(given.get("validate", "")))
    secret = given.get("secret", False)
    if given.get("state", "present") == "absent":
        return File(path, secret=secret)
    return File(path, given["content"].encode("utf-8", "surrogateescape"), mode, uid, gid, validate, secret)


def wanted_files(files: Mapping[str, Any], planned: bool = False) -> list[File]:
    """Return the files in the order of their paths.

    Args:
        files: the option, as it was given.
        planned: whether an earlier task may have made owner and group in prediction only (check mode).

    Raises:
        ReleaseError: with every problem at once.
    """
    found: list[File] = []
    problems: list[str] = []
    for path, given in files.items():
        problem = _path_problem(str(path))
        if problem:
            problems.append(f"files: {path!r} {problem}.")
        elif not isinstance(given, Mapping):
            problems.append(f"files: {path} has a {type(given).__name__} in place of a dictionary with content.")
        elif bad := _value_problems(path, given):
            problems += bad
        else:
            try:
                found.append(_file(path, given, planned))
            except ReleaseError as error:
                problems.append(str(error))
            except ValueError as error:  # the quotes of validate
                problems.append(f"files: {path}: validate cannot be split into words: {error}.")
    kept = {file.path for file in found if file.content is not None}
    problems += [
        f"files: {folder} is a file, and a folder for {file.path}; rename one of them."
        for file in found
        for folder in sorted(kept)
        if file.path.startswith(f"{folder}/")
    ]
    if problems:
        raise ReleaseError(" ".join(problems))
    return sorted(found, key=lambda file: file.path)
