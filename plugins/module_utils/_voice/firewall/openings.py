# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which ports are open, and which chain of the table judges what comes to them. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .networks import Network, usable
from .ports import Ports
from .values import Values, service_ports

#: Transport of SIP: protocol, and the variable with the port.
TRANSPORTS = {
    "udp": ("udp", "voice_sip_port"),
    "tcp": ("tcp", "voice_sip_port"),
    "tls": ("tcp", "voice_sip_tls_port"),
}
MANAGEMENT = "management"


@dataclass(frozen=True)
class Opening:
    """Ports with one fate.

    Attributes:
        path: the variable that opens them.
        name: what it is, for sentences.
        protocol: ``tcp`` or ``udp``.
        ports: the ports.
        chain: the chain that judges packets to them; empty for media, which has a rule of its own.
        counter: what its counters end in; empty if they are not those of a service.
        networks: name of the sets with the networks from which they are open; empty if that is not all there is to it.
    """

    path: str
    name: str
    protocol: str
    ports: tuple[Ports, ...]
    chain: str
    counter: str = ""
    networks: str = ""


def openings(values: Values) -> Iterator[Opening]:
    """Yield what is open on a host."""
    for name in ("ssh", "metrics"):
        path = f"firewall_{name}_ports"
        if ports := tuple(Ports(port, port) for port in values[path] if port is not None):
            yield Opening(path, "SSH" if name == "ssh" else name, "tcp", ports, name, name, MANAGEMENT)
    for path, entry in values.entries("firewall_services"):
        if ports := tuple(service_ports(entry)):
            chain = f"service_{entry['name']}"
            networks = chain if entry["networks"] is not None else MANAGEMENT
            yield Opening(f"{path}.ports", f"'{entry['name']}'", entry["protocol"], ports, chain, chain, networks)
    for transport in sip_transports(values):
        protocol, path = TRANSPORTS[transport]
        port = Ports(values[path], values[path])
        yield Opening(path, f"SIP over {transport.upper()}", protocol, (port,), f"sip_{transport}")
    if values.media_ports:
        media = Ports(values["voice_rtp_start"], values["voice_rtp_end"])
        yield Opening("voice_rtp_start", "media", "udp", (media,), "")
    if values["voice_time_server"]:
        yield Opening("voice_time_server", "the time", "udp", (Ports(123, 123),), "ntp", "ntp", "phones")
    yield Opening("", "DHCP", "udp", (Ports(68, 68),), "dhcp4")
    yield Opening("", "DHCPv6", "udp", (Ports(546, 546),), "dhcp6")


def sip_transports(values: Values) -> list[str]:
    """Return the transports over which the PBX takes SIP."""
    used = {entry["transport"] for entry in (*values.trunks, *values.extensions)}
    return [transport for transport in TRANSPORTS if transport in used]


def networks_of(opening: Opening, values: Values) -> list[Network]:
    """Return the networks from which the ports of a service are open."""
    if opening.networks == MANAGEMENT:
        return usable(values["voice_management_networks"])
    if opening.networks == "phones":
        return usable(values["voice_phone_networks"])
    for __, entry in values.entries("firewall_services"):
        if opening.networks == f"service_{entry['name']}":
            return usable(entry["networks"])
    return []
