# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading what was used and what it cost. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any

from ..catalog.records import usage
from ..errors import InvalidInputError
from ..lookup import close
from ..module import Outcome, Task
from ..resource import Record
from . import readings_period as time
from .readings_scan import or_none

# What a trunk costs; none is part of another.
CATEGORIES = [
    "calleridlookups",
    "phonenumbers",
    "trunking-cps",
    "trunking-emergency-calls",
    "trunking-origination",
    "trunking-recordings",
    "trunking-secure",
    "trunking-termination",
]
EVERYTHING = "totalprice"


def validate(params: Mapping[str, Any]) -> None:
    """Judge the options that select usage records."""
    for option in ("from", "to"):
        if params[option] is not None and not time.DATE.fullmatch(params[option].strip()):
            raise InvalidInputError(option, params[option], "is no date; usage is counted by days: 2026-11-23.")
    if params["last"] is not None and not re.fullmatch(r"\d+[dw]", params["last"]):
        raise InvalidInputError("last", params["last"], "is no number of days or weeks: usage is counted by days; 30d.")
    time.period(params, otherwise=None)
    if params["categories"] is not None and not params["categories"]:
        raise InvalidInputError("categories", None, "is empty; name a category, or leave it out for those of trunks.")
    for index, category in enumerate(params["categories"] or ()):
        if not re.fullmatch(r"[a-z0-9]+([-_][a-z0-9]+)*", category):
            raise InvalidInputError(
                f"categories[{index}]", category, "is no usage category; write it like trunking-termination."
            )


def inform(task: Task) -> Outcome:
    """Return the usage of the wanted categories, and what it comes to."""
    params, span = task.params, time.period(task.params, otherwise=None)
    wanted = list(dict.fromkeys(params["categories"] or CATEGORIES))
    filters = {
        "StartDate": span.first_day,
        "EndDate": span.last_day,
        "IncludeSubaccounts": str(params["include_subaccounts"]).lower(),
    }
    # One request for all categories; it also shows which of them there are, and which were used.
    totals = {str(record["category"]): record for record in task.api.list(usage("all"), filters=filters)}
    if params["categories"]:
        _warn_of_unknown(task, wanted, [*totals])
    chosen = [totals[category] for category in wanted if category in totals]
    records = chosen
    if params["granularity"] != "all":
        used = [str(record["category"]) for record in chosen if _any(record)]
        resource = usage(params["granularity"])
        lists = task.gather(
            [partial(task.api.list, resource, filters={**filters, "Category": category}) for category in used]
        )
        records = [record for part in lists for record in part]
    price, unit = _sum(chosen)
    shown = sorted(map(_shown, records), key=lambda record: (record["category"], record["start"], record["end"]))
    return Outcome(results={"usage": shown, "total_price": price, "price_unit": unit})


def _warn_of_unknown(task: Task, wanted: Sequence[str], known: Sequence[str]) -> None:
    for category in wanted:
        if category not in known:
            similar = " or ".join(close(category, known))
            hint = f" Did you mean {similar}?" if similar else ""
            task.warnings.append(f"categories: the account has no usage category {category!r}.{hint}")


def _decimal(text: object) -> Decimal:
    try:
        return Decimal(str(text))
    except InvalidOperation:
        return Decimal(0)


def _any(record: Mapping[str, Any]) -> bool:
    return any(_decimal(record[name]) for name in ("count", "usage", "price"))


def _sum(records: Sequence[Mapping[str, Any]]) -> tuple[float, str | None]:
    """Return what records cost together; one that is part of another is not counted twice."""
    names = {str(record["category"]) for record in records}
    outermost = [
        record
        for record in records
        if record["category"] == EVERYTHING
        or not (EVERYTHING in names or any(str(record["category"]).startswith(f"{name}-") for name in names))
    ]
    units = {str(record["price_unit"]).upper() for record in outermost if record["price_unit"]}
    total = sum((_decimal(record["price"]) for record in outermost), Decimal(0))
    return float(total), units.pop() if len(units) == 1 else None


def _shown(record: Mapping[str, Any]) -> Record:
    return {
        "category": record["category"],
        "description": or_none(record["description"]),
        "start": record["start_date"],
        "end": record["end_date"],
        "count": time.number(record["count"]),
        "count_unit": or_none(record["count_unit"]),
        "usage": time.number(record["usage"]),
        "usage_unit": or_none(record["usage_unit"]),
        "price": time.number(record["price"]),
        "price_unit": or_none(record["price_unit"].upper()),
        "as_of": or_none(record["as_of"]),
    }
