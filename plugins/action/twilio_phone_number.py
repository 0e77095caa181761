# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Shows how far a twilio_* module is while it runs on the controller; the routing in meta/runtime.yml leads here.

A module cannot speak before it ends, so it appends lines to its ``progress_file``. Here such a file is made, named to
the module, and followed. Everything else is left to the action that runs every module.
"""

from __future__ import annotations

import shutil
import tempfile
import threading
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import Any

from ansible.plugins.action.normal import ActionModule as NormalAction
from ansible.utils.display import Display

OPTION = "progress_file"
PAUSE = 0.2  # seconds between two looks at the file; the module writes every two seconds at most
PATIENCE = 5.0  # seconds that the end of the task may wait for the last lines to be shown


class Follower:
    """Shows each line that is appended to a new file, until the block ends; then the file is removed.

    Args:
        show: what is called with each line, from a thread of its own.
    """

    def __init__(self, show: Callable[[str], None]) -> None:
        self._show = show
        self._done = threading.Event()
        self._folder = ""
        self._thread = threading.Thread(target=self._follow, name="twilio progress", daemon=True)

    @property
    def path(self) -> str:
        """Where lines are to be appended."""
        return str(Path(self._folder) / "progress")

    def __enter__(self) -> Follower:
        # Only its owner can enter the folder, so that nobody else can put words into the output.
        self._folder = tempfile.mkdtemp(prefix="dialtone-progress-")
        try:
            Path(self.path).touch(mode=0o600)
            self._thread.start()
        except BaseException:
            shutil.rmtree(self._folder, ignore_errors=True)
            raise
        return self

    def __exit__(self, *__: object) -> None:
        try:
            self._done.set()
            self._thread.join(PATIENCE)
        finally:
            shutil.rmtree(self._folder, ignore_errors=True)

    def _follow(self) -> None:
        with open(self.path, encoding="utf-8", errors="replace") as lines:
            begun = ""  # of a line whose end has not been written yet
            last = False
            while not last:
                last = self._done.wait(PAUSE)  # one more look after the end
                for piece in lines:
                    begun += piece
                    if begun.endswith("\n"):
                        self._show(begun.rstrip())
                        begun = ""


class ActionModule(NormalAction):  # type: ignore[misc]
    """Run the module in the usual way, and show its progress where that is possible."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        args = self._task.args
        with ExitStack() as stack:
            if self._can_follow():
                with suppress(OSError):  # without room for a file the module runs all the same
                    follower = stack.enter_context(Follower(self._printer(task_vars or {})))
                    self._task.args = {**args, OPTION: follower.path}
            try:
                result: dict[str, Any] = super().run(tmp, task_vars)
            finally:
                self._task.args = args  # a retry of the task makes a file of its own
        return result

    def _can_follow(self) -> bool:
        """Return whether the module will write something that may be shown, and to a file of ours."""
        task, connection = self._task, self._connection
        return (
            not task.args.get(OPTION)
            and connection.transport == "local"
            # As another user than root it could not write to our file.
            and (connection.become is None or self.get_become_option("become_user") in (None, "root"))
            and not (task.check_mode or task.async_val or task.no_log)
        )

    def _printer(self, task_vars: Mapping[str, Any]) -> Callable[[str], None]:
        """Return what shows a line to the operator."""
        head = f"[{task_vars.get('inventory_hostname')}] {self._task.name or self._task.action}: "
        display = Display()
        # On standard error, so that what a callback writes to standard output (JSON, say) stays readable.
        return lambda line: display.display(head + line, stderr=True)
