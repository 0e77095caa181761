# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user sees of a change. Secrets, and what may have been one, never. Private."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from .tree import FILE, Difference, Entry
from .wanted import PLAIN, SECRET, Wanted


def _text(content: bytes) -> str:
    return content.decode("utf-8", "replace")


def diff(
    path: str, difference: Difference, found: Mapping[str, Entry], wanted: Mapping[str, Wanted], plain: list[str]
) -> list[dict[str, Any]]:
    """Return the parts of a diff as Ansible shows them.

    Args:
        path: where the release is seen.
        difference: what changes.
        found: what is there.
        wanted: what shall be there.
        plain: the files of what is there that are known not to be secret.
    """
    parts: list[dict[str, Any]] = []
    notes: list[str] = []
    for name in difference.names:
        file, entry = wanted.get(name), found.get(name)
        shown_before = entry is None or (entry.kind == FILE and name in plain)
        if (file is None or file.kind == PLAIN) and shown_before:
            before, after = (_text(entry.content) if entry else ""), (_text(file.content) if file else "")
            if before != after or not (entry and file):
                where = os.path.join(path, name)
                parts.append({"before_header": where, "after_header": where, "before": before, "after": after})
        else:
            what = {SECRET: "secret file", PLAIN: "file"}.get(file.kind, "binary file") if file else "file"
            how = "added" if entry is None else "changed" if file else "removed"
            notes.append(f"{what} {name} {how}")
    notes += difference.notes
    if notes:
        parts.append({"prepared": "".join(f"{note}\n" for note in notes)})
    return parts
