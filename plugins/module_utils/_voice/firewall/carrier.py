# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the list of the carrier's networks is still true: its age, and what DNS says. Private to the collection."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any

from .values import Values

_REMEDY = "compare it with https://www.twilio.com/docs/sip-trunking/ip-addresses, then"


def age(values: Values, today: datetime.date) -> dict[str, Any]:
    """Return where the list is from, and how old it is."""
    known = values.carrier
    try:
        days: int | None = max(0, (today - datetime.date.fromisoformat(known.as_of)).days)
    except ValueError:
        days = None
    return {"as_of": known.as_of, "age_days": days, "source": known.source, "edges": list(known.signalling)}


def age_warnings(listed: Mapping[str, Any], most_days: int) -> list[str]:
    """Return what is to be said about the age of the list."""
    own = listed["source"] == "voice_carrier_networks"
    days = listed["age_days"]
    if days is None:
        return ["voice_carrier_networks.as_of: it is missing, so nobody can tell how old the list is: write its date."]
    if days <= most_days:
        return []
    remedy = "set voice_carrier_networks.as_of" if own else "update the collection or set voice_carrier_networks"
    return [
        f"The list of the carrier's networks is of {listed['as_of']}, {days} days old (firewall_carrier_age_days: "
        f"{most_days}): {_REMEDY} {remedy}."
    ]
