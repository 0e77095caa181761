# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Phone numbers: from options to the wanted state. Private to this collection.

Two things cannot be undone and are guarded twice, here and in the API layer: buying a number (it costs money) and
releasing one (somebody else may get it).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import validate as check
from ..catalog.numbers import NUMBER_FIELDS, PHONE_NUMBER
from ..catalog.trunking import TRUNK_NUMBER
from ..directory import TRUNKS
from ..errors import InvalidInputError, RefusedError, TwilioError
from ..lookup import by_field, close, is_sid
from ..module import Outcome, Task
from ..plan import Collection, Node, Ref
from ..resource import Record

MEMBERSHIP = "membership"  # slot of the number's place in a trunk, shown to users as trunk_sid
SID_PREFIXES = {
    "voice_application_sid": "AP",
    "sms_application_sid": "AP",
    "address_sid": "AD",
    "bundle_sid": "BU",
    "identity_sid": "RI",
    "emergency_address_sid": "AD",
}
URLS = ("voice_url", "voice_fallback_url", "sms_url", "sms_fallback_url", "status_callback")


def validate(params: Mapping[str, Any]) -> None:
    """Judge the options of a phone number before the first request."""
    check.sid("sid", params["sid"], "PN")
    check.e164("phone_number", params["phone_number"])
    check.text("friendly_name", params["friendly_name"], 64)
    for option in URLS:
        check.web_url(option, params[option])
    for option, prefix in SID_PREFIXES.items():
        check.sid(option, params[option], prefix, empty=True)
    if params["trunk"] and params["voice_application_sid"]:
        raise InvalidInputError(
            "trunk", params["trunk"], "excludes voice_application_sid; a call goes to the one or to the other."
        )
    if params["trunk"] and params["trunk"].endswith(".twilio.com"):
        check.domain_name("trunk", params["trunk"])
    if params["purchase"] and not params["phone_number"]:
        raise InvalidInputError("purchase", True, "needs phone_number; only exactly that number is ever bought.")
    if params["purchase"] and params["state"] == "absent":
        raise InvalidInputError("purchase", True, "makes no sense with state: absent.")
    if params["release"] and params["state"] == "present":
        raise InvalidInputError("release", True, "needs state: absent.")


def ensure(task: Task) -> Outcome:
    """Bring a number into the wanted state."""
    params = task.params
    current = _find(task)
    node = _absent(task, current) if params["state"] == "absent" else _present(task, current)
    outcome = task.converge(node)
    for record in (outcome.before, outcome.after):
        if record is not None and record.pop(MEMBERSHIP, None) == [] and MEMBERSHIP in node.collections:
            record["trunk_sid"] = ""
    outcome.results["phone_number"] = outcome.after
    return outcome


def _find(task: Task) -> Record | None:
    """Return the number, None if the account does not own it."""
    params = task.params
    if not params["sid"]:
        wanted = params["phone_number"]
        owned = task.api.list(PHONE_NUMBER, filters={"PhoneNumber": wanted})
        return by_field(PHONE_NUMBER.label, owned, "phone_number", wanted)
    record = task.api.fetch(PHONE_NUMBER, params["sid"])
    if record is None and params["state"] == "present":
        raise TwilioError(f"sid: the account owns no phone number {params['sid']}: check the SID and account_sid.")
    if record is not None and params["phone_number"] not in (None, record["phone_number"]):
        raise InvalidInputError(
            "sid", params["sid"], f"is the number {record['phone_number']}, not {params['phone_number']}."
        )
    return record


def _absent(task: Task, current: Record | None) -> Node:
    if current is None or not task.params["release"]:
        return Node(PHONE_NUMBER, current, None if current is None else {}, collections=_detached(current))
    if current["emergency_address_sid"] or current["emergency_address_status"] not in ("", "unregistered"):
        raise RefusedError(
            f"release: {current['phone_number']} is registered for emergency calling "
            f"(emergency_address_status: {current['emergency_address_status']}). First set "
            "emergency_address_sid to '', and wait until the status is unregistered."
        )
    return Node(PHONE_NUMBER, current, None)


def _detached(current: Mapping[str, Any] | None) -> dict[str, Collection]:
    """Return the change that takes a number off its trunk, nothing if it is on none."""
    if current is None or not current["trunk_sid"]:
        return {}
    member = {"sid": current["sid"], "phone_number": current["phone_number"]}
    return {
        MEMBERSHIP: Collection(TRUNK_NUMBER, [member], [], purge=True, option="trunk", parent=str(current["trunk_sid"]))
    }


def _present(task: Task, current: Record | None) -> Node:
    params = task.params
    if current is None and not params["purchase"]:
        existing = [str(record["phone_number"]) for record in task.api.list(PHONE_NUMBER)]
        similar = close(params["phone_number"], existing)
        hint = f" It owns {', '.join(similar)}." if similar else ""
        raise RefusedError(
            f"phone_number: the account does not own {params['phone_number']}.{hint} "
            "Set purchase: true to buy exactly this number, which costs money every month."
        )
    desired = task.given(NUMBER_FIELDS)
    collections: dict[str, Collection] = {}
    derived: dict[str, Any] = {"account_sid": params["account_sid"]}
    if current is None:
        desired["phone_number"] = params["phone_number"]
        derived["friendly_name"] = None  # Twilio fills in the number as people write it there
    if params["trunk"]:
        desired["trunk_sid"] = _trunk_sid(task, params["trunk"], current)
        derived["voice_application_sid"] = ""  # Twilio clears the one when the other is set
    elif params["trunk"] == "":
        collections = _detached(current)
    if params["voice_application_sid"]:
        derived["trunk_sid"] = ""
        collections = {}
    return Node(
        PHONE_NUMBER,
        current,
        desired,
        match={"phone_number": params["phone_number"]},
        derived=derived,
        collections=collections,
    )


def _trunk_sid(task: Task, name: str, current: Mapping[str, Any] | None) -> str | Ref:
    """Return the SID of the trunk with this SID, domain name or name."""
    if is_sid(name, TRUNKS.prefix) and current is not None and current["trunk_sid"] == name:
        return name
    return task.directory.sid(TRUNKS, "trunk", name)
