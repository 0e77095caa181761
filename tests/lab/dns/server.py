# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""UDP and TCP service of the zone, and forwarding of everything that is not Twilio's."""

from __future__ import annotations

import random
import socketserver
import struct
import threading
from collections.abc import Sequence
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.opcode
import dns.query
import dns.rcode
import dns.rdataclass
import dns.rdatatype

from lab.dns.config import Config
from lab.dns.control import Desk
from lab.dns.zone import APEX, Zone

_RCODE_OF_FAULT = {"servfail": dns.rcode.SERVFAIL, "nxdomain": dns.rcode.NXDOMAIN, "empty": dns.rcode.NOERROR}
FORWARD_SECONDS = 3.0


class Responder:
    """From a question's bytes to an answer's.

    Args:
        config: edges and TTL.
        desk: faults and log.
        forward: upstream servers, as (address, port), tried in order; none: REFUSED for foreign names.
        dice: shuffles addresses.
        patience: seconds one upstream server may take; default 3.
    """

    def __init__(
        self,
        config: Config,
        desk: Desk,
        forward: Sequence[tuple[str, int]] = (),
        *,
        dice: random.Random | None = None,
        patience: float = FORWARD_SECONDS,
    ) -> None:
        self._patience = patience
        self._zone = Zone(config, dice)
        self._desk = desk
        self._forward = tuple(forward)

    def respond(self, wire: bytes, transport: str, source: str) -> bytes | None:
        """The answer to a question; None when it is to stay without one."""
        try:
            query = dns.message.from_wire(wire)
        except dns.exception.DNSException:
            return _format_error(wire)
        if query.flags & dns.flags.QR:
            return None
        if query.opcode() != dns.opcode.QUERY or len(query.question) != 1:
            refusal = dns.message.make_response(query)
            refusal.set_rcode(dns.rcode.NOTIMP)
            return refusal.to_wire()
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True)
        fault = self._desk.strike(name)
        response = None if fault == "timeout" else self._answer(query, fault)
        self._desk.log(
            name=name,
            type=dns.rdatatype.to_text(question.rdtype),
            transport=transport,
            source=source,
            rcode=dns.rcode.to_text(response.rcode()) if response else None,
            fault=fault,
            answers=[record.to_text() for rrset in response.answer for record in rrset] if response else [],
        )
        if response is None:
            return None
        return _to_wire(response, 65535 if transport == "tcp" else max(512, query.payload or 512))

    def _answer(self, query: dns.message.Message, fault: str | None) -> dns.message.Message:
        response = dns.message.make_response(query)
        question = query.question[0]
        if fault is not None:
            response.set_rcode(_RCODE_OF_FAULT[fault])
            return response
        if question.rdclass != dns.rdataclass.IN:
            return self._forwarded(query, response)
        if question.name.is_subdomain(APEX):
            found = self._zone.answer(question.name, question.rdtype)
        elif (host := self._zone.host(question.name, question.rdtype)) is not None:
            found = host
        else:
            return self._forwarded(query, response)
        response.flags |= dns.flags.AA
        response.set_rcode(found.rcode)
        response.answer = found.answer
        response.additional = found.additional
        if not found.answer:
            response.authority = [self._zone.soa()]
        return response

    def _forwarded(self, query: dns.message.Message, response: dns.message.Message) -> dns.message.Message:
        for address, port in self._forward:
            try:
                answer, __ = dns.query.udp_with_fallback(query, address, self._patience, port)
            except (dns.exception.DNSException, OSError):
                continue
            return answer
        response.set_rcode(dns.rcode.SERVFAIL if self._forward else dns.rcode.REFUSED)
        return response


def _to_wire(response: dns.message.Message, largest: int) -> bytes:
    try:
        return response.to_wire(max_size=largest)
    except dns.exception.TooBig:
        response.answer, response.authority, response.additional = [], [], []
        response.flags |= dns.flags.TC
        return response.to_wire()


def _format_error(wire: bytes) -> bytes | None:
    """An answer to bytes that are no message: FORMERR under their id, if they are long enough to have one."""
    if len(wire) < 12 or wire[2] & 0x80:
        return None
    return wire[:2] + struct.pack("!HHHHH", 0x8001, 0, 0, 0, 0)


class _UdpHandler(socketserver.BaseRequestHandler):
    server: _UdpServer

    def handle(self) -> None:
        wire, connection = self.request
        answer = self.server.responder.respond(wire, "udp", self.client_address[0])
        if answer is not None:
            connection.sendto(answer, self.client_address)


class _TcpHandler(socketserver.StreamRequestHandler):
    server: _TcpServer
    timeout = 10

    def handle(self) -> None:
        try:
            while True:
                head = self.rfile.read(2)
                if len(head) < 2:
                    return
                wire = self.rfile.read(int.from_bytes(head, "big"))
                answer = self.server.responder.respond(wire, "tcp", self.client_address[0])
                if answer is None:
                    continue  # the connection stays, the answer does not come
                self.wfile.write(len(answer).to_bytes(2, "big") + answer)
        except OSError:  # the client went away, or said nothing for too long
            return


class _UdpServer(socketserver.ThreadingUDPServer):
    daemon_threads = True
    block_on_close = False
    max_packet_size = 65535

    def __init__(self, address: tuple[str, int], responder: Responder) -> None:
        self.responder = responder
        super().__init__(address, _UdpHandler)


class _TcpServer(socketserver.ThreadingTCPServer):
    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], responder: Responder) -> None:
        self.responder = responder
        super().__init__(address, _TcpHandler)


class DnsServer:
    """UDP and TCP on one address; port 0 takes one that is free for both.

    Raises:
        OSError: when the address cannot be had.
    """

    def __init__(self, address: tuple[str, int], responder: Responder) -> None:
        self._tcp = _TcpServer(address, responder)
        self.address: tuple[str, int] = (address[0], int(self._tcp.server_address[1]))
        try:
            self._udp = _UdpServer(self.address, responder)
        except OSError:
            self._tcp.server_close()
            raise
        self._threads: list[threading.Thread] = []

    def start(self) -> DnsServer:
        """Serve in threads, until `stop`."""
        servers: tuple[Any, ...] = (self._tcp, self._udp)
        for server in servers:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
            thread.start()
            self._threads.append(thread)
        return self

    def stop(self) -> None:
        """Stop serving and let go of the port."""
        if self._threads:
            self._tcp.shutdown()
            self._udp.shutdown()
        for thread in self._threads:
            thread.join()
        self._tcp.server_close()
        self._udp.server_close()
