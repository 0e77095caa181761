# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading the calls of a trunk. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from .. import validate as check
from ..catalog.records import CALL
from ..directory import TRUNKS
from ..errors import InvalidInputError
from ..lookup import is_sid
from ..module import Outcome, Task
from ..plan import Ref
from ..resource import Record
from . import readings_period as time
from .readings_scan import LIMIT, newest, or_none, scan
from .readings_sip import add_sip

STATUSES = ["queued", "ringing", "in-progress", "completed", "busy", "failed", "no-answer", "canceled"]
DIRECTIONS = ["trunking-terminating", "trunking-originating", "inbound", "outbound-api", "outbound-dial"]
PARTIES = {"from_number": "From", "to_number": "To"}


def validate(params: Mapping[str, Any]) -> None:
    """Judge the options that select calls."""
    time.period(params)
    check.text("trunk", params["trunk"], 255)
    if (params["trunk"] or "").endswith(check.DOMAIN_SUFFIX):
        check.domain_name("trunk", params["trunk"])
    for option in PARTIES:
        value = params[option]
        if value is not None and re.fullmatch(r"[\d+(). -]*", value):
            check.e164(option, value)
        elif value is not None and re.search(r"\s", value):
            raise InvalidInputError(option, value, "is neither a number in E.164 nor a SIP address.")
    check.between("limit", params["limit"], 1, LIMIT)


def inform(task: Task) -> Outcome:
    """Return the selected calls, the newest first."""
    params, span = task.params, time.period(task.params)
    trunk = _trunk(task)
    if isinstance(trunk, Ref):  # in check mode, a trunk that an earlier task is about to create
        return Outcome(results={"calls": []})
    # Twilio's own filter knows whole days in UTC only: the rest is selected here.
    filters = {"StartTime>": span.first_day, "StartTime<": span.day_after}
    filters.update({wire: params[option] for option, wire in PARTIES.items() if params[option]})
    statuses, directions = params["status"], params["direction"]
    if statuses and len(set(statuses)) == 1:
        filters["Status"] = statuses[0]
    nameless: set[str] = set()

    def wanted(record: Record) -> bool:
        if not (
            span.holds(time.moment(record["start_time"]) or time.moment(record["date_created"]))
            and (not statuses or record["status"] in statuses)
            and (not directions or record["direction"] in directions)
        ):
            return False
        if trunk and not record["trunk_sid"] and str(record["direction"]).startswith("trunking-"):
            nameless.add(record["sid"])
        return trunk is None or record["trunk_sid"] == trunk

    found = scan(task, CALL, filters, wanted)
    if nameless:
        task.warnings.append(
            f"{len(nameless)} calls over a trunk do not say over which one, as Twilio allows until they end; "
            "they are left out."
        )
    calls = newest(map(_shown, found), "start")
    if params["include_sip"]:
        add_sip(task, calls)
    return Outcome(results={"calls": calls})


def _trunk(task: Task) -> str | Ref | None:
    """Return the SID of the wanted trunk, which costs a request only for a name or domain."""
    trunk = task.params["trunk"]
    # The calls of a trunk that was deleted are still there.
    return trunk if trunk is None or is_sid(trunk, TRUNKS.prefix) else task.directory.sid(TRUNKS, "trunk", trunk)


def _shown(record: Mapping[str, Any]) -> Record:
    price, duration = time.number(record["price"]), time.number(record["duration"])
    return {
        "sid": record["sid"],
        "trunk_sid": or_none(record["trunk_sid"]),
        "from": or_none(record["from"]),
        "to": or_none(record["to"]),
        "direction": or_none(record["direction"]),
        "status": or_none(record["status"]),
        "start": time.iso(time.moment(record["start_time"])),
        "end": time.iso(time.moment(record["end_time"])),
        "duration": None if duration is None else int(duration),
        "price": None if price is None else 0.0 - price,  # Twilio writes a charge as a negative number
        "price_unit": or_none(record["price_unit"]),
    }
