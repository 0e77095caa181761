# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The account's numbers: buying (POST), changing, releasing (DELETE)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from lab.emulator import errors, numbering, prices
from lab.emulator.context import Context
from lab.emulator.countries import country_of
from lab.emulator.errors import ApiError
from lab.emulator.params import Choice, Flag, HttpMethod, Param, PhoneNumber, Sid, Text, WebUrl
from lab.emulator.resource import ACCOUNT, V2010, Call, Resource
from lab.emulator.resources.emergency import address_status, change_address
from lab.emulator.store import Record
from lab.emulator.wire import E164, display_number, new_sid

API_VERSION = "2010-04-01"

_SETTINGS: tuple[Param, ...] = (
    Choice("ApiVersion", "api_version", values=(API_VERSION, "2008-08-01")),
    Text("FriendlyName", "friendly_name", longest=64),
    Sid("SmsApplicationSid", "sms_application_sid", prefix="AP", clearable=True, cleared=""),
    HttpMethod("SmsFallbackMethod", "sms_fallback_method"),
    WebUrl("SmsFallbackUrl", "sms_fallback_url", cleared=""),
    HttpMethod("SmsMethod", "sms_method"),
    WebUrl("SmsUrl", "sms_url", cleared=""),
    WebUrl("StatusCallback", "status_callback", cleared=""),
    HttpMethod("StatusCallbackMethod", "status_callback_method"),
    Sid("VoiceApplicationSid", "voice_application_sid", prefix="AP", clearable=True, cleared=""),
    Flag("VoiceCallerIdLookup", "voice_caller_id_lookup"),
    HttpMethod("VoiceFallbackMethod", "voice_fallback_method"),
    WebUrl("VoiceFallbackUrl", "voice_fallback_url"),
    HttpMethod("VoiceMethod", "voice_method"),
    WebUrl("VoiceUrl", "voice_url"),
    Choice("EmergencyStatus", "emergency_status", values=("Active", "Inactive")),
    Sid("EmergencyAddressSid", "emergency_address_sid", prefix="AD", clearable=True),
    Sid("TrunkSid", "trunk_sid", prefix="TK", clearable=True),
    Choice("VoiceReceiveMode", "voice_receive_mode", values=("voice", "fax")),
    Sid("IdentitySid", "identity_sid", prefix="RI", clearable=True),
    Sid("AddressSid", "address_sid", prefix="AD", clearable=True),
    Sid("BundleSid", "bundle_sid", prefix="BU", clearable=True),
)


# What belongs to the old account when a number moves to another.
_LEFT_BEHIND: dict[str, Any] = {
    **dict.fromkeys(("trunk_sid", "address_sid", "bundle_sid", "identity_sid")),
    **dict.fromkeys(("voice_application_sid", "sms_application_sid"), ""),
}


def new_number(phone_number: str) -> dict[str, Any]:
    """The fields of a number nothing is set on yet."""
    block = numbering.block_of(phone_number)
    return {
        "phone_number": phone_number,
        "friendly_name": display_number(phone_number),
        "address_requirements": block.address_requirements if block else "none",
        "api_version": API_VERSION,
        "beta": False,
        "capabilities": {"voice": True, "sms": True, "mms": False, "fax": False},
        "origin": "twilio",
        "status": "in-use",
        "type": numbering.kind_of(phone_number),
        "trunk_sid": None,
        "voice_application_sid": "",
        "voice_caller_id_lookup": False,
        "voice_url": None,
        "voice_method": "POST",
        "voice_fallback_url": None,
        "voice_fallback_method": "POST",
        "voice_receive_mode": "voice",
        "sms_application_sid": "",
        "sms_url": "",
        "sms_method": "POST",
        "sms_fallback_url": "",
        "sms_fallback_method": "POST",
        "status_callback": "",
        "status_callback_method": "POST",
        "address_sid": None,
        "bundle_sid": None,
        "identity_sid": None,
        "emergency_status": "Active",
        "emergency_address_sid": None,
        "emergency_address_status": "unregistered",
    }


class IncomingPhoneNumbers(Resource):
    """A number of the account. A released number cannot be bought back here."""

    style = V2010
    collection = ACCOUNT + "/IncomingPhoneNumbers.json"
    instance = ACCOUNT + "/IncomingPhoneNumbers/{Sid}.json"
    kind = "PN"
    list_key = "incoming_phone_numbers"
    create_params = (
        *_SETTINGS,
        PhoneNumber("PhoneNumber", "phone_number"),
        Text("AreaCode", "area_code", longest=4, code=errors.AREA_CODE_EMPTY),
    )
    update_params = (*_SETTINGS, Sid("AccountSid", "account_sid", prefix="AC"))
    filters = (
        Flag("Beta", "beta"),
        Text("FriendlyName", "friendly_name", longest=64),
        Text("PhoneNumber", "phone_number", longest=20),
        Choice("Origin", "origin", values=("twilio", "hosted")),
    )

    def matches(self, record: Record, values: Mapping[str, Any]) -> bool:
        wanted = dict(values)
        pattern = wanted.pop("phone_number", None)
        if pattern is not None and not number_pattern(pattern).search(record.data["phone_number"]):
            return False
        return all(record.data[param.field] == wanted[param.field] for param in self.filters if param.field in wanted)

    def create(self, call: Call) -> dict[str, Any]:
        values = dict(call.values)
        _check_trial(call)
        number = self._chosen(call, values.pop("phone_number", None), values.pop("area_code", None))
        self.check(call, call.account.sid, values, None)
        _check_requirements(call, number, values)
        _check_emergency_country(call, number, values.get("emergency_address_sid"))
        emergency = {key: values.pop(key) for key in ("emergency_address_sid",) if key in values}
        sid = new_sid(self.kind)
        record = self.add(call, sid, sid, call.account.sid, {**new_number(number), **values})
        change_address(call.context, record, emergency)
        call.context.store.ledger.append({
            "account_sid": record.account_sid,
            "sid": sid,
            "phone_number": number,
            "monthly_price": str(prices.monthly(number)),
            "price_unit": prices.CURRENCY,
            "bought": record.created,
            "released": None,
        })  # fmt: skip
        return self.show(call.context, record)

    def check(self, call: Call, parent: str, values: dict[str, Any], current: Record | None) -> None:  # noqa: ARG002
        values.pop("emergency_status", None)  # accepted and ignored since 2021-10
        store = call.context.store
        trunk_sid, application = values.get("trunk_sid"), values.get("voice_application_sid")
        if trunk_sid and application:
            raise ApiError(errors.BAD_PARAMETER, "Parameters TrunkSid and VoiceApplicationSid exclude each other")
        if trunk_sid:
            trunk = store.get("TK", trunk_sid)
            if trunk is None or trunk.account_sid != call.account.sid:
                raise ApiError(errors.NOT_FOUND, f"The requested resource Trunk {trunk_sid} was not found", 404)
            values["voice_application_sid"] = ""
        if application:
            values["trunk_sid"] = None
        for key in ("address_sid", "emergency_address_sid"):
            if values.get(key):
                _check_address(call, key, values[key])
        if current is not None:
            if values.get("account_sid") == current.account_sid:
                del values["account_sid"]
            elif "account_sid" in values:
                self._check_transfer(call, values["account_sid"], current)
            number = current.data["phone_number"]
            if "address_sid" in values or "bundle_sid" in values:
                _check_requirements(call, number, {**current.data, **values})
            _check_emergency_country(call, number, values.get("emergency_address_sid"))
            change_address(call.context, current, values)

    def stored(self, call: Call, record: Record) -> None:
        target = record.data.pop("account_sid", None)
        if target is not None:
            record.data.update(_LEFT_BEHIND)
            call.context.store.move(record, target)

    def check_delete(self, call: Call, record: Record) -> None:
        if address_status(call.context, record) not in ("unregistered", "registration-failure"):
            raise ApiError(
                errors.EMERGENCY_IN_USE,
                f"Number {record.data['phone_number']} has an emergency address: unregister it before the release",
            )

    def before_delete(self, call: Call, record: Record) -> None:
        store = call.context.store
        store.released.add(record.data["phone_number"])
        for entry in store.ledger:
            if entry["sid"] == record.sid:
                entry["released"] = call.context.wall()

    def show(self, context: Context, record: Record) -> dict[str, Any]:
        address_status(context, record)
        return {**super().show(context, record), "capabilities": dict(record.data["capabilities"])}

    def _chosen(self, call: Call, number: str | None, area_code: str | None) -> str:
        if (number is None) == (area_code is None):
            raise ApiError(errors.NUMBER_INVALID, "Either PhoneNumber or AreaCode must be given, and not both")
        if number is not None:
            if not numbering.is_for_sale(call.context.store, number):
                raise ApiError(errors.NUMBER_UNAVAILABLE, f"{number} is not available.")
            return number
        for candidate, block in numbering.for_sale(call.context.store):
            if block.area_code == area_code:
                return candidate
        raise ApiError(errors.AREA_CODE_EMPTY, f"No phone numbers found in area code {area_code}.")

    def _check_transfer(self, call: Call, target: str, current: Record) -> None:
        accounts = call.context.store.accounts
        family = {call.caller.sid} | {sid for sid, a in accounts.items() if a.owner_account_sid == call.caller.sid}
        if target not in family:
            raise ApiError(errors.BAD_PARAMETER, f"Parameter AccountSid is invalid: {target!r} is not your subaccount")
        if address_status(call.context, current) != "unregistered":
            raise ApiError(
                errors.EMERGENCY_IN_USE,
                f"Number {current.data['phone_number']} has an emergency address: unregister it",
            )


def number_pattern(wanted: str) -> re.Pattern[str]:
    """The filter PhoneNumber: a part of a number, in which * stands for any digit.

    Raises:
        ApiError: for a pattern of anything but digits, * and a leading +.
    """
    if not re.fullmatch(r"\+?[0-9*]+", wanted):
        raise ApiError(errors.BAD_PARAMETER, f"Parameter PhoneNumber is invalid: {wanted!r} is not digits, * and +")
    anchor = "^" if wanted.startswith("+") else ""
    end = "$" if E164.fullmatch(wanted) else ""
    return re.compile(anchor + re.escape(wanted).replace(r"\*", "[0-9]") + end)


def _check_address(call: Call, key: str, sid: str) -> None:
    address = call.context.store.get("AD", sid)
    if address is None or address.account_sid != call.account.sid:
        raise ApiError(errors.ADDRESS_INVALID, f"Address {sid} does not exist")
    if key != "emergency_address_sid":
        return
    if not address.data["emergency_enabled"]:
        raise ApiError(errors.ADDRESS_UNSUITABLE, f"Address {sid} is not enabled for emergency calling")


def _check_trial(call: Call) -> None:
    allowed = call.context.settings.trial_numbers
    if call.account.type == "Trial" and len(call.context.store.children("PN", call.account.sid)) >= allowed:
        raise ApiError(
            errors.FORBIDDEN, f"A trial account can have {allowed} numbers at most: upgrade the account", 403
        )


def _check_requirements(call: Call, number: str, values: Mapping[str, Any]) -> None:
    """Refuse a number whose address or bundle is missing or in the wrong country."""
    block = numbering.block_of(number)
    if block is None or block.address_requirements == "none":
        return
    address = call.context.store.get("AD", values.get("address_sid") or "")
    if address is None:
        raise ApiError(errors.ADDRESS_REQUIRED, f"Phone number {number} requires an Address: give its AddressSid")
    if block.address_requirements == "local" and address.data["iso_country"] != block.country:
        raise ApiError(errors.LOCAL_ADDRESS_REQUIRED, f"Phone number {number} requires an Address in {block.country}")
    if block.bundle and not values.get("bundle_sid"):
        raise ApiError(errors.BUNDLE_REQUIRED, f"Phone number {number} requires a Bundle: give its BundleSid")


def _check_emergency_country(call: Call, number: str, address_sid: str | None) -> None:
    """An emergency address is in the country of the number."""
    if not address_sid:
        return
    address, country = call.context.store.get("AD", address_sid), country_of(number)
    if address is not None and (country is None or country.iso != address.data["iso_country"]):
        raise ApiError(errors.ADDRESS_UNSUITABLE, f"Address {address_sid} is not in the country of the number {number}")
