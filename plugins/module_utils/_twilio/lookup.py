# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Finding objects by what people call them. Private to this collection."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence

from .errors import AmbiguousError, MissingReferenceError
from .resource import Record

SID = re.compile(r"[A-Z]{2}[0-9a-f]{32}", re.IGNORECASE)


def is_sid(text: str, prefix: str) -> bool:
    """Return whether ``text`` is a SID of the kind that begins with ``prefix``."""
    return text.startswith(prefix) and SID.fullmatch(text) is not None


def only(kind: str, name: str, candidates: Sequence[Record]) -> Record | None:
    """Return the only candidate, None if there is none.

    Raises:
        AmbiguousError: there are several.
    """
    if len(candidates) > 1:
        raise AmbiguousError(kind, name, (str(record["sid"]) for record in candidates))
    return candidates[0] if candidates else None


def by_field(kind: str, records: Iterable[Record], name: str, value: str) -> Record | None:
    """Return the only record whose field ``name`` has the value, None if there is none."""
    return only(kind, value, [record for record in records if record.get(name) == value])


def close(name: str, names: Iterable[str]) -> list[str]:
    """Return up to three existing names that look like ``name``."""
    lowered: Mapping[str, str] = {existing.lower(): existing for existing in names if existing}
    return [lowered[match] for match in difflib.get_close_matches(name.lower(), list(lowered), n=3, cutoff=0.6)]


def missing(option: str, kind: str, name: str, names: Iterable[str], remedy: str) -> MissingReferenceError:
    """Return the error for a reference to nothing, with names that look like it."""
    return MissingReferenceError(option, kind, name, close(name, names), remedy)
