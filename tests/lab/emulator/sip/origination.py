# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The route of a call to one of our numbers: along its trunk's origination URLs."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from lab.emulator.context import Context
from lab.emulator.params import parse_sip_url
from lab.emulator.sip.calls import new_call_sid, reject
from lab.emulator.store import Record
from lab.hosts.plan import EDGE_ADDRESSES, EDGES


class Origination:
    """Routes calls to numbers. Callers hold the context's lock."""

    def __init__(self, context: Context) -> None:
        self._context = context

    def verdict(self, number: str, srtp: bool | None = None) -> dict[str, Any]:
        """Where a call to a number goes: `route` with targets in the order to be tried, or `reject`.

        `srtp`: whether the caller, who is the lab's telephone and not Twilio, offers it; None when nobody says.
        """
        store = self._context.store
        record = store.number(number)
        if record is None or record.data["trunk_sid"] is None:
            return reject(404, "Not Found")
        if store.inactive(store.accounts[record.account_sid]):
            return reject(603, "Decline")
        trunk = store.get("TK", record.data["trunk_sid"])
        if trunk is None:
            return reject(404, "Not Found")
        urls = [url for url in store.children("OU", trunk.sid).values() if url.data["enabled"]]
        identity = {
            "call_sid": new_call_sid(),
            "account_sid": trunk.account_sid,
            "trunk_sid": trunk.sid,
            "trunk_domain": trunk.data["domain_name"] or "",
        }
        if not urls:
            disaster = trunk.data["disaster_recovery_url"] or ""
            refusal = reject(503, "Service Unavailable", "32010 No valid origination URI on this trunk")
            return {**refusal, **identity, "disaster_recovery_url": disaster}
        secure = bool(trunk.data["secure"])
        if srtp is not None and srtp != secure and not (secure and self._context.settings.pass_unencrypted):
            why = (
                "SRTP is required: secure trunking is enabled" if secure else "SRTP is refused: secure trunking is not"
            )
            return {**reject(488, "Not Acceptable Here", f"{32208 if secure else 32207} {why}"), **identity}
        targets = [self._target(url, number, secure) for url in in_order(urls, self._context.dice)]
        return {"action": "route", **identity, "secure": int(trunk.data["secure"]), "targets": targets}

    def _target(self, url: Record, number: str, secure: bool) -> dict[str, Any]:
        target = _target(url, number, secure)
        edge, address = self._source(target["edge"])
        return {**target, "edge": edge, "address": address}

    def _source(self, edge: str) -> tuple[str, int]:
        """The edge that sends, and which of its addresses: another one where the edge, or that address, is down."""
        states = self._context.settings.edges
        for name in (edge, *EDGES):
            real = name if name in EDGES else next(iter(EDGES))
            down = [address for address in states if "." in address]
            numbers = [n for n in range(EDGE_ADDRESSES) if not any(a.endswith(f".{EDGES[real]}.{n}") for a in down)]
            if real not in states and numbers:
                return (name if name == edge else real), self._context.dice.choice(numbers)
        return edge, self._context.dice.randrange(EDGE_ADDRESSES)


def in_order(urls: Sequence[Record], dice: random.Random) -> list[Record]:
    """URLs by priority, lowest first; within one priority drawn by weight, without putting back (as in RFC 2782)."""
    ordered: list[Record] = []
    for priority in sorted({url.data["priority"] for url in urls}):
        rest = [url for url in urls if url.data["priority"] == priority]
        while rest:
            drawn = dice.choices(rest, weights=[url.data["weight"] for url in rest])[0]
            rest.remove(drawn)
            ordered.append(drawn)
    return ordered


def _target(url: Record, number: str, secure: bool) -> dict[str, Any]:
    """One target, flat. A secure trunk speaks TLS whatever its URL says."""
    parts = parse_sip_url(url.data["sip_url"])
    assert parts is not None
    transport = "tls" if secure else parts.transport
    port = parts.port or (5061 if transport == "tls" else 5060)
    authority = parts.host + (f":{parts.port}" if parts.port else "")
    params = "".join(f";{item}" for item in parts.params)
    if transport != "udp":
        params += f";transport={transport}"
    return {
        "uri": f"sip:{parts.user or number}@{authority}{params}",
        "host": parts.host,
        "port": port,
        "transport": transport,
        "edge": parts.edge,
        "headers": parts.headers,
        "sid": url.sid,
        "priority": url.data["priority"],
        "weight": url.data["weight"],
    }
