# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Digest authentication of a client (RFC 2617, RFC 7616, RFC 8760): MD5 and SHA-256, with and without qop=auth."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field
from typing import Callable

from lab.subscriber.uri import SipError

_PARAM = re.compile(r'\s*([A-Za-z0-9_-]+)\s*=\s*("(?:[^"\\]|\\.)*"|[^\s,]+)\s*(?:,|$)')


def _md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


# Strongest first: the order in which offered challenges are preferred.
_HASHES: dict[str, Callable[[str], str]] = {"SHA-256": _sha256, "MD5": _md5}


@dataclass(frozen=True)
class Challenge:
    """One WWW-Authenticate or Proxy-Authenticate value."""

    realm: str
    nonce: str
    algorithm: str = "MD5"
    qop: tuple[str, ...] = ()
    opaque: str | None = None
    stale: bool = False
    session: bool = False

    @classmethod
    def parse(cls, text: str) -> Challenge:
        """Read a challenge; raise SipError when it is not a usable digest challenge."""
        scheme, __, rest = text.strip().partition(" ")
        if scheme.lower() != "digest":
            raise SipError(f"authentication scheme {scheme!r} is not supported, only Digest")
        params: dict[str, str] = {}
        for match in _PARAM.finditer(rest):
            value = match[2]
            params[match[1].lower()] = re.sub(r"\\(.)", r"\1", value[1:-1]) if value.startswith('"') else value
        if "realm" not in params or "nonce" not in params:
            raise SipError("the digest challenge lacks realm or nonce")
        name = params.get("algorithm", "MD5").upper()
        session = name.endswith("-SESS")
        algorithm = name[: -len("-SESS")] if session else name
        if algorithm not in _HASHES:
            raise SipError(f"digest algorithm {name} is not supported, only {' and '.join(_HASHES)}")
        qop = tuple(word.strip().lower() for word in params.get("qop", "").split(",") if word.strip())
        if qop and "auth" not in qop:
            raise SipError(f"digest qop {','.join(qop)} is not supported, only auth")
        stale = params.get("stale", "").lower() == "true"
        return cls(params["realm"], params["nonce"], algorithm, qop, params.get("opaque"), stale, session)


def choose(lines: list[str]) -> Challenge:
    """Return the strongest usable challenge; raise SipError, saying why, when there is none."""
    usable: list[Challenge] = []
    problems: list[str] = []
    for line in lines:
        try:
            usable.append(Challenge.parse(line))
        except SipError as error:
            problems.append(str(error))
    if not usable:
        raise SipError("; ".join(problems) or "the response carries no challenge")
    strength = list(_HASHES)
    return min(usable, key=lambda challenge: strength.index(challenge.algorithm))


def _quote(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


@dataclass
class Credentials:
    """User name and password, and the nonce counters that belong to them. The password is kept out of repr."""

    username: str
    password: str = field(repr=False)
    _counts: dict[str, int] = field(default_factory=dict, repr=False)

    def authorise(self, challenge: Challenge, method: str, uri: str, cnonce: str = "") -> str:
        """Return the value of the Authorization or Proxy-Authorization header.

        `cnonce` is for test vectors; by default it is fresh random.
        """
        digest = _HASHES[challenge.algorithm]
        count = self._counts[challenge.nonce] = self._counts.get(challenge.nonce, 0) + 1
        cnonce = cnonce or secrets.token_hex(8)
        ha1 = digest(f"{self.username}:{challenge.realm}:{self.password}")
        if challenge.session:
            ha1 = digest(f"{ha1}:{challenge.nonce}:{cnonce}")
        ha2 = digest(f"{method}:{uri}")
        if challenge.qop:
            answer = digest(f"{ha1}:{challenge.nonce}:{count:08x}:{cnonce}:auth:{ha2}")
        else:
            answer = digest(f"{ha1}:{challenge.nonce}:{ha2}")
        parts = [
            f"username={_quote(self.username)}",
            f"realm={_quote(challenge.realm)}",
            f"nonce={_quote(challenge.nonce)}",
            f"uri={_quote(uri)}",
            f'response="{answer}"',
            f"algorithm={challenge.algorithm}{'-sess' if challenge.session else ''}",
        ]
        if challenge.qop:
            parts.append("qop=auth")
            parts.append(f"nc={count:08x}")
        if challenge.qop or challenge.session:
            parts.append(f"cnonce={_quote(cnonce)}")
        if challenge.opaque is not None:
            parts.append(f"opaque={_quote(challenge.opaque)}")
        return "Digest " + ", ".join(parts)
