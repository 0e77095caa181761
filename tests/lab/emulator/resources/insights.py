# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Insights v1: the summary of a call, which is where its SIP response is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lab.emulator.countries import country_of
from lab.emulator.errors import BAD_PARAMETER, SUMMARY_INCOMPLETE, ApiError
from lab.emulator.moments import Ago, Span
from lab.emulator.paging import PAGE_PARAMS, rows
from lab.emulator.params import Choice, Flag, Int, Param, Sid, Text
from lab.emulator.resource import Call, Operation, listing, product_style
from lab.emulator.sip.history import ORIGINATING, TERMINATING
from lab.emulator.store import Record

INSIGHTS = product_style("insights")
LARGEST_PAGE = 25
_STATES = {
    "queued": "undialed",
    "ringing": "ringing",
    "in-progress": "answered",
    "completed": "completed",
    "busy": "busy",
    "failed": "fail",
    "no-answer": "noanswer",
    "canceled": "canceled",
}
_DIRECTIONS = ("outbound_api", "outbound_dial", "inbound", "trunking_originating", "trunking_terminating")
_ANSWERED_BY = ("unknown", "machine_start", "machine_end_beep", "machine_end_silence", "machine_end_other", "human",
                "fax")  # fmt: skip
_KNOWN: tuple[Param, ...] = (
    Text("From", "caller"),
    Text("To", "called"),
    Text("FromCountryCode", "from_country"),
    Text("ToCountryCode", "to_country"),
    Choice("CallType", "call_type", values=("carrier", "sip", "trunking", "client", "whatsapp")),
    Choice("CallState", "call_state", values=tuple(_STATES.values())),
    Choice("Direction", "direction", values=_DIRECTIONS),
    Choice("AnsweredBy", "answered_by", values=_ANSWERED_BY),
)
# What calls over trunks never have here: no such call passes a filter that asks for one.
_NEVER_FLAGS = ("VerifiedCaller", "HasTag", "AbnormalSession", "SpamAnnotation", "BrandedEnabled",
                "VoiceIntegrityEnabled", "BrandedLogo")  # fmt: skip
_NEVER_TEXTS = (
    "FromCarrier", "ToCarrier", "AnsweredByAnnotation", "ConnectivityIssueAnnotation", "QualityIssueAnnotation",
    "CallScoreAnnotation", "BrandedBundleSid", "BrandedType", "BrandedUseCase", "BrandedCallReason",
    "VoiceIntegrityBundleSid", "VoiceIntegrityUseCase", "BusinessProfileIdentity", "BusinessProfileIndustry",
    "BusinessProfileBundleSid", "BusinessProfileType",
)  # fmt: skip
_OTHERS: tuple[Param, ...] = (
    *(Flag(name, name) for name in _NEVER_FLAGS),
    *(Text(name, name) for name in _NEVER_TEXTS),
    Ago("StartTime", "start"),
    Ago("EndTime", "end"),
    Choice("ProcessingState", "processing_state", values=("completed", "started", "partial", "all")),
    Choice("SortBy", "sort_by", values=("start_time", "end_time")),
    Sid("Subaccount", "subaccount", prefix="AC"),
    Int("PageSize", "page_size", lowest=1, highest=LARGEST_PAGE),
    *PAGE_PARAMS[1:],
)


class CallSummaries:
    """The summaries of an account's calls. That of a call that still goes on is partial."""

    instance = "/v1/Voice/{CallSid}/Summary"
    collection = "/v1/Voice/Summaries"

    def operations(self) -> list[Operation]:
        state = Choice("ProcessingState", "processing_state", values=("complete", "partial"))
        params = {param.name: param for param in (*_KNOWN, *_OTHERS)}
        return [
            Operation("GET", self.instance, "insights", 200, self.fetch, {state.name: state}),
            Operation("GET", self.collection, "insights", 200, self.list, params),
        ]

    def fetch(self, call: Call) -> dict[str, Any]:
        record = call.context.store.get("CA", call.names["CallSid"])
        if record is None or record.account_sid != call.caller.sid:
            raise call.not_found()
        shown = _shown(record)
        # A partial summary is what there is by now; a complete one is meant if nothing is said.
        if shown["processing_state"] == "partial" and call.values.get("processing_state") != "partial":
            raise ApiError(SUMMARY_INCOMPLETE, "Completed summary for this call wasn't found", 404)
        return shown

    def list(self, call: Call) -> dict[str, Any]:
        values, now = call.values, call.context.wall()
        values.setdefault("page_size", LARGEST_PAGE)
        start, end = _moment(values.get("start", 4 * 3600.0), now), _moment(values.get("end", 0.0), now)
        if start > end:
            raise ApiError(BAD_PARAMETER, "Parameter StartTime is invalid: it is after EndTime")
        calls = [
            record for record in _calls(call) if start <= record.data["started"] <= end and _passes(record, values)
        ]
        key = "ended" if values.get("sort_by") == "end_time" else "started"
        calls.sort(key=lambda record: (record.data[key] or now, record.serial), reverse=True)
        return listing(
            call, INSIGHTS, "call_summaries", rows([_shown(record) for record in calls]), lambda row: row.data
        )


def _calls(call: Call) -> Sequence[Record]:
    sid = call.values.get("subaccount", call.caller.sid)
    account = call.context.store.accounts.get(sid)
    if account is None or call.caller.sid not in (account.sid, account.owner_account_sid):
        raise ApiError(BAD_PARAMETER, f"Parameter Subaccount is invalid: {sid!r} is not your subaccount")
    return list(call.context.store.children("CA", sid).values())


def _moment(value: float | Span, now: float) -> float:
    return value.start if isinstance(value, Span) else now - value


def _passes(record: Record, values: dict[str, Any]) -> bool:
    if any(values.get(name) for name in _NEVER_FLAGS) or any(name in values for name in _NEVER_TEXTS):
        return False
    data = record.data
    own = {
        "caller": data["caller"],
        "called": data["called"],
        "from_country": _iso(data["caller"]),
        "to_country": _iso(data["called"]),
        "call_type": "trunking",
        "call_state": _STATES[data["status"]],
        "direction": data["direction"].replace("-", "_"),
        "answered_by": "unknown",
    }
    if any(values[key] != value for key, value in own.items() if key in values):
        return False
    wanted = values.get("processing_state", "completed")
    return bool(wanted == "all" or (data["ended"] is not None) == (wanted == "completed"))


def _iso(number: str) -> str | None:
    country = country_of(number)
    return country.iso if country else None


def _side(role: str, number: str) -> dict[str, Any]:
    return {role: number, "carrier": None, "connection": None, "number_prefix": number[:5], "location": None,
            "country_code": _iso(number)}  # fmt: skip


def _shown(record: Record) -> dict[str, Any]:
    data, ended = record.data, record.data["ended"]
    direction = data["direction"].replace("-", "_")
    edge = {
        "trunk_sid": data["trunk_sid"],
        "edge_location": data["edge"] or None,
        "external_signaling_ip": data["source_ip"] or None,
        "sip_call_id": data["sip_call_id"] or None,
        "direction": {ORIGINATING: "outbound", TERMINATING: "inbound"}[data["direction"]],
    }
    return {
        "account_sid": record.account_sid,
        "call_sid": record.sid,
        "answered_by": "unknown",
        "call_type": "trunking",
        "call_state": _STATES[data["status"]],
        "processing_state": "partial" if ended is None else "complete",
        "created_time": INSIGHTS.date(record.created),
        "start_time": INSIGHTS.date(data["started"]),
        "end_time": None if ended is None else INSIGHTS.date(ended),
        "duration": None if ended is None else int(ended - data["started"]),
        "connect_duration": None if ended is None else data["duration"],
        "from": _side("caller", data["caller"]),
        "to": _side("callee", data["called"]),
        "carrier_edge": None,
        "client_edge": None,
        "sdk_edge": None,
        "sip_edge": {"properties": edge, "metrics": None},
        "tags": [],
        "url": f"{INSIGHTS.base}/v1/Voice/{record.sid}/Summary",
        "attributes": {"conference_participant": False},
        "properties": {"last_sip_response_num": data["sip_code"] or None, "direction": direction},
        "trust": None,
        "annotation": None,
        "agent_session_summaries": None,
    }
