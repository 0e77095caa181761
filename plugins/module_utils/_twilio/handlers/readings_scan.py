# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Looking through long lists for what is wanted, no further than necessary. Private to this collection."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..module import Task
from ..resource import Record, Resource

LIMIT = 100_000  # most results that can be asked for
MOST_PAGES = 100  # that are read for one task


def scan(task: Task, resource: Resource, filters: Mapping[str, str], wanted: Callable[[Record], bool]) -> list[Record]:
    """Return what is wanted, at most ``limit`` of them; a warning says if there are more, or may be.

    Args:
        task: its option ``limit`` says how many.
        resource: what is looked through.
        filters: what Twilio selects, in its spelling.
        wanted: what is selected here.
    """
    limit: int = task.params["limit"]
    found: dict[str, Record] = {}
    for number, page in enumerate(task.api.pages(resource, filters=filters), start=1):
        found.update((str(record[resource.handle]), record) for record in page if wanted(record))
        if len(found) > limit:
            task.warnings.append(
                f"There are more {resource.label}s than the limit of {limit:,}: the newest are returned. Raise limit, "
                "or select a shorter period."
            )
            break
        if number == MOST_PAGES and len(page) == resource.page_size:
            task.warnings.append(
                f"Only the newest {number * resource.page_size:,} {resource.label}s of the account were looked "
                "through; there may be more that are wanted. Select a shorter period."
            )
            break
    return [*found.values()][:limit]


def newest(records: Iterable[Record], field: str) -> list[Record]:
    """Return records the newest first, and in the same order every time; those without a time come first."""
    ordered = sorted(records, key=lambda record: str(record["sid"]))
    return sorted(ordered, key=lambda record: record[field] or "9999", reverse=True)


def or_none(value: Any) -> Any:
    """Return a field as it is, None if it is empty."""
    return None if value == "" else value
