# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Dates and times in requests, as parameters. Everything is UTC; moments are seconds since the epoch."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any

from lab.emulator.params import Param, RefusedError

DAY = 86_400
_UNITS = {"m": 60, "h": 3600, "d": DAY, "w": 7 * DAY}
_TIME = r"(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|\+00:?00))?"


@dataclass(frozen=True)
class Span:
    """A moment as exact as it was written: a whole day or a second; `end` is the first second after it."""

    start: float
    end: float


def parse(text: str) -> Span | None:
    """YYYY-MM-DD or YYYY-MM-DDThh:mm:ssZ; None for anything else."""
    match = re.fullmatch(_TIME, text)
    if match is None:
        return None
    try:
        start = dt.datetime.fromisoformat(f"{match[1]}T{match[2] or '00:00:00'}+00:00").timestamp()
    except ValueError:
        return None
    return Span(start, start + (1 if match[2] else DAY))


def day_of(moment: float) -> dt.date:
    return dt.datetime.fromtimestamp(moment, dt.timezone.utc).date()


@dataclass(frozen=True)
class Moment(Param):
    """A date or a date and time, as a Span."""

    def convert(self, raw: str) -> Any:
        span = parse(raw)
        if span is None:
            raise RefusedError("is neither YYYY-MM-DD nor YYYY-MM-DDThh:mm:ssZ")
        return span


@dataclass(frozen=True)
class Day(Param):
    """A date, or a number of days before today as -30days; as a date or a number of days."""

    def convert(self, raw: str) -> Any:
        offset = re.fullmatch(r"-(\d{1,4})days?", raw)
        if offset:
            return int(offset[1])
        try:
            return dt.date.fromisoformat(raw) if re.fullmatch(r"\d{4}-\d\d-\d\d", raw) else self._refuse()
        except ValueError:
            return self._refuse()

    def _refuse(self) -> Any:
        raise RefusedError("is neither YYYY-MM-DD nor -Ndays")


@dataclass(frozen=True)
class Ago(Param):
    """A time before now, 90m, 4h, 3d or 1w, as seconds; or a date and time, as a Span."""

    def convert(self, raw: str) -> Any:
        match = re.fullmatch(r"(\d{1,4})([mhdw])", raw)
        found = float(match[1]) * _UNITS[match[2]] if match else parse(raw)
        if found is None:
            raise RefusedError("is neither a time before now such as 90m, 4h, 3d, 1w nor YYYY-MM-DDThh:mm:ssZ")
        return found
