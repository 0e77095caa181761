# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Twilio's edges: names, networks, and the hosts a trunk is reached at. Private to the collection."""

from __future__ import annotations

import datetime
import difflib
import ipaddress
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .errors import UnknownEdgeError, VoiceError

# Twilio's list of addresses as it was seen in September 2026 (the page itself bears no date). Whoever needs other
# addresses sets voice_carrier_networks.
AS_OF = "2026-09-01"
SOURCE = "https://www.twilio.com/docs/sip-trunking/ip-addresses"

# Signalling: 5060 UDP and TCP, 5061 TLS.
_PUBLIC = {
    "ashburn": ("54.172.60.0/30",),
    "umatilla": ("54.244.51.0/30",),
    "dublin": ("54.171.127.192/30",),
    "frankfurt": ("35.156.191.128/30",),
    "tokyo": ("54.65.63.192/30",),
    "singapore": ("54.169.127.128/30",),
    "sydney": ("54.252.254.64/30",),
    "sao-paulo": ("177.71.206.192/30",),
}
# Reached over Twilio's private interconnect only; three addresses each.
_PRIVATE = {
    "ashburn-ix": ("208.78.112.64/31", "208.78.112.66/32"),
    "san-jose-ix": ("67.213.136.64/31", "67.213.136.66/32"),
    "london-ix": ("185.187.132.68/31", "185.187.132.70/32"),
    "frankfurt-ix": ("185.194.136.64/31", "185.194.136.66/32"),
    "tokyo-ix": ("103.144.142.68/31", "103.144.142.70/32"),
    "singapore-ix": ("103.75.151.68/31", "103.75.151.70/32"),
    "sydney-ix": ("103.146.214.68/31", "103.146.214.70/32"),
    "sao-paulo-ix": ("159.183.255.68/31", "159.183.255.70/32"),
}
# Media of all edges, UDP 10000 to 60000.
_MEDIA = ("168.86.128.0/18",)

_OLD_NAMES = {
    "us1": "ashburn",
    "us2": "umatilla",
    "ie1": "dublin",
    "de1": "frankfurt",
    "jp1": "tokyo",
    "sg1": "singapore",
    "au1": "sydney",
    "br1": "sao-paulo",
}

DOMAIN = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+pstn\.twilio\.com")
_EDGE_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


@dataclass(frozen=True)
class Networks:
    """The carrier's networks in force.

    Attributes:
        signalling: networks by public edge.
        private: networks by edge of the private interconnect.
        media: networks from which media comes, whatever the edge.
        as_of: date of the list, YYYY-MM-DD; empty if an override gives none.
        source: where the list is from: an address, or the name of the variable.
    """

    signalling: Mapping[str, tuple[str, ...]]
    private: Mapping[str, tuple[str, ...]]
    media: tuple[str, ...]
    as_of: str
    source: str

    @property
    def edges(self) -> tuple[str, ...]:
        """The names of all edges, public ones first."""
        return (*self.signalling, *self.private)

    def of_edge(self, edge: str) -> tuple[str, ...]:
        """Return the signalling networks of ``edge``. Raises UnknownEdgeError."""
        name = self.check_edge(edge)
        return self.signalling[name] if name in self.signalling else self.private[name]

    def check_edge(self, edge: object) -> str:
        """Return ``edge`` if it is known. Raises UnknownEdgeError, whose message lists the known ones."""
        if isinstance(edge, str) and edge in self.edges:
            return edge
        text = str(edge)
        if text in _OLD_NAMES and _OLD_NAMES[text] in self.edges:
            hint = f"it is the old name of '{_OLD_NAMES[text]}', use that. "
        elif close := difflib.get_close_matches(text.lower().replace("_", "-"), self.edges, n=1):
            hint = f"did you mean '{close[0]}'? "
        else:
            hint = ""
        raise UnknownEdgeError(f"'{text}' is not an edge: {hint}Known are {', '.join(self.edges)}.")


DEFAULT = Networks(signalling=_PUBLIC, private=_PRIVATE, media=_MEDIA, as_of=AS_OF, source=SOURCE)


def networks(override: Mapping[str, Any] | None = None) -> Networks:
    """Return the carrier's networks, with what ``voice_carrier_networks`` replaces.

    ``signalling`` (networks by edge) replaces all edges, private ones too; ``media`` replaces the media networks;
    what is left out stays. ``as_of`` is the date of the override.

    Raises:
        VoiceError: the override is not usable; the message holds every problem.
    """
    if not override:
        return DEFAULT
    if problems := override_problems(override):
        raise VoiceError(" ".join(problems))
    if not any(override.values()):
        # A description with its defaults has all options, none of them set.
        return DEFAULT
    signalling = override.get("signalling")
    media = override.get("media")
    return Networks(
        signalling={edge: tuple(cidrs) for edge, cidrs in signalling.items()} if signalling else _PUBLIC,
        private={} if signalling else _PRIVATE,
        media=tuple(media) if media else _MEDIA,
        as_of=str(override.get("as_of") or ""),
        source="voice_carrier_networks",
    )


def override_problems(override: object) -> list[str]:
    """Return what is wrong with ``voice_carrier_networks``, a sentence each, beginning with the variable's path."""
    name = "voice_carrier_networks"
    if not isinstance(override, Mapping):
        return [f"{name}: '{override}' is not a dictionary: write signalling, media and as_of."]
    problems = [
        f"{name}.{key}: no such option: use signalling, media and as_of."
        for key in override
        if key not in ("signalling", "media", "as_of")
    ]
    signalling = override.get("signalling") or {}
    if isinstance(signalling, Mapping):
        for edge, cidrs in signalling.items():
            if not _EDGE_NAME.fullmatch(str(edge)):
                problems.append(f"{name}.signalling: '{edge}' cannot be an edge's name: use a-z, 0-9 and hyphens.")
            problems += _cidr_problems(f"{name}.signalling.{edge}", cidrs)
    else:
        problems.append(f"{name}.signalling: '{signalling}' is not a dictionary: write EDGE: [NETWORK].")
    problems += _cidr_problems(f"{name}.media", override.get("media") or [], may_be_empty=True)
    as_of = str(override.get("as_of") or "")
    if as_of and not _is_date(as_of):
        problems.append(f"{name}.as_of: '{as_of}' is not a date: write it as YYYY-MM-DD.")
    return problems


def _is_date(text: str) -> bool:
    try:
        return datetime.date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _cidr_problems(path: str, cidrs: object, may_be_empty: bool = False) -> list[str]:
    if isinstance(cidrs, str) or not isinstance(cidrs, Sequence):
        return [f"{path}: '{cidrs}' is not a list: write [{cidrs}]."]
    if not cidrs and not may_be_empty:
        return [f"{path}: it is empty: list at least one network."]
    problems = []
    for cidr in cidrs:
        try:
            ipaddress.IPv4Network(cidr)
        except (ValueError, TypeError) as error:
            problems.append(f"{path}: '{cidr}' is not an IPv4 network ({error}): write it as 192.0.2.0/24.")
    return problems


def signalling_networks(
    known: Networks, edges: Iterable[str] | None = None, include_private: bool = False
) -> list[str]:
    """Return signalling networks, in the order of the edges, each once.

    Args:
        known: the networks in force.
        edges: only these edges. None means all public edges, because inbound calls may come from any of them.
        include_private: with ``edges`` None, the edges of the private interconnect too.
    """
    if edges is None:
        edges = known.edges if include_private else tuple(known.signalling)
    elif isinstance(edges, str):
        raise UnknownEdgeError(f"'{edges}' is not a list of edges: write ['{edges}'].")
    return list(dict.fromkeys(cidr for edge in edges for cidr in known.of_edge(edge)))


def domain_problem(domain: object) -> str | None:
    """Return what is wrong with the domain name of a trunk, or None."""
    if not isinstance(domain, str) or not domain:
        return f"'{domain}' is not a domain name: write one such as acme-hq.pstn.twilio.com."
    if DOMAIN.fullmatch(domain):
        return None
    if domain != domain.lower() and DOMAIN.fullmatch(domain.lower()):
        return f"'{domain}' has capital letters: write '{domain.lower()}'."
    for edge in DEFAULT.edges:
        if domain.endswith(f".pstn.{edge}.twilio.com"):
            plain = domain.replace(f".pstn.{edge}.", ".pstn.")
            return f"'{domain}' names an edge: write '{plain}', and the edge under edges."
    if not domain.endswith(".pstn.twilio.com"):
        return f"'{domain}' does not end in .pstn.twilio.com: write a name such as acme-hq.pstn.twilio.com."
    return f"'{domain}' is not a domain name: before .pstn.twilio.com use a-z, 0-9 and hyphens, as in acme-hq."


def termination_host(domain: str, edge: str, override: Mapping[str, Any] | None = None) -> str:
    """Return the host of one edge for a trunk's domain: acme.pstn.twilio.com, ashburn → acme.pstn.ashburn.twilio.com.

    Raises:
        UnknownEdgeError: the edge is not known.
        VoiceError: the domain is not a trunk's domain.
    """
    if problem := domain_problem(domain):
        raise VoiceError(problem)
    name = networks(override).check_edge(edge)
    return f"{domain[: -len('twilio.com')]}{name}.twilio.com"
