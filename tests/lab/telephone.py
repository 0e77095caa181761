# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subscribers started in a lab's containers, seen from outside: their events as they come, their result at the end."""

from __future__ import annotations

import json
import queue
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Protocol

GRACE = 15.0  # seconds beyond a subscriber's own time-out before it counts as hung


Options = dict[str, "str | float"]  # a subscriber's options: names without the dashes


class Host(Protocol):
    """What a subscriber needs of a lab."""

    def popen(self, host: str, argv: list[str], env: dict[str, str] | None = None) -> subprocess.Popen[str]: ...


class Telephone:
    """One running subscriber. Its events are JSON objects, a line each."""

    def __init__(self, process: subprocess.Popen[str], timeout: float) -> None:
        self._process = process
        self._deadline = time.monotonic() + timeout + GRACE
        self._lines: queue.Queue[str | None] = queue.Queue()
        self.events: list[dict[str, Any]] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put(None)

    def wait_for(self, event: str) -> dict[str, Any]:
        """Return the first event of that name. RuntimeError if the subscriber ends or hangs before."""
        for seen in self.events:
            if seen["event"] == event:
                return seen
        while True:
            try:
                line = self._lines.get(timeout=max(0.1, self._deadline - time.monotonic()))
            except queue.Empty:
                raise RuntimeError(f"no '{event}' in time; events so far: {self._names()}") from None
            if line is None:
                raise RuntimeError(
                    f"the subscriber ended before '{event}'; events: {self._names()}: {self.events[-1:]}"
                )
            try:
                seen = json.loads(line)
            except ValueError:
                continue  # podman's own remarks
            self.events.append(seen)
            if seen.get("event") == event:
                return dict(seen)

    def result(self) -> dict[str, Any]:
        return self.wait_for("result")

    def close(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
        try:
            self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def _names(self) -> list[str]:
        return [str(seen.get("event")) for seen in self.events]


@contextmanager
def subscriber(
    lab: Host, host: str, command: str, options: Options, *, password: str = "", timeout: float = 20.0
) -> Iterator[Telephone]:
    """Run `lab.subscriber COMMAND` on a host of the lab; option names without the dashes, True for one without a value.

    The password travels in the environment, never on a command line.
    """
    argv = ["python3", "-m", "lab.subscriber", command, "--timeout", str(timeout)]
    for name, value in options.items():
        argv += [f"--{name}"] if value is True else [f"--{name}", str(value)]
    env = {}
    if password:
        argv += ["--password-env", "SUBSCRIBER_PASSWORD"]
        env["SUBSCRIBER_PASSWORD"] = password
    telephone = Telephone(lab.popen(host, argv, env=env), timeout)
    try:
        yield telephone
    finally:
        telephone.close()


def header(result: dict[str, Any], name: str) -> str:
    """Return the first value of a header of the final response, whatever its case; '' if there is none."""
    for key, value in (result.get("headers") or {}).items():
        if key.lower() == name.lower():
            return str(value[0] if isinstance(value, list) else value)
    return ""
