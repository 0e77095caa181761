# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run programs in a lab's containers, straight through their namespaces: no daemon in between to lose a process to."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lab.hosts.errors import LabError

ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
    "PYTHONPATH": "/opt",
    "PYTHONDONTWRITEBYTECODE": "1",
    "PYTHONUNBUFFERED": "1",
}


def command(pid: int, argv: Sequence[str]) -> list[str]:
    """Return the command line that runs `argv` in the container whose first process is `pid`."""
    if not argv:
        raise LabError("Nothing to run: give a command after the host's name.")
    return [
        "nsenter", "--target", str(pid), "--mount", "--uts", "--ipc", "--net", "--pid", "--wdns=/", "--", *argv
    ]  # fmt: skip


class LabProcess(subprocess.Popen[str]):
    """A program running in a container; signals reach the program itself, not just the one that entered for it."""

    def send_signal(self, sig: int) -> None:
        children = Path(f"/proc/{self.pid}/task/{self.pid}/children")
        try:
            found = [int(child) for child in children.read_text(encoding="ascii").split()]
        except OSError:
            found = []
        if self.poll() is not None:
            return
        for child in found:
            os.kill(child, sig)
        if not found:  # it has not entered yet
            super().send_signal(sig)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)


def popen(pid: int, argv: Sequence[str], env: dict[str, str] | None = None, **options: Any) -> LabProcess:
    """Start a program in a container; its output comes line by line as text. Options as subprocess.Popen's."""
    settings: dict[str, Any] = {
        "stdin": subprocess.DEVNULL,
        "stdout": subprocess.PIPE,
        "stderr": subprocess.STDOUT,
        "text": True,
        "bufsize": 1,
        "env": {**ENVIRONMENT, **(env or {})},
        **options,
    }
    return LabProcess([*_entry(), *command(pid, argv)[1:]], **settings)


def execute(
    pid: int,
    argv: Sequence[str],
    *,
    input: str | None = None,
    timeout: float | None = 60.0,
    env: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program in a container to its end. LabError if it takes longer than `timeout` seconds; it is ended then."""
    stdin = subprocess.DEVNULL if input is None else subprocess.PIPE
    with popen(pid, argv, env, stdin=stdin, stderr=subprocess.PIPE) as process:
        try:
            out, err = process.communicate(input, timeout=timeout)
        except subprocess.TimeoutExpired as error:
            process.kill()
            process.communicate()
            raise LabError(f"`{' '.join(argv)}` did not end within {timeout:.0f} s.") from error
        except BaseException:
            process.kill()
            raise
    return subprocess.CompletedProcess(list(argv), process.returncode, out, err)


def _entry() -> list[str]:
    # The environment of the container holds its own PATH, so the entering program needs its full name.
    for folder in ("/usr/bin", "/bin", "/usr/local/bin"):
        if os.access(f"{folder}/nsenter", os.X_OK):
            return [f"{folder}/nsenter"]
    raise LabError("The program 'nsenter' is missing: install the package util-linux.")
