# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading alerts, with what they mean. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from .. import validate as check
from ..catalog.records import ALERT
from ..errors import InvalidInputError
from ..lookup import SID
from ..module import Outcome, Task
from ..resource import Record
from . import readings_period as time
from .readings_codes import explain
from .readings_scan import LIMIT, newest, scan

KEPT = timedelta(days=30)  # older alerts cannot be asked for (Twilio's API reference)
SLACK = timedelta(minutes=5)  # between the clock here and Twilio's, and until the request arrives


def validate(params: Mapping[str, Any]) -> None:
    """Judge the options that select alerts."""
    span = time.period(params)
    if time.now() - span.start > KEPT:
        option = "last" if params["last"] is not None else "from"
        raise InvalidInputError(option, params[option], "is more than 30 days ago; Twilio has no older alerts.")
    for index, code in enumerate(params["codes"] or ()):
        check.between(f"codes[{index}]", code, 10000, 99999)
    resource = params["resource_sid"]
    if resource is not None and not SID.fullmatch(resource):
        raise InvalidInputError(
            "resource_sid", resource, "is not a SID; it has two letters and 32 hexadecimal digits: CA for a call."
        )
    check.between("limit", params["limit"], 1, LIMIT)


def inform(task: Task) -> Outcome:
    """Return the selected alerts, the newest first."""
    params, span = task.params, time.period(task.params)
    start = max(span.start, time.now() - KEPT + SLACK)
    filters = {"StartDate": str(time.iso(start)), "EndDate": str(time.iso(span.end))}
    if params["log_level"]:
        filters["LogLevel"] = params["log_level"]

    def wanted(record: Record) -> bool:
        return (
            span.holds(time.moment(record["date_generated"]))
            and (params["codes"] is None or _code(record) in params["codes"])
            and (params["resource_sid"] is None or record["resource_sid"] == params["resource_sid"])
        )

    return Outcome(results={"alerts": newest(map(_shown, scan(task, ALERT, filters, wanted)), "time")})


def _code(record: Mapping[str, Any]) -> int | None:
    text = str(record["error_code"])
    return int(text) if text.isdigit() else None


def _shown(record: Mapping[str, Any]) -> Record:
    explanation = explain(_code(record))
    return {
        "sid": record["sid"],
        "time": time.iso(time.moment(record["date_generated"])),
        "log_level": record["log_level"],
        "code": _code(record),
        "text": record["alert_text"],
        "cause": explanation.cause if explanation else None,
        "remedy": explanation.remedy if explanation else None,
        **{
            name: record[name] or None
            for name in ("resource_sid", "service_sid", "request_method", "request_url", "more_info")
        },
    }
