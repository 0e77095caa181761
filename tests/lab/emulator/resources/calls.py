# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The account's calls, read only: here calls are made at the SIP edges, not through the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lab.emulator.context import Context
from lab.emulator.moments import Moment
from lab.emulator.params import Choice, Sid, Text
from lab.emulator.prices import CURRENCY, call_price
from lab.emulator.resource import ACCOUNT, V2010, Operation, Resource
from lab.emulator.sip.history import FINAL, RUNNING
from lab.emulator.store import Record
from lab.emulator.wire import display_number

_TIMES = {"StartTime": "started", "EndTime": "ended"}
_PARTS = ("Events", "Notifications", "Payments", "Recordings", "Siprec", "Streams", "Transcriptions",
          "UserDefinedMessageSubscriptions", "UserDefinedMessages")  # fmt: skip


class Calls(Resource):
    """A call over a trunk. Its parts exist as links only."""

    style = V2010
    collection = ACCOUNT + "/Calls.json"
    instance = ACCOUNT + "/Calls/{Sid}.json"
    kind = "CA"
    list_key = "calls"
    update_params = None
    sublinks = _PARTS
    filters = (
        Text("To", "called"),
        Text("From", "caller"),
        Sid("ParentCallSid", "parent", prefix="CA"),
        Choice("Status", "status", values=(*RUNNING, *FINAL)),
        *(Moment(f"{name}{sign}", f"{field}{sign}") for name, field in _TIMES.items() for sign in ("", "<", ">")),
    )

    def operations(self) -> list[Operation]:
        return [operation for operation in super().operations() if operation.method == "GET"]

    def matches(self, record: Record, values: Mapping[str, Any]) -> bool:
        data = record.data
        if "parent" in values or any(
            data[key] != values[key] for key in ("called", "caller", "status") if key in values
        ):
            return False  # no call over a trunk has a parent
        for field in _TIMES.values():
            for sign in ("", "<", ">"):
                span = values.get(field + sign)
                if span is not None and (data[field] is None or not _compares(data[field], sign, span)):
                    return False
        return True

    def show(self, context: Context, record: Record) -> dict[str, Any]:  # noqa: ARG002
        data = record.data
        return {
            "sid": record.sid,
            "account_sid": record.account_sid,
            "parent_call_sid": None,
            "to": data["called"],
            "to_formatted": display_number(data["called"]),
            "from": data["caller"],
            "from_formatted": display_number(data["caller"]),
            "phone_number_sid": data["phone_number_sid"],
            "trunk_sid": data["trunk_sid"],
            "status": data["status"],
            "direction": data["direction"],
            "start_time": V2010.date(data["started"]),
            "end_time": None if data["ended"] is None else V2010.date(data["ended"]),
            "duration": None if data["ended"] is None else str(data["duration"]),
            "price": price(record),
            "price_unit": CURRENCY,
            "answered_by": None,
            "api_version": "2010-04-01",
            "forwarded_from": None,
            "group_sid": None,
            "caller_name": None,
            "queue_time": "0",
            "date_created": V2010.date(record.created),
            "date_updated": V2010.date(record.updated),
            "uri": self.path_of(record),
            "subresource_uris": self.sublink_urls(record),
        }


def price(record: Record) -> str | None:
    """What a call cost, as a negative number; None while it lasts."""
    data = record.data
    if data["ended"] is None:
        return None
    return str(-call_price(data["direction"], data["called"], data["duration"]))


def _compares(moment: float, sign: str, span: Any) -> bool:
    if sign == "<":
        return bool(moment < span.start)
    return bool(moment >= span.start and (sign == ">" or moment < span.end))
