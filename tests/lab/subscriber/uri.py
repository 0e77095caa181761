# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIP URIs, name-addr header values and the splitting of header values (RFC 3261 sections 19.1, 20, 25)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

DEFAULT_PORT = 5060
DEFAULT_TLS_PORT = 5061

_SIP_URI = re.compile(
    r"""^(?P<scheme>sips?):
        (?:(?P<user>[^@]*)@)?
        (?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)
        (?::(?P<port>[0-9]{1,5}))?
        (?P<params>(?:;[^?]*)?)
        (?:\?(?P<headers>.*))?$""",
    re.VERBOSE | re.IGNORECASE,
)


class SipError(ValueError):
    """A text is not the SIP it should be; the message says what is wrong with it."""


def split_quoted(text: str, separator: str) -> list[str]:
    """Split at `separator`, but not inside double quotes or angle brackets. Empty parts are left out."""
    parts: list[str] = []
    start = 0
    quoted = escaped = False
    depth = 0
    for index, char in enumerate(text):
        if escaped:
            escaped = False
        elif quoted:
            escaped = char == "\\"
            quoted = char != '"'
        elif char == '"':
            quoted = True
        elif char == "<":
            depth += 1
        elif char == ">":
            depth = max(0, depth - 1)
        elif char == separator and not depth:
            parts.append(text[start:index])
            start = index + 1
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def parse_params(text: str) -> dict[str, str | None]:
    """Read `;name=value;flag` into a dictionary: names in lower case, None for a flag."""
    params: dict[str, str | None] = {}
    for part in split_quoted(text, ";"):
        name, equals, value = part.partition("=")
        params[name.strip().lower()] = value.strip() if equals else None
    return params


def format_params(params: dict[str, str | None]) -> str:
    """Write parameters as `;name=value;flag`."""
    return "".join(f";{name}" if value is None else f";{name}={value}" for name, value in params.items())


def _port(text: str | None, where: str) -> int | None:
    if text is None:
        return None
    port = int(text)
    if not 0 < port < 65536:
        raise SipError(f"port {port} of {where!r} is not between 1 and 65535")
    return port


@dataclass(frozen=True)
class SipUri:
    """A sip: or sips: URI. `params` are the URI's own parameters, `headers` the text behind the question mark."""

    host: str
    user: str | None = None
    port: int | None = None
    scheme: str = "sip"
    params: dict[str, str | None] = field(default_factory=dict)
    headers: str | None = None

    @classmethod
    def parse(cls, text: str) -> SipUri:
        """Read a URI; raise SipError for anything but sip: and sips:."""
        match = _SIP_URI.match(text.strip())
        if match is None:
            raise SipError(f"{text!r} is not a SIP URI; write it like sip:+12025550101@198.51.100.7:5060")
        return cls(
            host=match["host"],
            user=match["user"],
            port=_port(match["port"], text),
            scheme=match["scheme"].lower(),
            params=parse_params(match["params"]),
            headers=match["headers"],
        )

    def __str__(self) -> str:
        user = "" if self.user is None else f"{self.user}@"
        port = "" if self.port is None else f":{self.port}"
        headers = "" if self.headers is None else f"?{self.headers}"
        return f"{self.scheme}:{user}{self.host}{port}{format_params(self.params)}{headers}"

    @property
    def address(self) -> tuple[str, int]:
        """Host (without IPv6 brackets) and port, 5060 when none is written."""
        return self.host.strip("[]"), self.port or DEFAULT_PORT

    def address_for(self, transport: str) -> tuple[str, int]:
        """The same, with the usual port of that transport when none is written."""
        return self.host.strip("[]"), self.port or (DEFAULT_TLS_PORT if transport == "TLS" else DEFAULT_PORT)

    @property
    def transport(self) -> str | None:
        """The transport parameter in upper case, None when there is none; sips: means TLS."""
        value = self.params.get("transport")
        if self.scheme == "sips":
            return "TLS"
        return value.upper() if value else None


@dataclass(frozen=True)
class NameAddr:
    """The value of From, To, Contact, Route …: `"Display" <uri>;params`. The URI stays text: it may be tel:."""

    uri: str
    display: str = ""
    params: dict[str, str | None] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> NameAddr:
        """Read one value, with or without angle brackets."""
        text = text.strip()
        opening = _unquoted_bracket(text)
        if opening < 0:  # addr-spec form: everything behind the first semicolon belongs to the header (20.10)
            uri, __, rest = text.partition(";")
            display = ""
        else:
            closing = text.find(">", opening)
            if closing < 0:
                raise SipError(f"no closing > in {text!r}")
            uri, rest, display = text[opening + 1 : closing], text[closing + 1 :], text[:opening].strip()
            if display.startswith('"') and display.endswith('"') and len(display) >= 2:
                display = re.sub(r"\\(.)", r"\1", display[1:-1])
        if not uri.strip():
            raise SipError(f"no URI in {text!r}")
        return cls(uri.strip(), display, parse_params(rest))

    def __str__(self) -> str:
        display = ""
        if self.display:
            escaped = self.display.replace("\\", "\\\\").replace('"', '\\"')
            display = f'"{escaped}" '
        return f"{display}<{self.uri}>{format_params(self.params)}"

    @property
    def tag(self) -> str | None:
        """The tag parameter of From and To."""
        return self.params.get("tag")

    def with_tag(self, tag: str) -> NameAddr:
        """Return the same value with this tag."""
        return NameAddr(self.uri, self.display, {**self.params, "tag": tag})


def _unquoted_bracket(text: str) -> int:
    quoted = escaped = False
    for index, char in enumerate(text):
        if escaped:
            escaped = False
        elif char == "\\" and quoted:
            escaped = True
        elif char == '"':
            quoted = not quoted
        elif char == "<" and not quoted:
            return index
    return -1


@dataclass(frozen=True)
class Via:
    """One Via value: `SIP/2.0/UDP host:port;branch=…`."""

    transport: str
    host: str
    port: int | None
    params: dict[str, str | None]

    @classmethod
    def parse(cls, text: str) -> Via:
        """Read one value; raise SipError when it is malformed."""
        match = re.match(
            r"^SIP\s*/\s*2\.0\s*/\s*(\w+)\s+(\[[0-9A-Fa-f:.]+\]|[^\s:;]+)\s*(?::\s*(\d{1,5}))?\s*(;.*)?$",
            text.strip(),
            re.IGNORECASE,
        )
        if match is None:
            raise SipError(f"{text!r} is not a Via value")
        return cls(match[1].upper(), match[2], _port(match[3], text), parse_params(match[4] or ""))

    def __str__(self) -> str:
        port = "" if self.port is None else f":{self.port}"
        return f"SIP/2.0/{self.transport} {self.host}{port}{format_params(self.params)}"

    @property
    def branch(self) -> str:
        """The branch parameter, empty when absent."""
        return self.params.get("branch") or ""

    @property
    def sent_by(self) -> str:
        """Host and port, as transactions compare them (17.2.3)."""
        return f"{self.host.lower()}:{self.port or (DEFAULT_TLS_PORT if self.transport == 'TLS' else DEFAULT_PORT)}"
