# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a call can be sent to: one word for each kind, as the description and the plan use it. Private."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import schema

Target = dict[str, str]

#: Destinations with a name, and the list of ``voice_destinations`` that has them, in the order of the plan.
LISTS = {
    "ring_group": "ring_groups",
    "queue": "queues",
    "menu": "menus",
    "schedule": "schedules",
    "announcement": "announcements",
    "external": "external",
}
#: What ``hangup`` of a target can be, with the answer to a call that nobody has taken yet. Only numbers have
#: ``unassigned``.
HANGUPS = {"busy": 486, "declined": 603, "unavailable": 480, "unassigned": 404}


def target(destination: Mapping[str, Any]) -> Target:
    """Return the target that a destination of the description names; it has exactly one option."""
    ((kind, value),) = [(kind, value) for kind, value in destination.items() if value is not None]
    return {"kind": "hangup", "id": kind} if kind == "unassigned" else {"kind": kind, "id": str(value)}


def optional(destination: Mapping[str, Any] | None) -> Target | None:
    """Return the target of an ``otherwise`` that can be left out."""
    return target(destination) if destination else None


def menu_keys(keys: Mapping[Any, Any], options: schema.Options, path: str, problems: list[str]) -> dict[str, Any]:
    """Return the keys of a menu as text, each with its checked destination; None for one that is not usable.

    Args:
        keys: as written. YAML reads a bare 1 as a number.
        options: those of a destination.
        path: of ``keys``.
        problems: receives a sentence for each problem.
    """
    option = {"type": "dict", "options": options}
    found: dict[str, Any] = {}
    for key, value in keys.items():
        text = str(key)
        if text in found:
            problems.append(f"{path}: '{text}' is there twice, once without quotes: remove one.")
        elif value is None:
            problems.append(f'{path}.{text}: it is empty: say where it leads, such as {{extension: "101"}}.')
            found[text] = None
        else:
            found[text] = schema.check_value(value, option, f"{path}.{text}", problems)
    return found
