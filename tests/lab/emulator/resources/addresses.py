# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Postal addresses, for numbers that need one and for emergency calling."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lab.emulator import errors, postal
from lab.emulator.context import Context
from lab.emulator.countries import COUNTRIES
from lab.emulator.errors import ApiError
from lab.emulator.params import Choice, Flag, OptionalText, Text
from lab.emulator.postal import EMERGENCY_COUNTRIES
from lab.emulator.resource import ACCOUNT, V2010, Call, Operation, Resource
from lab.emulator.store import Record, Store

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


# What emergency services are told: Twilio's guide wants an address unregistered from all numbers before it is changed.
_TOLD = ("customer_name", "street", "street_secondary", "city", "region", "postal_code", "emergency_enabled")


class Addresses(Resource):
    """An address. Unless AutoCorrectAddress is false it comes back tidied: what was sent is not what is stored."""

    style = V2010
    collection = ACCOUNT + "/Addresses.json"
    instance = ACCOUNT + "/Addresses/{Sid}.json"
    kind = "AD"
    list_key = "addresses"
    create_params = (
        *(Text(name, field, required=True, shortest=1, code=_BAD) for name, field in _FIELDS),
        Choice("IsoCountry", "iso_country", required=True, values=tuple(COUNTRIES), code=_BAD),
        *_OPTIONAL,
    )
    update_params = (*(Text(name, field, shortest=1, code=_BAD) for name, field in _FIELDS), *_OPTIONAL)
    filters = (
        Text("CustomerName", "customer_name"),
        Text("FriendlyName", "friendly_name"),
        Flag("EmergencyEnabled", "emergency_enabled"),
        Choice("IsoCountry", "iso_country", values=tuple(COUNTRIES)),
    )
    invalid_code = _BAD

    def defaults(self) -> dict[str, Any]:
        return {"friendly_name": None, "emergency_enabled": False, "street_secondary": None, "verified": False}

    def check(self, call: Call, parent: str, values: dict[str, Any], current: Record | None) -> None:  # noqa: ARG002
        before = current.data if current else self.defaults()
        country = before["iso_country"] if current else values["iso_country"]
        correct = values.pop("auto_correct", True)
        if correct:
            values.update(postal.corrected(country, values))
        after = {**before, **values}
        fault = postal.fault(country, after)
        if after["emergency_enabled"]:
            if country not in EMERGENCY_COUNTRIES:
                allowed = ", ".join(EMERGENCY_COUNTRIES)
                raise ApiError(
                    errors.ADDRESS_UNSUITABLE, f"Emergency calling is available in {allowed}, not in {country}"
                )
            if fault:
                raise ApiError(errors.ADDRESS_UNSUITABLE, f"The address is no emergency address: {fault}")
        if current is not None and before["emergency_enabled"] and any(before[name] != after[name] for name in _TOLD):
            for number in dependents(call.context.store, current):
                if number.data["emergency_address_sid"] == current.sid:
                    raise ApiError(_BAD, f"Address {current.sid} is the emergency address of "
                                   f"{number.data['phone_number']}: unregister it first")  # fmt: skip
        if fault and correct:
            raise ApiError(_BAD, f"The address cannot be validated: {fault}")
        if current is None or values:
            values["validated"] = correct and not fault

    def check_delete(self, call: Call, record: Record) -> None:
        for number in dependents(call.context.store, record):
            raise ApiError(_BAD, f"Address {record.sid} is used by the number {number.data['phone_number']}")


def dependents(store: Store, address: Record) -> list[Record]:
    """The numbers that use an address, oldest first."""
    numbers = store.children("PN", address.account_sid).values()
    return [n for n in numbers if address.sid in (n.data["address_sid"], n.data["emergency_address_sid"])]


class DependentPhoneNumbers(Resource):
    """The numbers that use an address, and so keep it from being deleted. Read only."""

    style = V2010
    collection = ACCOUNT + "/Addresses/{AddressSid}/DependentPhoneNumbers.json"
    instance = ACCOUNT + "/IncomingPhoneNumbers/{Sid}.json"
    kind = "PN"
    list_key = "dependent_phone_numbers"
    parent_kind = "AD"
    parent_name = "AddressSid"
    left_out = ("beta", "origin", "status", "type", "voice_receive_mode", "address_sid", "bundle_sid", "identity_sid",
                "emergency_address_status")  # fmt: skip

    def operations(self) -> list[Operation]:
        return super().operations()[:1]

    def candidates(self, call: Call, parent: str) -> Sequence[Record]:
        address = call.context.store.get("AD", parent)
        return dependents(call.context.store, address) if address else []

    def show(self, context: Context, record: Record) -> dict[str, Any]:
        shown = {**super().show(context, record), "capabilities": dict(record.data["capabilities"])}
        return {key: value for key, value in shown.items() if key not in self.left_out}
