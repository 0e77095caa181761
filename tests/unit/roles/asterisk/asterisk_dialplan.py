# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a rendered dial plan, as far as it takes to see what leads where."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

Contexts = dict[str, list[str]]
# In Asterisk's own words: where a jump, a subroutine or an include leads.
JUMP = re.compile(
    r"(?:(?:Goto|Gosub)\(|[?:])([a-z][-\w${}]*?),[-\w+${}]+,[a-z1]|[\^(,=](dialtone-[-\w]+)[\^,]s|U\((dialtone-[-\w]+)\^"
)


def text(files: dict[str, str]) -> str:
    """Return the files of the dial plan as one, in the order in which they are included."""
    names = ["extensions.conf", *re.findall(r'#include "([^"]+)"', files["extensions.conf"])]
    return "\n".join(files[name] for name in names)


def contexts(files: dict[str, str]) -> Contexts:
    """Return the lines of each context, without comments."""
    found: Contexts = {}
    lines: list[str] = []
    for raw in text(files).splitlines():
        line = raw.strip()
        if heading := re.fullmatch(r"\[([-\w]+)\]", line):
            lines = found.setdefault(heading[1], [])
        elif line and line[0] not in ";#":
            lines.append(line)
    del found["general"]
    return found


def targets(lines: Iterable[str]) -> set[str]:
    """Return the contexts that lines lead to; `${…}` stands for what is known only in a call."""
    found: set[str] = set()
    for line in lines:
        if line.startswith("include =>"):
            found.add(line.split("=>")[1].strip())
        found.update(name for match in JUMP.findall(line) for name in match if name.startswith("dialtone-"))
    return found


def expanded(found: Contexts, name: str) -> set[str]:
    """Return the contexts that a name with a `${…}` may mean."""
    if "${" not in name:
        return {name}
    return {one for one in found if one.startswith(name.split("${", maxsplit=1)[0])}


def reachable(files: dict[str, str], *entries: str) -> set[str]:
    """Return all contexts that a call may get to from these."""
    found = contexts(files)
    seen: set[str] = set()
    waiting = list(entries)
    while waiting:
        name = waiting.pop()
        if name not in seen:
            seen.add(name)
            waiting += [one for target in targets(found[name]) for one in expanded(found, target)]
    return seen


def priorities(files: dict[str, str], context: str, extension: str) -> list[str]:
    """Return the applications of an extension, in order."""
    found: list[str] = []
    mine = False
    for line in contexts(files)[context]:
        if start := re.match(r"exten => ([^,]+),1,(.*)", line):
            mine = start[1] == extension
            found += [start[2]] if mine else []
        elif mine and (same := re.match(r"same => n(?:\([-\w]+\))?,(.*)", line)):
            found.append(same[1])
    return found


def modules(files: dict[str, str]) -> list[str]:
    return re.findall(r"^load = (\w+)[.]so", files["modules.conf"], re.MULTILINE)


def cases(rendered: dict[str, Any]) -> dict[str, dict[str, str]]:
    return {name: case["files"] for name, case in rendered.items() if case["files"]}
