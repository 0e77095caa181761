# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Telling the operator how far long work is. Private to this collection.

A module has no way to speak while it runs, so it writes lines to a file, which the action plugin follows on the
controller. They hold counts and kinds only, never a name or a value.
"""

from __future__ import annotations

import time
from typing import Any, Callable, TextIO

from .errors import InvalidInputError
from .plan import Change

FEW = 20  # changes in all that are over before anybody wonders
INTERVAL = 2.0  # seconds between two lines


class Progress:
    """A line for every few seconds of work, and one at the end.

    Args:
        path: the file to which the lines are appended; None for no lines.
        clock: seconds; injected by tests.
    """

    def __init__(self, path: str | None, clock: Callable[[], float] = time.monotonic) -> None:
        self._path, self._clock = path, clock
        self._file: TextIO | None = None
        self._last = clock()

    def __enter__(self) -> Progress:
        if self._path:
            try:
                self._file = open(self._path, "a", encoding="utf-8")
            except OSError as error:
                raise InvalidInputError(
                    "progress_file", self._path, f"cannot be written ({error.strerror}); give a path that can."
                ) from error
        return self

    def __exit__(self, *__: Any) -> None:
        if self._file is not None:
            self._file.close()

    def note(self, made: int, total: int, change: Change) -> None:
        """Write a line if it is time for one."""
        now = self._clock()
        if self._file is None or total < FEW or (made < total and now - self._last < INTERVAL):
            return
        self._last = now
        self._file.write(f"{made:,} of {total:,} changes made ({change.action} {change.resource.label})\n")
        self._file.flush()
