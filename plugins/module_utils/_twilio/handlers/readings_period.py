# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Periods as people give them, and moments as Twilio writes them. Everything is UTC. Private to this collection."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any

from ..errors import InvalidInputError

OPTIONS: Mapping[str, Mapping[str, Any]] = {"from": {"type": "str"}, "to": {"type": "str"}, "last": {"type": "str"}}
EXCLUSIVE = [("last", "from"), ("last", "to")]
UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
DATE = re.compile(r"20\d\d-\d\d-\d\d")  # what is older or later than this century is a slip
TIME = re.compile(r"(20\d\d-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?\s*(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)
HOW = "write a date such as 2026-11-23, or a date and time such as 2026-11-23T10:30:00Z."
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From ``start`` up to, but not including, ``end``."""

    start: datetime
    end: datetime

    def holds(self, moment: datetime | None) -> bool:
        """Return whether a moment lies in the period; one that is not known does not."""
        return moment is not None and self.start <= moment < self.end

    @property
    def first_day(self) -> str:
        """The day on which it begins, as YYYY-MM-DD."""
        return self.start.date().isoformat()

    @property
    def last_day(self) -> str:
        """The last day of which it has a part."""
        return (self.end - timedelta(microseconds=1)).date().isoformat()

    @property
    def day_after(self) -> str:
        """The first day of which it has no part."""
        return ((self.end - timedelta(microseconds=1)).date() + DAY).isoformat()


def now() -> datetime:
    """Return the present moment; tests replace it."""
    return datetime.now(timezone.utc)


def _moment(option: str, value: str) -> tuple[datetime, bool]:
    """Return what an option means, and whether it is a whole day."""
    text = value.strip()
    time = TIME.fullmatch(text)
    try:
        if DATE.fullmatch(text):
            return datetime.fromisoformat(text).replace(tzinfo=timezone.utc), True
        if time is not None:
            zone = re.sub(r"^([+-]\d\d):?(\d\d)$", r"\1:\2", (time[3] or "Z").upper().replace("Z", "+00:00"))
            return datetime.fromisoformat(f"{time[1]}T{time[2]}{zone}").astimezone(timezone.utc), False
    except ValueError:
        pass
    raise InvalidInputError(option, value, f"is no date; {HOW}")


def period(params: Mapping[str, Any], otherwise: timedelta | None = DAY) -> Period:
    """Return the period that the options ``from``, ``to`` and ``last`` mean.

    Args:
        params: the module's options.
        otherwise: how long before now it begins if no option says so; None is the first day of this month.

    Raises:
        InvalidInputError: an option is no date or length, or the period is empty or still to come.
    """
    present = now()
    if params["last"] is not None:
        length = re.fullmatch(r"([1-9]\d{0,4})([mhdw])", params["last"])
        if length is None:
            raise InvalidInputError(
                "last", params["last"], "is no length of time; write a number with m, h, d or w: 90m, 24h, 7d, 2w."
            )
        return Period(present - timedelta(**{UNITS[length[2]]: int(length[1])}), present)
    end, whole = _moment("to", params["to"]) if params["to"] is not None else (present, False)
    end += DAY if whole else timedelta()
    if params["from"] is not None:
        start = _moment("from", params["from"])[0]
    elif otherwise is not None:
        start = min(end, present) - otherwise
    else:
        start = min(end - timedelta(microseconds=1), present)
        start = start.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    if start > present:
        raise InvalidInputError("from", params["from"], "is still to come; nothing has happened yet.")
    if start >= end:
        raise InvalidInputError("to", params["to"], "is not after from; exchange the two, or leave out to.")
    return Period(start, end)


def moment(text: object) -> datetime | None:
    """Return a moment that Twilio wrote in RFC 2822 or ISO 8601; None for an empty or unreadable one."""
    words = str(text or "")
    try:
        if TIME.fullmatch(words):
            return _moment("", words)[0]
        found = parsedate_to_datetime(words)
    except (TypeError, ValueError, IndexError, InvalidInputError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=timezone.utc)).astimezone(timezone.utc)


def iso(when: datetime | None) -> str | None:
    """Return a moment as ISO 8601 in UTC, with seconds."""
    return None if when is None else when.strftime("%Y-%m-%dT%H:%M:%SZ")


def number(text: object) -> float | None:
    """Return a number that Twilio wrote as a text; None for an empty or unreadable one."""
    try:
        return float(str(text))
    except ValueError:
        return None
