# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of schedules: time zones, hours, dates. Private to the collection."""

from __future__ import annotations

import calendar
import difflib
import functools
import zoneinfo
from collections.abc import Iterator
from datetime import timedelta, timezone, tzinfo

from ..errors import MissingLibraryError
from . import schedules
from .site import Entry, Site

_LEAP_YEAR = 2024


@functools.cache
def _zones() -> frozenset[str]:
    return frozenset(zoneinfo.available_timezones())


def zone(name: str) -> tzinfo:
    """Return the time zone of a name that :func:`zone_problem` finds nothing wrong with."""
    return timezone(timedelta(0), "UTC") if name == "UTC" else zoneinfo.ZoneInfo(name)


def zone_problem(name: str) -> str | None:
    """Return what is wrong with the name of a time zone, or None.

    Raises:
        MissingLibraryError: the Python that runs Ansible has no time zones.
    """
    if not _zones():
        raise MissingLibraryError(
            "The Python that runs Ansible knows no time zones: install the package tzdata of the distribution, or "
            "`pip install tzdata`."
        )
    if name in _zones():
        return None
    by_name = {each.lower(): each for each in _zones()}
    by_name.update({each.rpartition("/")[2].lower(): each for each in sorted(_zones())})
    close = difflib.get_close_matches(name.lower().replace(" ", "_"), list(by_name), n=1)
    hint = f"did you mean '{by_name[close[0]]}'? " if close else ""
    return f"'{name}' is not a time zone: {hint}Write a name of the IANA database, such as America/New_York."


def schedule_problems(site: Site) -> Iterator[str]:
    """Check the schedules."""
    for path, entry in site.destinations("schedule"):
        if entry["timezone"] is not None:
            try:
                problem = zone_problem(entry["timezone"])
            except MissingLibraryError as error:
                problem = str(error)
            if problem:
                yield f"{path}.timezone: {problem}"
        if not entry["open"]:
            example = '{days: [mon, tue], from: "09:00", to: "17:00"}'
            yield f"{path}.open: it is empty: write the hours, such as {example}."
        for place, hours in enumerate(entry["open"]):
            if hours is not None:
                yield from _days(f"{path}.open[{place}].days", hours)
                yield from _span(f"{path}.open[{place}]", hours)
        for place, holiday in enumerate(entry["holidays"]):
            if holiday is not None:
                if holiday["date"] is not None and (problem := date_problem(holiday["date"])):
                    yield f"{path}.holidays[{place}].date: {problem}"
                yield from _span(f"{path}.holidays[{place}]", holiday)


def _days(path: str, hours: Entry) -> Iterator[str]:
    days = hours["days"]
    if not days:
        yield f"{path}: it is empty: name at least one of {', '.join(schedules.DAYS)}."
    for place, day in enumerate(days):
        if day is not None and day in days[:place]:
            yield f"{path}[{place}]: '{day}' is there twice: remove one."


def _span(path: str, entry: Entry) -> Iterator[str]:
    begin, end = schedules.minutes(entry["from"]), schedules.minutes(entry["to"])
    for option, value in (("from", begin), ("to", end)):
        if value is None:
            yield f"{path}.{option}: '{entry[option]}' is not a time: write HH:MM in quotes, 00:00 to 24:00."
    if begin is not None and end is not None and begin >= end:
        yield (
            f"{path}: {entry['from']} to {entry['to']} is no span: the end comes after the begin; for hours past "
            "midnight write two entries, one up to 24:00 and one from 00:00."
        )


def date_problem(date: str) -> str | None:
    """Return what is wrong with the date of a holiday, or None."""
    parts = schedules.date_parts(date)
    if parts is None:
        return f"'{date}' is not a date: write YYYY-MM-DD, or MM-DD for every year, in quotes."
    year, month, day = parts
    if not 1 <= month <= 12 or year == 0:
        return f"'{date}' is not a date: the month goes from 01 to 12."
    # The 29th of February is every year's holiday in leap years.
    last = calendar.monthrange(year or _LEAP_YEAR, month)[1]
    if not 1 <= day <= last:
        return f"'{date}' is not a date: that month has {last} days."
    return None
