# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Monitor v1: the alerts that refused and failed calls leave behind."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lab.emulator.context import Context
from lab.emulator.errors import BAD_PARAMETER, ApiError
from lab.emulator.moments import DAY, Moment
from lab.emulator.params import Choice
from lab.emulator.resource import Call, Operation, Resource, product_style
from lab.emulator.store import Record

OLDEST = 30 * DAY  # older alerts cannot be asked for


class Alerts(Resource):
    """One failure. Read only, and only by the account itself."""

    style = product_style("monitor")
    collection = "/v1/Alerts"
    instance = "/v1/Alerts/{Sid}"
    kind = "NO"
    list_key = "alerts"
    update_params = None
    filters = (
        Choice("LogLevel", "log_level", values=("error", "warning", "notice", "debug")),
        Moment("StartDate", "since"),
        Moment("EndDate", "until"),
    )

    def operations(self) -> list[Operation]:
        return [operation for operation in super().operations() if operation.method == "GET"]

    def list(self, call: Call) -> dict[str, Any]:
        oldest = call.context.wall() - OLDEST
        since = call.values.get("since")
        if since is not None and since.end <= oldest:
            raise ApiError(BAD_PARAMETER, "Parameter StartDate is invalid: alerts older than 30 days cannot be had")
        return super().list(call)

    def matches(self, record: Record, values: Mapping[str, Any]) -> bool:
        if "log_level" in values and record.data["log_level"] != values["log_level"]:
            return False
        if "since" in values and record.created < values["since"].start:
            return False
        return "until" not in values or bool(record.created < values["until"].end)

    def fetch(self, call: Call) -> dict[str, Any]:
        empty = ("request_variables", "request_headers", "response_body", "response_headers")
        return {**super().fetch(call), **dict.fromkeys(empty)}

    def show(self, context: Context, record: Record) -> dict[str, Any]:
        code = record.data["error_code"]
        return {
            **super().show(context, record),
            "api_version": "2010-04-01",
            "date_generated": self.style.date(record.created),
            "more_info": f"https://www.twilio.com/docs/errors/{code}",
            "request_method": None,
            "request_url": None,
            "service_sid": None,
        }
