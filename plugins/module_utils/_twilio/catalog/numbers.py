# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Phone numbers (api 2010-04-01). Private to this collection."""

from __future__ import annotations

from collections.abc import Sequence

from ..resource import ACCOUNT_PATH, Resource, Settling, names_to_wire

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

# Registering an emergency address takes Twilio a while, also on a number that is given another one.
EMERGENCY = Settling(
    "emergency_address_status",
    pending=frozenset({"pending-registration", "pending-unregistration"}),
    failed={
        "registration-failure": "The number has no emergency address now. Check that the address is right, validated "
        "and in the number's country, and run the task again: it registers it again.",
        "unregistration-failure": "The number keeps its emergency address. Run the task again: it is then tried again.",
    },
    holder="emergency_address_sid",
    held="registered",
    free="unregistered",
)

PHONE_NUMBER = Resource(
    label="phone number",
    product="api",
    path=ACCOUNT_PATH + "/IncomingPhoneNumbers",
    key="incoming_phone_numbers",
    wire=names_to_wire("phone_number", *NUMBER_FIELDS, "trunk_sid"),
    identity=("phone_number", "friendly_name"),
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
    settling=EMERGENCY,
    guards={"create": "purchase", "delete": "release"},
)

# What is for sale. A search has one page, and what it shows may be sold to somebody else a moment later.
AVAILABLE_NUMBER = Resource(
    label="phone number for sale",
    product="api",
    path=ACCOUNT_PATH + "/AvailablePhoneNumbers/{parent}",
    key="available_phone_numbers",
    wire={},
    identity=("phone_number",),
    read_only=("iso_country", "region", "locality", "address_requirements"),
    suffix=".json",
    handle="phone_number",
    page_size=100,
)
