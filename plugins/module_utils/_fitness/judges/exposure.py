# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judge on ports that should not be open to everybody. Pure. Private."""

from __future__ import annotations

import ipaddress

from ..findings import FAIL, OK, WARN, Finding, judged
from .case import Case

# (protocol, port) -> what it is, and whether who reaches it is master of the host or the PBX.
PORTS = {
    ("tcp", 5038): ("Asterisk's manager interface", True),
    ("tcp", 5039): ("Asterisk's manager interface over TLS", True),
    ("tcp", 8021): ("FreeSWITCH's event socket", True),
    ("tcp", 23): ("Telnet", True),
    ("tcp", 2375): ("Docker's interface without TLS", True),
    ("tcp", 6379): ("Redis", True),
    ("tcp", 8088): ("Asterisk's HTTP server (ARI)", False),
    ("tcp", 8089): ("Asterisk's HTTP server (ARI, WebSocket) over TLS", False),
    ("tcp", 21): ("FTP", False),
    ("tcp", 25): ("a mail server", False),
    ("tcp", 111): ("the port mapper", False),
    ("udp", 111): ("the port mapper", False),
    ("udp", 69): ("TFTP, often with telephones' passwords", False),
    ("udp", 161): ("SNMP", False),
    ("tcp", 445): ("SMB", False),
    ("tcp", 631): ("CUPS", False),
    ("tcp", 3306): ("MySQL or MariaDB", False),
    ("tcp", 5432): ("PostgreSQL", False),
    ("tcp", 5900): ("VNC", False),
    ("tcp", 9090): ("Cockpit or Prometheus", False),
    ("tcp", 10000): ("Webmin", False),
    ("tcp", 11211): ("memcached", False),
    ("udp", 11211): ("memcached", False),
    ("tcp", 27017): ("MongoDB", False),
}


def _anybody(address: str) -> bool:
    found = ipaddress.ip_address(address)
    return found.is_unspecified or found.is_global


def listeners(case: Case) -> list[Finding]:
    opened: dict[tuple[str, int], set[str]] = {}
    for protocol, port, address in case.after:
        if (protocol, port) in PORTS and port not in case.wanted.open_ports and _anybody(address):
            opened.setdefault((protocol, port), set()).add(address)
    found = []
    for (protocol, port), addresses in sorted(opened.items()):
        what, master = PORTS[protocol, port]
        where = ", ".join(sorted(addresses))
        found.append(
            judged(
                "listeners", FAIL if master else WARN, f"open on {where}",
                f"{what[0].upper()}{what[1:]} is open on all or public addresses. A firewall may still shut it: "
                "that is not seen from here.",
                "Bind it to 127.0.0.1 or to a management network, or name it in open_ports if it is meant so.",
                f"{port}/{protocol}", {"addresses": sorted(addresses)},
            )
        )  # fmt: skip
    return found or [judged("listeners", OK, f"none of {len(PORTS)} known management ports is open to everybody")]
