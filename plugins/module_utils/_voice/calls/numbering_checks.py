# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of what telephones can dial inside: every number once, and none that means an emergency. Private."""

from __future__ import annotations

import re
from collections.abc import Iterator

from . import targets
from .site import Site

_DIGITS = re.compile("[0-9]{2,8}")
_FEATURE = re.compile("[0-9*]{2,8}")
_EMERGENCY = re.compile("[0-9]{2,6}")

Number = tuple[str, str]


def numbering_problems(site: Site) -> Iterator[str]:
    """Check extensions of every kind, mailboxes and emergency numbers, by themselves and against each other."""
    yield from _emergency_numbers(site)
    yield from _extensions(site)
    yield from _mailboxes(site)


def _dialled(site: Site) -> Iterator[Number]:
    """Yield what telephones can dial inside, each with the path of what has it."""
    for path, entry in site.entries("voice_extensions"):
        if entry["extension"] is not None:
            yield path, entry["extension"]
    for kind in targets.LISTS:
        for path, entry in site.destinations(kind):
            if entry["extension"] is not None:
                yield path, entry["extension"]


def _extensions(site: Site) -> Iterator[str]:
    seen: dict[str, str] = {}
    for path, extension in _dialled(site):
        where = f"{path}.extension"
        if not _DIGITS.fullmatch(extension):
            yield f"{where}: '{extension}' is not an extension: use 2 to 8 digits."
        yield from _no_emergency(where, extension, site)
        if seen.setdefault(extension, path) != path:
            yield f"{where}: '{extension}' is {seen[extension]} too: remove one."
    where, extension = "voice_voicemail.extension", site.values["voice_voicemail"]["extension"]
    if not _FEATURE.fullmatch(extension):
        yield f"{where}: '{extension}' cannot be dialled: use 2 to 8 of digits and *, such as *97."
    yield from _no_emergency(where, extension, site)
    if extension in seen:
        yield f"{where}: '{extension}' is {seen[extension]} too: choose another."


def _no_emergency(path: str, extension: str, site: Site) -> Iterator[str]:
    if extension in site.emergency:
        own = site.values["voice_dialplan"]["emergency"]["numbers"]
        where = "of voice_dialplan.emergency.numbers" if extension in own else f"in {site.country}"
        yield f"{path}: '{extension}' is an emergency number {where}: choose another extension."


def _mailboxes(site: Site) -> Iterator[str]:
    seen: dict[str, str] = {}
    for path, entry in site.entries("voice_mailboxes"):
        mailbox = entry["mailbox"]
        if mailbox is None:
            continue
        if not _DIGITS.fullmatch(mailbox):
            yield f"{path}.mailbox: '{mailbox}' is not a mailbox: use 2 to 8 digits."
        if seen.setdefault(mailbox, path) != path:
            yield f"{path}.mailbox: '{mailbox}' is {seen[mailbox]} too: remove one."
        if mailbox == site.values["voice_voicemail"]["extension"]:
            yield f"{path}.mailbox: '{mailbox}' is voice_voicemail.extension too: choose another."


def _emergency_numbers(site: Site) -> Iterator[str]:
    numbers = site.values["voice_dialplan"]["emergency"]["numbers"]
    for place, number in enumerate(numbers):
        path = f"voice_dialplan.emergency.numbers[{place}]"
        if number is None:
            continue
        if not _EMERGENCY.fullmatch(number):
            yield f"{path}: '{number}' is not an emergency number: use 2 to 6 digits."
        elif number in numbers[:place]:
            yield f"{path}: '{number}' is there twice: remove one."
