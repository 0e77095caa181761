# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A proxy on the loopback: ends the TLS of the carrier's hosts and asks the emulator instead. All else is refused."""

from __future__ import annotations

import http.client
import socket
import ssl
import struct
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from foreign.certificates import Authority
from foreign.hosts import ForeignHostError, product_of

_SECONDS = 60  # for one answer of the emulator, and for an idle client
# What belongs to one connection and must not be handed on.
_HOP_BY_HOP = {"connection", "keep-alive", "proxy-connection", "transfer-encoding", "te", "trailer", "upgrade"}


@dataclass(frozen=True)
class Exchange:
    """One request as the client sent it, and what it got: status 0 where the connection was lost."""

    method: str
    host: str
    target: str
    headers: dict[str, str]
    body: str
    status: int
    answer: str


class _Handler(BaseHTTPRequestHandler):
    """A client's connection: CONNECT first, and then requests inside the tunnel."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = _SECONDS
    server: Proxy
    host = ""
    product = ""

    def do_CONNECT(self) -> None:
        try:
            product = product_of(self.path)
        except ForeignHostError as error:
            self._refuse(str(error))
            return
        if self.host:
            self._refuse("a tunnel inside a tunnel")
            return
        self.host = self.path.partition(":")[0].lower()
        self.product = product
        self.send_response_only(200, "Connection established")
        self.end_headers()
        context = self.server.authority.context(self.host)
        try:
            self.connection = context.wrap_socket(self.connection, server_side=True)
        except (ssl.SSLError, OSError) as error:
            self.server.note(f"TLS with the client failed for {self.host}: {error}")
            self.close_connection = True
            return
        self.rfile = self.connection.makefile("rb", self.rbufsize)
        self.wfile = self.connection.makefile("wb")
        self.close_connection = False

    def _forward(self) -> None:
        if not self.host or not self.path.startswith("/"):
            self._refuse(f"{self.path!r} was asked for outside a tunnel")
            return
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        headers = {name: value for name, value in self.headers.items() if name.lower() not in _HOP_BY_HOP}
        upstream = http.client.HTTPConnection(*self.server.emulator, timeout=_SECONDS)
        try:
            upstream.request(self.command, f"/{self.product}{self.path}", body or None, headers)
            answer = upstream.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self._record(body, 0, b"")
            self._abort()
            return
        finally:
            upstream.close()
        self._record(body, answer.status, content)
        self.send_response_only(answer.status, answer.reason)
        for name, value in answer.getheaders():
            if name.lower() not in {*_HOP_BY_HOP, "content-length"}:
                self.send_header(name, value)
        if answer.status != 204:
            self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.close_connection = True
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = do_HEAD = do_OPTIONS = _forward  # noqa: N815

    def _record(self, body: bytes, status: int, answer: bytes) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.exchanges.append(
            Exchange(
                self.command, self.host, self.path, headers, body.decode(errors="replace"), status, answer.decode()
            )
        )

    def _refuse(self, why: str) -> None:
        self.server.note(why)
        self.close_connection = True
        content = f"Refused: {why}\n".encode()
        self.send_response_only(403)
        self.send_header("Content-Type", "text/plain")
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(content)

    def _abort(self) -> None:
        """End the connection as badly as the emulator did: lingering for zero seconds makes close() send a RST."""
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True

    def finish(self) -> None:
        super().finish()
        if isinstance(self.connection, ssl.SSLSocket):
            self.connection.close()  # the server closes only the socket it accepted, which TLS has taken over

    def handle(self) -> None:
        try:
            super().handle()
        except (ConnectionError, ssl.SSLError):
            self.close_connection = True  # the client went away: its affair

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: `exchanges` and `refusals` are the log."""


class Proxy(ThreadingHTTPServer):
    """A CONNECT proxy in front of one emulator, on a free port of the loopback.

    Args:
        emulator: its host and port.
        authority: who signs for the carrier's hosts.

    Attributes:
        exchanges: requests that were handed on, in order.
        refusals: sentences on what was not.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 64

    def __init__(self, emulator: tuple[str, int], authority: Authority) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.emulator = emulator
        self.authority = authority
        self.exchanges: list[Exchange] = []
        self.refusals: list[str] = []
        self._noted = threading.Condition()
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    @property
    def port(self) -> int:
        return int(self.server_address[1])

    def note(self, why: str) -> None:
        with self._noted:
            self.refusals.append(why)
            self._noted.notify_all()

    def wait_for_refusals(self, count: int, seconds: float = 30) -> bool:
        """Wait until so much was refused; False when that takes longer. A client may end before the proxy knows."""
        with self._noted:
            return self._noted.wait_for(lambda: len(self.refusals) >= count, seconds)

    def start(self) -> Proxy:
        self._thread.start()
        return self

    def stop(self) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()
