# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Usage records: sums by category, over one period or one for each day, month or year."""

from __future__ import annotations

import calendar
import datetime as dt
from functools import partial
from typing import Any

from lab.emulator import usage
from lab.emulator.moments import Day, day_of
from lab.emulator.paging import PAGE_PARAMS, rows
from lab.emulator.params import Choice, Flag
from lab.emulator.prices import CURRENCY
from lab.emulator.resource import ACCOUNT, V2010, Call, Operation, listing
from lab.emulator.wire import iso_8601

_PARTS = ("AllTime", "Daily", "LastMonth", "Monthly", "ThisMonth", "Today", "Yearly", "Yesterday")
_SNAKE = {"AllTime": "all_time", "LastMonth": "last_month", "ThisMonth": "this_month"}
_PARAMS = (
    Choice("Category", "category", values=tuple(usage.CATEGORIES)),
    Day("StartDate", "first"),
    Day("EndDate", "last"),
    Flag("IncludeSubaccounts", "include"),
    *PAGE_PARAMS,
)
Period = tuple[dt.date, dt.date]


class UsageRecords:
    """Read only. Every category is there, with zeros if need be; the newest period comes first."""

    collection = ACCOUNT + "/Usage/Records.json"

    def operations(self) -> list[Operation]:
        params = {param.name: param for param in _PARAMS}
        found = [Operation("GET", self.collection, "api", 200, partial(self.list, ""), params)]
        for part in _PARTS:
            template = f"{ACCOUNT}/Usage/Records/{part}.json"
            found.append(Operation("GET", template, "api", 200, partial(self.list, part), params))
        return found

    def list(self, part: str, call: Call) -> dict[str, Any]:
        store, values = call.context.store, call.values
        accounts = (
            [call.account, *store.subaccounts(call.account.sid)] if values.get("include", True) else [call.account]
        )
        charges = [charge for account in accounts for charge in usage.charges(call.context, account.sid)]
        today = day_of(call.context.wall())
        first = _date(values.get("first"), today) or min([charge.day for charge in charges], default=today)
        last = _date(values.get("last"), today) or today
        wanted = [values["category"]] if "category" in values else list(usage.CATEGORIES)
        items = [
            _shown(call, category, total, period)
            for period in _periods(part, first, min(last, today), today)
            for category, total in usage.totals(charges, *period).items()
            if category in wanted
        ]
        return listing(call, V2010, "usage_records", rows(items), lambda row: row.data)


def _date(value: dt.date | int | None, today: dt.date) -> dt.date | None:
    return today - dt.timedelta(days=value) if isinstance(value, int) else value


def _month(day: dt.date) -> Period:
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _periods(part: str, first: dt.date, last: dt.date, today: dt.date) -> list[Period]:
    """The periods of a list, the newest first, cut to what was asked for; none when that is empty."""
    fixed = {
        "Today": (today, today),
        "Yesterday": (today - dt.timedelta(days=1),) * 2,
        "ThisMonth": _month(today),
        "LastMonth": _month(today.replace(day=1) - dt.timedelta(days=1)),
    }
    if part in fixed:
        return [fixed[part]]
    if first > last:
        return []
    if part in ("", "AllTime"):
        return [(first, last)]
    found, day = [], last
    while day >= first:
        begin = {"Daily": day, "Monthly": day.replace(day=1), "Yearly": day.replace(month=1, day=1)}[part]
        found.append((max(begin, first), day))
        day = begin - dt.timedelta(days=1)
    return found


def _shown(call: Call, category: str, total: usage.Total, period: Period) -> dict[str, Any]:
    kind = usage.CATEGORIES[category]
    first, last = (day.isoformat() for day in period)
    base = f"/2010-04-01/Accounts/{call.account.sid}/Usage/Records"
    links = {_SNAKE.get(part, part.lower()): f"{base}/{part}.json?Category={category}" for part in _PARTS}
    return {
        "account_sid": call.account.sid,
        "api_version": "2010-04-01",
        "as_of": iso_8601(call.context.wall()).replace("Z", "+00:00"),
        "category": category,
        "count": str(total.count),
        "count_unit": kind.count_unit,
        "description": kind.description,
        "end_date": last,
        "price": str(total.price),
        "price_unit": CURRENCY.lower(),
        "start_date": first,
        "subresource_uris": links,
        "uri": f"{call.path}?Category={category}&StartDate={first}&EndDate={last}",
        "usage": str(total.usage),
        "usage_unit": kind.usage_unit,
    }
