# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports and ranges of ports. Private to the collection."""

from __future__ import annotations

import re
from typing import NamedTuple

_WRITTEN = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")


class Ports(NamedTuple):
    """A range of ports, both ends included."""

    first: int
    last: int

    def __str__(self) -> str:
        return str(self.first) if self.first == self.last else f"{self.first}-{self.last}"

    def meets(self, other: Ports) -> bool:
        return self.first <= other.last and other.first <= self.last


def parse(written: object) -> Ports | None:
    """Return what a port such as 9100, or a range such as 8000-8010, means; None if it is neither."""
    if isinstance(written, bool) or (match := _WRITTEN.fullmatch(str(written))) is None:
        return None
    ports = Ports(int(match[1]), int(match[2] or match[1]))
    return ports if 1 <= ports.first <= ports.last <= 65535 else None
