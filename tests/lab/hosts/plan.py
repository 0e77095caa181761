# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The address plan of tests/lab/README.md: which lab has which networks, which host has which address. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lab.hosts.errors import LabError

# lab name -> its /16 and its /24 for the way to the package mirror. The two that gates use are in 198.18.0.0/15 (RFC
# 2544 benchmark space); the spare ones, to work in while those are in use, are at the end of 100.64.0.0/10 (RFC 6598).
# Neither is routed, and the networks are internal.
LABS: dict[str, tuple[str, str]] = {
    "demo": ("198.18", "10.198.18"),
    "molecule": ("198.19", "10.198.19"),
    "spare1": ("100.125", "10.198.20"),
    "spare2": ("100.126", "10.198.21"),
    "spare3": ("100.127", "10.198.22"),
    "spare4": ("100.124", "10.198.23"),
    "spare5": ("100.123", "10.198.24"),
}
EDGES = {"ashburn": 1, "umatilla": 2}  # the third octet of the edge's four addresses
EDGE_ADDRESSES = 4
SIP_PORT = 5060
SIP_TLS_PORT = 5061
REST_PORT = 8080
DNS_PORT = 53
DNS_CONTROL_PORT = 8053
STUN_PORT = 3478
STUN_CONTROL_PORT = 8054
NTP_PORT = 123
NTP_CONTROL_PORT = 8055
NTS_PORT = 4460  # key exchange
MAX_PBX = 10
# Addresses in Contact headers towards a PBX: private, reachable only along Record-Route, as with Twilio (RFC 1918).
CONTACT_NET = "172.25.128"

CARRIER = "carrier"
# With `up --nat`: a PBX that does not own its public address, and what stands before it.
ROUTER, PBX_NAT = "router", "pbxnat"
NAT_PUBLIC = "10.20"
NAT_PBX = 30  # last octet of that PBX in the network for packages
INSIDE_ROUTER, INSIDE_PBX = 2, 10  # last octets in the inside network
# With `up --ground`: hosts of the older Debian releases, and IPv6 for all of the lab.
GROUND = {"bookworm": 31, "trixie": 32}  # suite, which is the host's name too, -> last octet
TELEPHONES = {"pstn": "128.10", "phone": "20.10", "rogue": "66.66"}
_PBX = re.compile(r"pbx([1-9][0-9]?)\Z")


@dataclass(frozen=True)
class Host:
    """One container. kind: `carrier`, `telephone` and `router` (run nothing by themselves) or `pbx` (systemd, SSH).

    address is where others in the SIP network reach it. A PBX with an `inside` address has only that one itself: the
    other is the router's, which translates.
    """

    name: str
    kind: str
    address: str
    extra: tuple[str, ...] = ()  # further addresses on the same interface
    nat_address: str = ""  # in the network that leads out; "" for hosts that need nothing from outside
    inside: str = ""  # in the network behind the router
    suite: str = ""  # the Debian release it is, where that is not the lab's

    @property
    def behind_nat(self) -> bool:
        """Whether its address in the SIP network is somebody else's."""
        return self.kind == "pbx" and bool(self.inside)

    @property
    def login(self) -> str:
        """Where SSH reaches it from this machine."""
        return self.inside if self.behind_nat else self.address


def mac(address: str) -> str:
    """Return a hardware address made of the IP address, so that the neighbours of a host made anew still find it."""
    return "02:00:" + ":".join(f"{int(octet):02x}" for octet in address.split("."))


@dataclass(frozen=True)
class Plan:
    """The networks and hosts of one lab; `make_plan` builds it."""

    name: str
    prefix: str  # the first two octets, N in the README
    nat_prefix: str
    hosts: dict[str, Host] = field(default_factory=dict)

    @property
    def subnet(self) -> str:
        return f"{self.prefix}.0.0/16"

    @property
    def gateway(self) -> str:
        return f"{self.prefix}.0.1"

    @property
    def nat_subnet(self) -> str:
        return f"{self.nat_prefix}.0/24"

    @property
    def nat_gateway(self) -> str:
        return f"{self.nat_prefix}.1"

    @property
    def inside_prefix(self) -> str:
        """The network behind the router: a hundred above the one for packages."""
        first, second, third = self.nat_prefix.split(".")
        return f"{first}.{second}.{int(third) + 100}"

    @property
    def inside_subnet(self) -> str:
        return f"{self.inside_prefix}.0/24"

    @property
    def inside_network(self) -> str:
        return f"dialtone-{self.name}-inside"

    @property
    def inside_bridge(self) -> str:
        return f"dt-{self.name}-in"

    @property
    def nat(self) -> bool:
        """Whether there is a PBX behind a router."""
        return ROUTER in self.hosts

    @property
    def network(self) -> str:
        return f"dialtone-{self.name}"

    @property
    def nat_network(self) -> str:
        return f"dialtone-{self.name}-nat"

    @property
    def bridges(self) -> tuple[str, str]:
        """Interface names (at most 15 characters) of the SIP and of the NAT network."""
        return f"dt-{self.name}", f"dt-{self.name}-nat"

    @property
    def carrier(self) -> str:
        return f"{self.prefix}.0.10"

    @property
    def base_url(self) -> str:
        return f"http://{self.carrier}:{REST_PORT}"

    @property
    def dns_control(self) -> str:
        return f"http://{self.carrier}:{DNS_CONTROL_PORT}"

    @property
    def stun_control(self) -> str:
        return f"http://{self.carrier}:{STUN_CONTROL_PORT}"

    @property
    def ntp_control(self) -> str:
        return f"http://{self.carrier}:{NTP_CONTROL_PORT}"

    @property
    def time_servers(self) -> dict[str, tuple[str, ...]]:
        """The names of time servers and their addresses: one, a pool of others, and one that proves who it is (NTS)."""
        *pool, nts = self.edge_addresses("ashburn")
        return {"time.lab": (self.carrier,), "pool.time.lab": tuple(pool), "nts.lab": (nts,)}

    @property
    def pbx_hosts(self) -> list[Host]:
        """The PBX hosts that own their addresses; those of another Debian are not among them."""
        return [host for host in self.machines if not host.behind_nat and not host.suite]

    @property
    def ground(self) -> bool:
        """Whether there are hosts of every Debian release, and IPv6."""
        return any(host.suite for host in self.hosts.values())

    @property
    def ground_hosts(self) -> list[Host]:
        """One host of each Debian release, if there are such: what stands below a PBX is proven on them."""
        return [*self.pbx_hosts[:1], *(host for host in self.machines if host.suite)] if self.ground else []

    @property
    def prefix6(self) -> str:
        """The first half of the IPv6 addresses that a lab with --ground has: private ones (RFC 4193)."""
        first, second = (int(octet) for octet in self.prefix.split("."))
        return f"fd{first:02x}:{second:x}:0:0"

    @property
    def subnet6(self) -> str:
        return f"{self.prefix6}::/64"

    def address6(self, address: str) -> str:
        """Return the IPv6 address that belongs to an address N.C.D: its last two numbers, as they are written."""
        third, fourth = address.split(".")[2:]
        return f"{self.prefix6}::{third}:{fourth}"

    @property
    def machines(self) -> list[Host]:
        """Every host that one logs in to, the one behind the router among them."""
        return [host for host in self.hosts.values() if host.kind == "pbx"]

    def edge_addresses(self, edge: str) -> tuple[str, ...]:
        """Return the four addresses of an edge. LabError if there is no such edge."""
        if edge not in EDGES:
            raise LabError(f"There is no edge '{edge}' in the lab: use {' or '.join(EDGES)}.")
        return tuple(f"{self.prefix}.{EDGES[edge]}.{last}" for last in range(EDGE_ADDRESSES))

    def host(self, name: str) -> Host:
        """Return a host of the plan. LabError naming the ones there are otherwise."""
        if name not in self.hosts:
            raise LabError(f"There is no host '{name}' in the lab '{self.name}': it has {', '.join(self.hosts)}.")
        return self.hosts[name]

    def container(self, host: str) -> str:
        return f"dialtone-{self.name}-{host}"


def make_plan(name: str, pbx: int = 1, nat: bool = False, ground: bool = False) -> Plan:
    """Return the plan of the lab `name` with `pbx` PBX hosts (1 to 10, default 1), with `nat` one more behind a router,
    with `ground` one of each older Debian release and IPv6.

    LabError for others.
    """
    if name not in LABS:
        raise LabError(f"There is no lab '{name}': the address plan knows {', '.join(LABS)} (--name).")
    if not 1 <= pbx <= MAX_PBX:
        raise LabError(f"{pbx} PBX hosts are not possible: use 1 to {MAX_PBX} (--pbx).")
    prefix, nat_prefix = LABS[name]
    plan = Plan(name, prefix, nat_prefix)
    edges = tuple(address for edge in EDGES for address in plan.edge_addresses(edge))
    plan.hosts[CARRIER] = Host(CARRIER, "carrier", plan.carrier, edges, f"{nat_prefix}.9")
    for host, suffix in TELEPHONES.items():
        plan.hosts[host] = Host(host, "telephone", f"{prefix}.{suffix}")
    for number in range(1, pbx + 1):
        last = 9 + number
        plan.hosts[f"pbx{number}"] = Host(
            f"pbx{number}", "pbx", f"{prefix}.10.{last}", nat_address=f"{nat_prefix}.{last}"
        )
    if nat:
        public, inside = f"{prefix}.{NAT_PUBLIC}", plan.inside_prefix
        plan.hosts[ROUTER] = Host(ROUTER, "router", public, inside=f"{inside}.{INSIDE_ROUTER}")
        plan.hosts[PBX_NAT] = Host(
            PBX_NAT, "pbx", public, nat_address=f"{nat_prefix}.{NAT_PBX}",
            inside=f"{inside}.{INSIDE_PBX}",
        )  # fmt: skip
    for suite, last in GROUND.items() if ground else ():
        plan.hosts[suite] = Host(
            suite, "pbx", f"{prefix}.10.{last}", nat_address=f"{nat_prefix}.{last}", suite=suite
        )  # fmt: skip
    return plan


def pbx_count(hosts: list[str]) -> int:
    """Return how many PBX hosts a lab with these hosts has: the highest number among pbx1, pbx2, …; 1 if none."""
    numbers = [int(match[1]) for host in hosts if (match := _PBX.match(host))]
    return max(numbers, default=1)
