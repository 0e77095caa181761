# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What numbers and minutes cost. Private to this collection.

Prices stay the decimal text that Twilio sends: as floating-point numbers they would not be the same any more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import quote

from .. import validate as check
from ..catalog.pricing import DESTINATION_PRICES, NUMBER_PRICES, TRUNKING_PRICES
from ..errors import InvalidInputError, TwilioError
from ..module import Outcome, Task
from ..resource import Record, Resource

COUNTRY = re.compile(r"[A-Z]{2}")
INCLUDE = {"phone_numbers": NUMBER_PRICES, "trunking": TRUNKING_PRICES}
NUMBER_TYPES = ("local", "toll_free", "mobile", "national")


def country(option: str, value: str | None) -> None:
    """Refuse what is not the code of a country."""
    if value is not None and not COUNTRY.fullmatch(value):
        raise InvalidInputError(option, value, "is not the ISO code of a country; write two capital letters: US, GB.")


def number_type(name: object) -> str:
    """Return a type as the modules spell it, however Twilio does (``toll free``, ``tollfree``)."""
    letters = re.sub(r"[^a-z]", "", str(name or "").lower())
    return next((kind for kind in NUMBER_TYPES if kind.replace("_", "") == letters), letters)


def number_prices(task: Task, iso: str) -> Record | None:
    """Return what numbers cost in a country, with our names of the types; None if Twilio has no price there."""
    record = task.api.fetch(NUMBER_PRICES, iso)
    return None if record is None else _readable(record)


def inform_validate(params: Mapping[str, Any]) -> None:
    """Judge the options that select prices."""
    for option in ("countries", "destinations"):
        for index, value in enumerate(params[option] or []):
            if value in params[option][:index]:
                raise InvalidInputError(f"{option}[{index}]", value, "is listed twice; list it once.")
            if option == "countries":
                country(f"{option}[{index}]", value)
            else:
                check.e164(f"{option}[{index}]", value)
    check.e164("origination_number", params["origination_number"])
    if params["origination_number"] and not params["destinations"]:
        raise InvalidInputError("origination_number", params["origination_number"], "needs destinations.")
    if params["countries"] and not params["include"]:
        raise InvalidInputError("include", None, "is empty, so that nothing about the countries would be read.")


def inform(task: Task) -> Outcome:
    """Return the prices that were asked for: one request for each."""
    countries, destinations = task.params["countries"] or [], task.params["destinations"] or []
    kinds = [name for name in INCLUDE if name in task.params["include"]]
    wanted = [(f"countries[{index}]", iso, name) for index, iso in enumerate(countries) for name in kinds]
    origin = task.params["origination_number"]
    query = f"?OriginationNumber={quote(origin)}" if origin else ""
    found = task.gather(
        [
            *(partial(task.api.fetch, INCLUDE[name], iso) for __, iso, name in wanted),
            *(partial(task.api.fetch, DESTINATION_PRICES, number + query) for number in destinations),
        ]
    )
    results: dict[str, list[Record | None]] = {name: [] for name in kinds} if countries else {}
    for (option, iso, name), record in zip(wanted, found):
        results[name].append(_found(record, INCLUDE[name], option, iso))
    if destinations:
        results["destinations"] = [
            _found(record, DESTINATION_PRICES, f"destinations[{index}]", number)
            for index, (number, record) in enumerate(zip(destinations, found[len(wanted) :]))
        ]
    return Outcome(results=results)


def _found(record: Record | None, resource: Resource, option: str, name: str) -> Record:
    if record is None:
        raise TwilioError(f"{option}: Twilio has no {resource.label} for {name!r}: check that it is written right.")
    return _readable(record)


def _readable(record: Record) -> Record:
    for field in ("phone_number_prices", "originating_call_prices", "terminating_prefix_prices"):
        if field in record:
            record[field] = [_price(price) for price in record[field] or []]
    if "originating_call_price" in record:
        price = _price(record["originating_call_price"] or {})
        record["originating_call_price"] = price if price.get("current_price") else None
    record["price_unit"] = str(record["price_unit"]).upper()
    return record


def _price(raw: Mapping[str, Any]) -> Record:
    price = dict(raw)
    if "number_type" in price:
        price["number_type"] = number_type(price["number_type"])
    return price


def price_of(prices: Mapping[str, Any] | None, kind: str) -> Record | None:
    """Return the entry of a type in a price list, None if it has none with a price."""
    table: Sequence[Record] = prices["phone_number_prices"] if prices else ()
    return next((price for price in table if price["number_type"] == kind and price.get("current_price")), None)
