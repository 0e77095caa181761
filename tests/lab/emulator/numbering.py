# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers Twilio has for sale here: ranges reserved for fiction, so that no test names a real subscriber."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from lab.emulator.store import Store


@dataclass(frozen=True)
class Place:
    """Where a block's numbers are at home; empty and zero where a kind of number has no place.

    Attributes:
        latitude, longitude: degrees, of the town.
        postal_code, rate_center, lata: one of the town's, as an example.
    """

    locality: str = ""
    region: str = ""
    latitude: float = 0.0
    longitude: float = 0.0
    postal_code: str = ""
    rate_center: str = ""
    lata: str = ""


@dataclass(frozen=True)
class Block:
    """A hundred consecutive numbers of one kind.

    Attributes:
        country: ISO code.
        kind: Local, TollFree or Mobile, as in the path of the search.
        area_code: what a search by AreaCode or a purchase by AreaCode names; empty for none.
        stem: the number without its last two digits.
        address_requirements: none, any, local or foreign.
        bundle: whether a regulatory bundle is needed as well.
    """

    country: str
    kind: str
    area_code: str
    stem: str
    place: Place = Place()
    address_requirements: str = "none"
    bundle: bool = False

    def numbers(self) -> Iterator[str]:
        return (f"{self.stem}{last:02}" for last in range(100))


_CITIES = {  # North American area codes: 555-0100 to 555-0199 of each
    "202": ("US", Place("Washington", "DC", 38.90, -77.04, "20001", "WSHNGTNZN1", "236")),
    "415": ("US", Place("San Francisco", "CA", 37.77, -122.42, "94102", "SNFC CNTRL", "722")),
    "206": ("US", Place("Seattle", "WA", 47.61, -122.33, "98101", "SEATTLE", "674")),
    "212": ("US", Place("New York", "NY", 40.71, -74.01, "10001", "NWYRCYZN01", "132")),
    "303": ("US", Place("Denver", "CO", 39.74, -104.99, "80202", "DENVER", "656")),
    "305": ("US", Place("Miami", "FL", 25.76, -80.19, "33101", "MIAMI", "460")),
    "312": ("US", Place("Chicago", "IL", 41.88, -87.63, "60601", "CHICAGOZN1", "358")),
    "404": ("US", Place("Atlanta", "GA", 33.75, -84.39, "30303", "ATLANTA", "438")),
    "510": ("US", Place("Oakland", "CA", 37.80, -122.27, "94601", "OKLD FRTVL", "722")),
    "512": ("US", Place("Austin", "TX", 30.27, -97.74, "78701", "AUSTIN", "558")),
    "617": ("US", Place("Boston", "MA", 42.36, -71.06, "02108", "BOSTON", "128")),
    "702": ("US", Place("Las Vegas", "NV", 36.17, -115.14, "89101", "LAS VEGAS", "721")),
    "416": ("CA", Place("Toronto", "ON", 43.65, -79.38, "M5H 2N2", "TORONTO", "888")),
    "514": ("CA", Place("Montreal", "QC", 45.50, -73.57, "H2Y 1C6", "MONTREAL", "888")),
    "604": ("CA", Place("Vancouver", "BC", 49.28, -123.12, "V5K 0A1", "VANCOUVER", "888")),
}
BLOCKS = (
    *(Block(country, "Local", area, f"+1{area}55501", place) for area, (country, place) in _CITIES.items()),
    *(Block("US", "TollFree", area, f"+1{area}55501") for area in ("800", "866", "877", "888")),
    # United Kingdom: Ofcom's ranges for drama. Germany, France, Australia: their regulators' ranges for fiction.
    Block("GB", "Local", "20", "+4420794600", Place("London"), "any"),
    Block("GB", "Mobile", "7700", "+4477009000", Place(), "any"),
    Block("DE", "Local", "30", "+4930231250", Place("Berlin"), "local"),
    Block("FR", "Local", "1", "+331990001", Place("Paris"), "local", bundle=True),
    Block("AU", "Local", "2", "+6125550000", Place("Sydney"), "any"),
)
COUNTRIES = {
    "AU": "Australia",
    "CA": "Canada",
    "DE": "Germany",
    "FR": "France",
    "GB": "United Kingdom",
    "US": "United States",
}


@cache
def _by_number() -> dict[str, Block]:
    return {number: block for block in BLOCKS for number in block.numbers()}


def block_of(number: str) -> Block | None:
    return _by_number().get(number)


def is_for_sale(store: Store, number: str) -> bool:
    return number in _by_number() and store.number(number) is None and number not in store.released


def for_sale(store: Store, blocks: tuple[Block, ...] = BLOCKS) -> Iterator[tuple[str, Block]]:
    """The numbers that can still be bought, with their blocks, in order."""
    for block in blocks:
        for number in block.numbers():
            if is_for_sale(store, number):
                yield number, block


def kind_of(number: str) -> str:
    """`local`, `toll_free` or `mobile`, as far as the lab's numbering plan tells."""
    block = block_of(number)
    return {"TollFree": "toll_free", "Mobile": "mobile"}.get(block.kind, "local") if block else "local"
