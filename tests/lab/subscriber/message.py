# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIP messages: parsing and serialising (RFC 3261 section 7).

Generous in what is read (compact names, folded headers, bare line feeds, several values in a line), exact in what
is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Union

from lab.subscriber.uri import NameAddr, SipError, Via, split_quoted

MAX_MESSAGE = 65535

_COMPACT = {
    "a": "Accept-Contact", "b": "Referred-By", "c": "Content-Type", "e": "Content-Encoding", "f": "From",
    "i": "Call-ID", "j": "Reject-Contact", "k": "Supported", "l": "Content-Length", "m": "Contact", "o": "Event",
    "r": "Refer-To", "s": "Subject", "t": "To", "u": "Allow-Events", "v": "Via", "x": "Session-Expires",
    "y": "Identity",
}  # fmt: skip
_KNOWN = {
    name.lower(): name
    for name in (
        *_COMPACT.values(), "Accept", "Allow", "Authorization", "CSeq", "Diversion", "Expires", "Max-Forwards",
        "Min-Expires", "Min-SE", "P-Asserted-Identity", "P-Preferred-Identity", "Privacy", "Proxy-Authenticate",
        "Proxy-Authorization", "Reason", "Record-Route", "Remote-Party-ID", "Require", "Retry-After", "Route",
        "Replaces", "Server", "Subscription-State", "Unsupported", "User-Agent", "Warning", "WWW-Authenticate",
        "X-Twilio-AccountSid", "X-Twilio-CallSid", "X-Twilio-Error", "X-Twilio-VerStat",
    )
}  # fmt: skip
_TOKEN = re.compile(r"^[A-Za-z0-9.!%*_+`'~-]+$")
_SECRET = {"authorization", "proxy-authorization"}
_MANDATORY = ("Via", "From", "To", "Call-ID", "CSeq")

REASONS = {
    100: "Trying", 180: "Ringing", 183: "Session Progress", 200: "OK", 400: "Bad Request", 403: "Forbidden",
    404: "Not Found", 405: "Method Not Allowed", 408: "Request Timeout", 415: "Unsupported Media Type",
    420: "Bad Extension", 480: "Temporarily Unavailable", 481: "Call/Transaction Does Not Exist", 486: "Busy Here",
    487: "Request Terminated", 488: "Not Acceptable Here", 489: "Bad Event", 491: "Request Pending",
    500: "Server Internal Error", 501: "Not Implemented",
    503: "Service Unavailable", 603: "Decline",
}  # fmt: skip


def canonical(name: str) -> str:
    """Return the usual spelling of a header name; unknown names stay as they are."""
    name = name.strip()
    return _COMPACT.get(name.lower()) or _KNOWN.get(name.lower(), name)


class Headers:
    """The header lines of a message, in order; names are compared without regard to case or compact form."""

    def __init__(self, items: Iterable[tuple[str, str]] = ()) -> None:
        self._items = [(canonical(name), value) for name, value in items]

    def __iter__(self) -> Iterator[tuple[str, str]]:
        return iter(self._items)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Headers) and self._items == other._items

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Headers({self._items!r})"

    def lines(self, name: str) -> list[str]:
        """All lines of this name, each unsplit."""
        wanted = canonical(name).lower()
        return [value for key, value in self._items if key.lower() == wanted]

    def values(self, name: str) -> list[str]:
        """All values of this name, lines split at commas (for Via, Route, Contact, Allow …)."""
        return [value for line in self.lines(name) for value in split_quoted(line, ",")]

    def get(self, name: str) -> str | None:
        """The first line of this name."""
        lines = self.lines(name)
        return lines[0] if lines else None

    def add(self, name: str, value: str) -> None:
        """Append a line."""
        self._items.append((canonical(name), value))

    def remove(self, name: str) -> None:
        """Drop all lines of this name."""
        wanted = canonical(name).lower()
        self._items = [item for item in self._items if item[0].lower() != wanted]

    def set(self, name: str, *values: str) -> None:
        """Put these values, a line each, in the place of all lines of this name (at the end if there were none)."""
        wanted = canonical(name).lower()
        at = next((i for i, item in enumerate(self._items) if item[0].lower() == wanted), len(self._items))
        self.remove(name)
        self._items[at:at] = [(canonical(name), value) for value in values]

    def copy(self) -> Headers:
        """An independent copy."""
        return Headers(self._items)

    def as_dict(self) -> dict[str, str]:
        """Name → value for reports: repeated lines joined with ", ", digest credentials hidden."""
        result: dict[str, str] = {}
        for name, value in self._items:
            shown = "(hidden)" if name.lower() in _SECRET else value
            result[name] = f"{result[name]}, {shown}" if name in result else shown
        return result


@dataclass
class _Message:
    headers: Headers = field(default_factory=Headers)
    body: bytes = b""

    def _mandatory(self, name: str) -> str:
        value = self.headers.get(name)
        if value is None:
            raise SipError(f"the message has no {name} header")
        return value

    @property
    def call_id(self) -> str:
        """The Call-ID."""
        return self._mandatory("Call-ID")

    @property
    def cseq(self) -> tuple[int, str]:
        """Number and method of CSeq."""
        match = re.match(r"^\s*(\d{1,10})\s+(\S+)\s*$", self._mandatory("CSeq"))
        if match is None:
            raise SipError(f"CSeq {self.headers.get('CSeq')!r} is not a number and a method")
        return int(match[1]), match[2]

    @property
    def via(self) -> Via:
        """The topmost Via."""
        values = self.headers.values("Via")
        if not values:
            raise SipError("the message has no Via header")
        return Via.parse(values[0])

    @property
    def sender(self) -> NameAddr:
        """The From header."""
        return NameAddr.parse(self._mandatory("From"))

    @property
    def recipient(self) -> NameAddr:
        """The To header."""
        return NameAddr.parse(self._mandatory("To"))

    @property
    def contact(self) -> NameAddr | None:
        """The first Contact, None when there is none."""
        values = self.headers.values("Contact")
        return NameAddr.parse(values[0]) if values else None

    def _serialise(self, start: str) -> bytes:
        self.headers.set("Content-Length", str(len(self.body)))
        lines = [start, *(f"{name}: {value}" for name, value in self.headers)]
        if any("\r" in line or "\n" in line for line in lines):
            raise SipError("a header value holds a line break")
        return ("\r\n".join(lines) + "\r\n\r\n").encode("utf-8", "surrogateescape") + self.body


@dataclass
class Request(_Message):
    """A request. `uri` is the Request-URI as text."""

    method: str = ""
    uri: str = ""

    def serialise(self) -> bytes:
        """Return the bytes for the wire."""
        return self._serialise(f"{self.method} {self.uri} SIP/2.0")


@dataclass
class Response(_Message):
    """A response."""

    code: int = 0
    reason: str = ""

    def serialise(self) -> bytes:
        """Return the bytes for the wire."""
        return self._serialise(f"SIP/2.0 {self.code} {self.reason}")


Message = Union[Request, Response]


def _headers(lines: list[str]) -> Headers:
    headers = Headers()
    unfolded: list[str] = []
    for line in lines:
        if line[:1] in (" ", "\t") and unfolded:
            unfolded[-1] += " " + line.strip()
        else:
            unfolded.append(line)
    for line in unfolded:
        name, colon, value = line.partition(":")
        if not colon or not _TOKEN.match(name.strip()):
            raise SipError(f"{line!r} is not a header line")
        headers.add(name, value.strip())
    return headers


def parse(data: bytes) -> Message:
    """Read one message from a datagram or a frame.

    Raises SipError when the start line or a header line is malformed, one of Via, From, To, Call-ID and CSeq is
    missing or malformed, or the body is shorter than Content-Length says.
    """
    head, blank, body = re.sub(rb"^[\r\n]+", b"", data).partition(b"\r\n\r\n")
    if not blank:
        head, blank, body = head.partition(b"\n\n")
    lines = head.decode("utf-8", "surrogateescape").replace("\r\n", "\n").rstrip("\n").split("\n")
    if any("\r" in line for line in lines):
        raise SipError("a lone carriage return in the header")
    headers = _headers(lines[1:])
    length = headers.get("Content-Length")
    if length is not None:
        if not re.match(r"^[0-9]{1,9}$", length):
            raise SipError(f"Content-Length {length!r} is not a number")
        if int(length) > len(body):
            raise SipError(f"Content-Length says {length} bytes, the body has {len(body)}")
        body = body[: int(length)]
    message = _start(lines[0], headers, body)
    for name in _MANDATORY:
        if headers.get(name) is None:
            raise SipError(f"the message has no {name} header")
    _check(message)
    return message


def _start(line: str, headers: Headers, body: bytes) -> Message:
    status = re.match(r"^SIP/2\.0 +([1-6][0-9]{2})(?: (.*))?$", line, re.IGNORECASE)
    if status:
        return Response(headers, body, int(status[1]), (status[2] or "").strip())
    request = re.match(r"^(\S+) +(\S+) +SIP/2\.0\s*$", line, re.IGNORECASE)
    if request is None or not _TOKEN.match(request[1]):
        raise SipError(f"{line[:80]!r} is not the start of a SIP message")
    return Request(headers, body, request[1], request[2])


def _check(message: Message) -> None:
    """Raise SipError now rather than somewhere later when a mandatory header cannot be read."""
    __, method = message.cseq
    if isinstance(message, Request) and method != message.method:
        raise SipError(f"CSeq names {method}, the request is a {message.method}")
    for value in (message.via, message.sender, message.recipient):
        str(value)


def warning(text: str) -> str:
    """The value of a Warning header (20.43) with this text, stripped of what may not stand in a quoted string."""
    clean = "".join(char if " " <= char <= "~" and char not in '"\\' else "'" for char in text)
    return f'399 dialtone-lab "{clean[:200]}"'


def respond(request: Request, code: int, *, reason: str = "", tag: str = "") -> Response:
    """Build a response with the headers that RFC 3261 8.2.6 wants copied; `tag` goes into To unless it has one."""
    headers = Headers()
    for via in request.headers.lines("Via"):
        headers.add("Via", via)
    if 100 < code < 300 and request.method == "INVITE":
        for route in request.headers.lines("Record-Route"):
            headers.add("Record-Route", route)
    headers.add("From", request.headers.get("From") or "")
    recipient = request.recipient
    headers.add("To", str(recipient.with_tag(tag)) if tag and not recipient.tag else request.headers.get("To") or "")
    headers.add("Call-ID", request.call_id)
    headers.add("CSeq", request.headers.get("CSeq") or "")
    return Response(headers, b"", code, reason or REASONS.get(code, "Unspecified"))
