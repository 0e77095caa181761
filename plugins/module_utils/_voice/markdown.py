# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Text from an account in Markdown, harmless whatever things are called. Private to the collection."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Mapping
from typing import Any


def plain(text: str) -> str:
    """Return text on one line that breaks no table and marks nothing up."""
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", re.sub(r"\s+", " ", text))


def difference(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    """Return the lines of a fenced block that shows what leads from ``before`` to ``after``, whole.

    Each line is JSON, so begins with white space, a bracket or a quote, and cannot end the block.
    """
    old, new = (json.dumps(each, indent=2, sort_keys=True, ensure_ascii=False).splitlines() for each in (before, after))
    # The first three lines are file names and places.
    lines = list(difflib.unified_diff(old, new, n=len(old) + len(new), lineterm=""))[3:]
    return ["```diff", *lines, "```"]
