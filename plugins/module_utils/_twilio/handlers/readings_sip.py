# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The SIP response of calls, from the summaries of Voice Insights. Private to this collection.

Not every account has them, nor every call: what is missing is null, and never a failure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial
from typing import Any

from ..catalog.records import CALL_SUMMARIES, CALL_SUMMARY
from ..errors import ApiError, NoAnswerError, TwilioError
from ..module import Task
from ..resource import Record
from . import readings_period as time

# Result → property of a summary.
FIELDS = {
    "sip_response": "last_sip_response_num",
    "post_dial_delay_ms": "pdd_ms",
    "disconnected_by": "disconnected_by",
}
MARGIN = timedelta(minutes=1)  # a summary's times may differ a little from the call's
# No summary yet, and none any more because the call ended more than 30 days ago (Twilio's error dictionary).
NO_SUMMARY = (17001, 17002)
REMEDY = (
    "Turn on the advanced features of Voice Insights in the console, and use the auth token or a key of type main or "
    "standard; or set include_sip to false."
)


def add_sip(task: Task, calls: Sequence[Record]) -> None:
    """Add the fields of ``FIELDS`` to calls.

    The list of summaries has 25 on a page and knows no trunk; it is asked first, for as many pages as the calls need
    if nobody else called at the time. What is not there is asked for call by call.
    """
    for call in calls:
        call.update(dict.fromkeys(FIELDS))
    wanted = {str(call["sid"]): call for call in calls}
    try:
        _enter(wanted, _listed(task, calls))
        missing = [sid for sid, call in wanted.items() if "_seen" not in call]
        found = task.gather([partial(_summary, task, sid) for sid in missing])
        _enter(wanted, [record for record in found if record is not None])
    except (ApiError, NoAnswerError) as error:
        task.warnings.append(_why(error))
        return
    finally:
        seen = sum(bool(call.pop("_seen", False)) for call in calls)
    if seen < len(calls):
        task.warnings.append(
            f"Voice Insights has no summary of {len(calls) - seen:,} of {len(calls):,} calls, so that their SIP "
            "response is null. A summary takes up to half an hour after the end of a call, and is kept for 30 days."
        )


def _listed(task: Task, calls: Sequence[Record]) -> list[Record]:
    """Return summaries from the time of the calls, also of other calls: as many pages as the calls would fill."""
    starts = [moment for moment in (time.moment(call["start"]) for call in calls) if moment is not None]
    if not starts:
        return []
    filters = {
        "StartTime": str(time.iso(min(starts) - MARGIN)),
        "EndTime": str(time.iso(min(max(starts) + MARGIN, time.now()))),
        "ProcessingState": "all",
    }
    if all(str(call["direction"]).startswith("trunking-") for call in calls):
        filters["CallType"] = "trunking"
    found: list[Record] = []
    for number, page in enumerate(task.api.pages(CALL_SUMMARIES, filters=filters), start=1):
        found += page
        if number * CALL_SUMMARIES.page_size >= len(calls):
            break
    return found


def _summary(task: Task, sid: str) -> Record | None:
    """Return the summary of one call, None if there is none."""
    try:
        return task.api.fetch(CALL_SUMMARY, sid)
    except ApiError as error:
        if error.code in NO_SUMMARY:
            return None
        raise


def _enter(wanted: Mapping[str, Record], summaries: Sequence[Record]) -> None:
    for summary in summaries:
        call = wanted.get(str(summary["call_sid"]))
        if call is None:
            continue
        properties: Mapping[str, Any] = summary["properties"] or {}
        call.update({field: properties.get(name) for field, name in FIELDS.items()}, _seen=True)


def _why(error: TwilioError) -> str:
    sentence = str(error).rstrip(".")
    remedy = f" {REMEDY}" if isinstance(error, ApiError) and error.status in (401, 403, 404) else ""
    return f"The SIP responses could not be read and are null: {sentence}.{remedy}"
