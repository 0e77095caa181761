# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures on request and the log of requests, over HTTP: /_lab/ntp/faults and /_lab/ntp/requests."""

from __future__ import annotations

import ipaddress
import json
import math
import threading
from collections import deque
from dataclasses import asdict, dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KINDS = ("lie", "silent", "unsynchronised", "kiss")
CODES = ("RATE", "DENY", "RSTR")
LONGEST = 10_000  # requests kept; the oldest go first
KEYS = {"kind", "times", "offset", "code", "server"}
KNOWN = ("/_lab/ntp/faults", "/_lab/ntp/requests", "/_lab/ntp/reset")


@dataclass
class Fault:
    """What the next answers are like; `times` None means for ever, `server` "" every address.

    lie: the time is wrong by `offset` seconds. unsynchronised: stratum 16, as of a server that knows no time itself.
    kiss: a kiss-o'-death with `code`.
    """

    kind: str
    times: int | None
    offset: float = 0.0
    code: str = "RATE"
    server: str = ""


class Desk:
    """What the time servers and their control interface share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._requests: deque[dict[str, Any]] = deque(maxlen=LONGEST)
        self._seq = 0

    def strike(self, server: str) -> Fault | None:
        """The failure that a request to an address is to meet, counted; None: none."""
        with self._lock:
            for fault in self._faults:
                if fault.times != 0 and fault.server in ("", server):
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
    """A fault from {"kind", "times", "offset", "code", "server"}.

    Raises:
        ValueError: with a sentence that names the key and what is wrong.
    """
    if not isinstance(body, dict) or set(body) - KEYS:
        raise ValueError('the body must be {"kind": "…", "times": 1, "offset": 0, "code": "RATE", "server": ""}')
    kind, times, offset = body.get("kind"), body.get("times", 1), body.get("offset", 0)
    code, server = body.get("code", "RATE"), body.get("server", "")
    if kind not in KINDS:
        raise ValueError(f"kind is {kind!r}; it must be one of {', '.join(KINDS)}")
    if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 1):
        raise ValueError(f"times is {times!r}; it must be an integer from 1, or null for ever")
    if isinstance(offset, bool) or not isinstance(offset, (int, float)) or not math.isfinite(offset):
        raise ValueError(f"offset is {offset!r}; it must be a number of seconds")
    if kind == "lie" and not offset:
        raise ValueError("a lie needs an offset, in seconds")
    if code not in CODES:
        raise ValueError(f"code is {code!r}; it must be one of {', '.join(CODES)}")
    try:
        server = str(ipaddress.IPv4Address(server)) if server else ""
    except ValueError:
        raise ValueError(f"server is {server!r}; it must be an IPv4 address of the server, or empty for all") from None
    return Fault(kind, times, float(offset), code, server)


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
        asked = f"{self.command} {parts.path}"
        if asked == "GET /_lab/ntp/requests":
            since = parse_qs(parts.query).get("since", ["0"])[0]
            if not (since.isascii() and since.isdigit()):
                raise ValueError(f"since is {since!r}; it must be a sequence number")
            return 200, desk.requests(int(since))
        if asked == "POST /_lab/ntp/faults":
            try:
                body = json.loads(raw)
            except ValueError as error:
                raise ValueError(f"the body is not JSON: {error}") from None
            desk.add_fault(parse_fault(body))
        elif asked == "DELETE /_lab/ntp/faults":
            desk.clear()
        elif asked == "POST /_lab/ntp/reset":
            desk.clear(requests=True)
        elif asked != "GET /_lab/ntp/faults":
            return 405 if parts.path in KNOWN else 404, {"error": f"{asked} is unknown; known are {', '.join(KNOWN)}"}
        return 200, {"faults": desk.faults()}

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the requests are the log."""
