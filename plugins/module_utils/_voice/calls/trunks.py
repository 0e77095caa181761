# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The trunks of a plan, and which of them carries an outbound call. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .. import edges
from .site import Entry, Site


def slug(name: str) -> str:
    """Return the name of a trunk as configuration files can have it."""
    return re.sub("[^A-Za-z0-9]+", "-", name)


def goes_out(trunk: Entry) -> bool:
    """Say whether the PBX may send calls to a trunk."""
    return bool(trunk["direction"] != "inbound")


def outbound(site: Site) -> list[Entry]:
    """Return the trunks that calls can go out by, in order."""
    return [trunk for __, trunk in site.entries("voice_trunks") if goes_out(trunk)]


def trunk_of(site: Site, caller_id: str) -> str:
    """Return the slug of the trunk for a caller ID: the one that carries it, else the first one out; "" for none."""
    possible = [trunk["name"] for trunk in outbound(site)]
    own = str(site.owned[caller_id][1]["trunk"]) if caller_id in site.owned else ""
    return slug(own if own in possible else possible[0]) if possible else ""


def plan(site: Site) -> Iterator[dict[str, Any]]:
    """Yield the trunks of a plan."""
    override: Mapping[str, Any] = site.values["voice_carrier_networks"]
    given = site.values["voice_trunk_credentials"]
    for __, trunk in site.entries("voice_trunks"):
        name = slug(trunk["name"])
        yield {
            "name": trunk["name"],
            "slug": name,
            "domain": trunk["domain_name"],
            "direction": trunk["direction"],
            "transport": trunk["transport"],
            "srtp": trunk["transport"] == "tls",
            "credentials": goes_out(trunk) and bool(given.get(trunk["name"])),
            "edges": [
                {
                    "edge": edge,
                    "name": f"trunk-{name}-{edge}",
                    "host": edges.termination_host(trunk["domain_name"], edge, override),
                    "port": 0,
                }
                for edge in trunk["edges"]
            ],
        }


def networks(site: Site) -> dict[str, list[str]]:
    """Return the networks from which the carrier's calls and media come.

    A call may come from any public edge; the private interconnect counts where a trunk uses it.
    """
    known = edges.networks(site.values["voice_carrier_networks"])
    used = {edge for __, trunk in site.entries("voice_trunks") for edge in trunk["edges"]}
    private = [edge for edge in known.private if edge in used]
    return {
        "signalling_networks": edges.signalling_networks(known, [*known.signalling, *private]),
        "media_networks": list(known.media),
    }
