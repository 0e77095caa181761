# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of where calls are sent: that a destination names one thing, and that it is there. Private to the collection.

Each check of this package returns sentences that begin with the path of the variable, name the value and end with the
remedy. No sentence holds a secret.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..account_checks import unknown
from . import targets
from .site import Site

Reference = tuple[str, Mapping[str, Any]]

_FEW = 5
_WHAT = {
    "extension": ("an extension", "voice_extensions"),
    "ring_group": ("a ring group", "voice_destinations.ring_groups"),
    "queue": ("a queue", "voice_destinations.queues"),
    "menu": ("a menu", "voice_destinations.menus"),
    "schedule": ("a schedule", "voice_destinations.schedules"),
    "announcement": ("an announcement", "voice_destinations.announcements"),
    "external": ("a number outside", "voice_destinations.external"),
    "voicemail": ("a mailbox", "voice_mailboxes"),
}


def known(site: Site) -> dict[str, list[str]]:
    """Return the names that there are of each kind of target."""
    found = {
        "extension": [entry["extension"] for __, entry in site.entries("voice_extensions")],
        "voicemail": [entry["mailbox"] for __, entry in site.entries("voice_mailboxes")],
    }
    for kind in targets.LISTS:
        found[kind] = [entry["name"] for __, entry in site.destinations(kind)]
    return {kind: [name for name in names if name is not None] for kind, names in found.items()}


def few(names: Sequence[str]) -> str:
    """Return names as a sentence can bear them."""
    return ", ".join(names[:_FEW]) + (f" and {len(names) - _FEW} more" if len(names) > _FEW else "")


def references(site: Site) -> Iterator[Reference]:
    """Yield every destination that is written somewhere, with its path."""
    for path, entry in site.entries("voice_numbers"):
        yield from _written(path, entry, ("destination",))
    for path, entry in site.entries("voice_extensions"):
        yield from _written(path, entry, ("otherwise",))
    for kind in targets.LISTS:
        for path, entry in site.destinations(kind):
            yield from _written(path, entry, ("during", "otherwise", "on_holiday"))
            for key, destination in (entry.get("keys") or {}).items():
                if destination is not None:
                    yield f"{path}.keys.{key}", destination


def _written(path: str, entry: Mapping[str, Any], options: Sequence[str]) -> Iterator[Reference]:
    for option in options:
        if entry.get(option) is not None:
            yield f"{path}.{option}", entry[option]


def target_problems(site: Site) -> Iterator[str]:
    """Check that each destination has exactly one option, and that what it names is there."""
    names = known(site)
    for path, destination in references(site):
        yield from _form(path, destination)
        for kind, (what, variable) in _WHAT.items():
            name = destination.get(kind)
            if name is not None and name not in names[kind]:
                yield f"{path}.{kind}: {unknown(name, what, variable, names[kind])}"


def _form(path: str, destination: Mapping[str, Any]) -> Iterator[str]:
    given = [kind for kind, value in destination.items() if value is not None and value is not False]
    if destination.get("unassigned") is False:
        yield f'{path}.unassigned: it is false: remove it, and write a destination such as extension: "101".'
    elif not given:
        nobody = ", or unassigned: true if that is meant" if "unassigned" in destination else ", or hangup: busy"
        yield f'{path}: nobody is rung: write one destination, such as extension: "101"{nobody}.'
    if len(given) > 1:
        both = "both " if len(given) == 2 else ""
        yield f"{path}: {both}{', '.join(given[:-1])} and {given[-1]}: keep one, the call goes one way."
