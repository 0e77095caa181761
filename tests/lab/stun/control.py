# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures on request and the log of requests, over HTTP: /_lab/stun/faults and /_lab/stun/requests."""

from __future__ import annotations

import ipaddress
import json
import threading
from collections import deque
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KINDS = ("silent", "lie", "rewrite", "error")
LONGEST = 10_000  # requests kept; the oldest go first


@dataclass
class Fault:
    """What the next answers are like; `times` None means for ever.

    lie: both addresses of the answer are `address` and `port`, where given. rewrite: only the one that every device on
    the way can read, as of a router that meddles with addresses in packets.
    """

    kind: str
    times: int | None
    address: str = ""
    port: int = 0


class Desk:
    """What the STUN server and its control interface share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._requests: deque[dict[str, Any]] = deque(maxlen=LONGEST)
        self._seq = 0

    def strike(self) -> Fault | None:
        """The failure that a request is to meet, counted; None: none."""
        with self._lock:
            for fault in self._faults:
                if fault.times != 0:
                    if fault.times is not None:
                        fault.times -= 1
                    return fault
        return None

    def add_fault(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear(self, requests: bool = False) -> None:
        """Forget the faults; with `requests` the log too."""
        with self._lock:
            self._faults.clear()
            if requests:
                self._requests.clear()

    def faults(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._faults]

    def log(self, **request: Any) -> None:
        with self._lock:
            self._seq += 1
            self._requests.append({"seq": self._seq, **request})

    def requests(self, since: int = 0) -> dict[str, Any]:
        with self._lock:
            return {"seq": self._seq, "requests": [one for one in self._requests if one["seq"] > since]}


def parse_fault(body: Any) -> Fault:
    """A fault from {"kind", "times", "address", "port"}.

    Raises:
        ValueError: with a sentence that names the key and what is wrong.
    """
    if not isinstance(body, dict) or set(body) - {"kind", "times", "address", "port"}:
        raise ValueError('the body must be {"kind": "…", "times": 1, "address": "…", "port": 0}')
    kind, times, address, port = body.get("kind"), body.get("times", 1), body.get("address", ""), body.get("port", 0)
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; it must be one of {', '.join(KINDS)}")
    if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 1):
        raise ValueError(f"times is {times!r}; it must be an integer from 1, or null for ever")
    if isinstance(port, bool) or not isinstance(port, int) or not 0 <= port <= 65535:
        raise ValueError(f"port is {port!r}; it must be an integer from 0 (the true one) to 65535")
    try:
        address = str(ipaddress.IPv4Address(address)) if address else ""
    except ValueError:
        raise ValueError(f"address is {address!r}; it must be an IPv4 address") from None
    if kind in ("lie", "rewrite") and not (address or port):
        raise ValueError(f"a {kind} needs an address, a port, or both")
    return Fault(kind, times, address, port)


class ControlServer(ThreadingHTTPServer):
    """The control interface on a TCP address (port 0: a free one)."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], desk: Desk) -> None:
        self.desk = desk
        super().__init__(address, _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 1 << 16
    timeout = 120
    server: ControlServer

    def do_GET(self) -> None:
        self._serve()

    def do_POST(self) -> None:
        self._serve()

    def do_DELETE(self) -> None:
        self._serve()

    def _serve(self) -> None:
        raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        try:
            status, answer = self._answer(raw)
        except ValueError as error:
            status, answer = 400, {"error": str(error)}
        body = json.dumps(answer).encode()
        self.send_response_only(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _answer(self, raw: bytes) -> tuple[int, dict[str, Any]]:
        desk = self.server.desk
        parts = urlsplit(self.path)
        known = ("/_lab/stun/faults", "/_lab/stun/requests", "/_lab/stun/reset")
        asked = f"{self.command} {parts.path}"
        if asked == "GET /_lab/stun/requests":
            since = parse_qs(parts.query).get("since", ["0"])[0]
            if not (since.isascii() and since.isdigit()):
                raise ValueError(f"since is {since!r}; it must be a sequence number")
            return 200, desk.requests(int(since))
        if asked == "POST /_lab/stun/faults":
            try:
                body = json.loads(raw)
            except ValueError as error:
                raise ValueError(f"the body is not JSON: {error}") from None
            desk.add_fault(parse_fault(body))
        elif asked == "DELETE /_lab/stun/faults":
            desk.clear()
        elif asked == "POST /_lab/stun/reset":
            desk.clear(requests=True)
        elif asked != "GET /_lab/stun/faults":
            status = 405 if parts.path in known else 404
            return status, {"error": f"{asked} is unknown; known are {', '.join(known)}"}
        return 200, {"faults": desk.faults()}

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the requests are the log."""
