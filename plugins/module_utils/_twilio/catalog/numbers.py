# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Phone numbers (api 2010-04-01). Private to this collection."""

from __future__ import annotations

from collections.abc import Sequence

from ..resource import ACCOUNT_PATH, Resource, names_to_wire

NUMBER_FIELDS: Sequence[str] = (
    "friendly_name",
    "voice_url",
    "voice_method",
    "voice_fallback_url",
    "voice_fallback_method",
    "voice_application_sid",
    "voice_caller_id_lookup",
    "sms_url",
    "sms_method",
    "sms_fallback_url",
    "sms_fallback_method",
    "sms_application_sid",
    "status_callback",
    "status_callback_method",
    "address_sid",
    "bundle_sid",
    "identity_sid",
    "emergency_address_sid",
)

PHONE_NUMBER = Resource(
    label="phone number",
    product="api",
    path=ACCOUNT_PATH + "/IncomingPhoneNumbers",
    key="incoming_phone_numbers",
    wire=names_to_wire("phone_number", *NUMBER_FIELDS, "trunk_sid"),
    identity=("phone_number",),
    create_only=("phone_number",),
    updatable=(*NUMBER_FIELDS, "trunk_sid"),
    read_only=("account_sid", "address_requirements", "capabilities", "emergency_address_status"),
    defaults={
        **dict.fromkeys((*NUMBER_FIELDS, "trunk_sid"), ""),
        "voice_method": "POST",
        "voice_fallback_method": "POST",
        "voice_caller_id_lookup": False,
        "sms_method": "POST",
        "sms_fallback_method": "POST",
        "status_callback_method": "POST",
    },
    suffix=".json",
    guards={"create": "purchase", "delete": "release"},
)
