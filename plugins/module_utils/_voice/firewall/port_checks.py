# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of ports and services: what they are, and that no two claim the same one. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from ..calls.host_checks import port_problems
from .networks import network_problems
from .openings import openings
from .ports import parse
from .values import Values

_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}")
#: First port that Linux takes for connections of its own (net.ipv4.ip_local_port_range).
OWN_PORTS = 32768
#: Held against each other by port_problems, in better words.
_JUDGED = ("voice_sip_port", "voice_sip_tls_port", "voice_rtp_start")


def service_problems(values: Values) -> Iterator[str]:
    """Check the ports of SSH and metrics, and the services, each by itself."""
    for name in ("firewall_ssh_ports", "firewall_metrics_ports"):
        for place, port in enumerate(values[name]):
            if port is not None and parse(port) is None:
                yield f"{name}[{place}]: '{port}' is not a port: write a number from 1 to 65535."
    if not values["firewall_ssh_ports"] and not any(
        service["protocol"] == "tcp" for __, service in values.entries("firewall_services")
    ):
        yield (
            "firewall_ssh_ports: it is empty, so nobody could manage the host: name the ports of SSH, such as [22] "
            "(firewall_services may have SSH in its place)."
        )
    seen: dict[str, str] = {}
    for path, service in values.entries("firewall_services"):
        name = service["name"]
        if name is not None and not _NAME.fullmatch(name):
            yield (
                f"{path}.name: '{name}' cannot name counters: use 1 to 32 of a-z, 0-9 and _, beginning with a letter."
            )
        if name is not None and seen.setdefault(name, path) != path:
            yield f"{path}.name: '{name}' is the name of {seen[name]} too: give each service its own."
        for place, written in enumerate(service["ports"] or []):
            if written is not None and parse(written) is None:
                yield (
                    f"{path}.ports[{place}]: '{written}' is neither a port nor a range: write one such as 9100 or "
                    '"8000-8010", from 1 to 65535.'
                )
        if service["ports"] is not None and not service["ports"]:
            yield f"{path}.ports: it is empty: list at least one port."
        if service["networks"] is not None:
            yield from network_problems(f"{path}.networks", service["networks"])
            if not service["networks"]:
                yield (
                    f"{path}.networks: it is empty, so nobody could use the service: list its networks, or leave it "
                    "out for voice_management_networks."
                )


def range_problems(values: Values) -> Iterator[str]:
    """Check the ports of SIP and media, as the description does, and that media fits past the connection tracking."""
    yield from port_problems(values.read, values["voice_dialplan"]["limits"]["calls"])
    if values.media_ports and values["firewall_untracked_media"] and values["voice_rtp_end"] >= OWN_PORTS:
        yield (
            f"firewall_untracked_media: voice_rtp_end is {values['voice_rtp_end']}, but from {OWN_PORTS} on are ports "
            f"of the host's own connections, whose answers would be lost: end the range below {OWN_PORTS}, or write "
            "false."
        )


def clash_problems(values: Values) -> Iterator[str]:
    """Check that what is open has its ports for itself."""
    opened = [(opening, ports) for opening in openings(values) for ports in opening.ports]
    for (one, ports), (other, taken) in combinations(opened, 2):
        if one.protocol != other.protocol or not ports.meets(taken):
            continue
        if one.path in _JUDGED and other.path in _JUDGED:
            continue
        if one is other:
            yield f"{one.path}: {ports} and {taken} are the same port: remove one."
            continue
        where = other.path or "which is always open"
        yield (
            f"{one.path}: {one.protocol.upper()} port {ports} of {one.name} is that of {other.name} too "
            f"({taken}, {where}): give each its own."
        )
