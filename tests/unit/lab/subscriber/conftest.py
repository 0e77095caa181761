# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Telephones as processes of their own, and one inside this process with a peer that speaks by hand."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from subscriber_bench import Bench, Peer

from lab.subscriber.digest import Credentials

TESTS = Path(__file__).resolve().parents[3]
GIVE_UP = 20.0  # seconds; only a broken telephone takes so long


class Phone:
    """One `python -m lab.subscriber` process."""

    def __init__(self, argv: tuple[str, ...], cache: Path, env: dict[str, str] | None) -> None:
        # The first process compiles, the others find what it compiled, whatever the outer environment says.
        compiled = {"PYTHONPYCACHEPREFIX": str(cache), "PYTHONDONTWRITEBYTECODE": ""}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "lab.subscriber", *argv],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONPATH": str(TESTS), **compiled, **(env or {})},
        )
        self.events: list[dict[str, Any]] = []

    def wait_for(self, name: str) -> dict[str, Any]:
        """Read events until this one."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.events.append(json.loads(line))
            if self.events[-1]["event"] == name:
                return self.events[-1]
        raise AssertionError(f"no event {name!r}, only {self.events}; {self.process.stderr.read()}")  # type: ignore[union-attr]

    @property
    def address(self) -> str:
        """Where it listens, as it says itself."""
        return str(self.wait_for("listening")["address"])

    def result(self) -> tuple[int, dict[str, Any]]:
        """Wait for the end; return exit code and result. Nothing may be on stderr."""
        out, err = self.process.communicate(timeout=GIVE_UP)
        self.events += [json.loads(line) for line in out.splitlines()]
        assert err == ""
        assert self.events[-1]["event"] == "result"
        return self.process.returncode, self.events[-1]

    def names(self) -> list[str]:
        return [event["event"] for event in self.events]

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()


@pytest.fixture
def phone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Phone]]:
    """Start telephones; what still runs at the end is ended."""
    phones: list[Phone] = []
    cache = tmp_path_factory.getbasetemp() / "compiled"

    def start(*argv: str, env: dict[str, str] | None = None) -> Phone:
        phones.append(Phone(argv, cache, env))
        return phones[-1]

    yield start
    for one in phones:
        one.close()


@pytest.fixture
def bench() -> Callable[..., None]:
    """Run a coroutine function with a Bench."""

    def run(test: Callable[[Bench], Awaitable[None]], credentials: Credentials | None = None, t1: float = 0.5) -> None:
        async def inside() -> None:
            one = Bench(await Peer.open(), credentials, t1)
            one.address = await one.stack.open(("127.0.0.1", 0))
            try:
                await asyncio.wait_for(test(one), 10)
            finally:
                await one.stack.close()
                one.peer.close()

        asyncio.run(inside())

    return run
