# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures on request and the log of questions, over HTTP: /_lab/dns/faults and /_lab/dns/queries."""

from __future__ import annotations

import json
import re
import threading
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

KINDS = ("servfail", "nxdomain", "timeout", "empty")
LONGEST = 50_000  # questions kept; the oldest go first


@dataclass
class Fault:
    """A failure for names that match; `times` None means for ever."""

    name: re.Pattern[str]
    kind: str
    times: int | None


class Desk:
    """What the DNS server and its control interface share."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._faults: list[Fault] = []
        self._queries: deque[dict[str, Any]] = deque(maxlen=LONGEST)
        self._seq = 0

    def strike(self, name: str) -> str | None:
        """The kind of failure a question for `name` (without the final dot) is to meet, counted; None: none."""
        with self._lock:
            for fault in self._faults:
                if fault.times != 0 and fault.name.search(name):
                    if fault.times is not None:
                        fault.times -= 1
                    return fault.kind
        return None

    def add_fault(self, fault: Fault) -> None:
        with self._lock:
            self._faults.append(fault)

    def clear(self) -> None:
        """Forget faults and questions."""
        with self._lock:
            self._faults.clear()
            self._queries.clear()

    def clear_faults(self) -> None:
        with self._lock:
            self._faults.clear()

    def faults(self) -> list[dict[str, Any]]:
        with self._lock:
            return [{"name_regex": f.name.pattern, "kind": f.kind, "times": f.times} for f in self._faults]

    def log(self, **query: Any) -> None:
        with self._lock:
            self._seq += 1
            self._queries.append({"seq": self._seq, **query})

    def queries(self, since: int = 0) -> dict[str, Any]:
        with self._lock:
            return {"seq": self._seq, "queries": [query for query in self._queries if query["seq"] > since]}


def parse_fault(body: Any) -> Fault:
    """A fault from {"name_regex", "kind", "times"}.

    Raises:
        ValueError: with a sentence that names the key and what is wrong.
    """
    if not isinstance(body, dict) or set(body) - {"name_regex", "kind", "times"}:
        raise ValueError('the body must be {"name_regex": "…", "kind": "…", "times": 1}')
    if body.get("kind") not in KINDS:
        raise ValueError(f"kind is {body.get('kind')!r}; it must be one of {', '.join(KINDS)}")
    times = body.get("times", 1)
    if times is not None and (isinstance(times, bool) or not isinstance(times, int) or times < 1):
        raise ValueError(f"times is {times!r}; it must be an integer from 1, or null for ever")
    try:
        pattern = re.compile(body["name_regex"], re.IGNORECASE)
    except (KeyError, TypeError, re.error):
        raise ValueError(f"name_regex is {body.get('name_regex')!r}; it must be a regular expression") from None
    return Fault(pattern, body["kind"], times)


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError as error:
        raise ValueError(f"the body is not JSON: {error}") from None


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
        known = ("/_lab/dns/faults", "/_lab/dns/queries", "/_lab/dns/reset")
        asked = f"{self.command} {parts.path}"
        if asked == "GET /_lab/dns/queries":
            since = parse_qs(parts.query).get("since", ["0"])[0]
            if not (since.isascii() and since.isdigit()):
                raise ValueError(f"since is {since!r}; it must be a sequence number")
            return 200, desk.queries(int(since))
        if asked == "POST /_lab/dns/faults":
            desk.add_fault(parse_fault(_json(raw)))
        elif asked == "DELETE /_lab/dns/faults":
            desk.clear_faults()
        elif asked == "POST /_lab/dns/reset":
            desk.clear()
        elif asked != "GET /_lab/dns/faults":
            status = 405 if parts.path in known else 404
            return status, {"error": f"{asked} is unknown; known are {', '.join(known)}"}
        return 200, {"faults": desk.faults()}

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: the questions are the log."""
