# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writing YAML with comments, the same bytes for the same data. Private to the collection.

Every text is in double quotes, so that ``NO``, ``0123`` and ``12:30`` stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}
# What a YAML reader refuses, or takes for the end of a line.
_REFUSED = r"\x00-\x1f\x7f-\xa0\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff"
_UNPRINTABLE = re.compile(f"[{_REFUSED}]")
_ESCAPED = re.compile(rf'[{_REFUSED}"\\]')


def scalar(value: Any) -> str:
    """Return one value as it stands in YAML.

    Raises:
        TypeError: it is neither text nor a number, a boolean or None.
    """
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return f'"{_ESCAPED.sub(_escape, value)}"'
    raise TypeError(f"{type(value).__name__} cannot be written")


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    code = ord(character)
    return _ESCAPES.get(character) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")


def block(value: Any, indent: int = 0) -> list[str]:
    """Return the lines of a value, dictionaries in their own order."""
    space = " " * indent
    if isinstance(value, Mapping):
        lines: list[str] = []
        for key, entry in value.items():
            lines += _entry(f"{space}{key}:", entry, indent + 2)
        return lines
    if isinstance(value, Sequence) and not isinstance(value, str):
        lines = []
        for entry in value:
            inner = block(entry, indent + 2)
            lines += [f"{space}- {inner[0].lstrip()}", *inner[1:]]
        return lines
    return [f"{space}{scalar(value)}"]


def _entry(head: str, value: Any, indent: int) -> list[str]:
    if isinstance(value, Mapping):
        return [head, *block(value, indent)] if value else [f"{head} {{}}"]
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [head, *block(value, indent)] if value else [f"{head} []"]
    return [f"{head} {scalar(value)}"]


def comment(text: str) -> list[str]:
    """Return a text as comment lines; a line break in it ends no comment."""
    return [f"# {re.sub(_UNPRINTABLE, ' ', line)}".rstrip() for line in text.split("\n")]
