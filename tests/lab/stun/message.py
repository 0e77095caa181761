# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Binding requests and their answers as bytes. Pure."""

from __future__ import annotations

import ipaddress
import struct

COOKIE = 0x2112A442
REQUEST, SUCCESS, ERROR = 0x0001, 0x0101, 0x0111
MAPPED_ADDRESS, ERROR_CODE, XOR_MAPPED_ADDRESS = 0x0001, 0x0009, 0x0020
IPV4 = 1


def transaction(packet: bytes) -> bytes | None:
    """The transaction id of a Binding request; None for anything else, which gets no answer."""
    if len(packet) < 20:
        return None
    kind, length, cookie = struct.unpack("!HHI", packet[:8])
    if kind != REQUEST or cookie != COOKIE or length % 4 or len(packet) != 20 + length:
        return None
    return packet[8:20]


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("!HH", kind, len(value)) + value + b"\0" * (-len(value) % 4)


def _message(kind: int, identity: bytes, attributes: bytes) -> bytes:
    return struct.pack("!HHI", kind, len(attributes), COOKIE) + identity + attributes


def success(identity: bytes, seen: tuple[str, int], plain: tuple[str, int]) -> bytes:
    """An answer with XOR-MAPPED-ADDRESS `seen` and, for old clients, MAPPED-ADDRESS `plain`. IPv4."""
    address = int(ipaddress.IPv4Address(seen[0]))
    hidden = struct.pack("!BBHI", 0, IPV4, seen[1] ^ (COOKIE >> 16), address ^ COOKIE)
    open_ = struct.pack("!BBHI", 0, IPV4, plain[1], int(ipaddress.IPv4Address(plain[0])))
    return _message(SUCCESS, identity, _attribute(XOR_MAPPED_ADDRESS, hidden) + _attribute(MAPPED_ADDRESS, open_))


def failure(identity: bytes, code: int, reason: str) -> bytes:
    """An error answer."""
    value = struct.pack("!HBB", 0, code // 100, code % 100) + reason.encode()
    return _message(ERROR, identity, _attribute(ERROR_CODE, value))
