# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a network card says of itself, by the ioctl of ethtool. Reading needs no rights. Private."""

from __future__ import annotations

import array
import fcntl
import socket
import struct
from typing import Any

SIOCETHTOOL = 0x8946
GRINGPARAM, GFLAGS, GGRO = 0x10, 0x25, 0x2B
LRO = 1 << 15


def _ask(sock: socket.socket, name: str, command: int, words: int) -> tuple[int, ...] | None:
    """Numbers that the driver fills in after the command; None if it does not know the command."""
    data = array.array("B", struct.pack(f"{words + 1}I", command, *[0] * words))
    request = struct.pack("16sP16x", name.encode()[:15], data.buffer_info()[0])
    try:
        fcntl.ioctl(sock.fileno(), SIOCETHTOOL, request)
    except OSError:
        return None
    return struct.unpack(f"{words + 1}I", data.tobytes())[1:]


def ask(name: str) -> dict[str, Any]:
    """What a card says: ``lro``, ``gro``, and ``ring``, ``ring_max`` (packets received); None where it is silent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        flags, gro = _ask(sock, name, GFLAGS, 1), _ask(sock, name, GGRO, 1)
        ring = _ask(sock, name, GRINGPARAM, 8)
    return {
        "lro": bool(flags[0] & LRO) if flags else None,
        "gro": bool(gro[0]) if gro else None,
        "ring": ring[4] if ring and ring[0] else None,
        "ring_max": ring[0] if ring and ring[0] else None,
    }
