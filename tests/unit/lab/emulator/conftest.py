# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One emulator on a free loopback port for the module, emptied and seeded again for each test."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest
from emulator_client import Client, Clock

from lab.emulator.context import Context
from lab.emulator.server import EmulatorServer


@pytest.fixture(scope="module")
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="module")
def server(clock: Clock) -> Iterator[EmulatorServer]:
    running = EmulatorServer(("127.0.0.1", 0), Context(clock=clock, dice=random.Random(7))).start()  # noqa: S311
    yield running
    running.stop()


@pytest.fixture
def client(server: EmulatorServer) -> Iterator[Client]:
    """An authenticated client of an emulator that holds one account with three numbers."""
    fresh = Client(server.url)
    fresh.refill()
    yield fresh
    fresh.close()
