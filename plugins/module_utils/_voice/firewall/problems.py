# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that keeps a host from having its firewall, a sentence each. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .. import edges
from ..calls.ranges import outside
from ..errors import UnknownEdgeError
from ..ground import reach_problems, time_problems
from ..schema import Options
from .lock_out import blocked_problems, lock_out_problems
from .port_checks import clash_problems, range_problems, service_problems
from .values import Values, read

_MANY = (1, 1000000)
_RANGES = {
    "firewall_sip_rate": (1, 100000),
    "firewall_sip_burst": _MANY,
    "firewall_sip_connection_rate": (1, 100000),
    "firewall_sip_connections": _MANY,
    "firewall_icmp_rate": (1, 100000),
    "firewall_log_rate": (0, 100000),
    "firewall_carrier_age_days": (1, 36500),
    "firewall_confirm_seconds": (10, 600),
}
#: Least and most connections to track. Less than the least is used up by the host itself.
_CONNTRACK = (16384, 16777216)


def problems(values: Mapping[str, Any], voice: Options, firewall: Options) -> list[str]:
    """Return what is wrong with the variables of one host. The arguments are those of :func:`.values.read`."""
    return problems_of(read(values, voice, firewall))


def problems_of(values: Values) -> list[str]:
    """Return what is wrong with what the firewall of a host is told."""
    found = list(dict.fromkeys(_problems(values)))
    # What could not be read counts as empty: that is not said as well.
    unread = {one.partition(":")[0] for one in values.problems if ": it is not a list: " in one}
    return [one for one in found if one in values.problems or one.partition(":")[0] not in unread]


def _problems(values: Values) -> Iterator[str]:
    yield from values.problems
    yield from reach_problems(values.read, bool(values.extensions), firewall=True)
    if values["voice_time_server"]:
        yield from time_problems(values.read)
    yield from edges.override_problems(values["voice_carrier_networks"])
    yield from _edges(values)
    yield from service_problems(values)
    yield from range_problems(values)
    yield from clash_problems(values)
    yield from blocked_problems(values)
    yield from lock_out_problems(values)
    yield from outside("", values.read, _RANGES)
    yield from _conntrack(values["firewall_conntrack_max"])


def _edges(values: Values) -> Iterator[str]:
    known = values.carrier
    for path, trunk in values.entries("voice_trunks"):
        for place, edge in enumerate(trunk["edges"] or []):
            if edge is None:
                continue
            try:
                known.check_edge(edge)
            except UnknownEdgeError as error:
                yield f"{path}.edges[{place}]: {error}"


def _conntrack(most: object) -> Iterator[str]:
    if most == "auto":
        return
    least, highest = _CONNTRACK
    if isinstance(most, bool) or not str(most).isdecimal() or not least <= int(str(most)) <= highest:
        yield f"firewall_conntrack_max: '{most}' is not possible: write auto, or a number from {least} to {highest}."
