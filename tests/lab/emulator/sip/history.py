# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account can read about its calls later: the calls themselves, and an alert for each failure."""

from __future__ import annotations

from typing import Any

from lab.emulator.context import Context
from lab.emulator.sip.calls import LONGEST, new_call_sid
from lab.emulator.store import Record
from lab.emulator.wire import new_sid

ORIGINATING, TERMINATING = "trunking-originating", "trunking-terminating"
RUNNING = ("queued", "ringing", "in-progress")
FINAL = ("completed", "busy", "failed", "no-answer", "canceled")
PBX_ERROR = "32011 Error communicating with your SIP communications infrastructure"


def note(context: Context, direction: str, inputs: dict[str, Any], verdict: dict[str, Any]) -> None:
    """Keep what a verdict means for the account: a call, an alert, both or nothing."""
    account, error = verdict.get("account_sid", ""), verdict.get("error", "")
    if not account:
        return  # a request that no account can be named for
    sid = verdict.get("call_sid", "")
    if sid:
        originating = direction == "origination"
        call = {
            "sid": sid,
            "direction": ORIGINATING if originating else TERMINATING,
            "trunk_sid": verdict["trunk_sid"],
            "caller": inputs["from_number"] if originating else inputs["from_user"],
            "called": inputs["number"] if originating else verdict.get("number", inputs["request_user"]),
            "status": "failed" if verdict["action"] == "reject" else "ringing",
            "sip_code": verdict.get("code", 0),
            "edge": inputs.get("edge", ""),
            "source_ip": inputs.get("source_ip", ""),
            "sip_call_id": inputs.get("call_id", ""),
        }
        if verdict["action"] == "verify":
            _wait_for_digest(context, account, call)
        else:
            add(context, account, **call)
    if error:
        alert(context, account, error, sid or verdict["trunk_sid"])


def _wait_for_digest(context: Context, account_sid: str, call: dict[str, Any]) -> None:
    """A call whose password the edge has yet to check is none before the edge says how it went on."""
    waiting = context.store.unverified
    if len(waiting) >= LONGEST:
        del waiting[next(iter(waiting))]
    waiting[call["sid"]] = (account_sid, {**call, "started": context.wall()})


def add(context: Context, account_sid: str, *, started: float | None = None, **data: Any) -> Record:
    """Keep a call. `started` is now by default; a call that is over may have a `duration` in seconds.

    Args:
        data: sid, direction, trunk_sid, caller, called, status, sip_code; optional: duration, edge, source_ip,
            sip_call_id.
    """
    sid = data.pop("sid", "") or new_call_sid()
    at = context.wall() if started is None else started
    kept = {"duration": 0, "edge": "", "source_ip": "", "sip_call_id": "", **data, "started": at, "ended": None}
    if kept["status"] in FINAL:
        kept["ended"] = at + kept["duration"]
    number = context.store.number(kept["called"] if kept["direction"] == ORIGINATING else kept["caller"])
    owned = number is not None and number.account_sid == account_sid
    kept["phone_number_sid"] = number.sid if number is not None and owned else None
    record = context.store.add("CA", sid, sid, account_sid, account_sid, at, kept)
    record.updated = kept["ended"] or at
    return record


def result(context: Context, call_sid: str, changes: dict[str, Any]) -> None:
    """How a call went on: its status, the SIP response, an error, and how many seconds it lasted."""
    account, call = context.store.unverified.pop(call_sid, ("", {}))
    error = changes.get("error", "")
    if account and error:  # the password was wrong: there was no call
        alert(context, account, error, call["trunk_sid"])
        return
    record = add(context, account, **call) if account else context.store.get("CA", call_sid)
    if record is None:
        return
    data, now = record.data, context.wall()
    if data["status"] in FINAL:
        return  # what is over stays over
    if changes.get("sip_code"):
        data["sip_code"] = changes["sip_code"]
    status = changes.get("status") or data["status"]
    if status == "in-progress" and data["status"] != "in-progress":
        data["answered"] = now
    data["status"] = status
    record.updated = now
    if status in FINAL:
        data["ended"] = now
        since = data.get("answered", now)
        data["duration"] = changes.get("seconds", int(now - since)) if status == "completed" else 0
    failed = status == "failed" or data["sip_code"] == 408
    if error:
        alert(context, record.account_sid, error, call_sid)
    elif data["direction"] == ORIGINATING and failed and data["sip_code"] in (408, *range(500, 600)):
        alert(context, record.account_sid, PBX_ERROR, call_sid)


# What Twilio's error dictionary lists as a warning, although the call failed.
_WARNINGS = ("32011", "32014", "32015", "32100", "32101", "32102", "32103")


def alert(context: Context, account_sid: str, error: str, resource_sid: str, at: float | None = None) -> Record:
    """Keep an alert; `error` begins with its code."""
    code, __, text = error.partition(" ")
    level = "warning" if code in _WARNINGS else "error"
    data = {"error_code": code, "log_level": level, "alert_text": text, "resource_sid": resource_sid}
    sid = new_sid("NO")
    return context.store.add("NO", sid, sid, account_sid, account_sid, context.wall() if at is None else at, data)
