# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pricing: v1 for numbers and programmable voice, v2 for the minutes of a trunk."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lab.emulator import prices
from lab.emulator.countries import COUNTRIES, Country, country_of
from lab.emulator.paging import PAGE_PARAMS, rows
from lab.emulator.params import PhoneNumber
from lab.emulator.prices import Rate
from lab.emulator.resource import Call, Operation, listing, product_style
from lab.emulator.wire import E164

PRICING = product_style("pricing")


class Pricing:
    """Read only; the same for every account."""

    numbers = "/v1/PhoneNumbers/Countries"
    voice = "/v1/Voice/Countries"
    trunking = "/v2/Trunking/Countries"
    number = "/v2/Trunking/Numbers/{DestinationNumber}"

    def operations(self) -> list[Operation]:
        pages = {param.name: param for param in PAGE_PARAMS}
        origin = {"OriginationNumber": PhoneNumber("OriginationNumber", "origin")}
        return [
            Operation("GET", self.numbers, "pricing", 200, self.list_numbers, pages),
            Operation("GET", self.numbers + "/{IsoCountry}", "pricing", 200, self.fetch_numbers),
            Operation("GET", self.voice, "pricing", 200, self.list_trunking, pages),
            Operation("GET", self.voice + "/{IsoCountry}", "pricing", 200, self.fetch_voice),
            Operation("GET", self.trunking, "pricing", 200, self.list_trunking, pages),
            Operation("GET", self.trunking + "/{IsoCountry}", "pricing", 200, self.fetch_trunking),
            Operation("GET", self.number, "pricing", 200, self.fetch_number, origin),
        ]

    def list_numbers(self, call: Call) -> dict[str, Any]:
        return _listed(call, (COUNTRIES[iso] for iso in prices.NUMBERS))

    def fetch_numbers(self, call: Call) -> dict[str, Any]:
        iso = call.names["IsoCountry"]
        if iso not in prices.NUMBERS:
            raise call.not_found()
        table = [{**_price(price), "number_type": kind} for kind, price in prices.NUMBERS[iso].items()]
        return {**_head(COUNTRIES[iso], self.numbers), "phone_number_prices": table, "price_unit": prices.CURRENCY}

    def list_trunking(self, call: Call) -> dict[str, Any]:
        return _listed(call, COUNTRIES.values())

    def fetch_trunking(self, call: Call) -> dict[str, Any]:
        country = COUNTRIES.get(call.names["IsoCountry"])
        if country is None:
            raise call.not_found()
        inbound = [
            {**_price(prices.ORIGINATING[kind]), "number_type": kind} for kind in prices.NUMBERS.get(country.iso, ())
        ]
        return {
            **_head(country, self.trunking),
            "terminating_prefix_prices": [_rate(rate) for rate in prices.rates(country)],
            "originating_call_prices": inbound,
            "price_unit": prices.CURRENCY,
        }

    def fetch_voice(self, call: Call) -> dict[str, Any]:
        country = COUNTRIES.get(call.names["IsoCountry"])
        if country is None:
            raise call.not_found()
        outbound = [
            {**_price(prices.programmable(rate.price)), "prefixes": list(rate.prefixes), "friendly_name": name}
            for rate in prices.rates(country)
            for name in [rate.name.replace("Outbound Trunking", "Programmable Outbound")]
        ]
        kinds = prices.NUMBERS.get(country.iso, ())
        inbound = [{**_price(prices.programmable(prices.ORIGINATING[kind])), "number_type": kind} for kind in kinds]
        return {
            **_head(country, self.voice),
            "outbound_prefix_prices": outbound,
            "inbound_call_prices": inbound,
            "price_unit": prices.CURRENCY,
        }

    def fetch_number(self, call: Call) -> dict[str, Any]:
        number = call.names["DestinationNumber"]
        country, rate = country_of(number), prices.rate_of(number)
        if not E164.fullmatch(number) or country is None or rate is None:
            raise call.not_found()
        kind = prices.type_of(number)
        inbound = {**_price(prices.ORIGINATING[kind]), "number_type": kind} if country.iso in prices.NUMBERS else None
        return {
            **_head(country, ""),
            "destination_number": number,
            "origination_number": call.values.get("origin"),
            "terminating_prefix_prices": [_rate(rate)],
            "originating_call_price": inbound,
            "price_unit": prices.CURRENCY,
            "url": f"{PRICING.base}/v2/Trunking/Numbers/{number}",
        }


def _listed(call: Call, countries: Iterable[Country]) -> dict[str, Any]:
    items = [_head(country, call.path) for country in countries]
    return listing(call, PRICING, "countries", rows(items), lambda row: row.data)


def _head(country: Country, path: str) -> dict[str, Any]:
    return {"country": country.name, "iso_country": country.iso, "url": f"{PRICING.base}{path}/{country.iso}"}


def _price(price: str) -> dict[str, str]:
    return {"base_price": price, "current_price": price}  # no discounts here


def _rate(rate: Rate) -> dict[str, Any]:
    return {
        **_price(rate.price),
        "friendly_name": rate.name,
        "destination_prefixes": list(rate.prefixes),
        "origination_prefixes": ["ALL"],
    }
