# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's STUN server: what it says, how it lies, and what it does not answer."""

from __future__ import annotations

import json
import socket
import struct
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from lab.stun.control import ControlServer, Desk
from lab.stun.message import COOKIE, ERROR, SUCCESS, transaction
from lab.stun.server import StunServer

IDENTITY = b"0123456789ab"
REQUEST = struct.pack("!HHI", 1, 0, COOKIE) + IDENTITY


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def server(desk: Desk) -> Iterator[tuple[str, int]]:
    found = StunServer(("127.0.0.1", 0), desk).start()
    yield ("127.0.0.1", found.server_address[1])
    found.stop()


@pytest.fixture
def control(desk: Desk) -> Iterator[str]:
    found = ControlServer(("127.0.0.1", 0), desk)
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{found.server_address[1]}/_lab/stun/"
    found.shutdown()
    thread.join()
    found.server_close()


def post(url: str, body: Any = None, method: str = "POST") -> Any:
    data = json.dumps(body).encode() if body is not None else b""
    with urllib.request.urlopen(urllib.request.Request(url, data=data, method=method)) as answer:
        return json.load(answer)


def ask(server: tuple[str, int], packet: bytes = REQUEST, wait: float = 2.0) -> tuple[bytes, int]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(wait)
        sock.connect(server)
        sock.send(packet)
        return sock.recv(500), sock.getsockname()[1]


def addresses(reply: bytes) -> tuple[tuple[str, int], tuple[str, int]]:
    """XOR-MAPPED-ADDRESS and MAPPED-ADDRESS, which follow each other in the lab's answers."""
    assert struct.unpack("!HHI", reply[:8]) == (SUCCESS, 24, COOKIE)
    assert reply[8:20] == IDENTITY
    first, length, __, family, port, hidden = struct.unpack("!HHBBHI", reply[20:32])
    assert (first, length, family) == (0x20, 8, 1)
    second, length, __, family, plain_port, plain = struct.unpack("!HHBBHI", reply[32:44])
    assert (second, length, family) == (1, 8, 1)
    seen = socket.inet_ntoa(struct.pack("!I", hidden ^ COOKIE)), port ^ (COOKIE >> 16)
    return seen, (socket.inet_ntoa(struct.pack("!I", plain)), plain_port)


def test_it_says_where_a_request_comes_from(server: tuple[str, int], desk: Desk) -> None:
    reply, port = ask(server)
    assert addresses(reply) == (("127.0.0.1", port), ("127.0.0.1", port))
    assert desk.requests()["requests"] == [{"seq": 1, "source": "127.0.0.1", "port": port, "fault": None}]


def test_it_lies_as_often_as_it_is_told(server: tuple[str, int], control: str) -> None:
    post(control + "faults", {"kind": "lie", "address": "203.0.113.9", "times": 1})
    reply, port = ask(server)
    assert addresses(reply) == (("203.0.113.9", port), ("203.0.113.9", port))
    reply, port = ask(server)
    assert addresses(reply)[0] == ("127.0.0.1", port)


def test_what_a_meddling_router_leaves(server: tuple[str, int], control: str) -> None:
    post(control + "faults", {"kind": "rewrite", "address": "203.0.113.9", "port": 1234, "times": None})
    reply, port = ask(server)
    assert addresses(reply) == (("127.0.0.1", port), ("203.0.113.9", 1234))


def test_silence_and_errors(server: tuple[str, int], control: str, desk: Desk) -> None:
    post(control + "faults", {"kind": "silent"})
    with pytest.raises(TimeoutError):
        ask(server, wait=0.3)
    post(control + "faults", {"kind": "error"})
    assert struct.unpack("!H", ask(server)[0][:2]) == (ERROR,)
    assert [one["fault"] for one in desk.requests()["requests"]] == ["silent", "error"]
    assert post(control + "reset") == {"faults": []}
    assert desk.requests(0)["requests"] == []


@pytest.mark.parametrize(
    ("body", "about"),
    [
        ({"kind": "tired"}, "kind is 'tired'"),
        ({"kind": "lie"}, "needs an address"),
        ({"kind": "lie", "address": "nowhere"}, "address is 'nowhere'"),
        ({"kind": "lie", "port": 70000}, "port is 70000"),
        ({"kind": "silent", "times": 0}, "times is 0"),
        ({"kind": "silent", "name": "x"}, "the body must be"),
    ],
)
def test_a_fault_it_does_not_know_is_refused(control: str, body: dict[str, Any], about: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as raised:
        post(control + "faults", body)
    with raised.value as error:
        assert about in json.load(error)["error"]


@pytest.mark.parametrize(
    "packet", [b"", REQUEST[:19], REQUEST + b"\0\0\0\0", struct.pack("!HHI", 1, 0, 1) + IDENTITY, b"\xff" * 20]
)
def test_what_is_no_binding_request_gets_no_answer(packet: bytes) -> None:
    assert transaction(packet) is None
