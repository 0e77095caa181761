# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Subaccounts: from options to the wanted state. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import validate as check
from ..catalog.accounts import SUBACCOUNT, SUBACCOUNT_TOKEN
from ..errors import AmbiguousError, ApplyFailedError, InvalidInputError, RefusedError, TwilioError
from ..lookup import by_field
from ..module import Outcome, Task
from ..plan import Node
from ..resource import Record
from ..secretfile import SecretFile, hidden_result

NAME_LENGTH = 64
CLOSED = "closed"
FILE = "credentials_path"


def validate(params: Mapping[str, Any]) -> None:
    """Judge the options of a subaccount before the first request."""
    check.sid("sid", params["sid"], "AC")
    check.text("friendly_name", params["friendly_name"], NAME_LENGTH)
    if params["state"] == "absent":
        if not params["close"]:
            raise RefusedError(
                "state: absent closes the subaccount, which is for ever: its phone numbers are released, and it can "
                "never be opened again. If that is meant, set close: true; if it is to rest for a while, use "
                "status: suspended. Nothing was sent."
            )
        for option in ("status", "return_auth_token", FILE):
            if params[option]:
                raise InvalidInputError(option, params[option], "makes no sense with state: absent.")
    elif params["close"]:
        raise InvalidInputError("close", True, "needs state: absent.")
    if params["sid"] and params["sid"] == params["account_sid"]:
        raise _own("sid", params["sid"])


def _own(option: str, value: str) -> InvalidInputError:
    return InvalidInputError(
        option, value, "is the account that account_sid names; this module manages those below it."
    )


def ensure(task: Task) -> Outcome:
    """Bring a subaccount into the wanted state."""
    params = task.params
    if params["return_auth_token"] and not task.no_log:
        raise hidden_result("the auth token of the subaccount", FILE)
    file = SecretFile(FILE, params[FILE]) if params[FILE] else None
    if file is not None:
        task.warnings += file.check(planned=task.check_mode)
    current = _find(task)
    if params["state"] == "absent":
        if current is None:
            return Outcome(changes=[], results={"subaccount": None})
        outcome = task.converge(Node(SUBACCOUNT, current, {"status": CLOSED}))
        outcome.after = None
    else:
        outcome = _present(task, current)
        if params["return_auth_token"] or file is not None:
            _hand_out(task, outcome, file)
    outcome.before, outcome.after = _shown(outcome.before), _shown(outcome.after)
    outcome.results["subaccount"] = outcome.after
    return outcome


def _present(task: Task, current: Record | None) -> Outcome:
    desired = task.given(["friendly_name", "status"])
    if current is not None:
        return task.converge(Node(SUBACCOUNT, current, desired))
    # It is born active: only then can it be suspended.
    status = desired.pop("status", "active")
    match = {**desired, "status": "active", "main": False}
    derived = {"owner_account_sid": task.params["account_sid"]}
    made = task.converge(Node(SUBACCOUNT, None, desired, match=match, derived=derived))
    if status == "active":
        return made
    changes = made.changes or []
    try:
        suspended = task.converge(Node(SUBACCOUNT, made.after, {"status": status}))
    except ApplyFailedError as error:
        raise ApplyFailedError(error.cause, error.failed, [*changes, *error.applied], error.remaining) from None
    return Outcome(None, suspended.after, [*changes, *(suspended.changes or [])])


def _hand_out(task: Task, outcome: Outcome, file: SecretFile | None) -> None:
    """Read the token, and put it where it was asked for.

    Raises:
        ApplyFailedError: that failed, and something had been changed before.
    """
    changes = outcome.changes or []
    sid = str(outcome.after["sid"] or "")
    step = {
        "action": "read",
        "resource": "auth token",
        "name": outcome.after["friendly_name"],
        "sid": sid,
        "fields": [],
    }
    token = None
    try:
        if sid:  # in check mode there may be no subaccount yet
            token = _token(task, sid)
        if task.params["return_auth_token"]:
            outcome.results["auth_token"] = token
        content = {"account_sid": sid, "auth_token": token}
        if file is not None and file.differs(content):
            step = file.change("create" if file.read() is None else "update")
            if not task.check_mode:
                file.write(content)
            outcome.changes = [*changes, step]
    except TwilioError as error:
        if task.check_mode or not changes:
            raise
        raise ApplyFailedError(error, step, changes, []) from None


def _token(task: Task, sid: str) -> str:
    token = (task.api.fetch(SUBACCOUNT_TOKEN, sid) or {}).get("auth_token")
    if not token:
        raise TwilioError(
            f"Twilio did not tell the auth token of {sid}: it tells it to the auth token of the main account, and "
            "to keys of type main."
        )
    return str(token)


def _find(task: Task) -> Record | None:
    """Return the subaccount, None if there is none that is not closed."""
    params = task.params
    if not params["sid"]:
        return _by_name(task, params["friendly_name"])
    record = task.api.fetch(SUBACCOUNT, params["sid"])
    if record is not None and record["main"]:
        raise InvalidInputError(
            "sid",
            params["sid"],
            "is a main account; it can be neither suspended nor closed, and is renamed in the console.",
        )
    if params["state"] == "absent":
        return None if record is None or record["status"] == CLOSED else record
    if record is None:
        raise TwilioError(
            f"sid: there is no subaccount {params['sid']} below {params['account_sid']}. "
            "One that does not exist yet is described by friendly_name, without sid."
        )
    if record["status"] == CLOSED:
        raise TwilioError(f"sid: the subaccount {params['sid']} is closed, which is for ever. Create another one.")
    name = params["friendly_name"]
    if name is not None and record["friendly_name"] != name:
        namesake = _by_name(task, name)
        if namesake is not None:
            raise AmbiguousError(SUBACCOUNT.label, name, (str(namesake["sid"]), str(record["sid"])))
    return record


def _by_name(task: Task, name: str) -> Record | None:
    """Return the only subaccount with the name; Twilio lets several have it, and keeps closed ones in the list."""
    named = task.api.list(SUBACCOUNT, filters={"FriendlyName": name})
    found = by_field(SUBACCOUNT.label, filter(_open, named), "friendly_name", name)
    if found is not None and found["sid"] == task.params["account_sid"]:
        raise _own("friendly_name", name)  # the credentials are those of a subaccount
    return found


def _open(record: Mapping[str, Any]) -> bool:
    return not record["main"] and record["status"] != CLOSED


def _shown(record: Mapping[str, Any] | None) -> Record | None:
    return None if record is None else {name: value for name, value in record.items() if name != "main"}


def inform_validate(params: Mapping[str, Any]) -> None:
    """Judge the options of the info module before the first request."""
    check.sid("sid", params["sid"], "AC")
    check.text("friendly_name", params["friendly_name"], NAME_LENGTH)


def inform(task: Task) -> Outcome:
    """Return the subaccounts, never a token."""
    params = task.params
    if params["sid"]:
        record = task.api.fetch(SUBACCOUNT, params["sid"])
        found = [] if record is None else [record]
    else:
        name = params["friendly_name"]
        found = task.api.list(SUBACCOUNT, filters={"FriendlyName": name} if name else {})
    wanted = [
        record
        for record in found
        if not record["main"]
        and record["status"] in params["status"]
        and params["friendly_name"] in (None, record["friendly_name"])
    ]
    return Outcome(results={"subaccounts": [_shown(record) for record in wanted]})
