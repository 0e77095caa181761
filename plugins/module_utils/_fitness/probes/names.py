# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Questions to name servers, one by one, each with its time. Private."""

from __future__ import annotations

import secrets
import socket
import struct
import threading
import time
from collections.abc import Sequence
from typing import Any

from ..errors import Unreadable

PORT = 53
PATIENCE = 2.0  # seconds for one answer
MOST = 10  # questions to one server
RCODES = {1: "FORMERR", 2: "SERVFAIL", 3: "NXDOMAIN", 4: "NOTIMP", 5: "REFUSED"}


def nameservers(text: str) -> list[str]:
    """The name servers of a resolv.conf; no more than three, as the C library has it."""
    found = [line.split()[1] for line in text.splitlines() if line.startswith("nameserver") and len(line.split()) > 1]
    return found[:3]


def question(identity: int, name: str) -> bytes:
    """The bytes that ask for a name's IPv4 addresses."""
    labels = name.rstrip(".").encode("ascii").split(b".")
    encoded = b"".join(bytes([len(label)]) + label for label in labels)
    return struct.pack("!HHHHHH", identity, 0x0100, 1, 0, 0, 0) + encoded + b"\0" + struct.pack("!HH", 1, 1)


def _skip(packet: bytes, place: int) -> int:
    """Where a name ends."""
    while packet[place]:
        if packet[place] & 0xC0:
            return place + 2
        place += packet[place] + 1
    return place + 1


def answer(packet: bytes) -> tuple[str, list[str]]:
    """The response code and the IPv4 addresses in an answer.

    Raises:
        Unreadable: if it is not one.
    """
    try:
        __, flags, questions, answers = struct.unpack("!HHHH", packet[:8])
        code = RCODES.get(flags & 15, str(flags & 15)) if flags & 15 else ""
        place, found = 12, []
        for ___ in range(questions):
            place = _skip(packet, place) + 4
        for ___ in range(answers):
            place = _skip(packet, place)
            kind, ___, ___, length = struct.unpack("!HHIH", packet[place : place + 10])
            place += 10
            if kind == 1 and length == 4:
                found.append(socket.inet_ntoa(packet[place : place + 4]))
            place += length
    except (struct.error, IndexError, OSError) as error:
        raise Unreadable("An answer of a name server is broken.") from error
    return code, found


def ask(server: str, name: str, wait: float, port: int = PORT) -> dict[str, Any] | None:
    """Ask once. ``ms``, ``code`` (empty if well) and ``addresses``; None if there was no answer in time.

    Raises:
        Unreadable: if the server cannot be asked at all.
    """
    identity = secrets.randbelow(1 << 16)
    begun = time.monotonic()
    try:
        family, kind, __, ___, address = socket.getaddrinfo(
            server, port, type=socket.SOCK_DGRAM, flags=socket.AI_NUMERICHOST
        )[0]
        with socket.socket(family, kind) as sock:
            sock.connect(address)
            sock.send(question(identity, name))
            while (left := begun + wait - time.monotonic()) > 0:
                sock.settimeout(left)
                packet = sock.recv(4096)
                if packet[:2] == identity.to_bytes(2, "big") and len(packet) >= 12 and packet[2] & 0x80:
                    code, addresses = answer(packet)
                    ms = round((time.monotonic() - begun) * 1000, 2)
                    return {"ms": ms, "code": code, "addresses": addresses}
    except socket.timeout:  # not the same as TimeoutError before Python 3.10
        return None
    except OSError as error:
        raise Unreadable(f"{error.strerror or error}.") from error
    return None


def _survey(server: str, names: Sequence[str], seconds: float, port: int) -> dict[str, Any]:
    found: dict[str, Any] = {"times": [], "silent": 0, "codes": {}, "error": ""}
    begun = time.monotonic()
    for number in range(MOST):
        left = begun + seconds - time.monotonic()
        if number and left <= 0:
            break
        name = names[number % len(names)]
        try:
            reply = ask(server, name, min(PATIENCE, max(left, 0.1)), port)
        except Unreadable as error:
            found["error"] = str(error)
            break
        if reply is None:
            found["silent"] += 1
        else:
            found["times"].append(reply["ms"])
            if reply["code"]:
                found["codes"].setdefault(reply["code"], []).append(name)
        # Spread over the time there is, so that a short trouble is seen too.
        time.sleep(max(0.0, min(begun + (number + 1) * seconds / MOST, begun + seconds) - time.monotonic()))
    return found


def survey(servers: Sequence[str], names: Sequence[str], seconds: float, port: int = PORT) -> dict[str, dict[str, Any]]:
    """Ask each server, side by side, for each name in turn, up to ten times.

    For each server: ``times`` (ms) of the answers, ``silent`` questions, names by response ``codes`` that are failures,
    and the ``error`` if it could not be asked.
    """
    found: dict[str, dict[str, Any]] = {}

    def work(server: str) -> None:
        found[server] = _survey(server, names, seconds, port)

    threads = [threading.Thread(target=work, args=(server,), daemon=True) for server in servers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return {server: found[server] for server in servers}
