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
        self._admitted: dict[str, deque[tuple[float, str]]] = {}

    def admit(self, key: str, per_second: int, call_id: str = "") -> bool:
        """Count a call if fewer than `per_second` were admitted in the last second; else refuse it.

        A call that comes again within that second, as after a challenge, is the same call (`call_id`; empty: unknown).
        """
        now = self._clock()
        window = self._admitted.setdefault(key, deque())
        while window and now - window[0][0] >= 1.0:
            window.popleft()
        if call_id and any(call_id == known for __, known in window):
            return True
        if len(window) >= per_second:
            return False
        window.append((now, call_id))
        return True
