# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Comparisons that say what was found. (`assert` alone says nothing outside of pytest.)"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from typing import Any

from foreign.cli import Answer


def same(found: Any, expected: Any, what: str) -> None:
    """Raise AssertionError, with both, unless they are equal."""
    if found != expected:
        raise AssertionError(f"{what}: expected {expected!r}, found {found!r}")


def holds(found: Mapping[str, Any], expected: Mapping[str, Any], what: str) -> None:
    """Raise AssertionError unless `found` has all of `expected`, values and types; it may have more."""
    missing = object()
    for key, value in expected.items():
        other = found.get(key, missing)
        if other is missing or other != value or type(other) is not type(value):
            raise AssertionError(f"{what}: {key} should be {value!r}, and is {found.get(key, 'not there')!r}")


def date(text: Any, what: str) -> dt.datetime:
    """The moment that a client printed; that it is printed like this shows that the client took it for a date."""
    try:
        return dt.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ").replace(tzinfo=dt.timezone.utc)
    except (TypeError, ValueError):
        raise AssertionError(f"{what}: {text!r} is not how the client prints a date") from None


def removed(answer: Answer) -> None:
    """The client said that an object is gone, which it does for status 204 alone."""
    same((answer.code, answer.err), (0, "The resource was deleted successfully"), " ".join(answer.command))


def refused(answer: Answer, code: int, status: int) -> str:
    """The client printed Twilio's error body and ended with the first two digits of its code. Returns the message."""
    what = " ".join(answer.command)
    same(answer.code, int(str(code)[:2]), f"{what}: exit code of {answer}")
    body = json.loads(answer.out)
    same(len(body), 1, f"{what}: error bodies")
    more = f"https://www.twilio.com/docs/errors/{code}"
    holds(body[0], {"code": code, "status": status, "more_info": more}, what)
    return str(body[0]["message"])
