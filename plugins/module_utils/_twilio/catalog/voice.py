# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Geographic permissions: which countries may be called (voice v1). Private to this collection."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ..resource import Bulk, Resource, names_to_wire

# Our short name of a kind of number → Twilio's flag.
RISKS: Mapping[str, str] = {
    risk: f"{risk}_numbers_enabled" for risk in ("low_risk", "high_risk_special", "high_risk_tollfraud")
}


def _update_request(members: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Return countries as Twilio takes them: a JSON array in one parameter, its booleans as strings."""
    entries = [
        {"iso_code": str(member["iso_code"]), **{flag: str(member[flag]).lower() for flag in RISKS.values()}}
        for member in members
    ]
    return {"UpdateRequest": json.dumps(entries, separators=(",", ":"))}


COUNTRY = Resource(
    label="country",
    product="voice",
    path="/v1/DialingPermissions/Countries",
    key="content",
    wire={},
    identity=("iso_code",),
    updatable=tuple(RISKS.values()),
    read_only=("name", "continent", "country_codes"),
    handle="iso_code",
    bulk=Bulk("/v1/DialingPermissions/BulkCountryUpdates", _update_request, count="update_count"),
)

# Whether a subaccount takes over the permissions of its main account; while it does, those are what COUNTRY shows.
DIALING_SETTINGS = Resource(
    label="dialing permissions",
    product="voice",
    path="/v1/Settings",
    key="",
    wire=names_to_wire("dialing_permissions_inheritance"),
    identity=(),
    updatable=("dialing_permissions_inheritance",),
    singleton=True,
)
