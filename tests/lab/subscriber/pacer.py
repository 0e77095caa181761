# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One clock for all audio of this process: every call gets its turn each 20 ms, spread over these 20 ms."""

from __future__ import annotations

import asyncio
import time
from typing import ClassVar, Protocol
from weakref import WeakKeyDictionary

PTIME = 0.02  # seconds of audio in a packet
SLOTS = 10  # turns within PTIME; calls are spread over them, so that 50 of them do not send in one burst
_TURN = PTIME / SLOTS


class Ticking(Protocol):
    """What has its turn each 20 ms."""

    def tick(self) -> None:
        """Send the next packet."""


class Pacer:
    """Turns for sessions. Paced against the schedule, not against the last turn, so that delays do not add up."""

    _of_loop: ClassVar[WeakKeyDictionary[asyncio.AbstractEventLoop, Pacer]] = WeakKeyDictionary()

    def __init__(self) -> None:
        self._slots: list[list[Ticking]] = [[] for __ in range(SLOTS)]
        self._turn = 0
        self._task: asyncio.Task[None] | None = None

    @classmethod
    def current(cls) -> Pacer:
        """The pacer of the running event loop."""
        loop = asyncio.get_running_loop()
        if loop not in cls._of_loop:
            cls._of_loop[loop] = cls()
        return cls._of_loop[loop]

    def add(self, session: Ticking) -> None:
        """Give a session turns: at once when it is alone, else within 20 ms."""
        alone = not any(self._slots)
        if alone:
            self._slots[self._turn % SLOTS].append(session)
            self._task = asyncio.get_running_loop().create_task(self._run())
            session.tick()
            return
        order = [(self._turn + ahead) % SLOTS for ahead in range(1, SLOTS + 1)]
        min((self._slots[slot] for slot in order), key=len).append(session)

    def remove(self, session: Ticking) -> None:
        """Take the turns away. Nothing happens when it has none."""
        for slot in self._slots:
            if session in slot:
                slot.remove(session)
        if self._task is not None and not any(self._slots):
            self._task.cancel()
            self._task = None

    async def _run(self) -> None:
        start = time.monotonic() - self._turn * _TURN
        while True:
            self._turn += 1
            slot = self._slots[self._turn % SLOTS]
            if not slot and any(self._slots):
                continue
            await asyncio.sleep(max(0.0, start + self._turn * _TURN - time.monotonic()))
            for session in list(slot):
                session.tick()
