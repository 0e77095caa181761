# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The text of a table: what may be in it, and what is made of it. Pure. Private."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .errors import AS_IT_WAS, TableError

NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,47}")
BESIDE_NAME = "dialtone_beside"  # stands for other programs' tables where rules are tried out
# As nft reads: quotes go on to the next one, whatever is between; a comment ends with the line.
TOKEN = re.compile(r'"[^"]*"|#[^\n]*|[{}"]|[A-Za-z_][A-Za-z0-9_/.\\-]*')
# FILE:LINE:COLUMNS: Error: words, then the line, then marks under it
COMPLAINT = re.compile(r"^[^\n:]*:(\d+):\d+(?:-\d+)?: (?:Error: )?(.*)$", re.MULTILINE)
MOST_COMPLAINTS = 5
LINES_BEFORE = 3


@dataclass(frozen=True)
class Table:
    """Which table.

    Attributes:
        family: as `inet`.
        name: its name in that family.
    """

    family: str
    name: str

    def __str__(self) -> str:
        return f"table {self.family} {self.name}"

    @property
    def key(self) -> str:
        """The word for files and units."""
        return self.name if self.family == "inet" else f"{self.family}-{self.name}"

    @property
    def removal(self) -> str:
        """A program that removes the table, and is content if there is none."""
        return f"{self}\ndelete {self}\n"

    def program(self, rules: str) -> str:
        """Return a program that replaces the whole table in one transaction."""
        return f"{self.removal}{self} {{\n{rules.rstrip()}\n}}\n"

    def restoring(self, listing: str) -> str:
        """Return a program that brings back what was listed; without a listing, that there is none."""
        return self.removal + listing


def check_name(name: str) -> None:
    """Refuse a name that nft, a file or a unit of systemd could not have."""
    if name == BESIDE_NAME:
        raise TableError(f"name: {name} is what the module itself uses to try out rules. Use another. {AS_IT_WAS}")
    if not NAME.fullmatch(name):
        raise TableError(
            f"name: {name!r} is no name for a table. "
            f"Use a letter, then letters, digits and underscores, 48 at most. {AS_IT_WAS}"
        )


def check_rules(rules: str) -> None:
    """Refuse text that is not the inside of one table: that closes it, or that reads other files."""
    depth = 0
    for token in TOKEN.finditer(rules):
        word = token.group()
        if word == "{":
            depth += 1
        elif word == "}":
            depth -= 1
        elif word == '"':
            raise _refused(rules, token.start(), "this quote is not closed")
        elif word == "include":
            raise _refused(rules, token.start(), "other files cannot be included: put their text here")
        if depth < 0:
            raise _refused(rules, token.start(), "this brace closes more than was opened, and so the table")
    if depth:
        raise TableError(f"rules: {depth} brace(s) are not closed at the end. {AS_IT_WAS}")
    if "\0" in rules:
        raise TableError(f"rules: there is a zero byte in the text. {AS_IT_WAS}")


def _refused(rules: str, position: int, why: str) -> TableError:
    number = rules.count("\n", 0, position) + 1
    return TableError(f"rules, line {number}: {why}: {_shown(rules, number)}\n{AS_IT_WAS}")


def _shown(rules: str, number: int) -> str:
    lines = rules.splitlines()
    return lines[number - 1].strip() if 0 < number <= len(lines) else "(end)"


def explain(words: str, rules: str) -> str:
    """Put the lines of the option in place of those that nft counts, each with its text."""
    found = []
    for complaint in COMPLAINT.finditer(words):
        number = int(complaint.group(1)) - LINES_BEFORE
        if number >= 1:
            found.append(f"rules, line {number}: {complaint.group(2)}: {_shown(rules, number)}")
        else:
            found.append(f"name, family: {complaint.group(2)}")
    if not found:
        return f"rules: {words.strip() or 'nft said nothing'}"
    more = len(found) - MOST_COMPLAINTS
    return "\n".join(found[:MOST_COMPLAINTS] + ([f"… and {more} more"] if more > 0 else []))
