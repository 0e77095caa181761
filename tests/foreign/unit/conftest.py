# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An authority and a proxy for the tests of the runner itself; they need neither Node nor a network."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from foreign.certificates import Authority
from foreign.proxy import Proxy

from lab.emulator.server import EmulatorServer


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def emulator() -> Iterator[EmulatorServer]:
    server = EmulatorServer(("127.0.0.1", 0)).start()
    yield server
    server.stop()


@pytest.fixture
def proxy(emulator: EmulatorServer, authority: Authority) -> Iterator[Proxy]:
    host, port = emulator.server_address[:2]
    made = Proxy((str(host), int(port)), authority).start()
    yield made
    made.stop()
