# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table as its template writes it, and a walk of packets through it without a kernel.

What the walk does not know is an error. That the kernel reads the rules the same is proven in the lab.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import jinja2
from firewall_hosts import ROOT, built

_TEMPLATE = ROOT / "roles/firewall/templates/table.nft.j2"


@dataclass(frozen=True)
class Packet:
    """What comes in. ``over`` names what its source has used up: a meter, or ``limit``."""

    source: str = "203.0.113.66"
    protocol: str = "udp"
    to: int = 0
    sport: int = 40000
    interface: str = "eth0"
    state: str = "new"
    reply: bool = False
    kind: str = ""
    hops: int = 64
    to_everybody: bool = False
    over: str = ""


@dataclass
class Table:
    """The table, its parts by name."""

    text: str
    counters: list[str] = field(default_factory=list)
    sets: dict[str, list[str]] = field(default_factory=dict)
    maps: dict[str, list[str]] = field(default_factory=dict)
    chains: dict[str, list[str]] = field(default_factory=dict)

    def fate(self, packet: Packet, chain: str = "input") -> tuple[str, list[str]]:
        """Return what becomes of a packet, and the names of the counters that counted it."""
        counted: list[str] = []
        return self._walk(chain, packet, counted) or "policy", counted

    def _walk(self, chain: str, packet: Packet, counted: list[str]) -> str | None:
        for rule in self.chains[chain]:
            verdict = self._rule(rule, packet, counted)
            word, __, target = (verdict or "").partition(" ")
            if word in ("goto", "jump"):
                verdict = self._walk(target, packet, counted)
                if word == "goto":
                    return verdict
            if verdict is not None:
                return verdict
        return None

    def _rule(self, rule: str, packet: Packet, counted: list[str]) -> str | None:
        """Return the verdict of a rule, or None where it does not apply or has none."""
        rest = rule
        while rest:
            known = ((pattern.match(rest), judge) for pattern, judge in _WORDS)
            match, judge = next(((match, judge) for match, judge in known if match), (None, None))
            if match is None or judge is None:
                raise ValueError(f"The walk does not know: {rest}")
            rest = rest[match.end() :].lstrip()
            found = judge(At(self, packet, match))
            if found is False:
                return None
            if match["word"].startswith("counter"):
                counted.append(match["name"])
            elif isinstance(found, str):
                return found
        return None

    def holds(self, name: str, packet: Packet, family: int) -> bool:
        address = ipaddress.ip_address(packet.source)
        return address.version == family and any(
            address in ipaddress.ip_network(element) for element in self.sets[name]
        )

    def looked_up(self, entries: list[str], key: Any) -> str | bool:
        for entry in entries:
            keys, __, verdict = (part.strip() for part in entry.partition(" : "))
            first, __, last = keys.partition("-")
            if keys == key or (isinstance(key, int) and int(first) <= key <= int(last or first)):
                return verdict
        return False


def _entries(text: str) -> list[str]:
    return [entry.strip() for entry in text.split(",") if entry.strip()]


@dataclass(frozen=True)
class At:
    """A packet at some words of a rule."""

    table: Table
    packet: Packet
    match: re.Match[str]


def _kind(at: At) -> bool:
    return at.packet.protocol == at.match["family"] and at.packet.kind in _entries(at.match["kinds"].strip("{} "))


def _ports(at: At) -> bool:
    port = at.packet.to if at.match["side"] == "d" else at.packet.sport
    return at.packet.protocol == "udp" and at.table.looked_up([f"{at.match['ports']} : x"], port) == "x"


Judge = Callable[[At], "bool | str"]


def _word(pattern: str, judge: Judge) -> tuple[re.Pattern[str], Judge]:
    return re.compile(f"(?P<word>{pattern})(?= |$)"), judge


_WORDS = [
    _word('iif "lo"', lambda at: at.packet.interface == "lo"),
    _word(
        r"ip(?P<six>6?) saddr @(?P<set>\w+)",
        lambda at: at.table.holds(at.match["set"], at.packet, 6 if at.match["six"] else 4),
    ),
    _word(r"ip6 saddr fe80::/10", lambda at: at.packet.source.startswith("fe80:")),
    _word(r"ip6 hoplimit (?P<hops>\d+)", lambda at: at.packet.hops == int(at.match["hops"])),
    _word(r"udp (?P<side>[sd])port (?P<ports>\d[\d-]*)", _ports),
    _word(
        r"(?P<protocol>tcp|udp) dport vmap @(?P<map>\w+)",
        lambda at: (
            at.packet.protocol == at.match["protocol"]
            and at.table.looked_up(at.table.maps[at.match["map"]], at.packet.to)
        ),
    ),
    _word(
        r"meta l4proto vmap \{(?P<entries>[^}]*)\}",
        lambda at: at.table.looked_up(_entries(at.match["entries"]), at.packet.protocol),
    ),
    _word(
        r"meta l4proto (?P<protocols>\w+|\{[^}]*\})",
        lambda at: at.packet.protocol in _entries(at.match["protocols"].strip("{} ")),
    ),
    _word(r"meta pkttype \{ broadcast, multicast \}", lambda at: at.packet.to_everybody),
    _word(r"ct state (?P<state>\w+)", lambda at: at.packet.state == at.match["state"]),
    _word("ct direction reply", lambda at: at.packet.reply),
    _word(r"(?P<family>icmp|icmpv6) type (?P<kinds>[\w-]+|\{[^}]*\})", _kind),
    _word(r"(?:update|add) @(?P<set>\w+) \{[^}]*\}", lambda at: at.packet.over == at.match["set"].rstrip("46")),
    _word(
        r"ip6? saddr (?:and [0-9a-f:]+ )?!= @(?P<set>\w+)",
        lambda at: at.packet.over == f"no room in {at.match['set'].rstrip('46')}",
    ),
    _word(
        r"limit rate over \S+ burst \d+ packets",
        lambda at: at.packet.over.startswith(("limit", "no room")),
    ),
    _word(r'limit rate \S+ burst \d+ packets log prefix "dialtone-drop: "', lambda __: True),
    _word(r"counter name (?P<name>\w+)", lambda __: True),
    _word(r"notrack|accept|drop|(?:goto|jump) \w+", lambda at: at.match["word"]),
]


def rendered(variables: dict[str, Any]) -> str:
    """Return the inside of the table of a host, with the settings that Ansible gives its templates."""
    environment = jinja2.Environment(  # noqa: S701 - no HTML
        trim_blocks=True, keep_trailing_newline=True, undefined=jinja2.StrictUndefined
    )
    return environment.from_string(_TEMPLATE.read_text(encoding="utf-8")).render(plan=built(variables))


def table(variables: dict[str, Any]) -> Table:
    text = rendered(variables)
    found = Table(text)
    for kind, name, inside in re.findall(
        r"^\t(set|map|chain|counter) (\w+) \{\n(.*?)^\t\}$", text, re.DOTALL | re.MULTILINE
    ):
        if kind == "counter":
            found.counters.append(name)
        elif kind == "chain":
            lines = [line.strip() for line in inside.splitlines()]
            found.chains[name] = [line for line in lines if line and not line.startswith(("#", "type "))]
        else:
            elements = re.search(r"elements = \{(.*?)\}", inside, re.DOTALL)
            (found.sets if kind == "set" else found.maps)[name] = _entries(elements[1]) if elements else []
    return found
