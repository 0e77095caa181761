# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a listing of nft says, without what the traffic has put there. Pure. Private."""

from __future__ import annotations

import re
from collections.abc import Iterator

HOLDS_ELEMENTS = re.compile(r"\t(?:set|map|meter) ")
ELEMENTS = "\t\telements = {"
COUNT = re.compile(r"\s+# count \d+$")  # how many elements a set has, as nft 1.1.4 and newer say
TOKEN = re.compile(r'"[^"]*"|[{},]|[^"{},]+')


def normalised(listing: str) -> str:
    """Return a stateless listing in a form that is equal if the rules are.

    Elements that packets or time-outs bring and take away are left out. Each other element has a line of its own.
    """
    return "\n".join(_lines(listing))


def _lines(listing: str) -> Iterator[str]:
    lines = iter(listing.splitlines())
    for line in lines:
        if not HOLDS_ELEMENTS.match(line):
            yield line
            continue
        block = [line]
        for inside in lines:
            block.append(COUNT.sub("", inside))
            if inside == "\t}":
                break
        yield from _block(block)


def _block(block: list[str]) -> Iterator[str]:
    start = next((number for number, line in enumerate(block) if line.startswith(ELEMENTS)), None)
    if start is None:
        yield from block
        return
    head = block[:start]
    flags = {flag for line in head if line.startswith("\t\tflags ") for flag in line.split(None, 1)[1].split(",")}
    # A set's own time-out is every element's.
    passing = "dynamic" in flags or any(line.startswith("\t\ttimeout ") for line in head)
    yield from head
    if not passing:
        elements, rest = _elements("\n".join(block[start:])[len(ELEMENTS) :])
        kept = [element for element in elements if not ("timeout" in flags and _has_timeout(element))]
        if kept:
            yield ELEMENTS
            yield from (f"\t\t\t{element}" for element in kept)
            yield "\t\t}"
        yield from rest.strip("\n").splitlines()
    else:
        __, rest = _elements("\n".join(block[start:])[len(ELEMENTS) :])
        yield from rest.strip("\n").splitlines()


def _elements(text: str) -> tuple[list[str], str]:
    """Split what follows the opening brace into the elements and what is behind the closing one."""
    elements, depth, current = [], 1, ""
    for token in TOKEN.finditer(text):
        word = token.group()
        depth += (word == "{") - (word == "}")
        if depth == 0:
            elements.append(current)
            return [" ".join(element.split()) for element in elements if element.strip()], text[token.end() :]
        if word == "," and depth == 1:
            elements.append(current)
            current = ""
        else:
            current += word
    return [], ""


def _has_timeout(element: str) -> bool:
    return " timeout " in re.sub(r'"[^"]*"', "", f"{element} ")
