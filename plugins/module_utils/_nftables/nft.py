# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs nft: what is in force, what would be, and the change. Private."""

from __future__ import annotations

import re

from .errors import AS_IT_WAS, RefusedError, TableError
from .host import Host
from .listing import normalised
from .text import BESIDE_NAME, Table, explain

NONE = "No such file or directory"
BESIDE = f"table inet {BESIDE_NAME}"
# Arguments: the table as nft wants it named, in three words, then interfaces that have to be there.
TRY = f"""
printf 'in\\n' || exit
family=$2 name=$3
shift 3
for interface; do
  for type in dummy bridge veth; do ip link add "$interface" type $type && break; done
done 2>/dev/null
nft add {BESIDE} || exit
nft -f - || exit
printf 'loaded\\n'
nft list tables && printf -- '--\\n' && nft -s list table "$family" "$name"
"""
BY_NUMBER = re.compile(r"\b(?:iif|oif|devices?)\b")  # what nft translates to the number of an interface
WORD = re.compile(r"[\w.@:-]+")


class Nft:
    """One table in the kernel."""

    def __init__(self, host: Host, table: Table) -> None:
        self.host = host
        self.table = table
        self.program = host.which("nft") or ""

    def _words(self) -> list[str]:
        return ["table", self.table.family, self.table.name]

    def listing(self, state: bool = False) -> str:
        """Return the table in force as a listing; with the state of counters on request. Empty if there is none."""
        said = self.host.run([self.program, *([] if state else ["-s"]), "list", *self._words()])
        if said.code == 0:
            return said.out
        if NONE in said.words:
            return ""
        if "syntax error" in said.words:
            raise TableError(f"name: nft knows {self.table.name} as a word of its own. Use another name. {AS_IT_WAS}")
        raise TableError(f"nft could not list {self.table}: {said.words.strip()}. {AS_IT_WAS}")

    def in_force(self) -> str:
        """Return the table in force, fit to be compared."""
        return normalised(self.listing())

    def tried(self, program: str, rules: str) -> str | None:
        """Load a program into a network namespace of its own, and return what the table is there.

        None if no such namespace can be made here. TableError if the program is refused, or is about other tables too.
        """
        unshare = self.host.which("unshare")
        if unshare is None:
            return None
        words = [*self._words(), *self._interfaces(program)]
        said = self.host.run([unshare, "-n", "--", "/bin/sh", "-c", TRY, "try", *words], program)
        if not said.out.startswith("in\n"):
            return None
        __, __, there = said.out.partition("loaded\n")
        if said.code and not there:
            raise TableError(f"{explain(said.words, rules)}\n{AS_IT_WAS}")
        tables, __, listing = there.partition("--\n")
        found = set(tables.splitlines())
        if found != {BESIDE, str(self.table)}:
            raise TableError(
                f"rules: they do not make {self.table} and leave all else alone. With them loaded, the tables are: "
                f"{', '.join(sorted(found)) or 'none'} ({BESIDE} was there before, as a test). {AS_IT_WAS}"
            )
        return normalised(listing)

    def _interfaces(self, program: str) -> list[str]:
        """Return the host's interfaces that a program needs to be loaded. A new namespace has `lo` alone."""
        if not BY_NUMBER.search(program):
            return []
        words = set(WORD.findall(program)) - {"lo"}
        return [name for name in self.host.interfaces() if name in words]

    def check(self, program: str, rules: str) -> None:
        """Have nft judge a program where it would be loaded. Changes nothing."""
        said = self.host.run([self.program, "-c", "-f", "-"], program)
        if said.code:
            raise TableError(f"{explain(said.words, rules)}\n{AS_IT_WAS}")

    def load(self, program: str, rules: str = "") -> None:
        """Run a program: one transaction, whole or not at all. RefusedError if nft says that it failed."""
        said = self.host.run([self.program, "-f", "-"], program)
        if said.code:
            raise RefusedError(f"The kernel refused it: {explain(said.words, rules)}\n{AS_IT_WAS}")
