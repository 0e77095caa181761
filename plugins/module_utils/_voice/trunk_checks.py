# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of ``voice_trunks`` and of the addresses they need. Private to the collection.

Each check returns sentences that begin with the path of the variable, name the value and end with the remedy.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from . import edges, schema
from .errors import UnknownEdgeError, VoiceError
from .office import Host, Office

# Twilio's limits: https://www.twilio.com/docs/sip-trunking (names, origination URLs), SIP IpAccessControlList and
# IpAddress resources (names, entries).
LONGEST_NAME = 64
LONGEST_LIST_NAME = 255
MOST_ORIGINATION_URLS = 10
MOST_ADDRESSES = 100

# Space from which nothing reaches Twilio over the Internet (IANA's registry of special-purpose addresses). The networks
# for documentation (RFC 5737) are not in it, so that examples can be checked too.
NOT_PUBLIC = (
    ("0.0.0.0/8", "this network"),
    ("10.0.0.0/8", "private, RFC 1918"),
    ("100.64.0.0/10", "shared by carriers, RFC 6598"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local"),
    ("172.16.0.0/12", "private, RFC 1918"),
    ("192.168.0.0/16", "private, RFC 1918"),
    ("198.18.0.0/15", "for benchmarks, RFC 2544"),
    ("224.0.0.0/4", "multicast"),
    ("240.0.0.0/4", "reserved"),
)

#: Variables of which an office without trunks describes at least one.
ACCOUNT_VARIABLES = ("voice_access_lists", "voice_credential_lists", "voice_addresses", "voice_dialing_permissions")

#: The dictionaries of an origination that is written out.
ORIGINATION_OPTIONS: schema.Options = {
    "sip_url": {"type": "str", "required": True},
    "friendly_name": {"type": "str"},
    "priority": {"type": "int", "default": 10},
    "weight": {"type": "int", "default": 10},
    "enabled": {"type": "bool", "default": True},
}

_SIP_URL = re.compile(
    r"sip:(?:[^@;?\s]+@)?(?P<host>[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::(?P<port>[0-9]{1,5}))?"
    r"(?P<parameters>(?:;[^;?\s]+)*)(?:\?\S+)?"
)


def address_problem(address: object, allow_private: bool) -> str | None:
    """Return what is wrong with an IPv4 address or network of an access list, or None."""
    remedy = "write one such as 203.0.113.10, or a network such as 203.0.113.0/28"
    if not isinstance(address, str) or not re.fullmatch(r"[0-9]+(\.[0-9]+){3}(/[0-9]+)?", address):
        return f"'{address}' is not an IPv4 address, and Twilio's access lists hold no other: {remedy}."
    try:
        network = ipaddress.IPv4Network(address, strict=False)
    except ValueError:
        return f"'{address}' is not an IPv4 address: each part goes up to 255, a prefix length up to 32; {remedy}."
    return _space_problem(address, network, allow_private)


def _space_problem(address: str, network: ipaddress.IPv4Network, allow_private: bool) -> str | None:
    if network.prefixlen == 0:
        return f"'{address}' lets in the whole Internet: write the addresses of the PBXs."
    if str(network.network_address) != address.partition("/")[0]:
        return f"'{address}' is an address inside a network: write the network {network}, or the address alone."
    if allow_private:
        return None
    for text, what in NOT_PUBLIC:
        if network.overlaps(ipaddress.IPv4Network(text)):
            return (
                f"'{address}' is {what}, or holds such addresses, from which nothing reaches Twilio: write public "
                "addresses (voice_allow_private_addresses lifts this for a lab)."
            )
    return None


def trunk_problems(office: Office) -> Iterator[str]:
    """Check every trunk of an office by itself and against the others."""
    trunks = office.description["voice_trunks"]
    if not trunks and all(office.description[name] is None for name in ACCOUNT_VARIABLES):
        yield "voice_trunks: it is empty: describe at least one trunk."
    yield from trunk_form_problems(office)
    for place, trunk in enumerate(trunks):
        if trunk is None:
            continue
        path = f"voice_trunks[{place}]"
        yield from _authentication(path, trunk, office)
        yield from _origination(path, trunk, office)
        yield from _features(path, trunk)
    yield from _public_addresses(office)


def trunk_form_problems(office: Office) -> Iterator[str]:
    """Check what a PBX needs of the trunks: names, domains, edges."""
    networks = _networks(office)
    seen: dict[tuple[str, str], int] = {}
    for place, trunk in enumerate(office.description["voice_trunks"]):
        if trunk is None:
            continue
        path = f"voice_trunks[{place}]"
        for key, what in (("name", "name"), ("domain_name", "domain name")):
            first = seen.setdefault((key, trunk[key]), place) if trunk[key] else place
            if first != place:
                taken = f"the {what} of voice_trunks[{first}] too"
                yield f"{path}.{key}: '{trunk[key]}' is {taken}: give each trunk its own."
        yield from _names(path, trunk)
        yield from _edges(path, trunk, networks)


def _networks(office: Office) -> edges.Networks:
    try:
        return edges.networks(office.description["voice_carrier_networks"])
    except VoiceError:
        # Reported by override_problems; the trunks are judged by the collection's list meanwhile.
        return edges.DEFAULT


def _names(path: str, trunk: Mapping[str, Any]) -> Iterator[str]:
    name, domain = trunk["name"], trunk["domain_name"]
    if name is not None and not 1 <= len(name.strip()) == len(name) <= LONGEST_NAME:
        yield f"{path}.name: '{name}' is not a name: use 1 to {LONGEST_NAME} characters, without spaces at the ends."
    if domain is not None and (problem := edges.domain_problem(domain)):
        yield f"{path}.domain_name: {problem}"


def _edges(path: str, trunk: Mapping[str, Any], networks: edges.Networks) -> Iterator[str]:
    names = trunk["edges"]
    if names is not None and not names:
        yield f"{path}.edges: it is empty: name at least one, such as [{', '.join(networks.edges[:2])}]."
    for place, name in enumerate(names or []):
        if name is None:
            continue
        try:
            networks.check_edge(name)
        except UnknownEdgeError as error:
            yield f"{path}.edges[{place}]: {error}"
            continue
        if name in names[:place]:
            yield f"{path}.edges[{place}]: '{name}' is there twice: remove one."


def _authentication(path: str, trunk: Mapping[str, Any], office: Office) -> Iterator[str]:
    path = f"{path}.authentication"
    authentication = trunk["authentication"]
    addresses, lists, credentials = (authentication[key] for key in ("addresses", "access_lists", "credentials"))
    if trunk["direction"] == "inbound":
        if lists or credentials or addresses not in ("auto", []):
            yield f"{path}: it is there, but the direction is inbound: remove it, or write direction: both."
        return
    if not addresses and not lists and not credentials:
        yield (
            f"{path}: neither addresses nor credentials: Twilio refuses all calls of such a trunk, so set addresses to "
            "auto or to a list, name access_lists or credentials, or write direction: inbound."
        )
    yield from _references(f"{path}.access_lists", lists, LONGEST_LIST_NAME)
    yield from _references(f"{path}.credentials", credentials, LONGEST_NAME)
    if addresses and trunk["name"] in lists:
        yield (
            f"{path}.access_lists: '{trunk['name']}' is the list that the trunk gets for its addresses: remove it, or "
            "set addresses to []."
        )
    if addresses == "auto":
        for host in office.hosts:
            if not host.public_address:
                yield (
                    f"{path}.addresses: it is auto, but {host.name} has no voice_public_address: set it for the "
                    "host, or list the addresses."
                )
        count = len(office.hosts)
    else:
        if isinstance(addresses, str) or not isinstance(addresses, Sequence):
            yield f"{path}.addresses: '{addresses}' is neither auto nor a list: write auto or [203.0.113.10]."
            return
        yield from address_problems(
            f"{path}.addresses", addresses, bool(office.description["voice_allow_private_addresses"])
        )
        count = len(addresses)
    if count > MOST_ADDRESSES:
        yield f"{path}.addresses: {count} entries, Twilio takes {MOST_ADDRESSES}: join neighbours to networks."


def _references(path: str, names: Sequence[Any], longest: int) -> Iterator[str]:
    for place, name in enumerate(names):
        if name is not None and not 1 <= len(name) <= longest:
            yield f"{path}[{place}]: '{name}' is not a name: use 1 to {longest} characters."
        elif name is not None and name in names[:place]:
            yield f"{path}[{place}]: '{name}' is there twice: remove one."


def address_problems(path: str, addresses: Sequence[Any], allow_private: bool) -> Iterator[str]:
    """Check the addresses of one access list, by themselves and against each other."""
    networks: list[tuple[str, ipaddress.IPv4Network]] = []
    for place, address in enumerate(addresses):
        if problem := address_problem(address, allow_private):
            yield f"{path}[{place}]: {problem}"
            continue
        network = ipaddress.IPv4Network(address)
        for other, earlier in networks:
            if network.overlaps(earlier):
                yield f"{path}[{place}]: '{address}' overlaps '{other}': remove one."
                break
        networks.append((address, network))


def _features(path: str, trunk: Mapping[str, Any]) -> Iterator[str]:
    url = (trunk["disaster_recovery"] or {}).get("url")
    if url and not re.fullmatch(r"https?://[^\s/?#]+\S*", url):
        yield f"{path}.disaster_recovery.url: '{url}' is not a URL: write one such as https://example.com/voice."


def _origination(path: str, trunk: Mapping[str, Any], office: Office) -> Iterator[str]:
    path = f"{path}.origination"
    origination = trunk["origination"]
    if trunk["direction"] == "outbound":
        if origination not in ("auto", []):
            yield f"{path}: it is there, but the direction is outbound: remove it, or write direction: both."
        return
    if origination == "auto":
        if len(office.hosts) > MOST_ORIGINATION_URLS:
            yield (
                f"{path}: it is auto, but {len(office.hosts)} hosts are in voice_pbx and Twilio takes "
                f"{MOST_ORIGINATION_URLS} URLs: write it out with the hosts that take calls."
            )
        yield from _shared_addresses(path, trunk, office.hosts)
        return
    if isinstance(origination, str) or not isinstance(origination, Sequence):
        yield f"{path}: '{origination}' is neither auto nor a list: write auto, or a list of dictionaries with sip_url."
        return
    if not origination:
        yield (
            f"{path}: it is empty: nobody could call in, so write auto or list at least one URL, or write "
            "direction: outbound."
        )
    if len(origination) > MOST_ORIGINATION_URLS:
        yield f"{path}: {len(origination)} URLs, Twilio takes {MOST_ORIGINATION_URLS}: remove some."
    found: list[str] = []
    entries = written_origination(origination, path, found)
    yield from found
    seen: dict[tuple[str, str], int] = {}
    for place, entry in enumerate(entries):
        if entry is not None:
            yield from _origination_entry(f"{path}[{place}]", entry, trunk, office)
            for key in ("sip_url", "friendly_name"):
                if entry[key] and seen.setdefault((key, entry[key]), place) != place:
                    yield f"{path}[{place}].{key}: '{entry[key]}' is there twice: remove one."


def written_origination(origination: Sequence[Any], path: str, problems: list[str]) -> list[dict[str, Any] | None]:
    """Return an origination that is written out with its defaults; None in the place of an entry that is not usable."""
    option = {"type": "list", "elements": "dict", "options": ORIGINATION_OPTIONS}
    checked: list[dict[str, Any] | None] = schema.check_value(list(origination), option, path, problems)
    return checked


def _shared_addresses(path: str, trunk: Mapping[str, Any], hosts: Iterable[Host]) -> Iterator[str]:
    seen: dict[str, str] = {}
    for host in hosts:
        if not host.public_address:
            yield (
                f"{path}: it is auto, but {host.name} has no voice_public_address: set it for the host, or write the "
                "origination out."
            )
            continue
        url = sip_url(host, trunk["transport"])
        if url in seen:
            yield (
                f"{path}: it is auto, but {seen[url]} and {host.name} have the same voice_public_address "
                f"'{host.public_address}' and port: give each its own, or write the origination out."
            )
        seen.setdefault(url, host.name)


def sip_url(host: Host, transport: str | None) -> str:
    """Return the URL at which the carrier reaches a PBX."""
    parameter = "" if transport == "udp" else f";transport={transport}"
    return f"sip:{host.public_address}:{host.sip_port(transport)}{parameter}"


def _origination_entry(path: str, entry: Mapping[str, Any], trunk: Mapping[str, Any], office: Office) -> Iterator[str]:
    for key, least, most in (("priority", 0, 65535), ("weight", 1, 65535)):
        if not least <= entry[key] <= most:
            yield f"{path}.{key}: {entry[key]} is outside {least} to {most}: choose a number within."
    if entry["friendly_name"] is not None and not 1 <= len(entry["friendly_name"]) <= LONGEST_NAME:
        yield f"{path}.friendly_name: '{entry['friendly_name']}' is not a name: use 1 to {LONGEST_NAME} characters."
    url = entry["sip_url"]
    if url is None:
        return
    path = f"{path}.sip_url"
    if url.lower().startswith("sips:"):
        yield f"{path}: '{url}' is a sips: URL, which Twilio does not take: write sip: and ;transport=tls."
        return
    match = _SIP_URL.fullmatch(url)
    if match is None or int(match["port"] or 1) not in range(1, 65536):
        yield f"{path}: '{url}' is not a SIP URL: write one such as sip:203.0.113.10:5060 or sip:pbx.example.com."
        return
    if re.fullmatch(r"[0-9.]+", match["host"]) and (
        problem := address_problem(match["host"], bool(office.description["voice_allow_private_addresses"]))
    ):
        yield f"{path}: {problem}"
    parameters = dict(text.partition("=")[::2] for text in match["parameters"].lower().split(";")[1:])
    # Twilio calls a secure trunk by TLS, whatever the URL says; without a port it is then TLS's own.
    implied = "tls" if trunk["transport"] == "tls" and match["port"] in (None, "5061") else "udp"
    transport = parameters.get("transport", implied)
    if trunk["transport"] and transport != trunk["transport"]:
        yield (
            f"{path}: '{url}' means transport {transport}, but the trunk's transport is {trunk['transport']}: write "
            f"{'no transport' if trunk['transport'] == 'udp' else ';transport=' + trunk['transport']} in the URL, or "
            "change the trunk's."
        )


def _public_addresses(office: Office) -> Iterator[str]:
    allow_private = bool(office.description["voice_allow_private_addresses"])
    for host in office.hosts:
        if not host.public_address:
            continue
        problem = address_problem(host.public_address, allow_private)
        if problem is None and "/" in host.public_address:
            problem = f"'{host.public_address}' is a network: write one address."
        if problem:
            yield f"voice_public_address of {host.name}: {problem}"
