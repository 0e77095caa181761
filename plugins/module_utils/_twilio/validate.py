# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judging options before the first request. Private to this collection.

The limits are those of Twilio's API reference (trunking v1, SIP IpAccessControlLists), read in November 2026.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from .errors import InvalidInputError
from .lookup import is_sid
from .sdk import netaddr

E164 = re.compile(r"\+[1-9]\d{6,14}")
HOST_LABEL = r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
DOMAIN_SUFFIX = ".pstn.twilio.com"
DOMAIN = re.compile(rf"(?:{HOST_LABEL}\.)+pstn\.twilio\.com")
LOCALIZED = re.compile(r"(?P<name>.+)\.pstn\.[a-z0-9-]+\.twilio\.com")
SIP_URL_LENGTH = 255
SIP_URL = re.compile(
    r"sip:(?:(?P<user>[^@;?\s]+)@)?(?P<host>[A-Za-z0-9.-]+)(?::(?P<port>\d+))?(?P<params>(?:;[^;?\s]+)*)(?:\?\S+)?",
    re.IGNORECASE,
)

# Addresses that never reach Twilio as a source: an entry with them lets nobody in, and hides the mistake.
NOT_PUBLIC = {
    "0.0.0.0/8": "this network",
    "10.0.0.0/8": "private space (RFC 1918)",
    "100.64.0.0/10": "shared carrier space (RFC 6598)",
    "127.0.0.0/8": "loopback",
    "169.254.0.0/16": "link-local",
    "172.16.0.0/12": "private space (RFC 1918)",
    "192.168.0.0/16": "private space (RFC 1918)",
    "198.18.0.0/15": "benchmarking space (RFC 2544)",
    "224.0.0.0/4": "multicast",
    "240.0.0.0/4": "reserved",
}


def text(option: str, value: str | None, longest: int, empty: bool = False) -> None:
    """Refuse a name that is empty (unless allowed) or too long."""
    if value is None:
        return
    if not value.strip() and not empty:
        raise InvalidInputError(option, value, "is empty; give a name.")
    if len(value) > longest:
        raise InvalidInputError(option, value, f"has {len(value)} characters; Twilio takes at most {longest}.")


def sid(option: str, value: str | None, prefix: str, empty: bool = False) -> None:
    """Refuse what is not a SID of the right kind."""
    if value is None or (value == "" and empty) or is_sid(value, prefix):
        return
    raise InvalidInputError(
        option, value, f"is not a SID of this kind; it begins with {prefix} and has 32 hexadecimal digits more."
    )


def e164(option: str, value: str | None) -> None:
    """Refuse a telephone number that is not in E.164."""
    if value is not None and not E164.fullmatch(value):
        raise InvalidInputError(
            option,
            value,
            "is not a number in E.164; write a plus, the country code and the number without spaces: +12025550101.",
        )


def domain_name(option: str, value: str | None) -> None:
    """Refuse what cannot be a trunk's termination domain; empty clears it."""
    if not value:
        return
    localized = LOCALIZED.fullmatch(value)
    if localized:
        raise InvalidInputError(
            option, value, f"names an edge; the trunk's own domain is {localized['name']}{DOMAIN_SUFFIX}."
        )
    if not value.endswith(DOMAIN_SUFFIX):
        raise InvalidInputError(
            option, value, f"does not end in {DOMAIN_SUFFIX}; write it like my-company{DOMAIN_SUFFIX}."
        )
    if not DOMAIN.fullmatch(value):
        raise InvalidInputError(
            option, value, f"has other characters than a-z, 0-9 and - before {DOMAIN_SUFFIX}; write it in lower case."
        )


def web_url(option: str, value: str | None) -> None:
    """Refuse what is not an absolute http(s) URL; empty clears it."""
    if not value:
        return
    try:
        parts = urlsplit(value)
        absolute = parts.scheme in ("http", "https") and bool(parts.hostname) and not re.search(r"\s", value)
    except ValueError:  # a bracket that opens an IPv6 address and is not closed
        absolute = False
    if not absolute:
        raise InvalidInputError(option, value, "is not an absolute URL; write it like https://example.com/voice.")
    try:
        fine = parts.port != 0
    except ValueError:
        fine = False
    if not fine:
        raise InvalidInputError(
            option, value, "has no valid port; in a user name or password write / as %2F, ? as %3F and # as %23."
        )


def sip_url(option: str, value: str) -> None:
    """Refuse what Twilio cannot send calls to."""
    if value.lower().startswith("sips:"):
        raise InvalidInputError(
            option, value, f"is a sips: URL; write sip:{value[5:].partition(';')[0]};transport=tls instead."
        )
    text(option, value, SIP_URL_LENGTH)
    match = SIP_URL.fullmatch(value) if value.isascii() else None
    if match is not None and ":" in (match["user"] or ""):
        raise InvalidInputError(option, value, "has a password, which Twilio takes in no SIP URL; leave it out.")
    if match is None or not all(re.fullmatch(HOST_LABEL, label, re.IGNORECASE) for label in match["host"].split(".")):
        raise InvalidInputError(
            option, value, "is not a SIP URL; write it like sip:pbx.example.com:5060;transport=udp."
        )
    if re.fullmatch(r"[0-9.]+", match["host"]) and not _is_ipv4(match["host"]):
        raise InvalidInputError(
            option, value, f"has a host {match['host']} that is neither a name nor an IPv4 address."
        )
    if match["port"] and not 1 <= int(match["port"]) <= 65535:
        raise InvalidInputError(option, value, "has a port outside 1 to 65535.")
    for param in match["params"].split(";")[1:]:
        name, _equals, content = param.partition("=")
        if name.lower() == "transport" and content.lower() not in ("udp", "tcp", "tls"):
            raise InvalidInputError(option, value, f"asks for transport {content!r}; Twilio knows udp, tcp and tls.")


def _is_ipv4(host: str) -> bool:
    return bool(re.fullmatch(r"(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}", host)) and all(
        int(part) <= 255 for part in host.split(".")
    )


def between(option: str, value: int | None, lowest: int, highest: int) -> None:
    """Refuse a number outside its range."""
    if value is not None and not lowest <= value <= highest:
        raise InvalidInputError(option, value, f"is outside {lowest} to {highest}.")


@functools.cache
def _not_public() -> list[tuple[int, int, str]]:
    """Return the blocks of ``NOT_PUBLIC`` as first address, last address, what they are."""
    blocks = [(netaddr.IPNetwork(block), what) for block, what in NOT_PUBLIC.items()]
    return [(block.first, block.last, what) for block, what in blocks]


def network(option: str, value: str, allow_private: bool) -> str:
    """Return an IPv4 address or network as ``address/prefix``.

    Raises:
        InvalidInputError: it is not one, has host bits, is everything, or is space that Twilio never sees.
    """
    if ":" in value:
        raise InvalidInputError(option, value, "is not IPv4; Twilio's access control lists hold IPv4 only.")
    try:
        # Without the implicit expansion of "10" to 10.0.0.0: nobody means that in an access list.
        if not re.fullmatch(r"\d+(\.\d+){3}(/\d+)?", value):
            raise ValueError(value)
        net = netaddr.IPNetwork(value, version=4)
    except (ValueError, netaddr.AddrFormatError):
        raise InvalidInputError(
            option, value, "is not an IPv4 address or network; write it like 203.0.113.10 or 203.0.113.0/28."
        ) from None
    if net.prefixlen == 0:
        raise InvalidInputError(
            option,
            value,
            "would let in the whole Internet, and Twilio silently stores it as a /32, so that it would never match. "
            "List the public addresses your calls come from.",
        )
    if net.ip != net.network:
        raise InvalidInputError(
            option, value, f"has host bits set; write {net.cidr} for the network or {net.ip}/32 for the address."
        )
    for first, last, what in [] if allow_private else _not_public():
        if net.first <= last and first <= net.last:
            raise InvalidInputError(
                option,
                value,
                f"is or contains {what}, which never reaches Twilio; give the public address behind which it is, "
                "or set allow_private to true in a lab.",
            )
    return str(net.cidr)


def disjoint(option: str, networks: Sequence[str], groups: Sequence[str | None] | None = None) -> None:
    """Refuse networks that overlap; ``option`` has one ``{}`` for the position in the list.

    Args:
        option: how an entry is called in the error.
        networks: as :func:`network` returns them.
        groups: a label for each network; those with the same one may overlap, because they are merged.
    """
    parsed: list[Any] = [netaddr.IPNetwork(value) for value in networks]
    for index, net in enumerate(parsed):
        for earlier, other in enumerate(parsed[:index]):
            if groups is not None and groups[index] == groups[earlier]:
                continue
            if net.first <= other.last and other.first <= net.last:
                how = "is the same as" if net == other else "overlaps"
                remedy = "list every address once." if groups is None else "give both the same name, or list one only."
                raise InvalidInputError(
                    option.format(index), networks[index], f"{how} entry {earlier} ({networks[earlier]}); {remedy}"
                )


def merge(networks: Sequence[str]) -> list[str]:
    """Return the fewest networks that hold exactly the same addresses, in rising order.

    Everything stays two halves: Twilio stores a prefix length of 0 as 32.
    """
    merged = [str(net) for net in netaddr.cidr_merge([netaddr.IPNetwork(value) for value in networks])]
    return ["0.0.0.0/1", "128.0.0.0/1"] if merged == ["0.0.0.0/0"] else merged


def at_most(option: str, members: Sequence[Any] | None, limit: int) -> None:
    """Refuse a list longer than Twilio takes."""
    if members is not None and len(members) > limit:
        raise InvalidInputError(option, f"{len(members)} entries", f"are more than the {limit} that Twilio takes.")
