# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Routes v2: in which region the calls to a trunk's numbers are processed."""

from __future__ import annotations

import hashlib
from typing import Any

from lab.emulator.params import Choice, Text
from lab.emulator.resource import Call, Operation, product_style
from lab.emulator.store import Record

ROUTES = product_style("routes")
REGIONS = ("us1", "ie1", "au1")


class TrunkRoutes:
    """A route is there as soon as a trunk has the domain, and goes with it; it is neither made nor deleted."""

    instance = "/v2/Trunks/{SipTrunkDomain}"

    def operations(self) -> list[Operation]:
        params = (Choice("VoiceRegion", "voice_region", values=REGIONS), Text("FriendlyName", "friendly_name"))
        by_name = {param.name: param for param in params}
        return [
            Operation("GET", self.instance, "routes", 200, self.fetch),
            Operation("POST", self.instance, "routes", 200, self.update, by_name),
        ]

    def fetch(self, call: Call) -> dict[str, Any]:
        trunk = _trunk(call)
        return _shown(trunk, _route(trunk))

    def update(self, call: Call) -> dict[str, Any]:
        trunk = _trunk(call)
        route = {**_route(trunk), **call.values, "updated": call.context.wall()}
        trunk.hidden["route"] = route
        return _shown(trunk, route)


def _trunk(call: Call) -> Record:
    trunk = call.context.store.trunk_of_domain(call.names["SipTrunkDomain"].lower())
    if trunk is None or trunk.account_sid != call.caller.sid:
        raise call.not_found()
    return trunk


def _route(trunk: Record) -> dict[str, Any]:
    """The trunk's route; another domain begins with a fresh one."""
    domain = trunk.data["domain_name"]
    fresh = {"domain": domain, "voice_region": REGIONS[0], "friendly_name": None, "updated": trunk.created}
    kept = trunk.hidden.get("route", fresh)
    return kept if kept["domain"] == domain else fresh


def _shown(trunk: Record, route: dict[str, Any]) -> dict[str, Any]:
    digest = hashlib.sha256(f"{trunk.sid} {route['domain']}".encode()).hexdigest()[:32]
    return {
        "sid": f"QQ{digest}",
        "account_sid": trunk.account_sid,
        "sip_trunk_domain": route["domain"],
        "friendly_name": route["friendly_name"],
        "voice_region": route["voice_region"],
        "date_created": ROUTES.date(trunk.created),
        "date_updated": ROUTES.date(route["updated"]),
        "url": f"{ROUTES.base}/v2/Trunks/{route['domain']}",
    }
