# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP server: threads, keep-alive, and connections that end as badly as a fault wants them to."""

from __future__ import annotations

import socket
import struct
import threading
import time
import traceback
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, HTTPServer
from socketserver import ThreadingMixIn
from typing import Any
from urllib.parse import urlsplit

from lab.emulator.api import Api
from lab.emulator.context import Context
from lab.emulator.control import Control
from lab.emulator.errors import SERVER_ERROR, error_body
from lab.emulator.message import Request, Response, error_response, request_id

LARGEST_BODY = 1 << 20  # bytes


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16  # one send for head and body
    timeout = 120  # seconds an idle connection is kept
    server: EmulatorServer

    def _serve(self) -> None:
        started = time.perf_counter()
        request = self._read()
        if request is None:
            return
        try:
            urlsplit(request.target)
        except ValueError:
            self._refuse(HTTPStatus.BAD_REQUEST, "The request's URL is none")
            return
        try:
            response = self._answer(request)
        except Exception:  # a fault of the emulator's own must not look like a lost connection, which is a feature
            traceback.print_exc()
            response = error_response(error_body(SERVER_ERROR, "The emulator failed: its log says why", 500))
        if not request.target.startswith("/_lab/"):
            response.headers["Twilio-Request-Id"] = request_id()
            response.headers["Twilio-Request-Duration"] = f"{time.perf_counter() - started:.3f}"
        self._end(response)

    def _answer(self, request: Request) -> Response:
        if request.target.startswith("/_lab/"):
            return self.server.control.handle(request)
        with self.server.api.flight(request) as refusal:
            return refusal or self.server.api.handle(request)

    do_GET = do_POST = do_DELETE = do_PUT = do_PATCH = do_HEAD = do_OPTIONS = _serve  # noqa: N815

    def _read(self) -> Request | None:
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
            self._refuse(HTTPStatus.LENGTH_REQUIRED, "The request needs a Content-Length")
            return None
        if int(length) > LARGEST_BODY:
            self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The request is larger than {LARGEST_BODY} bytes")
            return None
        body = self.rfile.read(int(length))
        if len(body) < int(length):  # the client died in the middle of it: nobody acts on half a request
            self.close_connection = True
            return None
        headers = {name.lower(): value for name, value in self.headers.items()}
        return Request(self.command, self.path, headers, body)

    def _refuse(self, status: HTTPStatus, message: str) -> None:
        self.close_connection = True
        self._end(error_response(error_body(20001, message, status.value)))

    def _end(self, response: Response) -> None:
        if response.ending != "answer":
            self.close_connection = True
            if response.ending == "reset":  # lingering for zero seconds makes close() send a RST
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.server.abandon(self.connection)
            return
        self.send_response_only(response.status)
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status != 204:
            self.send_header("Content-Length", str(len(response.body)))
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    def handle(self) -> None:
        try:
            super().handle()
        except ConnectionError:
            self.close_connection = True  # the client went away: its affair

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the journal is the log, and it masks secrets."""


class EmulatorServer(ThreadingMixIn, HTTPServer):
    """The emulator on a TCP address.

    Args:
        address: IPv4 address and port; port 0 takes a free one.
        context: state, clock and dice; a fresh one by default.

    Raises:
        OSError: when the address cannot be had.
    """

    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], context: Context | None = None) -> None:
        self.context = context or Context()
        self.api = Api(self.context)
        self.control = Control(self.context, self.api)
        self._abandoned: set[int] = set()
        self._thread: threading.Thread | None = None
        super().__init__(address, _Handler)

    @property
    def url(self) -> str:
        """`http://ADDRESS:PORT`, without a slash at the end."""
        host, port = self.server_address[:2]
        return f"http://{host!s}:{port}"

    def server_bind(self) -> None:
        # Without HTTPServer's look-up of the host's name, which can take seconds where DNS does not answer.
        if self.allow_reuse_address:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def abandon(self, connection: socket.socket) -> None:
        """Close a connection without the shutdown that would end it in good order."""
        self._abandoned.add(id(connection))

    def shutdown_request(self, request: Any) -> None:
        if id(request) in self._abandoned:
            self._abandoned.discard(id(request))
            self.close_request(request)
        else:
            super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        if self.context.stopping.is_set():
            return
        super().handle_error(request, client_address)

    def start(self) -> EmulatorServer:
        """Serve in a thread, until `stop`."""
        self._thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop serving and let go of the port; what waits on a fault is let go too."""
        self.context.stopping.set()
        if self._thread is not None:
            self.shutdown()
            self._thread.join()
        self.server_close()
