# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of whom the firewall would shut out: this run, those who manage the host, the carrier. Private."""

from __future__ import annotations

from collections.abc import Iterator

from .networks import Covering, Network, address_of, holds, network_problems, usable
from .openings import MANAGEMENT, networks_of, openings
from .ports import Ports, parse
from .values import Values

_BLOCKED = "firewall_blocked_networks"
#: Networks that a sentence names.
_NAMED = 3
_DELIBERATE = "(firewall_refuse_lock_out: false tries it nevertheless)"


def lock_out_problems(values: Values) -> Iterator[str]:
    """Check that this run would still come in."""
    client = address_of(values.connection.get("client"))
    if client is None or not values["firewall_refuse_lock_out"]:
        return
    for network in usable(values[_BLOCKED]):
        if holds([network], client):
            yield (
                f"{_BLOCKED}: '{network}' holds {client}, from which this run comes: take it out of the list, or run "
                f"from elsewhere {_DELIBERATE}."
            )
    yield from _way_in(values, str(client), parse(values.connection.get("port")))


def _way_in(values: Values, client: str, port: Ports | None) -> Iterator[str]:
    address = address_of(client)
    doors = [opening for opening in openings(values) if opening.protocol == "tcp" and opening.counter]
    if port is not None:
        doors = [door for door in doors if any(ports.meets(port) for ports in door.ports)]
        if not doors:
            ports = ", ".join(str(entry) for entry in values["firewall_ssh_ports"])
            yield (
                f"firewall_ssh_ports: this run comes in by port {port}, which is not among [{ports}]: add it "
                f"{_DELIBERATE}."
            )
            return
    if address is None or any(holds(networks_of(door, values), address) for door in doors):
        return
    path = "voice_management_networks"
    if all(door.networks != MANAGEMENT for door in doors) and doors:
        path = f"{doors[0].path.removesuffix('.ports')}.networks"
    yield f"{path}: {client}, from which this run comes, is in none of them: add its network {_DELIBERATE}."


def blocked_problems(values: Values) -> Iterator[str]:
    """Check that what is blocked leaves those in who have to come in."""
    yield from network_problems(_BLOCKED, values[_BLOCKED])
    needed = [
        ("voice_management_networks", values["voice_management_networks"], "those who manage the host"),
        ("voice_carrier_networks.signalling", values.signalling, "the carrier's calls"),
        ("voice_carrier_networks.media", values.carrier.media if values.trunks else [], "the carrier's media"),
    ]
    if values.extensions:
        needed.append(("voice_phone_networks", values["voice_phone_networks"], "telephones"))
    blocked = Covering(usable(values[_BLOCKED]))
    for path, networks, who in needed:
        shut: dict[Network, list[str]] = {}
        for network in usable(networks):
            if (by := blocked.over(network)) is not None:
                shut.setdefault(by, []).append(str(network))
        for by, lost in shut.items():
            named = ", ".join(lost[:_NAMED]) + (f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else "")
            yield (
                f"{_BLOCKED}: '{by}' shuts out {named} of {path}, {who}: block a smaller network, or take "
                f"{named} out there."
            )
