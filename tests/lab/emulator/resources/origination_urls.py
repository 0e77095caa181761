# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Origination URLs of a trunk: where its inbound calls go."""

from __future__ import annotations

from typing import Any

from lab.emulator import errors
from lab.emulator.errors import ApiError
from lab.emulator.params import Flag, Int, SipUrl, Text
from lab.emulator.resource import TRUNKING, Call, Resource
from lab.emulator.store import Record

URLS_PER_TRUNK = 10


class OriginationUrls(Resource):
    """All parameters are required to create one and optional to change it."""

    style = TRUNKING
    collection = "/v1/Trunks/{TrunkSid}/OriginationUrls"
    instance = "/v1/Trunks/{TrunkSid}/OriginationUrls/{Sid}"
    kind = "OU"
    list_key = "origination_urls"
    parent_kind = "TK"
    parent_name = "TrunkSid"
    create_params = (
        Int("Weight", "weight", required=True, lowest=1),
        Int("Priority", "priority", required=True),
        Flag("Enabled", "enabled", required=True),
        Text("FriendlyName", "friendly_name", required=True, longest=64),
        SipUrl("SipUrl", "sip_url", required=True),
    )
    update_params = (
        Int("Weight", "weight", lowest=1),
        Int("Priority", "priority"),
        Flag("Enabled", "enabled"),
        Text("FriendlyName", "friendly_name", longest=64),
        SipUrl("SipUrl", "sip_url"),
    )

    def check(self, call: Call, parent: str, values: dict[str, Any], current: Record | None) -> None:
        if current is None:
            if len(call.context.store.children("OU", parent)) >= URLS_PER_TRUNK:
                raise ApiError(
                    errors.ORIGINATION_MAXIMUM, f"A trunk can have {URLS_PER_TRUNK} origination URLs at most"
                )
            values["trunk_sid"] = parent
