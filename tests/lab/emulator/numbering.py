# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The numbers Twilio has for sale here: ranges reserved for fiction, so that no test names a real subscriber."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from lab.emulator.store import Store


@dataclass(frozen=True)
class Block:
    """Consecutive numbers of one kind.

    Attributes:
        country: ISO code.
        kind: Local, TollFree or Mobile, as in the path of the search.
        area_code: what a search by AreaCode or a purchase by AreaCode names; empty for none.
        stem: the number without its last two digits.
        address_requirements: none, any, local or foreign.
    """

    country: str
    kind: str
    area_code: str
    stem: str
    locality: str
    region: str
    address_requirements: str = "none"

    def numbers(self) -> Iterator[str]:
        return (f"{self.stem}{last:02}" for last in range(100))


# North America: 555-0100 to 555-0199 of an area code; United Kingdom: Ofcom's ranges for drama.
BLOCKS = (
    Block("US", "Local", "202", "+120255501", "Washington", "DC"),
    Block("US", "Local", "415", "+141555501", "San Francisco", "CA"),
    Block("US", "TollFree", "800", "+180055501", "", ""),
    Block("CA", "Local", "416", "+141655501", "Toronto", "ON"),
    Block("GB", "Local", "20", "+4420794600", "London", "", "any"),
    Block("GB", "Mobile", "7700", "+4477009000", "", "", "any"),
)
COUNTRIES = {"CA": "Canada", "GB": "United Kingdom", "US": "United States"}


def block_of(number: str) -> Block | None:
    return next((block for block in BLOCKS if number in set(block.numbers())), None)


def for_sale(store: Store, blocks: tuple[Block, ...] = BLOCKS) -> Iterator[tuple[str, Block]]:
    """The numbers that can still be bought, with their blocks, in order."""
    for block in blocks:
        for number in block.numbers():
            if store.number(number) is None and number not in store.released:
                yield number, block


def kind_of(number: str) -> str:
    """`local`, `toll_free` or `mobile`, as far as the lab's numbering plan tells."""
    block = block_of(number)
    return {"TollFree": "toll_free", "Mobile": "mobile"}.get(block.kind, "local") if block else "local"
