# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time zones for software that reads no zoneinfo. Private to the collection."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from .errors import VoiceError

try:
    from zoneinfo import TZPATH
except ImportError:  # Python 3.8 and older, where this is only imported
    TZPATH = ()

_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+)*$")


class TimeZoneError(VoiceError):
    """A time zone cannot be told as POSIX has it."""


def posix(name: str) -> str:
    """Return the rule by which a zone of the IANA database goes now, such as ``EST5EDT,M3.2.0,M11.1.0``.

    Abbreviations in angle brackets, which not every reader takes, become letters.

    Raises:
        TimeZoneError: there is no such zone, or no rule in it.
    """
    data = _data(name)
    rule = data.rsplit(b"\n", 2)[-2].decode("ascii") if data.startswith(b"TZif") and data.endswith(b"\n") else ""
    if not rule:
        raise TimeZoneError(f"Time zone '{name}' has no rule for the time to come: use another, such as UTC.")
    letters = iter(("STD", "DST"))
    return re.sub(r"<[^>]*>", lambda __: next(letters), rule)


def _data(name: str) -> bytes:
    if _NAME.match(name):
        for folder in TZPATH:
            if (found := Path(folder) / name).is_file():
                return found.read_bytes()
        package, __, leaf = ("tzdata/zoneinfo/" + name).rpartition("/")
        try:
            return (resources.files(package.replace("/", ".")) / leaf).read_bytes()
        except (ModuleNotFoundError, FileNotFoundError, IsADirectoryError):
            pass
    raise TimeZoneError(f"There is no time zone '{name}': use a name of the IANA database, such as America/New_York.")
