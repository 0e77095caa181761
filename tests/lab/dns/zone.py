# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What twilio.com holds: a pure function from a question to records."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field

import dns.name
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

from lab.dns.config import Config

APEX = dns.name.from_text("twilio.com.")
_SERVICES = {
    # service: (NAPTR service field, NAPTR order, port); order and weights are the lab's choice, Twilio's are unknown
    "_sips._tcp": ("SIPS+D2T", 10, 5061),
    "_sip._tcp": ("SIP+D2T", 20, 5060),
    "_sip._udp": ("SIP+D2U", 30, 5060),
}


@dataclass(frozen=True)
class Answer:
    """Records of the answer and additional sections; an empty answer with NOERROR means the name has other types."""

    rcode: dns.rcode.Rcode
    answer: list[dns.rrset.RRset] = field(default_factory=list)
    additional: list[dns.rrset.RRset] = field(default_factory=list)


class Zone:
    """The authoritative data.

    Args:
        config: edges and TTL.
        dice: shuffles the addresses of each answer.
    """

    def __init__(self, config: Config, dice: random.Random | None = None) -> None:
        self._config = config
        self._dice = dice or random.Random()  # noqa: S311 - shares load out, guards nothing

    def soa(self) -> dns.rrset.RRset:
        """For the authority section of negative answers; caches may keep these for 5 seconds."""
        return dns.rrset.from_text(APEX, 5, "IN", "SOA", "ns.twilio.com. hostmaster.twilio.com. 1 3600 600 86400 5")

    def answer(self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType) -> Answer:
        """Look a name up. `name` must be at or below the apex."""
        labels = [label.decode("ascii", "replace").lower() for label in name.relativize(APEX).labels]
        found = self._find(name, labels)
        if found is None:
            return Answer(dns.rcode.NXDOMAIN)
        records = [rrset for rrset in found if rdtype in (rrset.rdtype, dns.rdatatype.ANY)]
        targets = [record.target for rrset in records if rrset.rdtype == dns.rdatatype.SRV for record in rrset]
        additional = [rrset for target in targets for rrset in self.answer(target, dns.rdatatype.A).answer]
        return Answer(dns.rcode.NOERROR, records, additional)

    def host(self, name: dns.name.Name, rdtype: dns.rdatatype.RdataType) -> Answer | None:
        """Look up a name outside the apex; None for one that the lab does not have."""
        addresses = self._config.hosts.get(name.to_text(omit_final_dot=True).lower())
        if addresses is None:
            return None
        return Answer(dns.rcode.NOERROR, [self._rrset(name, "A", addresses)] if rdtype == dns.rdatatype.A else [])

    def _find(self, name: dns.name.Name, labels: Sequence[str]) -> list[dns.rrset.RRset] | None:
        """Every record of a name; an empty list for a name that only has names below it, None for no such name."""
        if not labels:
            return [self.soa()]
        if labels[-1] == "pstn":  # x.pstn.twilio.com
            return self._addresses(name, self._config.default_edge) if len(labels) > 1 else []
        edge = labels[-1]
        if edge not in self._config.edges:
            return self._stun(name, labels)
        rest = labels[:-1]
        if not rest:
            return []
        if rest[-1] == "pstn":
            return self._edge_service(name, edge, rest[:-1])
        addresses = self._config.edges[edge]
        number = {f"pstn{index}": address for index, address in enumerate(addresses)}.get(".".join(rest))
        return [self._rrset(name, "A", [number])] if number else None

    def _stun(self, name: dns.name.Name, labels: Sequence[str]) -> list[dns.rrset.RRset] | None:
        """global.stun.twilio.com."""
        if not self._config.stun or list(labels) not in (["stun"], ["global", "stun"]):
            return None
        return [self._rrset(name, "A", [self._config.stun])] if len(labels) == 2 else []

    def _edge_service(self, name: dns.name.Name, edge: str, below: Sequence[str]) -> list[dns.rrset.RRset]:
        """pstn.EDGE.twilio.com and what is below it: NAPTR, SRV, and the termination names."""
        host = f"pstn.{edge}.{APEX}"
        if not below:
            naptr = [f'{order} 50 "s" "{tag}" "" {srv}.{host}' for srv, (tag, order, __) in _SERVICES.items()]
            return [self._rrset(name, "NAPTR", naptr)]
        service = ".".join(below)
        if service in _SERVICES:
            port = _SERVICES[service][2]
            count = len(self._config.edges[edge])
            return [self._rrset(name, "SRV", [f"10 10 {port} pstn{index}.{edge}.{APEX}" for index in range(count)])]
        if service in ("_tcp", "_udp"):
            return []
        return self._addresses(name, edge)

    def _addresses(self, name: dns.name.Name, edge: str) -> list[dns.rrset.RRset]:
        addresses = list(self._config.edges[edge])
        self._dice.shuffle(addresses)
        return [self._rrset(name, "A", addresses)]

    def _rrset(self, name: dns.name.Name, rdtype: str, texts: Sequence[str]) -> dns.rrset.RRset:
        return dns.rrset.from_text_list(name, self._config.ttl, "IN", rdtype, texts)
