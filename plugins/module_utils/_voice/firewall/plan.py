# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the description to what the table of the firewall is written from. Private to the collection.

docs/firewall.md says what the rules mean; the documentation of the filter ``dialtone.voice.firewall_plan`` has every
key.
"""

from __future__ import annotations

import datetime
import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from ..errors import VoiceError
from ..schema import Options
from . import carrier, conntrack
from .networks import sets_of, usable
from .openings import MANAGEMENT, Opening, networks_of, openings, sip_transports
from .problems import problems_of
from .values import Values, read

#: Sources that one meter has room for; one takes some 200 bytes.
SOURCES = 65536
#: How much more than one source those may send together for which a meter has no room.
CROWD = 10
#: Seconds of connections that a source may open at once, such as telephones behind one address after an outage.
CONNECTION_SECONDS = 5
#: Seconds for which a meter remembers a source, at least.
REMEMBER = 10
#: Dropped packets that are logged at once after a silence, at least.
LOG_BURST = 5
#: How alike a name has to be to one of the role's to be taken for it.
_MISSPELT = 0.9
_SOURCES = {4: "ip saddr", 6: "ip6 saddr and ffff:ffff:ffff:ffff::"}

_ALWAYS = (
    "accepted_loopback",
    "accepted_replies",
    "accepted_icmp_errors",
    "accepted_neighbours",
    "accepted_echo",
    "accepted_dhcp",
    "dropped_blocked",
    "dropped_invalid",
    "dropped_echo",
    "dropped_broadcast",
    "dropped_other",
)


class FirewallPlanError(VoiceError):
    """There can be no firewall from these variables; the message holds every problem."""


def build(values: Mapping[str, Any], voice: Options, firewall: Options, today: datetime.date) -> dict[str, Any]:
    """Return the plan of one host.

    Args:
        values: as for :func:`.values.read`.
        voice: the options of the role ``voice_description``.
        firewall: the options of the role ``firewall``.
        today: the day by which the age of the carrier's list is told.

    Raises:
        FirewallPlanError: the variables have problems.
    """
    known = read(values, voice, firewall)
    if found := problems_of(known):
        raise FirewallPlanError(" ".join(found))
    opened = list(openings(known))
    services = [opening for opening in opened if opening.counter]
    sip = _sip(known)
    listed = carrier.age(known, today)
    return {
        "counters": sorted({*_ALWAYS, *_counters(known, sip, services)}),
        "sets": list(_sets(known, services)),
        "ports": {protocol: list(_dispatch(opened, protocol)) for protocol in ("tcp", "udp")},
        "media": {
            "ports": known.media_ports,
            "untracked": bool(known.media_ports and known["firewall_untracked_media"]),
        },
        "sip": sip,
        "services": [
            {
                "chain": service.chain,
                "counter": service.counter,
                "protocol": service.protocol,
                "networks": service.networks,
            }
            for service in services
        ],
        "icmp_rate": known["firewall_icmp_rate"],
        "log_rate": known["firewall_log_rate"],
        "log_burst": max(LOG_BURST, known["firewall_log_rate"]),
        "conntrack": conntrack.size(known),
        "carrier": listed,
        "warnings": [
            *_misspelt(values, firewall),
            *(carrier.age_warnings(listed, known["firewall_carrier_age_days"]) if known.trunks else []),
        ],
    }


def _misspelt(values: Mapping[str, Any], options: Options) -> Iterator[str]:
    """Yield a warning for each variable that is nearly one of the role's; others may be those of another role."""
    for name in sorted(values):
        if name.startswith("firewall_") and name not in options:
            close = difflib.get_close_matches(name, list(options), n=1, cutoff=_MISSPELT)
            if close:
                yield f"{name}: this role has no such variable, so it has no effect: did you mean '{close[0]}'?"


def _sets(values: Values, services: list[Opening]) -> Iterator[dict[str, Any]]:
    yield from sets_of("blocked", usable(values["firewall_blocked_networks"]))
    yield from sets_of(MANAGEMENT, usable(values["voice_management_networks"]))
    if values.extensions or values["voice_time_server"]:
        yield from sets_of("phones", usable(values["voice_phone_networks"]))
    if values.trunks:
        # The carrier's networks are IPv4 alone.
        yield sets_of("carrier", usable(values.signalling))[0]
    if values.media_ports:
        yield from sets_of("media", usable(values.media_networks))
    for service in services:
        if service.networks not in (MANAGEMENT, "phones"):
            yield from sets_of(service.networks, networks_of(service, values))


def _dispatch(opened: list[Opening], protocol: str) -> Iterator[str]:
    found = [
        (ports, opening.chain)
        for opening in opened
        if opening.protocol == protocol and opening.chain
        for ports in opening.ports
    ]
    for ports, chain in sorted(found):
        yield f"{ports} : goto {chain}"


def _sip(values: Values) -> dict[str, Any]:
    carriers = {trunk["transport"] for trunk in values.trunks}
    phones = {extension["transport"] for extension in values.extensions}
    rate, burst = values["firewall_sip_rate"], values["firewall_sip_burst"]
    connection_rate = values["firewall_sip_connection_rate"]
    return {
        "listeners": [
            {"chain": f"sip_{transport}", "carrier": transport in carriers, "phones": transport in phones}
            for transport in sip_transports(values)
        ],
        "phones": bool(phones),
        "phones_udp": values["voice_sip_port"] if "udp" in phones else 0,
        "phones_tcp": bool(phones & {"tcp", "tls"}),
        "families": [[family, source] for family, source in _SOURCES.items()],
        "rate": rate,
        "burst": burst,
        "connection_rate": connection_rate,
        "connection_burst": connection_rate * CONNECTION_SECONDS,
        "connections": values["firewall_sip_connections"],
        "crowd_rate": rate * CROWD,
        "sources": SOURCES,
        # Who is forgotten begins anew with a whole burst, so nobody is before the burst has come back by itself.
        "timeout": max(REMEMBER, CONNECTION_SECONDS + 1, -(-burst // rate) + 1),
    }


def _counters(values: Values, sip: Mapping[str, Any], services: list[Opening]) -> Iterator[str]:
    for service in services:
        yield from (f"accepted_{service.counter}", f"dropped_{service.counter}")
    if values.media_ports:
        yield from ("accepted_media", "dropped_media")
    if sip["listeners"]:
        yield "dropped_sip"
    if values.trunks:
        yield "accepted_sip_carrier"
    if sip["phones"]:
        yield from ("accepted_sip_phones", "dropped_sip_rate", "dropped_sip_crowd")
    if sip["phones_tcp"]:
        yield "dropped_sip_connections"
