# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests for the time and their answers as bytes. Pure."""

from __future__ import annotations

import struct
from dataclasses import dataclass

SIZE = 48
CLIENT, SERVER = 3, 4
UNSYNCHRONISED = 3  # leap indicator
EPOCH = 2_208_988_800  # seconds from 1900, where NTP begins, to 1970
PRECISION = -20  # about a microsecond


@dataclass(frozen=True)
class Request:
    """What an answer has to repeat."""

    version: int
    poll: int
    transmitted: bytes


def parse(packet: bytes) -> Request | None:
    """Return the request of a client; None for anything else, which gets no answer."""
    if len(packet) < SIZE:
        return None
    version, mode = packet[0] >> 3 & 7, packet[0] & 7
    if mode != CLIENT or not 1 <= version <= 4:
        return None
    return Request(version, struct.unpack("!b", packet[2:3])[0], packet[40:48])


def stamp(seconds: float) -> bytes:
    """Return a time, in seconds since 1970, as NTP writes it."""
    whole = int(seconds // 1)
    return struct.pack("!II", (whole + EPOCH) & 0xFFFFFFFF, int((seconds - whole) * 2**32) & 0xFFFFFFFF)


def answer(
    request: Request, received: float, sent: float, *, stratum: int = 2, leap: int = 0, reference: bytes = b"LABS"
) -> bytes:
    """Return an answer with these times. stratum 0 is a kiss-o'-death, whose code is the reference."""
    head = struct.pack("!BBbb", leap << 6 | request.version << 3 | SERVER, stratum, request.poll, PRECISION)
    distance = struct.pack("!II", 0x10, 0x10)  # root delay and dispersion: a quarter of a millisecond
    return head + distance + reference + stamp(received - 1) + request.transmitted + stamp(received) + stamp(sent)
