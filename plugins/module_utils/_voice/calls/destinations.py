# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ring groups, queues, menus, schedules, announcements and numbers outside, as a plan has them. Private."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import prompts, schedules, targets, trunks
from .site import Entry, Site

Destination = dict[str, Any]


def _ring_group(__: Site, entry: Entry) -> Destination:
    return {
        "members": list(entry["members"]),
        "strategy": entry["strategy"],
        "ring_seconds": entry["ring_seconds"],
        "otherwise": targets.optional(entry["otherwise"]),
    }


def _queue(__: Site, entry: Entry) -> Destination:
    numbers = ("ring_seconds", "wait_seconds", "most_waiting", "wrap_up_seconds")
    return {
        "members": list(entry["members"]),
        "strategy": entry["strategy"],
        **{key: entry[key] for key in numbers},
        "music": prompts.name("queue", entry["name"], entry["music"]),
        "otherwise": targets.optional(entry["otherwise"]),
    }


def _menu(__: Site, entry: Entry) -> Destination:
    return {
        "prompt": prompts.name("menu", entry["name"], entry["prompt"]),
        "keys": {key: targets.target(entry["keys"][key]) for key in sorted(entry["keys"])},
        "dial_extensions": entry["dial_extensions"],
        "wait_seconds": entry["wait_seconds"],
        "attempts": entry["attempts"],
        "otherwise": targets.optional(entry["otherwise"]),
    }


def _schedule(__: Site, entry: Entry) -> Destination:
    otherwise = targets.target(entry["otherwise"])
    return {
        "timezone": entry["timezone"],
        "open": schedules.opening(entry["open"]),
        "holidays": schedules.holidays(entry["holidays"]),
        "during": targets.target(entry["during"]),
        "otherwise": otherwise,
        "on_holiday": targets.optional(entry["on_holiday"]) or dict(otherwise),
    }


def _announcement(__: Site, entry: Entry) -> Destination:
    return {
        "prompt": prompts.name("announcement", entry["name"], entry["prompt"]),
        "otherwise": targets.optional(entry["otherwise"]),
    }


def _external(site: Site, entry: Entry) -> Destination:
    caller_id = site.e164(entry["caller_id"] or None) or ""
    return {
        "number": site.e164(entry["number"]),
        "caller_id": caller_id,
        "trunk": trunks.trunk_of(site, caller_id),
        "ring_seconds": entry["ring_seconds"],
        "otherwise": targets.optional(entry["otherwise"]),
    }


_BUILDERS: dict[str, Callable[[Site, Entry], Destination]] = {
    "ring_group": _ring_group,
    "queue": _queue,
    "menu": _menu,
    "schedule": _schedule,
    "announcement": _announcement,
    "external": _external,
}


def plan(site: Site) -> dict[str, list[Destination]]:
    """Return the destinations of a plan, by the name of their list."""
    return {
        targets.LISTS[kind]: [
            {
                "name": entry["name"],
                "slug": entry["name"],
                "extension": entry["extension"] or "",
                **build(site, entry),
            }
            for __, entry in site.destinations(kind)
        ]
        for kind, build in _BUILDERS.items()
    }


def dialable(site: Site) -> list[dict[str, Any]]:
    """Return what telephones reach by an extension that is no telephone's, in order."""
    return [
        {"extension": entry["extension"], "target": {"kind": kind, "id": entry["name"]}}
        for kind in targets.LISTS
        for __, entry in site.destinations(kind)
        if entry["extension"]
    ]
