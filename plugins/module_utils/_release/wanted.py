# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files that a release shall hold: whether their names, contents and rights can be used. Private."""

from __future__ import annotations

import base64
import binascii
import fnmatch
import grp
import pwd
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import ReleaseError

PLAIN, SECRET, BINARY = "files", "secret_files", "binary_files"
MODE = re.compile(r"0[0-7]{3}")
UNUSABLE = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True)
class Wanted:
    """A file: its bytes, and the option that it comes from."""

    kind: str
    content: bytes


@dataclass(frozen=True)
class Rights:
    """Owner, group and modes of all files and folders. None: whoever runs the module, and no drift."""

    uid: int | None
    gid: int | None
    mode: int
    directory_mode: int


def folders(names: Iterable[str]) -> set[str]:
    """Return all folders above the names, the top one as an empty text."""
    found = {""}
    for name in names:
        parts = name.split("/")[:-1]
        found.update("/".join(parts[: count + 1]) for count in range(len(parts)))
    return found


def _name_problem(name: str) -> str:
    parts = name.split("/")
    if name.startswith("/") or any(part in ("", ".", "..") for part in parts):
        return "is not a path below the release; write it as name or folder/name, without a leading /, . and .."
    if UNUSABLE.search(name):
        return "has control characters; leave them out"
    return ""


def _content(kind: str, name: str, content: Any) -> bytes:
    if not isinstance(content, str):
        # The content itself is not shown: it may be a secret.
        raise ReleaseError(f"{kind}: {name} has a {type(content).__name__} in place of text; put it in quotes.")
    if kind != BINARY:
        return content.encode("utf-8", "surrogateescape")
    try:
        return base64.b64decode("".join(content.split()), validate=True)
    except (binascii.Error, ValueError):
        raise ReleaseError(f"{kind}: {name} is not base64; use the filter b64encode.") from None


def wanted_files(options: Mapping[str, Any]) -> dict[str, Wanted]:
    """Return the files of all three options by name.

    Raises:
        ReleaseError: with every problem at once.
    """
    problems: list[str] = []
    found: dict[str, Wanted] = {}
    for kind in (PLAIN, SECRET, BINARY):
        for name, content in (options[kind] or {}).items():
            problem = _name_problem(str(name))
            if problem:
                problems.append(f"{kind}: {name!r} {problem}.")
            elif name in found:
                problems.append(f"{kind}: {name} is in {found[name].kind} too; leave it out of one of them.")
            else:
                try:
                    found[str(name)] = Wanted(kind, _content(kind, name, content))
                except ReleaseError as error:
                    problems.append(str(error))
    problems += [
        f"{found[name].kind}: {name} is a file, and a folder for other files; rename it."
        for name in sorted(folders(found) & set(found))
    ]
    if not found and not problems:
        problems.append("files, secret_files and binary_files are all empty; a release needs at least one file.")
    if problems:
        raise ReleaseError(" ".join(problems))
    return found


def number(option: str, name: str | None) -> int | None:
    """Return the number of a user (``option`` is or ends with ``owner``) or a group.

    Raises:
        ReleaseError: there is none of that name.
    """
    if name is None:
        return None
    if name.isdigit():
        return int(name)
    try:
        return pwd.getpwnam(name).pw_uid if option.endswith("owner") else grp.getgrnam(name).gr_gid
    except KeyError:
        raise ReleaseError(
            f"{option}: {name} does not exist on the host; create it first, or install the package that does."
        ) from None


def mode_bits(option: str, text: str) -> int:
    """Return a mode as a number.

    Raises:
        ReleaseError: it is not four octal digits.
    """
    if not MODE.fullmatch(text):
        raise ReleaseError(f"{option}: {text!r} is not a mode; write four octal digits in quotes, as '0640'.")
    return int(text, 8)


def rights(options: Mapping[str, Any], planned: bool = False) -> Rights | None:
    """Return the rights by number.

    Args:
        options: the module's.
        planned: whether an earlier task may have made owner and group in prediction only (check mode).

    Returns:
        None if owner or group do not exist yet, which is right only for what is planned.
    """
    mode, directory_mode = mode_bits("mode", options["mode"]), mode_bits("directory_mode", options["directory_mode"])
    if options[SECRET] and mode & 0o007:
        raise ReleaseError(f"mode: {options['mode']} lets everybody read the secret files; end it with 0, as '0640'.")
    try:
        uid = number("owner", options["owner"])
        gid = number("group", options["group"])
    except ReleaseError:
        if planned:
            return None
        raise
    if gid is None and uid is not None:
        gid = pwd.getpwuid(uid).pw_gid  # without it the owner could not get through the store
    return Rights(uid, gid, mode, directory_mode)


def check_effects(effects: Mapping[str, Any]) -> None:
    """Refuse patterns that are not lists of texts."""
    for name, patterns in effects.items():
        if not isinstance(patterns, list) or not all(isinstance(pattern, str) for pattern in patterns):
            raise ReleaseError(f"effects: {name} needs a list of patterns, as [pjsip*.conf].")


def effects_of(names: Iterable[str], effects: Mapping[str, list[str]]) -> list[str]:
    """Return the effects that the change of some files has, in the order in which they are described."""
    changed = list(names)
    return [
        effect
        for effect, patterns in effects.items()
        if any(fnmatch.fnmatchcase(name, pattern) for name in changed for pattern in patterns)
    ]
