# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A name server on loopback, which answers from a few lines of zone, for tests of look-ups."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

#: (name without the last dot, record type) -> the records as text.
Zone = dict[tuple[str, str], list[str]]


def answer_to(query: dns.message.Message, zone: Zone) -> dns.message.Message:
    """What a name server that has the zone answers."""
    question = query.question[0]
    name = question.name.to_text(omit_final_dot=True)
    kind = dns.rdatatype.to_text(question.rdtype)
    response = dns.message.make_response(query)
    response.flags |= dns.flags.RA
    if name.startswith("servfail"):
        response.set_rcode(dns.rcode.SERVFAIL)
    elif (name, kind) in zone:
        ttl = 60 if kind == "A" else 300
        response.answer.append(dns.rrset.from_text(question.name, ttl, "IN", kind, *zone[name, kind]))
    elif not any(known == name for known, _kind in zone):
        response.set_rcode(dns.rcode.NXDOMAIN)
    return response


@contextmanager
def name_server(zone: Zone) -> Iterator[str]:
    """A name server on loopback; gives its address as the option nameservers takes it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))

        def serve() -> None:
            while True:
                data, client = server.recvfrom(4096)
                if data == b"stop":
                    return
                query = dns.message.from_wire(data)
                if not query.question[0].name.to_text().startswith("silent"):
                    server.sendto(answer_to(query, zone).to_wire(), client)

        thread = threading.Thread(target=serve)
        thread.start()
        port = server.getsockname()[1]
        try:
            yield f"127.0.0.1:{port}"
        finally:
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stop:
                stop.sendto(b"stop", ("127.0.0.1", port))
            thread.join(10)
            assert not thread.is_alive()
