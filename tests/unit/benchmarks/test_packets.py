# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The packets that are sent into the rules."""

from __future__ import annotations

import struct

from benchmarks.packets import HERE, checksum, packet

MACS = (b"\x02\x00\x00\x00\x00\x01", b"\x02\x00\x00\x00\x00\x02")


def test_the_checksum_is_that_of_the_internet_protocols() -> None:
    # The example of RFC 1071, section 3.
    assert checksum(bytes.fromhex("0001f203f4f5f6f7")) == 0xFFFF - 0xDDF2


def test_a_packet_is_what_a_card_would_receive() -> None:
    frame = packet("198.18.0.1", (4000, 10000), b"voice", MACS)
    assert (frame[:6], frame[6:12], frame[12:14]) == (*MACS, b"\x08\x00")
    head, udp = frame[14:34], frame[34:]
    assert struct.unpack("!H", head[2:4]) == (len(head) + len(udp),)
    assert head[8:10] == bytes([64, 17])
    assert head[12:] == bytes([198, 18, 0, 1]) + bytes(int(part) for part in HERE.split("."))
    assert struct.unpack("!HHHH", udp[:8]) == (4000, 10000, 8 + len(b"voice"), 0)
    assert udp[8:] == b"voice"


def test_the_head_of_a_packet_adds_up() -> None:
    assert checksum(packet("198.18.200.77", (5060, 5060), b"x", MACS)[14:34]) == 0
