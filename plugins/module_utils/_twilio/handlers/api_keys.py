# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys: from options to the wanted state. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import validate as check
from ..catalog.keys import API_KEY
from ..errors import AmbiguousError, ApiError, ApplyFailedError, InvalidInputError, RefusedError, TwilioError
from ..lookup import by_field
from ..module import Outcome, Task
from ..plan import Node
from ..resource import Record
from ..secretfile import SecretFile, hidden_result

NAME_LENGTH = 64
FILE = "secret_path"


def validate(params: Mapping[str, Any]) -> None:
    """Judge the options of a key before the first request."""
    check.sid("sid", params["sid"], "SK")
    check.text("friendly_name", params["friendly_name"], NAME_LENGTH)
    if params["state"] == "absent" and params[FILE]:
        raise InvalidInputError(FILE, params[FILE], "makes no sense with state: absent; remove the file yourself.")


def ensure(task: Task) -> Outcome:
    """Bring a key into the wanted state."""
    params = task.params
    if params["state"] == "absent":
        current = _find(task)
        if current is not None and current["sid"] == params["api_key"]:
            raise RefusedError(
                f"The API key {current['sid']} ({current['friendly_name']}) is the one this task uses. Delete it with "
                "other credentials, such as the key that replaces it."
            )
        return _reported(task.converge(Node(API_KEY, current, None)))
    file = SecretFile(FILE, params[FILE]) if params[FILE] else None
    if file is None and not params["sid"] and not task.no_log:
        raise hidden_result("the secret of the API key", FILE)
    if file is not None:
        task.warnings += file.check(planned=task.check_mode)
    current = _find(task)
    if current is not None and file is not None:
        _belongs(file, current)
    desired = task.given(["friendly_name"])
    try:
        outcome = task.converge(Node(API_KEY, current, desired, match=desired))
    except ApplyFailedError as error:
        if current is None and not isinstance(error.cause, ApiError):
            task.warnings.append(
                f"If there is an API key {params['friendly_name']!r} now, nobody has its secret: delete it by a task "
                "with state: absent before you run this one again."
            )
        raise
    secret = (outcome.after or {}).pop(API_KEY.secret, None)
    if file is not None:
        _keep(task, file, outcome, secret)
    outcome.results["secret"] = None if file is not None else secret
    return _reported(outcome)


def _reported(outcome: Outcome) -> Outcome:
    outcome.results["api_key"] = outcome.after
    return outcome


def _belongs(file: SecretFile, current: Mapping[str, Any]) -> None:
    """Refuse a key whose secret is not where it should be: it can never be read again."""
    content = file.read()
    remedy = "Its secret cannot be read again: put the file back, or make a key of another name and delete this one."
    if content is None:
        raise TwilioError(f"{FILE}: the API key {current['sid']} exists, but {file.path} does not. {remedy}")
    if content.get("sid") != current["sid"]:
        raise TwilioError(
            f"{FILE}: {file.path} holds the secret of {content.get('sid')}, not of the API key "
            f"{current['sid']}. {remedy}"
        )


def _keep(task: Task, file: SecretFile, outcome: Outcome, secret: str | None) -> None:
    """Write the secret of a new key; a key whose secret could not be kept is deleted again."""
    changes = outcome.changes or []
    if outcome.before is not None:
        if file.loose():
            if not task.check_mode:
                file.tighten()
            outcome.changes = [*changes, file.change("update")]
        return
    step = file.change("create" if file.read() is None else "update")
    if not task.check_mode:
        sid = str(outcome.after["sid"])
        try:
            file.write({"sid": sid, "secret": secret})
        except TwilioError as error:
            try:
                task.api.delete(API_KEY, sid)
            except TwilioError as second:
                cause = TwilioError(f"{error} The API key {sid}, whose secret nobody has, is still there: {second}")
                raise ApplyFailedError(cause, step, changes, []) from None
            raise TwilioError(f"{error} The API key {sid}, whose secret nobody has, was deleted again.") from None
    outcome.changes = [*changes, step]


def _find(task: Task) -> Record | None:
    """Return the key, None if there is none.

    Raises:
        AmbiguousError: several have the name, which Twilio allows.
    """
    params = task.params
    name = params["friendly_name"]
    if not params["sid"]:
        return by_field(API_KEY.label, task.api.list(API_KEY), "friendly_name", name)
    record = task.api.fetch(API_KEY, params["sid"])
    if params["state"] == "absent":
        return record
    if record is None:
        raise TwilioError(
            f"sid: there is no API key {params['sid']} in the account. "
            "One that does not exist yet is described by friendly_name, without sid."
        )
    if name is not None and record["friendly_name"] != name:
        namesake = by_field(API_KEY.label, task.api.list(API_KEY), "friendly_name", name)
        if namesake is not None:
            raise AmbiguousError(API_KEY.label, name, (str(namesake["sid"]), str(record["sid"])))
    return record


def inform_validate(params: Mapping[str, Any]) -> None:
    """Judge the options of the info module before the first request."""
    check.sid("sid", params["sid"], "SK")
    check.text("friendly_name", params["friendly_name"], NAME_LENGTH)


def inform(task: Task) -> Outcome:
    """Return the keys, which have no secrets any more."""
    params = task.params
    if params["sid"]:
        record = task.api.fetch(API_KEY, params["sid"])
        found = [] if record is None else [record]
    else:
        found = task.api.list(API_KEY)
    name = params["friendly_name"]
    return Outcome(results={"api_keys": [record for record in found if name in (None, record["friendly_name"])]})
