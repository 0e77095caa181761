# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subscribers started in a lab's containers, seen from outside: their events as they come, their result at the end."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol, Union

GRACE = 15.0  # seconds beyond a subscriber's own time-out before it counts as hung


# A subscriber's options: names without the dashes. True is one without a value, a list one that is repeated.
Value = Union[str, float, bool, list[str]]
Options = dict[str, Value]
Where = Callable[[dict[str, Any]], bool]


class Host(Protocol):
    """What a subscriber needs of a lab."""

    def popen(self, host: str, argv: list[str], env: dict[str, str] | None = None) -> subprocess.Popen[str]: ...


class Telephone:
    """One running subscriber. Its events are JSON objects, a line each; several threads may wait for them."""

    def __init__(self, process: subprocess.Popen[str], timeout: float) -> None:
        self._process = process
        self._deadline = time.monotonic() + timeout + GRACE
        self._news = threading.Condition()
        self._over = False
        self.events: list[dict[str, Any]] = []
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        try:
            for line in self._process.stdout:
                try:
                    event = json.loads(line)
                except ValueError:
                    continue  # podman's own remarks
                with self._news:
                    self.events.append(event)
                    self._news.notify_all()
        except ValueError:
            pass  # closed while it was read
        finally:
            with self._news:
                self._over = True
                self._news.notify_all()

    def wait_for(self, event: str, where: Where = lambda __: True, within: float | None = None) -> dict[str, Any]:
        """Return the first event of that name for which `where` holds, an earlier one too.

        RuntimeError if the subscriber ends or hangs before, or if `within` seconds pass.
        """
        deadline = self._deadline if within is None else min(self._deadline, time.monotonic() + within)
        looked = 0
        with self._news:
            while True:
                for seen in self.events[looked:]:
                    if seen.get("event") == event and where(seen):
                        return dict(seen)
                looked = len(self.events)
                if self._over:
                    raise RuntimeError(
                        f"the subscriber ended before '{event}'; events: {self._names()}: {self.events[-1:]}"
                    )
                if time.monotonic() >= deadline:
                    raise RuntimeError(f"no '{event}' in time; events so far: {self._names()}")
                self._news.wait(max(0.05, deadline - time.monotonic()))

    def result(self) -> dict[str, Any]:
        return self.wait_for("result")

    def stop(self) -> dict[str, Any]:
        """Have it hang up and end now, and return its result."""
        if self._process.poll() is None:
            self._process.terminate()
        return self.result()

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
    lab: Host, host: str, command: str, options: Mapping[str, Value], *, password: str = "", timeout: float = 20.0
) -> Iterator[Telephone]:
    """Run `lab.subscriber COMMAND` on a host of the lab; option names without the dashes.

    The password travels in the environment, never on a command line.
    """
    argv = ["python3", "-m", "lab.subscriber", command, "--timeout", str(timeout)]
    for name, value in options.items():
        if value is True:
            argv.append(f"--{name}")
        elif isinstance(value, list):
            argv += [word for one in value for word in (f"--{name}", one)]
        elif value is not False:
            argv += [f"--{name}", str(value)]
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
