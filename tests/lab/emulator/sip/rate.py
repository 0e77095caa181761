# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls per second of a trunk."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable


class RateLimits:
    """Sliding windows of one second, one for each key.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._admitted: dict[str, deque[float]] = {}

    def admit(self, key: str, per_second: int) -> bool:
        """Count an attempt if fewer than `per_second` were admitted in the last second; else refuse it."""
        now = self._clock()
        window = self._admitted.setdefault(key, deque())
        while window and now - window[0] >= 1.0:
            window.popleft()
        if len(window) >= per_second:
            return False
        window.append(now)
        return True
