# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which address and port a host is seen under: STUN Binding (RFC 8489), IPv4. Private."""

from __future__ import annotations

import secrets
import select
import socket
import struct
import time
from collections.abc import Callable, Sequence
from typing import Any

from ..errors import Unreadable

COOKIE = 0x2112A442
REQUEST, SUCCESS = 0x0001, 0x0101
MAPPED, XOR_MAPPED = 0x0001, 0x0020
PORT = 3478
AGAIN = (0.0, 0.5, 1.5)  # seconds after which a request is sent (again), as section 6.2.1 has it
PER_NAME = 2  # addresses of one name that are asked

Address = tuple[str, int]


def request(identity: bytes) -> bytes:
    return struct.pack("!HHI", REQUEST, 0, COOKIE) + identity


def response(packet: bytes) -> tuple[bytes, Address | None, Address | None] | None:
    """Transaction id, XOR-MAPPED-ADDRESS and MAPPED-ADDRESS of a success; None for anything else."""
    if len(packet) < 20:
        return None
    kind, length, cookie = struct.unpack("!HHI", packet[:8])
    if kind != SUCCESS or cookie != COOKIE or len(packet) < 20 + length:
        return None
    found: dict[int, Address] = {}
    place, end = 20, 20 + length
    while place + 4 <= end:
        attribute, size = struct.unpack("!HH", packet[place : place + 4])
        value = packet[place + 4 : place + 4 + size]
        if attribute in (MAPPED, XOR_MAPPED) and len(value) == 8 and value[1] == 1:
            port, address = struct.unpack("!HI", value[2:])
            if attribute == XOR_MAPPED:
                port, address = port ^ (COOKIE >> 16), address ^ COOKIE
            found[attribute] = socket.inet_ntoa(struct.pack("!I", address)), port
        place += 4 + size + -size % 4
    return packet[8:20], found.get(XOR_MAPPED), found.get(MAPPED)


def split(server: str) -> Address:
    """Name or address, and port, of HOST or HOST:PORT."""
    host, colon, port = server.partition(":")
    return host, int(port) if colon else PORT


def targets(servers: Sequence[str], resolve: Callable[[str], list[str]]) -> tuple[list[tuple[str, Address]], list[str]]:
    """Whom to ask, as (server, address), and sentences on those that have none."""
    found: list[tuple[str, Address]] = []
    problems = []
    for server in servers:
        host, port = split(server)
        try:
            socket.inet_aton(host)
            addresses = [host]
        except OSError:
            addresses = resolve(host)
        if not addresses:
            problems.append(f"{host} has no address.")
        found += [(server, (address, port)) for address in sorted(addresses)[:PER_NAME]]
    return found, problems


def _local(target: Address) -> str:
    """Our own address towards another. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        probe.connect(target)
        return str(probe.getsockname()[0])


def seen(asked: Sequence[tuple[str, Address]], seconds: float) -> list[dict[str, Any]]:
    """Ask all from one socket. For each answer ``server``, ``ms``; ``local``, ``mapped``, ``plain`` as [address, port].

    Raises:
        Unreadable: if nothing can be sent.
    """
    begun = time.monotonic()
    waiting = {secrets.token_bytes(12): one for one in asked}
    found: list[dict[str, Any]] = []
    problem = ""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.bind(("", 0))
        port = sock.getsockname()[1]
        plan = [at for at in AGAIN if at < seconds]
        while waiting and (now := time.monotonic() - begun) < seconds:
            if plan and now >= plan[0]:
                plan.pop(0)
                for identity, (__, target) in waiting.items():
                    try:
                        sock.sendto(request(identity), target)
                    except OSError as error:
                        problem = f"Nothing can be sent to {target[0]}: {error.strerror}."
            wait = min(plan[0] if plan else seconds, seconds) - (time.monotonic() - begun)
            if not select.select([sock], [], [], max(0.0, wait))[0]:
                continue
            packet, source = sock.recvfrom(2048)
            reply = response(packet)
            if reply is None or waiting.get(reply[0], ("", ("", 0)))[1] != source[:2]:
                continue
            server, target = waiting.pop(reply[0])
            mapped = reply[1] or reply[2]
            if mapped:
                found.append(
                    {
                        "server": server, "address": target[0], "local": [_local(target), port],
                        "mapped": list(mapped), "plain": list(reply[2]) if reply[2] else None,
                        "ms": round((time.monotonic() - begun) * 1000, 2),
                    }
                )  # fmt: skip
    if not found and problem:
        raise Unreadable(problem)
    return found
