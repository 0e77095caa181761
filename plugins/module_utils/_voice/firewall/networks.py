# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of networks, IPv4 and IPv6 in one: what is wrong with them, and how they are put into sets. Private."""

from __future__ import annotations

import bisect
import ipaddress
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Union

Network = Union[ipaddress.IPv4Network, ipaddress.IPv6Network]
Address = Union[ipaddress.IPv4Address, ipaddress.IPv6Address]

_REMEDY = "write one such as 192.0.2.0/24 or 2001:db8::/64"
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")


def network_problems(path: str, entries: Sequence[Any]) -> Iterator[str]:
    """Yield what is wrong with a list of networks. An entry that is None was reported before."""
    seen: dict[Network, str] = {}
    for place, entry in enumerate(entries):
        if entry is None:
            continue
        if problem := _problem(entry):
            yield f"{path}[{place}]: {problem}"
            continue
        network = ipaddress.ip_network(entry)
        if network in seen:
            same = "is there twice" if seen[network] == entry else f"is the same as '{seen[network]}'"
            yield f"{path}[{place}]: '{entry}' {same}: remove one."
        seen.setdefault(network, entry)


def _problem(entry: str) -> str | None:
    try:
        network = ipaddress.ip_network(entry, strict=False)
    except ValueError:
        return f"'{entry}' is neither a network nor an address: {_REMEDY}."
    if "%" in entry:
        return f"'{entry}' names an interface, which a network does not have: {_REMEDY}."
    if isinstance(network, ipaddress.IPv6Network) and network.subnet_of(_MAPPED):
        length = f"/{network.prefixlen - 96}" if network.prefixlen < 128 else ""
        plain = f"{ipaddress.IPv4Address(int(network.network_address) & 0xFFFFFFFF)}{length}"
        return f"'{entry}' is an IPv4 network written as IPv6, with which no packet comes: write {plain}."
    address = entry.partition("/")[0]
    if network.network_address.is_unspecified and network.prefixlen == network.max_prefixlen:
        return f"'{entry}' is nobody's address: write {address}/0 for everybody, or the network that is meant."
    if ipaddress.ip_address(address) != network.network_address:
        return f"'{entry}' is an address inside a network: write the network {network}, or the address {address}."
    return None


def usable(entries: Iterable[Any]) -> list[Network]:
    """Return the networks of a list, without the entries that have a problem."""
    return [ipaddress.ip_network(entry) for entry in entries if isinstance(entry, str) and not _problem(entry)]


def sets_of(name: str, networks: Iterable[Network]) -> list[dict[str, Any]]:
    """Return the two sets, IPv4 and IPv6, that hold networks: neighbours joined, in the order of addresses."""
    four, six = _collapsed(networks)
    return [
        {"name": f"{name}4", "family": 4, "elements": [_text(network) for network in four]},
        {"name": f"{name}6", "family": 6, "elements": [_text(network) for network in six]},
    ]


def joined(networks: Iterable[Network]) -> list[Network]:
    """Return networks with neighbours joined, IPv4 first."""
    four, six = _collapsed(networks)
    return [*four, *six]


def _collapsed(
    networks: Iterable[Network],
) -> tuple[list[ipaddress.IPv4Network], list[ipaddress.IPv6Network]]:
    networks = list(networks)
    four = ipaddress.collapse_addresses(entry for entry in networks if isinstance(entry, ipaddress.IPv4Network))
    six = ipaddress.collapse_addresses(entry for entry in networks if isinstance(entry, ipaddress.IPv6Network))
    return list(four), list(six)


def _text(network: Network) -> str:
    return str(network.network_address if network.prefixlen == network.max_prefixlen else network)


def address_of(text: object) -> Address | None:
    """Return an address as the firewall sees it, or None if there is none: IPv4 in IPv6 is IPv4, without interface."""
    try:
        address = ipaddress.ip_address(str(text).partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return mapped or address


def holds(networks: Iterable[Network], address: Address) -> bool:
    """Say whether an address is in one of some networks."""
    return any(address in network for network in networks)


class Covering:
    """Many networks, of which the one that holds another network is found without looking at each."""

    def __init__(self, networks: Iterable[Network]) -> None:
        four, six = _collapsed(networks)
        self._found: dict[int, list[Network]] = {4: [*four], 6: [*six]}
        self._starts = {
            family: [int(entry.network_address) for entry in found] for family, found in self._found.items()
        }

    def over(self, network: Network) -> Network | None:
        """Return the network that holds all of another one, or None. Neighbours count as one network."""
        place = bisect.bisect_right(self._starts[network.version], int(network.network_address)) - 1
        if place < 0:
            return None
        outer = self._found[network.version][place]
        return outer if int(network.broadcast_address) <= int(outer.broadcast_address) else None
