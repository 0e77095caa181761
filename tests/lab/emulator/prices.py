# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What things cost here, in US dollars. The lab's own figures: of Twilio's size, but not Twilio's price list."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from lab.emulator import numbering
from lab.emulator.countries import COUNTRIES, Country, country_of

CURRENCY = "USD"
TYPE_OF_KIND = {"Local": "local", "TollFree": "toll free", "Mobile": "mobile"}

# A number for a month, by country and type.
NUMBERS = {
    "AU": {"local": "3.00", "mobile": "6.50", "toll free": "16.00"},
    "CA": {"local": "1.15", "toll free": "2.15"},
    "DE": {"local": "1.15", "mobile": "15.00", "toll free": "25.00"},
    "FR": {"local": "1.15", "toll free": "25.00"},
    "GB": {"local": "1.15", "mobile": "1.15", "toll free": "2.15"},
    "US": {"local": "1.15", "toll free": "2.15"},
}
# A minute from Twilio to the PBX, by type of the called number.
ORIGINATING = {"local": "0.0034", "mobile": "0.0075", "toll free": "0.0130"}
_TOLL_FREE = ("1800", "1833", "1844", "1855", "1866", "1877", "1888")
# A minute from the PBX to Twilio: prefixes that differ from their country.
_SPECIAL_PREFIXES: dict[str, tuple[tuple[str, tuple[str, ...], str], ...]] = {
    "US": (("Toll Free", _TOLL_FREE, "0.0042"), ("Alaska", ("1907",), "0.0520"), ("Hawaii", ("1808",), "0.0060")),
    "GB": (("Mobile", ("447",), "0.0310"),),
    "DE": (("Mobile", ("4915", "4916", "4917"), "0.0380"),),
    "FR": (("Mobile", ("336", "337"), "0.0450"),),
}
_COUNTRY_PRICE = {"US": "0.0050", "CA": "0.0050", "GB": "0.0080", "DE": "0.0095", "FR": "0.0110", "AU": "0.0220"}
_CONTINENT_PRICE = {"NORTH_AMERICA": "0.1200", "SOUTH_AMERICA": "0.0900", "EUROPE": "0.0450", "ASIA": "0.0900",
                    "AFRICA": "0.2500", "OCEANIA": "0.3000"}  # fmt: skip
_PREMIUM = "1.5000"
_PROGRAMMABLE = Decimal("2.6")  # a minute of programmable voice, in minutes of a trunk


@dataclass(frozen=True)
class Rate:
    """The price of a minute to the numbers that begin with one of some prefixes, which are without `+`."""

    name: str
    prefixes: tuple[str, ...]
    price: str


def rates(country: Country) -> list[Rate]:
    """Every rate of a destination, the special ones first."""
    name = f"Outbound Trunking Minute - {country.name}"
    found = [
        Rate(f"{name} - {what}", prefixes, price) for what, prefixes, price in _SPECIAL_PREFIXES.get(country.iso, ())
    ]
    if country.special:
        found.append(Rate(f"{name} - Special Services", tuple(code[1:] for code in country.special), _PREMIUM))
    price = _COUNTRY_PRICE.get(country.iso, _CONTINENT_PRICE[country.continent])
    return [*found, Rate(name, tuple(code[1:] for code in country.codes), price)]


def programmable(price: str) -> str:
    """The price of a minute of programmable voice where a trunk's costs `price`; for comparison only."""
    return str((Decimal(price) * _PROGRAMMABLE).quantize(Decimal("0.0001")))


def rate_of(number: str) -> Rate | None:
    """The rate of a destination in E.164, by its longest prefix, which alone is in it; None for an unknown country."""
    country = country_of(number)
    if country is None:
        return None
    digits = number[1:]
    found = [(len(prefix), rate, prefix) for rate in rates(country) for prefix in rate.prefixes
             if digits.startswith(prefix)]  # fmt: skip
    __, rate, prefix = max(found, key=lambda entry: entry[0])
    return Rate(rate.name, (prefix,), rate.price)


def type_of(number: str) -> str:
    """`local`, `toll free` or `mobile`: the kind of a number of ours."""
    block = numbering.block_of(number)
    return TYPE_OF_KIND[block.kind] if block else "local"


def monthly(number: str) -> Decimal:
    """What a number of ours costs each month; the United States' price where its country has none."""
    country = country_of(number)
    table = NUMBERS.get(country.iso if country else "US", NUMBERS["US"])
    return Decimal(table.get(type_of(number), table["local"]))


def call_price(direction: str, number: str, seconds: int) -> Decimal:
    """What a connected call costs, each begun minute whole. `number` is the called one, direction as in Calls."""
    minutes = -(-seconds // 60)
    if direction == "trunking-terminating":
        rate = rate_of(number)
        return Decimal(rate.price if rate else "0") * minutes
    return Decimal(ORIGINATING[type_of(number)]) * minutes


assert set(_COUNTRY_PRICE) | set(NUMBERS) <= set(COUNTRIES), "a price for a country that is not there"
