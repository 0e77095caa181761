# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Carrying SIP over UDP, TCP and TLS (RFC 3261 section 18)."""

from __future__ import annotations

import asyncio
import contextlib
import re
import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Protocol

from lab.subscriber.message import MAX_MESSAGE
from lab.subscriber.uri import SipError

Address = tuple[str, int]
Receiver = Callable[[bytes, "Transport", Address], None]
OnFailure = Callable[[str, Address, str], None]  # transport, address, why


class Transport(Protocol):
    """What the layers above see of UDP, TCP and TLS."""

    name: str
    reliable: bool
    local: Address

    def send(self, data: bytes, address: Address) -> None:
        """Send one message. What cannot be delivered is lost; the transaction's timer finds out."""

    async def close(self) -> None:
        """Give the port back."""


class UdpTransport(asyncio.DatagramProtocol):
    """One datagram, one message."""

    name = "UDP"
    reliable = False

    def __init__(self, receiver: Receiver) -> None:
        self.local: Address = ("", 0)
        self._receiver = receiver
        self._transport: asyncio.DatagramTransport | None = None

    @classmethod
    async def open(cls, address: Address, receiver: Receiver) -> UdpTransport:
        """Bind; port 0 takes a free one. Raises OSError when the address or port cannot be had."""
        self = cls(receiver)
        loop = asyncio.get_running_loop()
        self._transport, __ = await loop.create_datagram_endpoint(lambda: self, local_addr=address)
        self.local = self._transport.get_extra_info("sockname")[:2]
        return self

    def send(self, data: bytes, address: Address) -> None:
        """Send one datagram."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.sendto(data, address)

    async def close(self) -> None:
        """Close the socket."""
        if self._transport is not None:
            self._transport.close()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Pass a datagram up; lone CR LF or NUL are keep-alives."""
        if data.strip(b"\r\n\0"):
            self._receiver(data, self, (addr[0], addr[1]))


class Framer:
    """Cuts a byte stream into messages at Content-Length (RFC 3261 18.3)."""

    _LENGTH = re.compile(rb"^(?:content-length|l)[ \t]*:[ \t]*(\d{1,9})[ \t]*\r?$", re.IGNORECASE | re.MULTILINE)

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes, return the messages that are complete. Raises SipError when the stream cannot be framed."""
        self._buffer += data
        messages: list[bytes] = []
        while True:
            self._buffer = self._buffer.lstrip(b"\r\n")
            end = self._buffer.find(b"\r\n\r\n")
            if end < 0:
                if len(self._buffer) > MAX_MESSAGE:
                    raise SipError(f"no end of header within {MAX_MESSAGE} bytes")
                return messages
            length = self._LENGTH.search(self._buffer[: end + 2])
            if length is None:
                raise SipError("a message without Content-Length on a stream")
            total = end + 4 + int(length[1])
            if total > MAX_MESSAGE:
                raise SipError(f"a message of {total} bytes, more than {MAX_MESSAGE}")
            if len(self._buffer) < total:
                return messages
            messages.append(self._buffer[:total])
            self._buffer = self._buffer[total:]


class TcpTransport:
    """Listens, and connects when there is no connection to an address yet."""

    name = "TCP"
    reliable = True

    def __init__(self, receiver: Receiver, on_failure: OnFailure | None = None) -> None:
        self.local: Address = ("", 0)
        self._receiver = receiver
        self._on_failure = on_failure
        self._server: asyncio.AbstractServer | None = None
        self._writers: dict[Address, asyncio.StreamWriter] = {}
        self._connecting: dict[Address, list[bytes]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(cls, address: Address, receiver: Receiver, on_failure: OnFailure | None = None) -> TcpTransport:
        """Listen; port 0 takes a free one. Raises OSError when the address or port cannot be had."""
        self = cls(receiver, on_failure)
        server = await asyncio.start_server(self._serve, address[0], address[1])
        self._server = server
        self.local = server.sockets[0].getsockname()[:2]
        return self

    def send(self, data: bytes, address: Address) -> None:
        """Send over the connection to `address`, opening one if need be."""
        writer = self._writers.get(address)
        if writer is not None and not writer.is_closing():
            writer.write(data)
        elif address in self._connecting:
            self._connecting[address].append(data)
        else:
            self._connecting[address] = [data]
            task = asyncio.get_running_loop().create_task(self._connect(address))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """Close the listener and all connections."""
        if self._server is not None:
            self._server.close()
        for task in list(self._tasks):
            task.cancel()
        for writer in list(self._writers.values()):
            writer.close()
            with contextlib.suppress(OSError, asyncio.TimeoutError):
                await asyncio.wait_for(writer.wait_closed(), 0.5)

    async def _connect(self, address: Address) -> None:
        try:
            reader, writer = await self._dial(address)
        except OSError as error:  # ssl.SSLError is one
            self._connecting.pop(address, None)
            if self._on_failure is not None:
                self._on_failure(self.name, address, _reason(error))
            return
        for data in self._connecting.pop(address, []):
            writer.write(data)
        await self._read(reader, writer, address)

    async def _dial(self, address: Address) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        return await asyncio.open_connection(*address, local_addr=(self.local[0], 0))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        if task is not None:
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        peer = writer.get_extra_info("peername")
        await self._read(reader, writer, (peer[0], peer[1]))

    async def _read(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, address: Address) -> None:
        self._writers[address] = writer
        framer = Framer()
        try:
            while True:
                data = await reader.read(MAX_MESSAGE)
                if not data:
                    break
                for message in framer.feed(data):
                    self._receiver(message, self, address)
        except (OSError, SipError, asyncio.CancelledError):
            pass  # a broken or cut stream ends the connection; the transactions on it run into their timers
        finally:
            if self._writers.get(address) is writer:
                del self._writers[address]
            writer.close()


@dataclass(frozen=True)
class TlsSettings:
    """How the telephone uses TLS.

    ca: file with the certificates that are trusted, None for those of the system; insecure: trust everybody, for tests;
    name: what the server's certificate must be for, None for the host that is called; certificate, key: our own, needed
    to take connections.
    """

    ca: Path | None = None
    insecure: bool = False
    name: str | None = None
    certificate: Path | None = None
    key: Path | None = None

    def client(self) -> ssl.SSLContext:
        """Raises OSError when a file cannot be used."""
        context = ssl.create_default_context(cafile=str(self.ca) if self.ca else None)
        if self.insecure:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if self.certificate is not None:
            context.load_cert_chain(self.certificate, self.key)
        return context

    def server(self) -> ssl.SSLContext | None:
        """None without a certificate. Raises OSError when a file cannot be used."""
        if self.certificate is None:
            return None
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


class TlsTransport(TcpTransport):
    """TCP with TLS. Without a certificate of our own it only connects; the other side has to use these connections."""

    name = "TLS"

    def __init__(self, receiver: Receiver, on_failure: OnFailure | None = None) -> None:
        super().__init__(receiver, on_failure)
        self._settings = TlsSettings()
        self._context: ssl.SSLContext | None = None
        self._names: dict[Address, str] = {}
        self._aliases: dict[Address, Address] = {}

    @classmethod
    async def start(
        cls, address: Address, settings: TlsSettings, receiver: Receiver, on_failure: OnFailure | None = None
    ) -> TlsTransport:
        """Listen if there is a certificate. Raises OSError when the port cannot be had or a file not be used."""
        self = cls(receiver, on_failure)
        self._settings = settings
        self._context = settings.client()
        server = settings.server()
        self.local = address
        if server is not None:
            self._server = await asyncio.start_server(self._serve, address[0], address[1], ssl=server)
            self.local = self._server.sockets[0].getsockname()[:2]
        return self

    def expect(self, address: Address, name: str) -> None:
        """The server at this address has to prove that it is `name`."""
        self._names[address] = name

    def alias(self, sent_by: Address, source: Address) -> None:
        """Who says in Via that it is `sent_by` is reached over the connection from `source` (RFC 5923).

        A telephone without a certificate can be reached in no other way.
        """
        self._aliases[sent_by] = source

    def send(self, data: bytes, address: Address) -> None:
        """Send over the connection to `address`, opening one if need be."""
        source = self._aliases.get(address, address)
        super().send(data, source if source in self._writers else address)

    async def _dial(self, address: Address) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        name = self._settings.name or self._names.get(address, address[0])
        return await asyncio.open_connection(
            *address, local_addr=(self.local[0], 0), ssl=self._context, server_hostname=name
        )


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"the certificate is not accepted: {error.verify_message}"
    return error.strerror or str(error)
