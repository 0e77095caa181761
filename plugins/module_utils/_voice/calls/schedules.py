# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Opening hours and holidays: written by people, merged for machines. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME = re.compile("([01][0-9]|2[0-3]):([0-5][0-9])|24:00")
_DATE = re.compile("(?:([0-9]{4})-)?([0-9]{2})-([0-9]{2})")

Span = tuple[int, int]


def minutes(time: str) -> int | None:
    """Return the minutes since midnight of HH:MM, or None if it is no time; 24:00 is the end of the day."""
    return int(time[:2]) * 60 + int(time[3:]) if _TIME.fullmatch(time) else None


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def date_parts(date: str) -> tuple[int | None, int, int] | None:
    """Return year (None for every year), month and day of a date as written, or None if it has not that form."""
    match = _DATE.fullmatch(date)
    return (int(match[1]) if match[1] else None, int(match[2]), int(match[3])) if match else None


def merge(spans: Iterable[Span]) -> list[Span]:
    """Join spans that overlap or touch."""
    merged: list[Span] = []
    for begin, end in sorted(spans):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((begin, end))
    return merged


def opening(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the opening hours without overlaps: days with the same hours share an entry."""
    by_day: dict[str, list[Span]] = {day: [] for day in DAYS}
    for entry in entries:
        span = (minutes(entry["from"]) or 0, minutes(entry["to"]) or 0)
        for day in entry["days"]:
            by_day[day].append(span)
    days: dict[Span, list[str]] = {}
    for day, spans in by_day.items():
        for span in merge(spans):
            days.setdefault(span, []).append(day)
    return [{"days": names, "from": clock(begin), "to": clock(end)} for (begin, end), names in sorted(days.items())]


def holidays(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the holidays with their dates taken apart."""
    found = []
    for entry in entries:
        year, month, day = date_parts(entry["date"]) or (None, 0, 0)
        found.append(
            {
                "month": month,
                "day": day,
                "year": year,
                "from": entry["from"],
                "to": entry["to"],
                "name": entry["name"] or "",
            }
        )
    return found
