# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waiting messages: what a PBX says about a mailbox (RFC 3842), and asking it to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

EVENT = "message-summary"
ACCEPT = "application/simple-message-summary"
_COUNTS = re.compile(r"^voice-message[ \t]*:[ \t]*(\d{1,9})[ \t]*/[ \t]*(\d{1,9})", re.IGNORECASE | re.MULTILINE)
_WAITING = re.compile(r"^messages-waiting[ \t]*:[ \t]*(yes|no)", re.IGNORECASE | re.MULTILINE)


@dataclass(frozen=True)
class MessageWaiting:
    """A message summary: whether the lamp is on, and how many voice messages are new and old."""

    waiting: bool
    new: int = 0
    old: int = 0

    @classmethod
    def parse(cls, body: bytes) -> MessageWaiting:
        """Read a summary; what is not said counts as none."""
        text = body.decode("utf-8", "replace").replace("\r\n", "\n")
        waiting, counts = _WAITING.search(text), _COUNTS.search(text)
        lamp = waiting is not None and waiting[1].lower() == "yes"
        return cls(lamp, int(counts[1]), int(counts[2])) if counts else cls(lamp)

    def as_dict(self) -> dict[str, Any]:
        """For reports."""
        return {"waiting": self.waiting, "new": self.new, "old": self.old}
