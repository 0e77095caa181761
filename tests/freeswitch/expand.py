# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The preprocessor of FreeSWITCH, line by line as it works: what it drops without a word is dropped here too."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from fnmatch import fnmatchcase

_VARIABLE = re.compile(r"\$\$\{([^}]*)\}")
_INSTRUCTION = re.compile(r"cmd[^=]*=\s*\"([^\"]*)\".*?data[^=]*=\s*\"([^\"]*)\"", re.IGNORECASE)


def expand(files: Mapping[str, str], variables: Mapping[str, str], main: str = "freeswitch.xml") -> str:
    """Return what FreeSWITCH parses: the main file with everything it includes.

    Args:
        files: texts by name, relative to the directory of the configuration, or absolute.
        variables: what the daemon sets itself, such as ``conf_dir``.
    """
    return "".join(_lines(files, dict(variables), main))


def _lines(files: Mapping[str, str], known: dict[str, str], name: str) -> list[str]:
    found: list[str] = []
    for line in files[name].splitlines(keepends=True):
        text = _VARIABLE.sub(lambda match: known.get(match[1], ""), line)
        if "<include>" in line or "</include>" in line or "<?" in line:
            continue
        place = text.lower().find("x-pre-process")
        if place < 0:
            found.append(text)
            continue
        # The rest of a line with an instruction is lost, and so is a line that only mentions one.
        instruction = _INSTRUCTION.search(text, place)
        if text[place - 1 : place] != "<" or instruction is None:
            continue
        command, data = instruction[1].lower(), instruction[2]
        if command == "set":
            key, __, value = data.partition("=")
            known[key.strip()] = value.strip()
        elif command == "include":
            pattern = posixpath.normpath(posixpath.join(posixpath.dirname(name), data))
            for other in sorted(files):
                if fnmatchcase(other, pattern) and other.count("/") == pattern.count("/"):
                    found += _lines(files, known, other)
        else:
            raise AssertionError(f"{name}: the role uses no {command}: {line.strip()}")
    return found
