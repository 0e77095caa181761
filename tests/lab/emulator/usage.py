# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account used and what it cost, from its calls and its numbers."""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from lab.emulator import prices
from lab.emulator.context import Context
from lab.emulator.moments import day_of
from lab.emulator.sip.history import ORIGINATING


@dataclass(frozen=True)
class Category:
    """A line of the bill: what is counted and what is used, by unit."""

    description: str
    count_unit: str
    usage_unit: str


_CALLS, _NUMBERS = ("calls", "minutes"), ("numbers", "numbers")
CATEGORIES = {
    "calls": Category("Voice Minutes", *_CALLS),
    "phonenumbers": Category("Phone Numbers", *_NUMBERS),
    "phonenumbers-local": Category("Local Phone Numbers", *_NUMBERS),
    "phonenumbers-mobile": Category("Mobile Phone Numbers", *_NUMBERS),
    "phonenumbers-tollfree": Category("Toll Free Phone Numbers", *_NUMBERS),
    "trunking-origination": Category("Trunking Origination", *_CALLS),
    "trunking-origination-local": Category("Trunking Origination - Local", *_CALLS),
    "trunking-origination-mobile": Category("Trunking Origination - Mobile", *_CALLS),
    "trunking-origination-tollfree": Category("Trunking Origination - Toll Free", *_CALLS),
    "trunking-termination": Category("Trunking Termination", *_CALLS),
    "totalprice": Category("Total Price", "", ""),
}


@dataclass(frozen=True)
class Charge:
    """Something that was used on a day, in every category it counts for."""

    day: dt.date
    categories: tuple[str, ...]
    usage: int
    price: Decimal


@dataclass
class Total:
    """The sum of a category's charges."""

    count: int = 0
    usage: int = 0
    price: Decimal = Decimal(0)

    def add(self, charge: Charge) -> None:
        self.count += 1
        self.usage += charge.usage
        self.price += charge.price


def charges(context: Context, account_sid: str) -> Iterator[Charge]:
    """Everything an account was charged for until today, in no order."""
    for call in context.store.children("CA", account_sid).values():
        data = call.data
        if data["status"] != "completed":
            continue
        kind = prices.type_of(data["called"]).replace(" ", "")
        inbound = ("trunking-origination", f"trunking-origination-{kind}")
        categories = inbound if data["direction"] == ORIGINATING else ("trunking-termination",)
        price = prices.call_price(data["direction"], data["called"], data["duration"])
        minutes = -(-data["duration"] // 60)
        yield Charge(day_of(data["started"]), ("calls", *categories, "totalprice"), minutes, price)
    today = day_of(context.wall())
    for number, since, until in _rentals(context, account_sid):
        kind = prices.type_of(number).replace(" ", "")
        for day in _anniversaries(since, min(until, today)):
            rental = ("phonenumbers", f"phonenumbers-{kind}", "totalprice")
            yield Charge(day, rental, 1, prices.monthly(number))


def totals(found: list[Charge], first: dt.date, last: dt.date) -> dict[str, Total]:
    """The sums of a period, both days included, for every category there is."""
    sums = {category: Total() for category in CATEGORIES}
    for charge in found:
        if first <= charge.day <= last:
            for category in charge.categories:
                sums[category].add(charge)
    return sums


def _rentals(context: Context, account_sid: str) -> Iterator[tuple[str, dt.date, dt.date]]:
    """The account's numbers, also those it has released, with the first and the last day."""
    for record in context.store.children("PN", account_sid).values():
        yield record.data["phone_number"], day_of(record.created), dt.date.max
    for entry in context.store.ledger:
        if entry["account_sid"] == account_sid and entry["released"] is not None:
            yield entry["phone_number"], day_of(entry["bought"]), day_of(entry["released"])


def _anniversaries(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """The day a number was had and the same day of every month after it, or that month's last day."""
    year, month, day = first.year, first.month, first
    while day <= last:
        yield day
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        day = dt.date(year, month, min(first.day, calendar.monthrange(year, month)[1]))
