# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a text was as a listing, for hosts where that cannot be tried out. Private."""

from __future__ import annotations

import hashlib
import json

from .host import Host
from .text import Table

FOLDER = "/var/lib/dialtone/nftables"


class Record:
    """The last text that was loaded, and what nft listed then."""

    def __init__(self, host: Host, table: Table) -> None:
        self.host = host
        self.path = f"{FOLDER}/{table.key}.json"

    def listing(self, program: str) -> str | None:
        """Return what a program was when it was in force; None if another was there last."""
        try:
            noted = json.loads(self.host.read(self.path) or "{}")
        except ValueError:
            return None
        return noted.get("listing") if noted.get("program") == _digest(program) else None

    def keep(self, program: str, listing: str) -> None:
        """Note it."""
        self.host.write(self.path, json.dumps({"program": _digest(program), "listing": listing}))

    def remove(self) -> None:
        """Forget it."""
        if self.host.exists(self.path):
            self.host.remove(self.path)


def _digest(program: str) -> str:
    return hashlib.sha256(program.encode()).hexdigest()
