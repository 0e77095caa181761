# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Kamailio configuration of a lab, from its address plan. Pure."""

from __future__ import annotations

import re
from pathlib import Path

from lab.carrier.certificates import FOLDER
from lab.hosts.plan import CONTACT_NET, EDGES, SIP_PORT, SIP_TLS_PORT, Plan

TEMPLATE = Path(__file__).with_name("kamailio.cfg")
# Kamailio's first line. It is not in the template, because ansible-test takes it for a script's.
_MAGIC = "#!KAMAILIO\n"
_NAME = re.compile(r"@([A-Z_]+)@")


def values(plan: Plan) -> dict[str, str]:
    """Return what each name between @ signs stands for."""
    outside = plan.hosts["pstn"].address
    edges = [address for edge in EDGES for address in plan.edge_addresses(edge)]
    plain = [f"{transport}:{address}:{SIP_PORT}" for address in (plan.carrier, *edges) for transport in ("udp", "tcp")]
    secure = [f"tls:{address}:{SIP_TLS_PORT}" for address in edges]
    outside_net = outside.rpartition(".")[0]
    edge_of = [f'\tif ($Ri =~ "^{re.escape(_net(plan, edge))}\\.") {{ $var(edge) = "{edge}"; }}' for edge in EDGES]
    net_of = [f'\tif ($var(edge) == "{edge}") {{ $var(net) = "{_net(plan, edge)}"; }}' for edge in EDGES]
    return {
        "LISTEN": "\n".join(f"listen={one}" for one in (*plain, *secure)),
        "TLS": str(FOLDER),
        "TLS_PORT": str(SIP_TLS_PORT),
        "SWITCH": plan.carrier,
        "OUTSIDE": outside,
        "OUTSIDE_NET": outside_net,
        "OUTSIDE_NET_RE": re.escape(outside_net),
        "CONTACT_NET": CONTACT_NET,
        "CONTACT_NET_RE": re.escape(CONTACT_NET),
        "EDGE_OF_ADDRESS": "\n".join(edge_of),
        "NET_OF_EDGE": "\n".join(net_of),
        "FIRST_EDGE_NET": _net(plan, next(iter(EDGES))),
        "PORT": str(SIP_PORT),
        "BASE_URL": plan.base_url,
    }


def render(plan: Plan, template: str) -> str:
    """Return the configuration. KeyError if the template has a name that nothing is known for."""
    known = values(plan)
    return _MAGIC + _NAME.sub(lambda found: known[found[1]], template)


def _net(plan: Plan, edge: str) -> str:
    return plan.edge_addresses(edge)[0].rpartition(".")[0]
