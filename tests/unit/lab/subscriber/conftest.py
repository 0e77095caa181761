# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Telephones as subprocesses, and a plain UDP peer that speaks SIP by hand."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

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


class Peer(asyncio.DatagramProtocol):
    """A UDP socket on loopback with a mailbox, to say and read SIP word for word."""

    def __init__(self) -> None:
        self.mail: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        self.port = 0
        self.transport: Any = None

    @classmethod
    async def open(cls) -> Peer:
        self = cls()
        loop = asyncio.get_running_loop()
        self.transport, _ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self.port = self.transport.get_extra_info("sockname")[1]
        return self

    def datagram_received(self, data: bytes, addr: Any) -> None:
        self.mail.put_nowait((data.decode(), addr))

    def say(self, text: str, address: Any) -> None:
        """Send a message written with bare line feeds."""
        self.transport.sendto(text.replace("\r\n", "\n").replace("\n", "\r\n").encode(), address)

    async def hear(self, start: str = "") -> str:
        """The next message that begins so."""
        while True:
            text, _ = await asyncio.wait_for(self.mail.get(), 5)
            if text.startswith(start):
                return text.replace("\r\n", "\n")

    def close(self) -> None:
        self.transport.close()


@pytest.fixture
def open_peer() -> Callable[[], Any]:
    """A function that opens a Peer inside the running loop."""
    return Peer.open
