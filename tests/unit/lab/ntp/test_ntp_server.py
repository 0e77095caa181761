# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's time servers: what time they tell, how they lie, and whom they send away."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from typing import Any

import pytest

from lab.carrier.__main__ import time_addresses
from lab.dns.config import lab_config
from lab.hosts.plan import make_plan
from lab.ntp.control import ControlServer, Desk
from lab.ntp.message import EPOCH, parse
from lab.ntp.server import NtpServer

COOKIE = b"12345678"
REQUEST = bytes([4 << 3 | 3, 0, 6, 0]) + bytes(36) + COOKIE


@pytest.fixture
def desk() -> Desk:
    return Desk()


@pytest.fixture
def servers(desk: Desk) -> Iterator[list[tuple[str, int]]]:
    found = NtpServer([("127.0.0.1", 0), ("127.0.0.2", 0)], desk).start()
    yield found.addresses
    found.stop()


@pytest.fixture
def control(desk: Desk) -> Iterator[str]:
    found = ControlServer(("127.0.0.1", 0), desk)
    thread = threading.Thread(target=found.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{found.server_address[1]}/_lab/ntp/"
    found.shutdown()
    thread.join()
    found.server_close()


def post(url: str, body: Any = None, method: str = "POST") -> Any:
    data = json.dumps(body).encode() if body is not None else b""
    with urllib.request.urlopen(urllib.request.Request(url, data=data, method=method)) as answer:
        return json.load(answer)


def ask(server: tuple[str, int], wait: float = 2.0) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.settimeout(wait)
        sock.connect(server)
        sock.send(REQUEST)
        return sock.recv(500)


def told(reply: bytes) -> float:
    whole, fraction = struct.unpack("!II", reply[40:48])
    return float(whole - EPOCH) + fraction / 2**32


def test_it_tells_the_time_and_repeats_what_makes_the_answer_the_clients(servers: list[tuple[str, int]]) -> None:
    reply = ask(servers[0])
    assert len(reply) == 48
    assert reply[0] == 4 << 3 | 4
    assert reply[1] == 2
    assert reply[24:32] == COOKIE
    assert abs(told(reply) - time.time()) < 1


def test_it_lies_at_one_address_as_often_as_it_is_told(servers: list[tuple[str, int]], control: str) -> None:
    post(control + "faults", {"kind": "lie", "offset": -3600, "server": "127.0.0.2", "times": 1})
    assert abs(told(ask(servers[0])) - time.time()) < 1
    assert abs(told(ask(servers[1])) - time.time() + 3600) < 1
    assert abs(told(ask(servers[1])) - time.time()) < 1


def test_it_knows_no_time_itself(servers: list[tuple[str, int]], control: str) -> None:
    post(control + "faults", {"kind": "unsynchronised"})
    reply = ask(servers[0])
    assert (reply[0] >> 6, reply[1]) == (3, 16)


def test_it_sends_a_client_away(servers: list[tuple[str, int]], control: str) -> None:
    post(control + "faults", {"kind": "kiss", "code": "DENY", "times": None})
    reply = ask(servers[0])
    assert (reply[1], reply[12:16]) == (0, b"DENY")


def test_silence_is_in_the_log(servers: list[tuple[str, int]], control: str, desk: Desk) -> None:
    post(control + "faults", {"kind": "silent"})
    with pytest.raises(TimeoutError):
        ask(servers[0], wait=0.3)
    assert desk.requests()["requests"] == [
        {"seq": 1, "server": "127.0.0.1", "source": "127.0.0.1", "fault": "silent"}
    ]  # fmt: skip
    assert post(control + "reset") == {"faults": []}
    assert desk.requests(0)["requests"] == []


@pytest.mark.parametrize(
    ("body", "about"),
    [
        ({"kind": "tired"}, "kind is 'tired'"),
        ({"kind": "lie"}, "needs an offset"),
        ({"kind": "lie", "offset": "much"}, "offset is 'much'"),
        ({"kind": "kiss", "code": "BYE"}, "code is 'BYE'"),
        ({"kind": "silent", "times": 0}, "times is 0"),
        ({"kind": "silent", "server": "time.lab"}, "server is 'time.lab'"),
        ({"kind": "silent", "name": "x"}, "the body must be"),
    ],
)
def test_a_fault_it_does_not_know_is_refused(control: str, body: dict[str, Any], about: str) -> None:
    with pytest.raises(urllib.error.HTTPError) as raised:
        post(control + "faults", body)
    with raised.value as error:
        assert about in json.load(error)["error"]


@pytest.mark.parametrize("packet", [b"", REQUEST[:47], b"\x24" + REQUEST[1:], b"\x03" + REQUEST[1:]])
def test_what_is_no_request_of_a_client_gets_no_answer(packet: bytes) -> None:
    assert parse(packet) is None


def test_the_names_of_the_plan_are_those_that_dns_knows() -> None:
    plan = make_plan("demo")
    assert lab_config(plan.carrier).hosts == plan.time_servers
    assert time_addresses(plan) == ["198.18.0.10", "198.18.1.0", "198.18.1.1", "198.18.1.2"]
