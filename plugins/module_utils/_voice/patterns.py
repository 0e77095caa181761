# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns of numbering plans as trees: rendered for PBXs, measured, written out. Private to the collection.

The metadata of ``phonenumbers`` are regular expressions over digits in a small dialect (digits, ``\\d``, character
classes, ``(?:...)``, ``|``, ``?``, ``{n}``, ``{n,m}``). A PBX needs POSIX extended expressions, without commas and
backslashes, which are special in its own configuration files. Anything outside the dialect is an error: a rule that
decides about money must not be half understood.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Union

DIGITS = "0123456789"


@dataclass(frozen=True)
class Chars:
    """One digit out of a set; ``digits`` is sorted and not empty."""

    digits: str


@dataclass(frozen=True)
class Sequence:
    parts: tuple[Node, ...]


@dataclass(frozen=True)
class Choice:
    options: tuple[Node, ...]


@dataclass(frozen=True)
class Repeat:
    node: Node
    least: int
    most: int


Node = Union[Chars, Sequence, Choice, Repeat]


class _Parser:
    """Recursive descent over one pattern."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.position = 0

    def fail(self) -> ValueError:
        return ValueError(f"numbering pattern not understood at character {self.position}: {self.pattern!r}")

    def peek(self) -> str:
        return self.pattern[self.position : self.position + 1]

    def accept(self, text: str) -> bool:
        if self.pattern.startswith(text, self.position):
            self.position += len(text)
            return True
        return False

    def until(self, end: str) -> str:
        stop = self.pattern.find(end, self.position)
        if stop < 0:
            raise self.fail()
        text = self.pattern[self.position : stop]
        self.position = stop + 1
        return text

    def choice(self) -> Node:
        options = [self.sequence()]
        while self.accept("|"):
            options.append(self.sequence())
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def sequence(self) -> Node:
        parts: list[Node] = []
        while self.peek() not in ("", "|", ")"):
            parts.append(self.quantified(self.atom()))
        if not parts:
            raise self.fail()
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def quantified(self, node: Node) -> Node:
        if self.accept("?"):
            return Repeat(node, 0, 1)
        if self.accept("{"):
            least, comma, most = self.until("}").partition(",")
            if not (least.isdigit() and (most.isdigit() if comma else True)):
                raise self.fail()
            return Repeat(node, int(least), int(most) if comma else int(least))
        return node

    def atom(self) -> Node:
        if self.accept("(?:") or self.accept("("):
            node = self.choice()
            if not self.accept(")"):
                raise self.fail()
            return node
        if self.accept("\\d"):
            return Chars(DIGITS)
        if self.accept("["):
            return Chars(self.characters(self.until("]")))
        if self.peek() in DIGITS:
            self.position += 1
            return Chars(self.pattern[self.position - 1])
        raise self.fail()

    def characters(self, text: str) -> str:
        found: set[str] = set()
        text = text.replace("\\d", "0-9")
        while text:
            first, text = text[0], text[1:]
            last = first
            if text.startswith("-"):
                last, text = text[1:2], text[2:]
            if not (first in DIGITS and last and last in DIGITS and first <= last):
                raise self.fail()
            found.update(DIGITS[int(first) : int(last) + 1])
        if not found:
            raise self.fail()
        return "".join(sorted(found))


def parse(pattern: str) -> Node:
    """Read a pattern of the metadata. Raises ValueError for anything outside the dialect."""
    parser = _Parser(pattern)
    node = parser.choice()
    if parser.position != len(pattern):
        raise parser.fail()
    return node


def to_posix(node: Node) -> str:
    """Render as a POSIX extended regular expression without backslashes, commas and ``(?:``, not anchored."""
    if isinstance(node, Chars):
        return _render_class(node.digits)
    if isinstance(node, Choice):
        return "|".join(to_posix(option) for option in node.options)
    if isinstance(node, Sequence):
        return "".join(f"({to_posix(part)})" if isinstance(part, Choice) else to_posix(part) for part in node.parts)
    inner = to_posix(node.node)
    atom = inner if isinstance(node.node, Chars) else f"({inner})"
    fixed = {0: "", 1: atom}.get(node.least, f"{atom}{{{node.least}}}")
    return fixed + f"{atom}?" * (node.most - node.least)


def _render_class(digits: str) -> str:
    if len(digits) == 1:
        return digits
    text = ""
    # Neighbours share the difference between a digit and its place, so this groups runs.
    for _key, group in itertools.groupby(enumerate(digits), lambda item: int(item[1]) - item[0]):
        run = [digit for _place, digit in group]
        text += run[0] if len(run) == 1 else run[0] + ("-" if len(run) > 2 else "") + run[-1]
    return f"[{text}]"


def lengths(node: Node) -> frozenset[int]:
    """Return the lengths, in digits, of everything the pattern matches."""
    if isinstance(node, Chars):
        return frozenset({1})
    if isinstance(node, Choice):
        return frozenset().union(*(lengths(option) for option in node.options))
    parts = node.parts if isinstance(node, Sequence) else (node.node,) * node.most
    optional_from = len(parts) if isinstance(node, Sequence) else node.least
    total = {0}
    reached = {0} if optional_from == 0 else set()
    for count, part in enumerate(parts, start=1):
        total = {left + right for left in total for right in lengths(part)}
        if count >= optional_from:
            reached |= total
    return frozenset(reached)


def strings(node: Node) -> Iterator[str]:
    """Write out everything the pattern matches; meant for prefixes and short numbers, whose patterns are small."""
    if isinstance(node, Chars):
        yield from node.digits
    elif isinstance(node, Choice):
        for option in node.options:
            yield from strings(option)
    else:
        counts = (
            [node.parts]
            if isinstance(node, Sequence)
            else [(node.node,) * count for count in range(node.least, node.most + 1)]
        )
        for parts in counts:
            for combination in itertools.product(*(list(strings(part)) for part in parts)):
                yield "".join(combination)
