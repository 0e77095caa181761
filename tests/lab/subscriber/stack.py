# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The part between transports and user agent: parses, matches messages to transactions, starts transactions."""

from __future__ import annotations

import asyncio
import secrets
import socket
from typing import Callable

from lab.subscriber.message import MAX_MESSAGE, Message, Request, Response, parse
from lab.subscriber.transaction import ClientTransaction, ServerTransaction, Timers, cancel_for
from lab.subscriber.transport import Address, TcpTransport, TlsSettings, TlsTransport, Transport, UdpTransport
from lab.subscriber.uri import DEFAULT_PORT, DEFAULT_TLS_PORT, SipError, SipUri, Via

MAGIC = "z9hG4bK"
_PORT_ATTEMPTS = 10

OnRequest = Callable[[Request, ServerTransaction, Address], None]
OnAck = Callable[[Request], None]
OnGarbage = Callable[[str, Address], None]
OnUnreachable = Callable[[str, Address, str], None]


def new_branch() -> str:
    """A fresh branch parameter."""
    return MAGIC + secrets.token_hex(10)


class Stack:
    """One telephone's signalling. The callbacks are set by the user agent before `open`."""

    def __init__(self, timers: Timers | None = None, tls: TlsSettings | None = None) -> None:
        self.timers = timers or Timers()
        self._tls = tls
        self.external: str | None = None  # what we write in the place of our own address: that of the NAT before us
        self.on_request: OnRequest | None = None
        self.on_ack: OnAck | None = None
        self.on_garbage: OnGarbage | None = None
        self.on_unreachable: OnUnreachable | None = None
        self._transports: dict[str, Transport] = {}
        self._clients: dict[tuple[str, str], ClientTransaction] = {}
        self._targets: dict[tuple[str, str], tuple[str, Address]] = {}
        self._servers: dict[tuple[str, str, str], ServerTransaction] = {}

    async def open(self, address: Address) -> Address:
        """Listen on UDP and TCP, both on the same port; 0 takes one that is free for both. TLS is on the port behind.

        Raises OSError when the address is not ours or the port is taken.
        """
        for attempt in range(_PORT_ATTEMPTS):
            udp = await UdpTransport.open(address, self._receive)
            try:
                self._transports = await self._streams(udp)
            except OSError:
                await udp.close()
                if address[1] or attempt == _PORT_ATTEMPTS - 1:
                    raise
            else:
                break
        return self.local

    async def _streams(self, udp: UdpTransport) -> dict[str, Transport]:
        tcp = await TcpTransport.open(udp.local, self._receive, self._unreachable)
        found: dict[str, Transport] = {"UDP": udp, "TCP": tcp}
        if self._tls is not None:
            behind = (udp.local[0], udp.local[1] + 1)
            try:
                found["TLS"] = await TlsTransport.start(behind, self._tls, self._receive, self._unreachable)
            except OSError:
                await tcp.close()
                raise
        return found

    @property
    def transports(self) -> list[str]:
        """The names of the transports there are."""
        return list(self._transports)

    async def close(self) -> None:
        """Close the transports."""
        for transport in self._transports.values():
            await transport.close()

    @property
    def local(self) -> Address:
        """The address we listen on."""
        return self._transports["UDP"].local

    def local_of(self, transport: str) -> Address:
        """The address and port that others reach us at over this transport."""
        host, port = self._transports[transport].local
        return self.external or host, port

    async def resolve(self, uri: SipUri, default: str = "UDP") -> tuple[str, Address]:
        """Transport (`default` unless the URI names one) and IP address of the next hop.

        Raises SipError when its name has no address or the transport is not there.
        """
        transport = uri.transport or default
        if transport not in self._transports:
            there = " and ".join(self._transports)
            remedy = "; give --transport tls" if transport == "TLS" else ""
            raise SipError(f"transport {transport} of {uri} is not supported, only {there}{remedy}")
        host, port = uri.address_for(transport)
        try:
            found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_DGRAM)
        except OSError as error:
            raise SipError(f"{host!r} of {uri} has no address: {error.strerror}") from error
        address = (str(found[0][4][0]), port)
        carrier = self._transports[transport]
        if isinstance(carrier, TlsTransport):
            carrier.expect(address, host)
        return transport, address

    def request(self, request: Request, transport: str, address: Address) -> ClientTransaction:
        """Send a request in a new transaction; our Via is put on top."""
        carrier = self._transports[transport]
        via = Via(transport, *self._sent_by(transport), {"branch": new_branch(), "rport": None})
        request.headers.set("Via", str(via))
        return self._start(request, carrier, address)

    def cancel(self, client: ClientTransaction, transport: str, address: Address) -> ClientTransaction:
        """Send the CANCEL of an INVITE, which shares its branch."""
        return self._start(cancel_for(client.request), self._transports[transport], address)

    def send_ack(self, request: Request, transport: str, address: Address) -> None:
        """Send the ACK of a 2xx, which is a transaction of its own without an answer."""
        if not request.headers.lines("Via"):
            via = Via(transport, *self._sent_by(transport), {"branch": new_branch(), "rport": None})
            request.headers.set("Via", str(via))
        self._transports[transport].send(request.serialise(), address)

    def _sent_by(self, transport: str) -> tuple[str, int]:
        host, port = self.local_of(transport)
        return (f"[{host}]" if ":" in host else host), port

    def _start(self, request: Request, carrier: Transport, address: Address) -> ClientTransaction:
        key = (request.via.branch, request.method)
        client = ClientTransaction(
            request,
            lambda data: carrier.send(data, address),
            carrier.reliable,
            self.timers,
            lambda: self._forget_client(key),
        )
        self._clients[key] = client
        self._targets[key] = (carrier.name, address)
        client.start()
        return client

    def _unreachable(self, transport: str, address: Address, why: str) -> None:
        """A connection could not be made: what was to go over it need not wait for its timer (8.1.3.1)."""
        if self.on_unreachable is not None:
            self.on_unreachable(transport, address, why)
        for key, target in list(self._targets.items()):
            if target == (transport, address):
                self._clients[key].fail(f"{address[0]}:{address[1]} cannot be reached over {transport}: {why}")

    def _forget_client(self, key: tuple[str, str]) -> None:
        self._clients.pop(key, None)
        self._targets.pop(key, None)

    def _forget_server(self, key: tuple[str, str, str]) -> None:
        self._servers.pop(key, None)

    def _receive(self, data: bytes, transport: Transport, source: Address) -> None:
        try:
            if len(data) > MAX_MESSAGE:
                raise SipError(f"a message of {len(data)} bytes")
            message: Message = parse(data)
        except SipError as error:
            if self.on_garbage is not None:
                self.on_garbage(str(error), source)
            return
        if isinstance(message, Response):
            client = self._clients.get((message.via.branch, message.cseq[1]))
            if client is not None:
                client.receive(message)
        else:
            self._receive_request(message, transport, source)

    def _receive_request(self, request: Request, transport: Transport, source: Address) -> None:
        via = _with_source(request, source)
        if isinstance(transport, TlsTransport):
            transport.alias((via.host, via.port or DEFAULT_TLS_PORT), source)
        matching = "INVITE" if request.method == "ACK" else request.method
        key = (via.branch, via.sent_by, matching)
        server = self._servers.get(key)
        if request.method == "ACK" and (server is None or (server.final or 0) < 300):
            if self.on_ack is not None:
                self.on_ack(request)
        elif server is not None:
            server.receive(request)
        else:
            address = _reply_to(via, transport, source)
            server = ServerTransaction(
                request,
                lambda data: transport.send(data, address),
                transport.reliable,
                self.timers,
                lambda: self._forget_server(key),
            )
            self._servers[key] = server
            if self.on_request is not None:
                self.on_request(request, server, source)

    def invite_of(self, cancel: Request) -> ServerTransaction | None:
        """The INVITE transaction that a CANCEL means."""
        via = cancel.via
        return self._servers.get((via.branch, via.sent_by, "INVITE"))


def _with_source(request: Request, source: Address) -> Via:
    """Note in the topmost Via where the request really came from (18.2.1, RFC 3581)."""
    values = request.headers.values("Via")
    via = Via.parse(values[0])
    if "rport" in via.params:
        via.params["rport"] = str(source[1])
        via.params["received"] = source[0]
    elif via.host.strip("[]") != source[0]:
        via.params["received"] = source[0]
    request.headers.set("Via", str(via), *values[1:])
    return via


def _reply_to(via: Via, transport: Transport, source: Address) -> Address:
    """Where responses go (18.2.2, RFC 3581)."""
    if transport.reliable or "rport" in via.params:
        return source
    return via.params.get("received") or via.host.strip("[]"), via.port or DEFAULT_PORT
