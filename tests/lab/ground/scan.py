# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Scan all ports of a host: `python3 -m lab.ground.scan ADDRESS`, IPv4 or IPv6, as root. Standard library only.

TCP: a SYN to each of 65,535 ports. UDP: an empty datagram to each. Everything that comes back from the host is noted:
SYN-ACK is an open port, RST and ICMP errors give away that there is somebody. A kernel sends few ICMP errors a second,
so that their number says nothing, but that there is one does. It ends by itself: so many packets, then a last wait.
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import random
import select
import socket
import struct
import sys
import time
from collections.abc import Callable, Mapping

PORTS = range(1, 65536)
RATE = 12_000  # packets a second; what a queue drops would go unseen
LAST_WAIT = 1.5  # seconds for answers after the last packet
SYN, SYN_ACK, RST = 0x02, 0x12, 0x04
UNREACHABLE = {4: 3, 6: 1}  # ICMP type of "destination unreachable"


def checksum(data: bytes) -> int:
    """Return the internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def syn(source: str, target: str, source_port: int, port: int, sequence: int) -> bytes:
    """Return a TCP SYN without options, with its checksum."""
    ends = ipaddress.ip_address(source).packed + ipaddress.ip_address(target).packed
    head = struct.pack("!HHLLBBHHH", source_port, port, sequence, 0, 5 << 4, SYN, 1024, 0, 0)
    # Both kinds of pseudo-header hold the same numbers, only in other widths, which a sum of words does not see.
    total = checksum(ends + struct.pack("!HH", socket.IPPROTO_TCP, len(head)) + head)
    return head[:16] + struct.pack("!H", total) + head[18:]


def tcp_part(packet: bytes, version: int) -> bytes:
    """Return a received packet without its IP header, which IPv4 sockets show and IPv6 ones do not."""
    return packet[(packet[0] & 0x0F) * 4 :] if version == 4 else packet


Readers = Mapping[socket.socket, Callable[[bytes, int], None]]


class Scan:
    """One scan of one host."""

    def __init__(self, target: str, source: str = "") -> None:
        self.target = target
        self.version = ipaddress.ip_address(target).version
        self.family = socket.AF_INET if self.version == 4 else socket.AF_INET6
        with socket.socket(self.family, socket.SOCK_DGRAM) as probe:
            if source:
                probe.bind((source, 0))
            probe.connect((target, 9))
            self.source = str(probe.getsockname()[0])
        self.source_port = random.SystemRandom().randrange(40_000, 60_000)
        self.open: set[int] = set()
        self.closed: set[int] = set()
        self.unreachable = 0
        self.answered: set[int] = set()

    def raw(self, protocol: int) -> socket.socket:
        made = socket.socket(self.family, socket.SOCK_RAW, protocol)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 << 20)
        made.bind((self.source, 0))
        made.setblocking(False)
        return made

    def tcp(self) -> None:
        icmp = socket.IPPROTO_ICMP if self.version == 4 else socket.IPPROTO_ICMPV6
        with self.raw(socket.IPPROTO_TCP) as wire, self.raw(icmp) as errors:
            readers = {wire: self._tcp_answer, errors: self._error}
            self._send(lambda port: wire.sendto(
                syn(self.source, self.target, self.source_port, port, port), (self.target, 0)), readers)  # fmt: skip

    def udp(self) -> None:
        icmp = socket.IPPROTO_ICMP if self.version == 4 else socket.IPPROTO_ICMPV6
        with socket.socket(self.family, socket.SOCK_DGRAM) as wire, self.raw(icmp) as errors:
            wire.bind((self.source, 0))
            wire.setblocking(False)
            readers = {wire: self._udp_answer, errors: self._error}
            self._send(lambda port: wire.sendto(b"", (self.target, port)), readers)

    def _send(self, send: Callable[[int], int], readers: Readers) -> None:
        start = time.monotonic()
        ports = list(PORTS)
        random.shuffle(ports)
        for number, port in enumerate(ports):
            for __ in range(3):
                try:
                    send(port)
                    break
                except ConnectionRefusedError:
                    continue  # an ICMP error of an earlier one; the socket for errors has it as well
                except (BlockingIOError, OSError):
                    time.sleep(0.005)
            if number % 64 == 0:
                self._read(readers, max(0.0, start + number / RATE - time.monotonic()))
        end = time.monotonic() + LAST_WAIT
        while (left := end - time.monotonic()) > 0:
            self._read(readers, left)

    def _read(self, readers: Readers, wait: float) -> None:
        ready = select.select(list(readers), [], [], wait)[0]
        for one in ready:
            for __ in range(512):
                try:
                    packet, sender = one.recvfrom(2048)
                except (BlockingIOError, ConnectionRefusedError):
                    break
                if sender[0].partition("%")[0] == self.target:
                    readers[one](packet, sender[1])

    def _tcp_answer(self, packet: bytes, __: int) -> None:
        head = tcp_part(packet, self.version)
        port, to = struct.unpack("!HH", head[:4])
        if to != self.source_port:
            return
        if head[13] & SYN_ACK == SYN_ACK:
            self.open.add(port)
        elif head[13] & RST:
            self.closed.add(port)

    def _udp_answer(self, __: bytes, port: int) -> None:
        self.answered.add(port)

    def _error(self, packet: bytes, __: int) -> None:
        if tcp_part(packet, self.version)[0] == UNREACHABLE[self.version]:
            self.unreachable += 1

    def found(self) -> dict[str, object]:
        return {
            "target": self.target,
            "source": self.source,
            "tcp_open": sorted(self.open),
            "tcp_closed": len(self.closed),
            "udp_answered": sorted(self.answered),
            "unreachable": self.unreachable,
            "seen": bool(self.open or self.closed or self.answered or self.unreachable),
        }


def main() -> int:
    parser = argparse.ArgumentParser(prog="lab.ground.scan", description="Scan all TCP and UDP ports of a host.")
    parser.add_argument("target", help="an IPv4 or IPv6 address")
    parser.add_argument("--source", default="", help="one of this machine's addresses (default: the usual one)")
    parser.add_argument("--only", choices=["tcp", "udp"], help="default: both")
    options = parser.parse_args()
    start = time.monotonic()
    scan = Scan(options.target, options.source)
    if options.only != "udp":
        scan.tcp()
    if options.only != "tcp":
        scan.udp()
    print(json.dumps({**scan.found(), "seconds": round(time.monotonic() - start, 1)}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
