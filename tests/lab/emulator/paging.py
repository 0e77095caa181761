# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists in Twilio's two envelopes. Tokens name the object a page ends at, so insertions never shift a page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import urlencode

from lab.emulator.errors import BAD_PARAMETER, ApiError
from lab.emulator.params import Int, Param

DEFAULT_PAGE_SIZE = 50
LARGEST_PAGE = 1000
PAGE_PARAMS: tuple[Param, ...] = (
    Int("PageSize", "page_size", lowest=1, highest=LARGEST_PAGE),
    Int("Page", "page", lowest=0, highest=10**9 - 1),
    Param("PageToken", "page_token"),
)
_FORWARD, _BACKWARD = "PA", "PB"


class Numbered(Protocol):
    """What can stand in a list: its serial says where, the highest first."""

    serial: int


AnyRow = TypeVar("AnyRow", bound=Numbered)


@dataclass
class Row:
    """An entry of a list that is not a stored object: a country, a price, a sum."""

    serial: int
    data: dict[str, Any]


def rows(items: Sequence[dict[str, Any]]) -> list[Row]:
    """Entries of a list that keep the order they come in."""
    return [Row(len(items) - index, item) for index, item in enumerate(items)]


class Page(Generic[AnyRow]):
    """One page of records, newest first.

    Args:
        records: everything the list holds, newest first.
        values: the converted query parameters.

    Raises:
        ApiError: for a page number without a token or a token that is none.
    """

    def __init__(self, records: Sequence[AnyRow], values: Mapping[str, Any]) -> None:
        self.size: int = values.get("page_size", DEFAULT_PAGE_SIZE)
        self.number: int = values.get("page", 0)
        token: str | None = values.get("page_token")
        if token is None:
            if self.number:
                raise ApiError(BAD_PARAMETER, f"Page {self.number} cannot be asked for without its PageToken")
            start = 0
        else:
            start = self._start(records, token)
        self.start = start
        self.records = list(records[start : start + self.size])
        more = start + self.size < len(records)
        self.next_token = f"{_FORWARD}{self.records[-1].serial}" if more and self.records else None
        self.previous_token = f"{_BACKWARD}{self.records[0].serial}" if start > 0 and self.records else None

    def _start(self, records: Sequence[AnyRow], token: str) -> int:
        match = re.fullmatch(f"({_FORWARD}|{_BACKWARD})([0-9]+)", token)
        if match is None:
            raise ApiError(BAD_PARAMETER, f"Parameter PageToken is invalid: {token!r} was not issued by this API")
        serial = int(match[2])
        if match[1] == _FORWARD:
            return next((index for index, record in enumerate(records) if record.serial < serial), len(records))
        newer = sum(1 for record in records if record.serial > serial)
        return max(0, newer - self.size)

    def query(self, filters: Mapping[str, str], page: int, token: str | None) -> str:
        items = {**filters, "PageSize": str(self.size), "Page": str(page)}
        if token is not None:
            items["PageToken"] = token
        return "?" + urlencode(items)

    def links(self, base: str, filters: Mapping[str, str], current_token: str | None) -> dict[str, Any]:
        """first, previous, this and next page as URLs on `base`."""
        return {
            "first": base + self.query(filters, 0, None),
            "previous": self.previous_token
            and base + self.query(filters, max(0, self.number - 1), self.previous_token),
            "this": base + self.query(filters, self.number, current_token),
            "next": self.next_token and base + self.query(filters, self.number + 1, self.next_token),
        }


Envelope = Callable[["Page[Any]", str, "list[dict[str, Any]]", "dict[str, Any]"], "dict[str, Any]"]


def product_envelope(page: Page[Any], key: str, items: list[dict[str, Any]], links: dict[str, Any]) -> dict[str, Any]:
    """The envelope of the product APIs: a `meta` object with absolute URLs."""
    meta = {
        "page": page.number,
        "page_size": page.size,
        "first_page_url": links["first"],
        "previous_page_url": links["previous"],
        "url": links["this"],
        "next_page_url": links["next"],
        "key": key,
    }
    return {"meta": meta, key: items}


def v2010_envelope(page: Page[Any], key: str, items: list[dict[str, Any]], links: dict[str, Any]) -> dict[str, Any]:
    """The envelope of v2010: flat, with relative URIs and without a total."""
    start = page.number * page.size
    return {
        "page": page.number,
        "page_size": page.size,
        "start": start,
        "end": start + max(0, len(items) - 1),
        "uri": links["this"],
        "first_page_uri": links["first"],
        "previous_page_uri": links["previous"],
        "next_page_uri": links["next"],
        key: items,
    }
