# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the account's phone numbers. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .. import validate as check
from ..catalog.numbers import PHONE_NUMBER
from ..catalog.trunking import TRUNK
from ..directory import TRUNKS
from ..errors import InvalidInputError
from ..lookup import is_sid
from ..module import Outcome, Task
from ..resource import Record

PATTERN = re.compile(r"\+?[0-9*]{1,18}")


def validate(params: Mapping[str, Any]) -> None:
    """Judge the options that select numbers."""
    check.sid("sid", params["sid"], "PN")
    check.text("friendly_name", params["friendly_name"], 64)
    pattern = params["phone_number"]
    if pattern is not None and not PATTERN.fullmatch(pattern):
        raise InvalidInputError(
            "phone_number", pattern, "is not a part of a number; write digits, with * for any digit: +1202555*."
        )
    if params["trunk"] and params["trunk"].endswith(".twilio.com"):
        check.domain_name("trunk", params["trunk"])


def inform(task: Task) -> Outcome:
    """Return the selected numbers, in the order of the numbers."""
    params, directory = task.params, task.directory
    trunk: object = params["trunk"]
    if trunk and not is_sid(str(trunk), TRUNKS.prefix):
        trunk = directory.sid(TRUNKS, "trunk", str(trunk))
    filters = {"PhoneNumber": params["phone_number"], "FriendlyName": params["friendly_name"]}
    if params["sid"]:
        record = task.api.fetch(PHONE_NUMBER, params["sid"])
        found = [record] if record is not None else []
    else:
        found = task.api.list(PHONE_NUMBER, filters={name: value for name, value in filters.items() if value})
    chosen = [record for record in found if _selected(record, params) and trunk in (None, record["trunk_sid"])]
    if params["include_trunk_names"]:
        _name_trunks(task, chosen)
    chosen.sort(key=lambda record: str(record["phone_number"]))
    return Outcome(results={"phone_numbers": chosen})


def _selected(record: Mapping[str, Any], params: Mapping[str, Any]) -> bool:
    """Judge again what Twilio selected: all that is asked for must hold, also together with a SID."""
    pattern = re.escape(params["phone_number"] or "").replace(r"\*", "[0-9]")
    return re.search(pattern, record["phone_number"]) is not None and (
        params["friendly_name"] in (None, record["friendly_name"])
    )


def _name_trunks(task: Task, found: list[Record]) -> None:
    """Add the names of the trunks; numbers that are on none cost no request."""
    trunks: dict[str, Record] = {}
    if any(record["trunk_sid"] for record in found):
        trunks = {str(trunk["sid"]): trunk for trunk in task.directory.records(TRUNK)}
    for record in found:
        trunk = trunks.get(record["trunk_sid"], {})
        record["trunk"] = trunk.get("friendly_name") or trunk.get("domain_name") or ""
