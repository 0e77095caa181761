# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Inbound processing regions of trunks (routes v2). Private to this collection."""

from __future__ import annotations

from ..resource import Resource, names_to_wire

DEFAULT_REGION = "us1"  # where Twilio processes what nobody has assigned
REGIONS = (DEFAULT_REGION, "ie1", "au1")

# There is no list, and nothing is created or deleted: each termination domain has its region.
TRUNK_REGION = Resource(
    label="trunk region",
    product="routes",
    path="/v2/Trunks",
    key="",
    wire=names_to_wire("voice_region"),
    identity=("sip_trunk_domain",),
    updatable=("voice_region",),
    handle="sip_trunk_domain",
)
