# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the telephone says: one JSON object a line; and the signal that makes everything come to an end."""

from __future__ import annotations

import asyncio
import contextlib
import json
import time
from collections.abc import Awaitable
from typing import Any, TextIO, TypeVar

T = TypeVar("T")


class Reporter:
    """Writes events to a stream. `t` is seconds since the start."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._start = time.monotonic()

    def emit(self, event: str, **fields: Any) -> None:
        """Write one event, at once."""
        record = {"event": event, "t": round(time.monotonic() - self._start, 3), **fields}
        # A reader that has gone away must not keep us from hanging up.
        with contextlib.suppress(BrokenPipeError):
            print(json.dumps(record), file=self._stream, flush=True)


class StoppedError(Exception):
    """Waiting was given up; the text says why."""


class Stop:
    """Set once, by a timeout or a signal; everything that waits through `guard` then stops waiting."""

    def __init__(self) -> None:
        self._why: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def set(self, why: str) -> None:
        """End all waiting. Only the first reason counts."""
        if not self._why.done():
            self._why.set_result(why)

    def after(self, seconds: float, why: str) -> None:
        """Set it when so many seconds have passed."""
        asyncio.get_running_loop().call_later(seconds, self.set, why)

    @property
    def why(self) -> str | None:
        """The reason, None while it is not set."""
        return self._why.result() if self._why.done() else None

    async def guard(self, awaitable: Awaitable[T], seconds: float | None = None) -> T:
        """Await something. Raises StoppedError when stopped first, asyncio.TimeoutError after `seconds`."""
        task = asyncio.ensure_future(awaitable)
        try:
            waiting: set[asyncio.Future[Any]] = {task, self._why}
            await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if task.done():
                return task.result()
            if self.why is not None:
                raise StoppedError(self.why)
            raise asyncio.TimeoutError
        finally:
            task.cancel()


async def either(*events: asyncio.Event) -> None:
    """Wait until one of the events is set."""
    tasks = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
