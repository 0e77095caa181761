# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Postal addresses, for numbers that need one and for emergency calling."""

from __future__ import annotations

import re
from typing import Any

from lab.emulator import errors
from lab.emulator.errors import ApiError
from lab.emulator.params import Choice, Flag, OptionalText, Text
from lab.emulator.resource import ACCOUNT, V2010, Call, Resource
from lab.emulator.store import Record

EMERGENCY_COUNTRIES = ("US", "CA", "GB")
_COUNTRIES = ("AU", "BR", "CA", "DE", "FR", "GB", "IE", "JP", "SG", "US")
_SHORT = {"avenue": "Ave", "boulevard": "Blvd", "road": "Rd", "street": "St"}
_BAD = errors.ADDRESS_INVALID

_OPTIONAL = (
    OptionalText("FriendlyName", "friendly_name", longest=64, code=_BAD),
    Flag("EmergencyEnabled", "emergency_enabled", code=_BAD),
    Flag("AutoCorrectAddress", "auto_correct", code=_BAD),
    OptionalText("StreetSecondary", "street_secondary", code=_BAD),
)
_FIELDS = (
    ("CustomerName", "customer_name"),
    ("Street", "street"),
    ("City", "city"),
    ("Region", "region"),
    ("PostalCode", "postal_code"),
)


class Addresses(Resource):
    """An address. Unless AutoCorrectAddress is false it comes back tidied: what was sent is not what is stored."""

    style = V2010
    collection = ACCOUNT + "/Addresses.json"
    instance = ACCOUNT + "/Addresses/{Sid}.json"
    kind = "AD"
    list_key = "addresses"
    create_params = (
        *(Text(name, field, required=True, shortest=1, code=_BAD) for name, field in _FIELDS),
        Choice("IsoCountry", "iso_country", required=True, values=_COUNTRIES, code=_BAD),
        *_OPTIONAL,
    )
    update_params = (*(Text(name, field, shortest=1, code=_BAD) for name, field in _FIELDS), *_OPTIONAL)
    filters = (
        Text("CustomerName", "customer_name"),
        Text("FriendlyName", "friendly_name"),
        Flag("EmergencyEnabled", "emergency_enabled"),
        Choice("IsoCountry", "iso_country", values=_COUNTRIES),
    )
    invalid_code = _BAD

    def defaults(self) -> dict[str, Any]:
        return {"friendly_name": None, "emergency_enabled": False, "street_secondary": None, "verified": False}

    def check(self, call: Call, parent: str, values: dict[str, Any], current: Record | None) -> None:  # noqa: ARG002
        country = current.data["iso_country"] if current else values["iso_country"]
        if values.get("emergency_enabled") and country not in EMERGENCY_COUNTRIES:
            allowed = ", ".join(EMERGENCY_COUNTRIES)
            raise ApiError(errors.ADDRESS_UNSUITABLE, f"Emergency calling is available in {allowed}, not in {country}")
        correct = values.pop("auto_correct", True)
        if correct:
            for key in ("region", "postal_code"):
                if key in values:
                    values[key] = values[key].upper()
            if "street" in values:
                values["street"] = re.sub(
                    r"\b(avenue|boulevard|road|street)$", lambda m: _SHORT[m[1].lower()], values["street"], flags=re.I
                )
        if current is None or values:
            values["validated"] = correct

    def check_delete(self, call: Call, record: Record) -> None:
        for number in call.context.store.children("PN", record.account_sid).values():
            if record.sid in (number.data["address_sid"], number.data["emergency_address_sid"]):
                raise ApiError(_BAD, f"Address {record.sid} is used by the number {number.data['phone_number']}")
