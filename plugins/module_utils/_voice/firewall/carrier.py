# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the list of the carrier's networks is still true: its age, and what DNS says. Private to the collection."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .. import edges, srv
from ..errors import VoiceError
from .networks import address_of, holds, usable
from .values import Values

#: Edges that are asked for at a time: names that nobody answers for must not add up.
_AT_A_TIME = 8
_REMEDY = "compare it with https://www.twilio.com/docs/sip-trunking/ip-addresses, then"


def age(values: Values, today: datetime.date) -> dict[str, Any]:
    """Return where the list is from, and how old it is."""
    known = values.carrier
    try:
        days: int | None = max(0, (today - datetime.date.fromisoformat(known.as_of)).days)
    except ValueError:
        days = None
    return {"as_of": known.as_of, "age_days": days, "source": known.source, "edges": list(known.signalling)}


def age_warnings(listed: Mapping[str, Any], most_days: int) -> list[str]:
    """Return what is to be said about the age of the list."""
    own = listed["source"] == "voice_carrier_networks"
    days = listed["age_days"]
    if days is None:
        return ["voice_carrier_networks.as_of: it is missing, so nobody can tell how old the list is: write its date."]
    if days <= most_days:
        return []
    remedy = "set voice_carrier_networks.as_of" if own else "update the collection or set voice_carrier_networks"
    return [
        f"The list of the carrier's networks is of {listed['as_of']}, {days} days old (firewall_carrier_age_days: "
        f"{most_days}): {_REMEDY} {remedy}."
    ]


def asked(
    override: Mapping[str, Any] | None, only: Sequence[str], look_up: Callable[[str], Iterable[str]]
) -> list[dict[str, Any]]:
    """Compare the list of the carrier's networks with what DNS says.

    Args:
        override: ``voice_carrier_networks``.
        only: edges; empty means all public ones.
        look_up: returns the addresses of a name, or raises VoiceError.

    Returns:
        A dictionary for each edge, as the lookup ``dialtone.voice.carrier_addresses`` documents it.

    Raises:
        VoiceError: the override or an edge is not usable. DNS that fails is a warning in the result.
    """
    known = edges.networks(override)
    names = [known.check_edge(edge) for edge in only] or list(known.signalling)
    with ThreadPoolExecutor(_AT_A_TIME) as pool:
        return list(pool.map(lambda edge: _edge(edge, known, look_up), names))


def _edge(edge: str, known: edges.Networks, look_up: Callable[[str], Iterable[str]]) -> dict[str, Any]:
    name = f"pstn.{edge}.twilio.com"
    result: dict[str, Any] = {"edge": edge, "name": name, "addresses": [], "unknown": [], "warning": ""}
    try:
        result["addresses"] = sorted(set(look_up(name)))
    except VoiceError as error:
        return {**result, "warning": f"The carrier's edge {edge} was not compared with the list: {error}"}
    # The firewall is open to all public edges alike, so an address that has moved between two is no trouble.
    networks = usable(edges.signalling_networks(known, [*known.signalling, edge]))
    for text in result["addresses"]:
        address = address_of(text)
        if address is None or not holds(networks, address):
            result["unknown"].append(text)
    if result["unknown"]:
        result["warning"] = (
            f"{name} is at {', '.join(result['unknown'])}, which is in no network of the list of "
            f"{known.as_of or 'no date'} ({known.source}): {_REMEDY} set voice_carrier_networks."
        )
    return result


def addresses_of(resolver: Any) -> Callable[[str], list[str]]:
    """Return a function that looks up where a name is."""

    def look_up(name: str) -> list[str]:
        answer = srv.locate(name, "udp", resolver)
        return [address for target in answer.targets for address in target.addresses]

    return look_up
