# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls that were made already: `POST /_lab/calls`."""

from __future__ import annotations

from typing import Any

from lab.emulator import moments
from lab.emulator.context import Context
from lab.emulator.errors import LabError
from lab.emulator.sip import history
from lab.emulator.wire import E164, is_sid

_REQUIRED = {"account_sid", "trunk_sid", "direction", "from", "to"}
_OPTIONAL = {"status", "sip_code", "duration", "started", "error", "edge"}


def seed_calls(context: Context, body: dict[str, Any]) -> dict[str, Any]:
    """Add calls to accounts' histories; all of them or, with a LabError, none.

    Returns:
        {"calls": [{"sid": "CA…"}]}, in the order given.
    """
    entries = body.get("calls")
    if set(body) != {"calls"} or not isinstance(entries, list):
        raise LabError('the body must be {"calls": [...]}')
    checked = [_check(context, entry, f"calls[{index}]") for index, entry in enumerate(entries)]
    return {"calls": [{"sid": _add(context, *call)} for call in checked]}


def _add(context: Context, account: str, started: float, error: str, data: dict[str, Any]) -> str:
    sid = history.add(context, account, started=started, **data).sid
    if error:
        history.alert(context, account, error, sid, started)
    return sid


def _check(context: Context, entry: Any, where: str) -> tuple[str, float, str, dict[str, Any]]:
    if not isinstance(entry, dict):
        raise LabError(f"{where} is not an object")
    wrong = sorted(set(entry) - _REQUIRED - _OPTIONAL) + sorted(_REQUIRED - set(entry))
    if wrong:
        known = f"required are {', '.join(sorted(_REQUIRED))}, possible {', '.join(sorted(_OPTIONAL))}"
        raise LabError(f"{where} has an unknown or missing key {wrong[0]!r}; {known}")
    account, trunk = entry["account_sid"], entry["trunk_sid"]
    if account not in context.store.accounts:
        raise LabError(f"{where}.account_sid {account!r} is no account")
    if not isinstance(trunk, str) or not is_sid(trunk, "TK"):
        raise LabError(f"{where}.trunk_sid {trunk!r} is not TK and 32 hexadecimal digits")
    if entry["direction"] not in (history.ORIGINATING, history.TERMINATING):
        raise LabError(f"{where}.direction must be {history.ORIGINATING} or {history.TERMINATING}")
    for key in ("from", "to"):
        if not isinstance(entry[key], str) or not E164.fullmatch(entry[key]):
            raise LabError(f"{where}.{key} is {entry[key]!r}, which is not in E.164 form")
    status = entry.get("status", "completed")
    if status not in (*history.RUNNING, *history.FINAL):
        raise LabError(
            f"{where}.status is {status!r}; it must be one of {', '.join((*history.RUNNING, *history.FINAL))}"
        )
    error = entry.get("error", "")
    if not isinstance(error, str) or (error and not error[:5].isdigit()):
        raise LabError(f"{where}.error is {error!r}; it must begin with a code, such as 32205")
    data = {
        "trunk_sid": trunk,
        "direction": entry["direction"],
        "caller": entry["from"],
        "called": entry["to"],
        "status": status,
        "sip_code": _number(entry, "sip_code", where, 200 if status == "completed" else 0, range(700)),
        "duration": _number(entry, "duration", where, 0, range(86_401)),
        "edge": str(entry.get("edge", "")),
    }
    return account, _started(context, entry, where), error, data


def _number(entry: dict[str, Any], key: str, where: str, default: int, allowed: range) -> int:
    value = entry.get(key, default)
    if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
        raise LabError(f"{where}.{key} is {value!r}; it must be an integer from {allowed[0]} to {allowed[-1]}")
    return value


def _started(context: Context, entry: dict[str, Any], where: str) -> float:
    value = entry.get("started")
    if value is None:
        return context.wall()
    span = moments.parse(value) if isinstance(value, str) else None
    if span is None:
        raise LabError(f"{where}.started is {value!r}; it must be a time such as 2026-11-23T10:00:00Z")
    return span.start
