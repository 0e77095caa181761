# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The marks that packets of a host arrive with. Standard library only, events as JSON lines.

python3 -m lab.ground.sniff ADDRESS …
    says `ready`; then, for each line of its input, `marks` with that as `asked` and `seen`: protocol, source port,
    destination port, mark and number of packets from these addresses so far
"""

from __future__ import annotations

import ipaddress
import json
import selectors
import socket
import sys
from collections import Counter

ETH_P_ALL = 3
NUMBERS = {6: "tcp", 17: "udp"}
Seen = tuple[str, int, int, int]


def read_packet(packet: bytes, sources: set[str]) -> Seen | None:
    """Return what is counted of an IP packet from one of the addresses; None if it is nothing of that."""
    if packet[0] >> 4 == 4:
        mark, number, source, rest = packet[1] >> 2, packet[9], packet[12:16], packet[(packet[0] & 15) * 4 :]
    else:
        mark, number = (int.from_bytes(packet[:2], "big") >> 4 & 255) >> 2, packet[6]
        source, rest = packet[8:24], packet[40:]
    if number not in NUMBERS or str(ipaddress.ip_address(source)) not in sources or len(rest) < 4:
        return None
    return NUMBERS[number], int.from_bytes(rest[:2], "big"), int.from_bytes(rest[2:4], "big"), mark


def sniff(addresses: list[str]) -> None:
    """Count until the input ends."""
    sources = {str(ipaddress.ip_address(address)) for address in addresses}
    seen: Counter[Seen] = Counter()
    chooser = selectors.DefaultSelector()
    with socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL)) as door:
        chooser.register(door, selectors.EVENT_READ)
        chooser.register(sys.stdin, selectors.EVENT_READ)
        print(json.dumps({"event": "ready"}), flush=True)
        while True:
            for key, __ in chooser.select():
                if key.fd == sys.stdin.fileno():
                    asked = sys.stdin.readline().strip()
                    if not asked:
                        return
                    rows = [[*what, count] for what, count in seen.items()]
                    print(json.dumps({"event": "marks", "asked": asked, "seen": rows}), flush=True)
                    continue
                packet, (__, protocol, kind, *__rest) = door.recvfrom(2048)
                if kind != socket.PACKET_OUTGOING and protocol in (0x0800, 0x86DD):
                    found = read_packet(packet, sources)
                    if found:
                        seen[found] += 1


if __name__ == "__main__":
    sniff(sys.argv[1:])
