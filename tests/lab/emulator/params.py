# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Typed request parameters: what a form field or a query parameter may be, and what it becomes."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from lab.emulator import errors
from lab.emulator.errors import ApiError
from lab.emulator.wire import E164, is_domain_name, is_sid


class RefusedError(Exception):
    """A value that is not acceptable; its text completes the sentence "Parameter X is invalid: …"."""


@dataclass(frozen=True)
class Param:
    """A parameter taken as it is.

    Args:
        name: the name on the wire, for example `FriendlyName`.
        field: the key of the stored object it sets, for example `friendly_name`.
        required: whether a create must carry it.
        secret: whether its value must never be repeated, stored in the journal or shown.
        code: Twilio's error code for a bad value.
    """

    name: str
    field: str
    required: bool = False
    secret: bool = False
    code: int = errors.BAD_PARAMETER

    def read(self, raw: str) -> Any:
        """The stored value of a raw string.

        Raises:
            ApiError: with the parameter's name, its value (unless secret) and what is allowed.
        """
        try:
            return self.convert(raw)
        except RefusedError as why:
            shown = "its value" if self.secret else repr(raw)
            raise ApiError(self.code, f"Parameter {self.name} is invalid: {shown} {why}") from None

    def convert(self, raw: str) -> Any:
        return raw


@dataclass(frozen=True)
class Text(Param):
    """A string of at most `longest` characters and at least `shortest`."""

    longest: int = 255
    shortest: int = 0

    def convert(self, raw: str) -> Any:
        if len(raw) > self.longest:
            raise RefusedError(f"is longer than {self.longest} characters")
        if len(raw) < self.shortest:
            raise RefusedError("must not be empty")
        return raw


@dataclass(frozen=True)
class OptionalText(Text):
    """A string that an empty value clears."""

    def convert(self, raw: str) -> Any:
        return super().convert(raw) or None


@dataclass(frozen=True)
class Flag(Param):
    """`true` or `false`, in lower case."""

    def convert(self, raw: str) -> Any:
        if raw not in ("true", "false"):
            raise RefusedError("is neither true nor false")
        return raw == "true"


@dataclass(frozen=True)
class Int(Param):
    """A decimal integer from `lowest` to `highest`, both included."""

    lowest: int = 0
    highest: int = 65535

    def convert(self, raw: str) -> Any:
        if not re.fullmatch(r"[0-9]{1,9}", raw) or not self.lowest <= int(raw) <= self.highest:
            raise RefusedError(f"is not an integer from {self.lowest} to {self.highest}")
        return int(raw)


@dataclass(frozen=True)
class Choice(Param):
    """One of a few words."""

    values: tuple[str, ...] = ()

    def convert(self, raw: str) -> Any:
        if raw not in self.values:
            raise RefusedError(f"is not one of {', '.join(self.values)}")
        return raw


@dataclass(frozen=True)
class HttpMethod(Choice):
    """GET or POST; empty clears it where `clearable`."""

    values: tuple[str, ...] = ("GET", "POST")
    clearable: bool = False

    def convert(self, raw: str) -> Any:
        return None if self.clearable and raw == "" else super().convert(raw)


@dataclass(frozen=True)
class WebUrl(Param):
    """An absolute http or https URL; empty clears it, leaving `cleared`."""

    cleared: str | None = None

    def convert(self, raw: str) -> Any:
        if raw == "":
            return self.cleared
        parts = urlsplit(raw)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise RefusedError("is not an http or https URL")
        return raw


@dataclass(frozen=True)
class Sid(Param):
    """An identifier with a given prefix; empty clears it where `clearable`, leaving `cleared`."""

    prefix: str = ""
    clearable: bool = False
    cleared: str | None = None

    def convert(self, raw: str) -> Any:
        if raw == "" and self.clearable:
            return self.cleared
        if not is_sid(raw, self.prefix):
            raise RefusedError(f"is not an identifier of the form {self.prefix} and 32 hexadecimal digits")
        return raw


@dataclass(frozen=True)
class DomainName(Param):
    """A termination domain, kept in lower case; empty clears it."""

    code: int = errors.TRUNK_INVALID

    def convert(self, raw: str) -> Any:
        name = raw.lower()
        if name and not is_domain_name(name):
            raise RefusedError("is not made of letters, digits and hyphens and ending in .pstn.twilio.com")
        return name or None


@dataclass(frozen=True)
class SipUrl(Param):
    """An origination URL: `sip:[user@]host[:port][;parameter…][?header…]`; the scheme `sips` is not accepted."""

    def convert(self, raw: str) -> Any:
        if not raw.lower().startswith("sip:"):
            raise RefusedError("does not begin with sip:")
        if len(raw) > 255 or parse_sip_url(raw) is None:
            raise RefusedError("is not of the form sip:[user@]host[:port][;transport=udp|tcp|tls][;edge=name]")
        return raw


@dataclass(frozen=True)
class Ipv4(Param):
    """A dotted IPv4 address without a prefix length."""

    def convert(self, raw: str) -> Any:
        try:
            return str(ipaddress.IPv4Address(raw))
        except ValueError:
            raise RefusedError("is not an IPv4 address") from None


@dataclass(frozen=True)
class PhoneNumber(Param):
    """A number in E.164: + and 7 to 15 digits."""

    code: int = errors.NUMBER_INVALID

    def convert(self, raw: str) -> Any:
        if not E164.fullmatch(raw):
            raise RefusedError("is not in E.164 form, + and 7 to 15 digits")
        return raw


_SIP_URL = re.compile(
    r"sip:(?:(?P<user>[A-Za-z0-9+._~!$&'()*%-]+)@)?"
    r"(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)"
    r"(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<params>(?:;[A-Za-z0-9_.!%*+~-]+(?:=[A-Za-z0-9_.!%*+~:-]+)?)*)"
    r"(?:\?(?P<headers>[^\s?]+))?",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class SipTarget:
    """The parts of an origination URL; `port` is 0 when the URL names none, `edge` and `headers` may be empty."""

    user: str
    host: str
    port: int
    transport: str
    edge: str
    params: tuple[str, ...]
    headers: str


def parse_sip_url(url: str) -> SipTarget | None:
    """Take an origination URL apart, or None when it is not one."""
    match = _SIP_URL.fullmatch(url)
    if match is None:
        return None
    port = int(match["port"] or 0)
    transport, edge, rest = "udp", "", []
    for item in filter(None, match["params"].split(";")):
        key, __, value = item.partition("=")
        if key.lower() == "transport":
            transport = value.lower()
        elif key.lower() == "edge":
            edge = value.lower()
        else:
            rest.append(item)
    if transport not in ("udp", "tcp", "tls") or port > 65535 or (match["port"] and port == 0):
        return None
    host = match["host"]
    if re.fullmatch(r"[0-9.]+", host):  # all digits and dots must then be an address, not a name
        try:
            ipaddress.IPv4Address(host)
        except ValueError:
            return None
    return SipTarget(match["user"] or "", host, port, transport, edge, tuple(rest), match["headers"] or "")
