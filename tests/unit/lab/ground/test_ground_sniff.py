# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab reads of a packet's mark."""

from __future__ import annotations

import ipaddress

import pytest

from lab.ground.sniff import read_packet

SOURCES = {"198.18.0.1", "fd00::1"}
PORTS = (10010).to_bytes(2, "big") + (4000).to_bytes(2, "big")


def ipv4(mark: int, number: int = 17, source: str = "198.18.0.1") -> bytes:
    address = ipaddress.ip_address(source).packed
    return bytes([0x46, mark << 2 | 1, *[0] * 7, number, 0, 0]) + address + bytes(4) + bytes(4) + PORTS


def ipv6(mark: int) -> bytes:
    head = (6 << 28 | (mark << 2 | 2) << 20 | 0x12345).to_bytes(4, "big")
    return head + bytes([0, 8, 17, 64]) + ipaddress.ip_address("fd00::1").packed + bytes(16) + PORTS


@pytest.mark.parametrize("packet", [ipv4(46), ipv6(46)], ids=["IPv4 with options", "IPv6"])
def test_the_mark_is_read_without_the_congestion_bits(packet: bytes) -> None:
    assert read_packet(packet, SOURCES) == ("udp", 10010, 4000, 46)


@pytest.mark.parametrize("packet", [ipv4(46, number=1), ipv4(46, source="198.18.0.2"), ipv4(46)[:24]])
def test_what_is_not_asked_for_is_not_counted(packet: bytes) -> None:
    assert read_packet(packet, SOURCES) is None
