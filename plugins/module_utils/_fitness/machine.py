# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check may look at: files under a root, a few programs that only report, the network card. Private.

Nothing here writes. A test gives another root and its own answers.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from typing import Any

from .errors import Unreadable
from .readers import ethernet, timex

COMMAND_SECONDS = 2.0


def _run(argv: Sequence[str]) -> str | None:
    """What a program prints; None if it is not there, fails, or takes too long."""
    path = shutil.which(argv[0], path=os.pathsep.join((os.environ.get("PATH", os.defpath), "/usr/sbin", "/sbin")))
    if path is None:
        return None
    try:
        done = subprocess.run(
            [path, *argv[1:]], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False,
            timeout=COMMAND_SECONDS, env={**os.environ, "LC_ALL": "C"},
        )  # fmt: skip
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None


class Machine:
    """One host.

    Args:
        root: folder in which /proc, /sys, /etc and /run are.
        run: runs a program that only reports, and returns what it prints, or None.
        card: asks a network card (`ethernet.ask`).
        timex: asks the kernel about its clock (`timex.read`).
    """

    def __init__(
        self,
        root: str = "/",
        run: Callable[[Sequence[str]], str | None] = _run,
        card: Callable[[str], dict[str, Any]] = ethernet.ask,
        clock: Callable[[], dict[str, Any]] = timex.read,
    ) -> None:
        self._root = root
        self.run = run
        self.card = card
        self.clock = clock

    def path(self, path: str) -> str:
        return os.path.join(self._root, path.lstrip("/"))

    def exists(self, path: str) -> bool:
        return os.path.lexists(self.path(path))

    def text(self, path: str) -> str:
        """The text of a file.

        Raises:
            Unreadable: with the path and what is wrong.
        """
        try:
            with open(self.path(path), encoding="utf-8", errors="replace") as file:
                return file.read()
        except OSError as error:
            raise Unreadable(f"{path} cannot be read: {error.strerror}.") from error

    def maybe(self, path: str) -> str:
        """The text of a file without the white space around it; empty if it cannot be read."""
        try:
            return self.text(path).strip()
        except Unreadable:
            return ""

    def number(self, path: str) -> int | None:
        """The number in a file; None if there is none."""
        try:
            return int(self.maybe(path))
        except ValueError:
            return None

    def names(self, path: str) -> list[str]:
        """What is in a folder, sorted; nothing if it is not there."""
        try:
            return sorted(os.listdir(self.path(path)))
        except OSError:
            return []

    def link(self, path: str) -> str:
        """Where a symbolic link leads; empty if it is none."""
        try:
            return os.readlink(self.path(path))
        except OSError:
            return ""
