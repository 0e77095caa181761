# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Buying numbers by criteria, never more than asked for. Private to this collection.

The friendly name marks the set: what the account owns under that name counts, and each purchase names one number and
gives it that name in the same request. So a second run finds what the first one bought, whatever happened to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from .. import validate as check
from ..catalog.numbers import AVAILABLE_NUMBER, PHONE_NUMBER
from ..directory import ADDRESSES
from ..errors import ApiError, ApplyFailedError, InvalidInputError, OutcomeUnknownError, RefusedError
from ..module import Outcome, Task
from ..resource import Record
from . import numbers
from .numbers_emergency import country_of
from .pricing import NUMBER_TYPES, country, number_prices, price_of

MOST = 30  # a search shows no more; and a slip of the finger does not buy hundreds
TAKEN = 21422  # somebody else was faster
PATHS = {"local": "Local", "toll_free": "TollFree", "mobile": "Mobile", "national": "National"}
AREA_CODES = ("US", "CA")  # the countries in which Twilio searches by area code
KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
FLAGS = ("sms_enabled", "mms_enabled")
PARAMETERS = {
    "area_code": "AreaCode",
    "contains": "Contains",
    "in_region": "InRegion",
    "in_locality": "InLocality",
    "in_postal_code": "InPostalCode",
    "sms_enabled": "SmsEnabled",
    "mms_enabled": "MmsEnabled",
}
SEARCH: dict[str, dict[str, Any]] = {
    "country": {"type": "str", "required": True},
    "type": {"type": "str", "choices": list(NUMBER_TYPES), "default": "local"},
    **{name: {"type": "bool" if name in FLAGS else "str"} for name in PARAMETERS},
}
OPTIONS: dict[str, dict[str, Any]] = {
    "search": {"type": "dict", "options": SEARCH},
    "count": {"type": "int", "default": 1},
    "max_price": {"type": "float"},
    "price_unit": {"type": "str", "default": "USD"},
}


def validate(params: Mapping[str, Any]) -> None:
    """Judge the options of the module before the first request."""
    search = params["search"]
    if search is None:
        if params["max_price"] is not None:
            raise InvalidInputError(
                "max_price", params["max_price"], "needs search; Twilio has no price of one particular number."
            )
        numbers.validate(params)
        return
    if params["state"] == "absent":
        raise InvalidInputError("search", search["country"], "makes no sense with state: absent; name the numbers.")
    if not params["friendly_name"]:
        raise InvalidInputError(
            "friendly_name",
            None,
            "is missing; with search it marks what was bought, so that a second run buys nothing.",
        )
    if params["max_price"] is None or params["max_price"] <= 0:
        raise InvalidInputError(
            "max_price",
            params["max_price"],
            "is missing or not above 0; give the most that one number may cost a month.",
        )
    if not re.fullmatch(r"[A-Za-z]{3}", params["price_unit"]):
        raise InvalidInputError("price_unit", params["price_unit"], "is not a currency; write it like USD.")
    check.between("count", params["count"], 1, MOST)
    numbers.validate_common(params)
    numbers.validate_settings(params)
    _validate_search(search)


def _validate_search(search: Mapping[str, Any]) -> None:
    country("search.country", search["country"])
    code, contains = search["area_code"], search["contains"]
    if code is not None and search["country"] not in AREA_CODES:
        raise InvalidInputError("search.area_code", code, "works in the US and Canada only; use contains elsewhere.")
    if code is not None and not re.fullmatch(r"[2-9][0-9]{2}", code):
        raise InvalidInputError("search.area_code", code, "is not an area code; it has three digits, such as 202.")
    if contains is not None and not re.fullmatch(r"\+?[0-9A-Za-z*]{2,16}", contains):
        raise InvalidInputError(
            "search.contains", contains, "is not a pattern; it has 2 to 16 digits, letters and * for any digit."
        )
    for option in ("in_region", "in_locality", "in_postal_code"):
        check.text(f"search.{option}", search[option], 64)


def fits(number: str, search: Mapping[str, Any]) -> bool:
    """Return whether a number is one of those searched for, as far as the number itself tells.

    Only what fits is bought, so that what was bought is recognised.
    """
    if search["area_code"] and not number.startswith(f"+1{search['area_code']}"):
        return False
    if country_of(number) not in (None, search["country"]):
        return False
    pattern = re.escape((search["contains"] or "").upper().translate(KEYPAD)).replace(r"\*", "[0-9]")
    return re.search(pattern, number) is not None


def ensure(task: Task) -> Outcome:
    """Bring the numbers that were named into the wanted state, or see to it that there are enough of a set."""
    if task.params["search"] is None:
        return numbers.ensure(task)
    return _Set(task).ensure()


class _Set:
    """Numbers that bear the friendly name of the task and fit its search."""

    def __init__(self, task: Task) -> None:
        self._task, self._params, self._search = task, task.params, task.params["search"]
        self._entry = numbers.expand(task.params)[0][0]
        self._offer: Record = {
            "country": self._search["country"],
            "type": self._search["type"],
            "count": self._params["count"],
            "owned": 0,
            "missing": 0,
            "base_price": None,
            "current_price": None,
            "price_unit": None,
        }

    def ensure(self) -> Outcome:
        """Buy what is missing, and set on all of them what the options say."""
        owned = self._owned()
        missing = max(0, self._params["count"] - len(owned))
        self._offer.update(owned=len(owned), missing=missing)
        candidates: list[str] = []
        if missing:
            self._check_purchase(missing)
            candidates = self._candidates(missing)
        made: list[dict[str, Any]] = []
        while True:
            # What a search shows may be gone a moment later, so check mode names no number.
            chosen = [None] * missing if self._task.check_mode else candidates[:missing]
            records = [*owned, *[None] * missing]
            wanted = [*(record["phone_number"] for record in owned), *chosen]
            entries = [({**self._entry, "phone_number": number}, "") for number in wanted]
            try:
                outcome = numbers.converge(self._task, entries, records, single=False, made=made)
                break
            except ApplyFailedError as error:
                taken = _taken(error)
                if taken is None:
                    raise
                made = error.applied
                candidates.remove(taken)
                bought = [change for change in made if change["action"] == "create" and change["name"] in candidates]
                candidates = [number for number in candidates if all(number != change["name"] for change in bought)]
                owned += self._fetch([str(change["sid"]) for change in bought])
                missing -= len(bought)
                if len(candidates) < missing:
                    raise
        outcome.results["offer"] = self._offer
        return outcome

    def _owned(self) -> list[Record]:
        name = self._params["friendly_name"]
        named = self._task.api.list(PHONE_NUMBER, filters={"FriendlyName": name})
        named = [record for record in named if record["friendly_name"] == name]
        owned = [record for record in named if fits(record["phone_number"], self._search)]
        others = ", ".join(record["phone_number"] for record in named if record not in owned)
        if others:
            self._task.warnings.append(f"friendly_name: {others} is called {name!r} too, but does not fit search.")
        return owned

    def _fetch(self, sids: Sequence[str]) -> list[Record]:
        found = self._task.gather([partial(self._task.api.fetch, PHONE_NUMBER, sid) for sid in sids])
        return [record for record in found if record is not None]

    def _check_purchase(self, missing: int) -> None:
        """Refuse a purchase that was not allowed or costs too much."""
        search, unit = self._search, self._params["price_unit"].upper()
        what = f"{search['type'].replace('_', '-')} number in {search['country']}"
        if not self._params["purchase"]:
            raise RefusedError(
                f"search: the account owns {self._offer['owned']} of {self._params['count']} numbers called "
                f"{self._params['friendly_name']!r}. Set purchase: true to buy {missing}; that costs money every month."
            )
        prices = number_prices(self._task, search["country"])
        price = price_of(prices, search["type"])
        if prices is None or price is None:
            raise RefusedError(
                f"max_price: Twilio's price list has no price for a {what}, so nothing is bought. See what there is "
                "with dialtone.voice.twilio_pricing_info, or buy one particular number by phone_number."
            )
        cost = price["current_price"]
        self._offer.update(current_price=cost, base_price=price.get("base_price"), price_unit=prices["price_unit"])
        if prices["price_unit"] != unit:
            raise RefusedError(
                f"price_unit: Twilio's prices are in {prices['price_unit']}, not in {unit}, so max_price cannot be "
                "compared and nothing is bought. Give max_price and price_unit in that currency."
            )
        if Decimal(str(cost)) > Decimal(str(self._params["max_price"])):
            raise RefusedError(
                f"max_price: a {what} costs {cost} {unit} a month, more than {self._params['max_price']:g} {unit}. "
                "Nothing is bought."
            )

    def _candidates(self, missing: int) -> list[str]:
        """Return numbers for sale, in Twilio's order, that can be bought as things are.

        Raises:
            RefusedError: there are not enough.
        """
        search = self._search
        place = f"{search['country']}/{PATHS[search['type']]}"
        try:
            offered = self._task.api.list(AVAILABLE_NUMBER, place, filters=dict(_query(search)))
        except ApiError as error:
            if error.status != 404:
                raise
            raise RefusedError(
                f"search: Twilio sells no {search['type']} numbers in {search['country']}; choose another type."
            ) from error
        offered = [record for record in offered if fits(record["phone_number"], search)]
        possible = [record for record in offered if self._has_address(record)]
        if len(possible) >= missing:
            return [str(record["phone_number"]) for record in possible]
        demands = sorted({record["address_requirements"] for record in offered if record not in possible})
        if demands:
            raise RefusedError(
                f"search: of {len(offered)} numbers on offer {len(offered) - len(possible)} need an address "
                f"({', '.join(demands)}) that is not given, and {missing} are to be bought. Create one with "
                "dialtone.voice.twilio_address and give it in address (for local in that country, for foreign in "
                "another), or give bundle_sid. Nothing is bought."
            )
        raise RefusedError(
            f"search: {len(possible)} numbers are on offer, and {missing} are to be bought. Widen the search, or lower "
            "count. Nothing is bought."
        )

    def _has_address(self, offered: Mapping[str, Any]) -> bool:
        """Return whether what a number on offer demands is given."""
        demand, entry = offered["address_requirements"], self._entry
        if demand in ("", "none") or entry["bundle_sid"]:
            return True
        name = entry["address"] or entry["address_sid"]
        if not name or demand == "any":
            return bool(name)
        address = self._task.directory.find(ADDRESSES, [name])[name]
        there = address["iso_country"] if isinstance(address, dict) else ""
        return not there or (there == self._search["country"]) is (demand == "local")


def _query(search: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    yield "VoiceEnabled", "true"
    for option, parameter in PARAMETERS.items():
        value = search[option]
        if value is not None:
            yield parameter, str(value).lower() if isinstance(value, bool) else str(value)


def _taken(error: ApplyFailedError) -> str | None:
    """Return the number that somebody else bought, None if it is not certain that this is what happened.

    After an answer that was lost, a refusal may mean that the number is ours: then no other one is bought.
    """
    cause = error.cause
    certain = isinstance(cause, ApiError) and not isinstance(cause.__cause__, OutcomeUnknownError)
    if error.failed["action"] == "create" and certain and getattr(cause, "code", None) == TAKEN:
        return str(error.failed["name"])
    return None
