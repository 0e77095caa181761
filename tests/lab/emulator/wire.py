# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How values look on the wire: SIDs, the two date formats, page numbers, phone-number display names."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from functools import lru_cache

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def new_sid(prefix: str) -> str:
    """A fresh identifier: the two-letter prefix of its kind and 32 hexadecimal digits."""
    return prefix + uuid.uuid4().hex


def is_sid(value: str, prefix: str) -> bool:
    return re.fullmatch(prefix + "[0-9a-fA-F]{32}", value) is not None


def iso_8601(seconds: float) -> str:
    """Seconds since the epoch as the product APIs write a date: 2015-01-02T11:23:45Z."""
    return _dates(int(seconds))[0]


def rfc_2822(seconds: float) -> str:
    """Seconds since the epoch as v2010 writes a date: Fri, 17 Jul 2015 21:25:15 +0000 (whatever the locale)."""
    return _dates(int(seconds))[1]


@lru_cache(maxsize=4096)  # objects made in one second share their dates, and lists show thousands
def _dates(seconds: int) -> tuple[str, str]:
    when = dt.datetime.fromtimestamp(seconds, dt.timezone.utc)
    day = f"{_DAYS[when.weekday()]}, {when.day:02} {_MONTHS[when.month - 1]} {when.year}"
    return f"{when:%Y-%m-%dT%H:%M:%S}Z", f"{day} {when:%H:%M:%S} +0000"


def display_number(number: str) -> str:
    """The friendly name a number gets when none is given: national for +1, else the number itself."""
    match = re.fullmatch(r"\+1(\d{3})(\d{3})(\d{4})", number)
    return "({}) {}-{}".format(*match.groups()) if match else number


def is_domain_name(value: str) -> bool:
    """Whether a string is a termination domain: letters, digits and hyphens in labels, ending in pstn.twilio.com."""
    if not re.fullmatch(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+pstn\.twilio\.com", value):
        return False
    return len(value) <= 253


def trunk_domain(host: str) -> str | None:
    """The termination domain behind a request's host, localized names (`x.pstn.ashburn.twilio.com`) included."""
    host = host.rstrip(".").lower()
    match = re.fullmatch(r"(.+)\.pstn(?:\.[a-z0-9-]+)?\.twilio\.com", host)
    return f"{match.group(1)}.pstn.twilio.com" if match else None
