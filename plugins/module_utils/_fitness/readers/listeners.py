# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which ports are open on which addresses. Everybody may read that; whose they are, root alone. Private."""

from __future__ import annotations

import ipaddress

from ..errors import Unreadable
from ..machine import Machine

# Table of the kernel -> protocol and the state of a socket that waits for anybody.
TABLES = {"tcp": ("tcp", "0A"), "tcp6": ("tcp", "0A"), "udp": ("udp", "07"), "udp6": ("udp", "07")}


def _address(text: str) -> str:
    """An address as the kernel writes it: words of 32 bits, each in the byte order of the machine."""
    raw = b"".join(bytes.fromhex(text[i : i + 8])[::-1] for i in range(0, len(text), 8))
    found = ipaddress.ip_address(raw)
    mapped = getattr(found, "ipv4_mapped", None)
    return str(mapped or found)


def listeners(machine: Machine) -> list[tuple[str, int, str]]:
    """(protocol, port, address) of every socket that waits for anybody."""
    found = set()
    tables = 0
    for table, (protocol, waiting) in TABLES.items():
        text = machine.maybe(f"/proc/net/{table}")
        tables += bool(text)
        for line in text.splitlines()[1:]:
            words = line.split()
            if words[3] == waiting:
                address, port = words[1].rsplit(":", 1)
                found.add((protocol, int(port, 16), _address(address)))
    if not tables:
        raise Unreadable("The kernel does not show its sockets.")
    return sorted(found)
