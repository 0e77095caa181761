# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers of a trunk. Associating and disassociating only: numbers are bought and released in v2010."""

from __future__ import annotations

from typing import Any

from lab.emulator import errors
from lab.emulator.context import Context
from lab.emulator.errors import ApiError
from lab.emulator.params import Sid
from lab.emulator.resource import TRUNKING, Call, Resource
from lab.emulator.store import Record

_SHOWN = (
    "address_requirements",
    "api_version",
    "beta",
    "capabilities",
    "friendly_name",
    "phone_number",
    "sms_application_sid",
    "sms_fallback_method",
    "sms_fallback_url",
    "sms_method",
    "sms_url",
    "status_callback",
    "status_callback_method",
    "trunk_sid",
    "voice_application_sid",
    "voice_caller_id_lookup",
    "voice_fallback_method",
    "voice_fallback_url",
    "voice_method",
    "voice_url",
)


class TrunkPhoneNumbers(Resource):
    """A number of the account, seen as part of a trunk."""

    style = TRUNKING
    collection = "/v1/Trunks/{TrunkSid}/PhoneNumbers"
    instance = "/v1/Trunks/{TrunkSid}/PhoneNumbers/{Sid}"
    kind = "PN"
    list_key = "phone_numbers"
    parent_kind = "TK"
    parent_name = "TrunkSid"
    create_params = (Sid("PhoneNumberSid", "sid", required=True, prefix="PN"),)
    update_params = None

    def candidates(self, call: Call, parent: str) -> list[Record]:
        trunk = call.context.store.get("TK", parent)
        return call.context.store.trunk_numbers(trunk) if trunk else []

    def create(self, call: Call) -> dict[str, Any]:
        trunk = self.parent(call)
        sid = call.values["sid"]
        number = call.context.store.get("PN", sid)
        if number is None or number.account_sid != call.account.sid:
            raise ApiError(errors.NOT_FOUND, f"The requested resource PhoneNumber {sid} was not found", 404)
        if number.data["trunk_sid"] == trunk:
            raise ApiError(errors.TRUNK_INVALID, f"PhoneNumber {sid} is already associated with trunk {trunk}")
        number.data.update(trunk_sid=trunk, voice_application_sid="")  # the one displaces the other
        number.updated = call.context.wall()
        return self.show(call.context, number)

    def find(self, call: Call) -> Record:
        trunk = self.parent(call)
        number = call.context.store.get("PN", call.names["Sid"])
        if number is None or number.data["trunk_sid"] != trunk:
            raise call.not_found()
        return number

    def delete(self, call: Call) -> None:
        number = self.find(call)
        number.data["trunk_sid"] = None
        number.updated = call.context.wall()

    def show(self, context: Context, record: Record) -> dict[str, Any]:  # noqa: ARG002
        trunk = record.data["trunk_sid"]
        here = f"{self.style.base}/v1/Trunks/{trunk}/PhoneNumbers/{record.sid}"
        v2010 = f"https://api.twilio.com/2010-04-01/Accounts/{record.account_sid}/IncomingPhoneNumbers/{record.sid}"
        return {
            "sid": record.sid,
            "account_sid": record.account_sid,
            # The published schema knows null here where v2010 writes an empty string.
            **{name: None if record.data[name] == "" else record.data[name] for name in _SHOWN},
            "capabilities": dict(record.data["capabilities"]),
            "date_created": self.style.date(record.created),
            "date_updated": self.style.date(record.updated),
            "url": here,
            "links": {"phone_number": v2010},
        }
