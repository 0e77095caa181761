# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The edges and their addresses."""

from __future__ import annotations

import ipaddress
import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TTL = 600  # seconds: the ten minutes Twilio's A records have
# The labs of the gates, and the spare ones (hosts/plan.py).
LAB_NETWORKS = tuple(ipaddress.IPv4Network(n) for n in ("198.18.0.0/15", "100.123.0.0/16", "100.124.0.0/14"))


class ConfigError(Exception):
    """A configuration that cannot be used; its text is a sentence."""


@dataclass(frozen=True)
class Config:
    """What the zone holds.

    Attributes:
        edges: the IPv4 addresses of each edge by name; the first edge also answers for names without an edge.
        ttl: seconds every record may be kept; default 600.
        stun: the address of global.stun.twilio.com; "" if there is none.
        hosts: the addresses of names outside twilio.com.
    """

    edges: dict[str, tuple[str, ...]]
    ttl: int = TTL
    stun: str = ""
    hosts: dict[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def default_edge(self) -> str:
        return next(iter(self.edges))


def read_config(path: Path) -> Config:
    """Read {"edges": {"ashburn": ["198.18.1.0", …], …}, "ttl": 600, "stun": "198.18.0.10"}.

    Raises:
        ConfigError: naming the file, the key and what is wrong.
    """
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"--config {path} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise ConfigError(f"--config {path} is not JSON: {error}") from None
    return parse_config(value, f"--config {path}")


def parse_config(value: Any, where: str) -> Config:
    if not isinstance(value, dict) or not isinstance(value.get("edges"), dict) or not value["edges"]:
        raise ConfigError(f'{where} must hold {{"edges": {{"NAME": ["ADDRESS", …]}}}} with at least one edge')
    unknown = sorted(set(value) - {"edges", "ttl", "stun"})
    if unknown:
        raise ConfigError(f"{where} has the unknown key {unknown[0]!r}; known are edges, ttl and stun")
    ttl = value.get("ttl", TTL)
    if isinstance(ttl, bool) or not isinstance(ttl, int) or not 0 <= ttl <= 86400:
        raise ConfigError(f"{where} has the ttl {ttl!r}; it must be an integer from 0 to 86400")
    stun = value.get("stun", "")
    if stun != "" and not _is_ipv4(stun):
        raise ConfigError(f"{where} has the stun {stun!r}, which is not an IPv4 address")
    edges = {}
    for name, addresses in value["edges"].items():
        if not re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", name):
            raise ConfigError(f"{where} has the edge {name!r}, which is not a lower-case DNS label")
        if not isinstance(addresses, list) or not addresses or not all(_is_ipv4(address) for address in addresses):
            raise ConfigError(f"{where} has for the edge {name} {addresses!r}, which is not a list of IPv4 addresses")
        edges[name] = tuple(addresses)
    return Config(edges, ttl, stun)


def lab_config(listen: str) -> Config:
    """The edges as the address plan of tests/lab/README.md has them, from the address the carrier listens on.

    Raises:
        ConfigError: for an address outside the lab's networks, from which nothing can be derived.
    """
    if not _is_ipv4(listen) or not any(ipaddress.IPv4Address(listen) in network for network in LAB_NETWORKS):
        known = ", ".join(map(str, LAB_NETWORKS))
        raise ConfigError(f"--config is needed: --listen {listen} is not in {known}, where the edges are known")
    first, second = listen.split(".")[:2]
    numbers = {"ashburn": 1, "umatilla": 2}
    edges = {edge: tuple(f"{first}.{second}.{n}.{last}" for last in range(4)) for edge, n in numbers.items()}
    *pool, nts = edges["ashburn"]  # the time servers, as hosts/plan.py has them
    hosts = {"time.lab": (listen,), "pool.time.lab": tuple(pool), "nts.lab": (nts,)}
    return Config(edges, stun=listen, hosts=hosts)


def _is_ipv4(value: Any) -> bool:
    try:
        ipaddress.IPv4Address(value)
    except ValueError:
        return False
    return isinstance(value, str)
