# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses (api 2010-04-01). Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..resource import ACCOUNT_PATH, Record, Resource, names_to_wire

ADDRESS_FIELDS = (
    "friendly_name",
    "customer_name",
    "street",
    "street_secondary",
    "city",
    "address_region",
    "postal_code",
    "emergency_enabled",
)


def _renamed(raw: Mapping[str, Any]) -> Record:
    """What Twilio calls ``region`` has another name here, because that is where an account's objects are kept."""
    return {**raw, "address_region": raw.get("region")}


def _as_written(values: Mapping[str, Any]) -> Record:
    return {**values, "auto_correct_address": False}


def _to_correct(values: Mapping[str, Any]) -> Record:
    return {**values, "auto_correct_address": True}


# Whether Twilio corrects an address is asked with every write, and never returned: it is no field of the object, but a
# way of writing it. Twilio's own default is to correct.
ADDRESS = Resource(
    label="address",
    product="api",
    path=ACCOUNT_PATH + "/Addresses",
    key="addresses",
    wire={**names_to_wire(*ADDRESS_FIELDS, "iso_country", "auto_correct_address"), "address_region": "Region"},
    identity=("friendly_name",),
    create_only=("iso_country",),
    updatable=ADDRESS_FIELDS,
    read_only=("account_sid", "validated", "verified"),
    defaults={"street_secondary": "", "friendly_name": "", "emergency_enabled": False},
    suffix=".json",
    encode=_as_written,
    decode=_renamed,
)
ADDRESS_TO_CORRECT = replace(ADDRESS, encode=_to_correct)

# The numbers that use an address, and so keep it from being deleted.
DEPENDENT_NUMBER = Resource(
    label="phone number that uses the address",
    product="api",
    path=ACCOUNT_PATH + "/Addresses/{parent}/DependentPhoneNumbers",
    key="dependent_phone_numbers",
    wire={},
    identity=("phone_number",),
    read_only=("emergency_address_sid",),
    suffix=".json",
)
