# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The record of every REST request, for tests that assert what was, and was not, asked of the API."""

from __future__ import annotations

from collections import deque
from typing import Any

LONGEST = 200_000  # entries kept; the oldest go first
MASK = "********"


class Journal:
    """Numbered entries. Values of secret parameters are masked by whoever adds them, see `masked`."""

    def __init__(self) -> None:
        self.seq = 0
        self._entries: deque[dict[str, Any]] = deque(maxlen=LONGEST)

    def add(self, **entry: Any) -> None:
        self.seq += 1
        self._entries.append({"seq": self.seq, **entry})

    def since(self, seq: int) -> list[dict[str, Any]]:
        """The entries after number `seq`, oldest first."""
        missing = self.seq - seq
        if missing <= 0:
            return []
        return list(self._entries)[-missing:]


def masked(params: dict[str, str]) -> dict[str, str]:
    """Parameters with every value that may be a secret replaced, known parameters or not."""
    words = ("password", "secret", "token", "key")
    return {
        name: MASK if any(word in name.lower() for word in words) and name != "PageToken" else value
        for name, value in params.items()
    }
