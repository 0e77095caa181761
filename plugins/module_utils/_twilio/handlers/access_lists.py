# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IP access control lists: from options to the wanted state. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import validate as check
from ..catalog.sip import IP_ADDRESS
from ..directory import ACCESS_LISTS
from ..errors import InvalidInputError
from ..module import Outcome, Task
from ..plan import Item, Node
from ..resource import Record
from .lists import MemberList
from .named import check_identity, check_selection

LISTS = MemberList(ACCESS_LISTS, IP_ADDRESS, "ip_addresses")
current, needs = LISTS.current, LISTS.needs
NAME_LENGTH = 255

OPTIONS: dict[str, dict[str, Any]] = {
    "sid": {"type": "str"},
    "friendly_name": {"type": "str"},
    "ip_addresses": {
        "type": "list",
        "elements": "dict",
        "options": {"ip_address": {"type": "str", "required": True}, "friendly_name": {"type": "str"}},
    },
    "purge_ip_addresses": {"type": "bool", "default": False},
    "merge": {"type": "bool", "default": False},
    "allow_private": {"type": "bool", "default": False},
}


def validate_one(entry: Mapping[str, Any], prefix: str = "") -> None:
    """Judge the options of one access list.

    Args:
        entry: its options.
        prefix: what precedes every option's name in errors, such as ``ip_access_control_lists[2].``.
    """
    check_identity(ACCESS_LISTS, entry, NAME_LENGTH, prefix)
    if entry["purge_ip_addresses"] and entry["ip_addresses"] is None:
        raise InvalidInputError(
            f"{prefix}purge_ip_addresses", True, "needs ip_addresses; an empty list removes every entry."
        )
    for index, address in enumerate(entry["ip_addresses"] or []):
        check.text(f"{prefix}ip_addresses[{index}].friendly_name", address["friendly_name"], NAME_LENGTH)
    wanted = _wanted(entry, prefix)
    check.at_most(f"{prefix}ip_addresses", wanted, int(IP_ADDRESS.limit or 0))


def node(
    task: Task, entry: Mapping[str, Any], current: Mapping[str, Any] | None, prefix: str = "", key: str = ""
) -> Node:
    """Return the access list with its entries as it should be."""

    def items(there: Sequence[Record]) -> list[Item]:
        del there  # an entry says all of itself
        return [
            Item({"ip_address": network}, {} if name is None else {"friendly_name": name}, {"friendly_name": network})
            for network, name in _wanted(entry, prefix)
        ]

    return LISTS.node(task, entry, current, items, prefix=prefix, key=key)


def validate(params: Mapping[str, Any]) -> None:
    """Judge the options of an access list before the first request."""
    validate_one(params)


def ensure(task: Task) -> Outcome:
    """Bring an access list and its addresses into the wanted state."""
    found = current(task, task.params)
    outcome = task.converge(node(task, task.params, found))
    outcome.results["ip_access_control_list"] = outcome.after
    return outcome


def _wanted(entry: Mapping[str, Any], prefix: str) -> list[tuple[str, str | None]]:
    """Return the networks to list, with their names.

    Raises:
        InvalidInputError: one is no network for such a list, or two overlap that are not merged.
    """
    given = [
        (
            check.network(f"{prefix}ip_addresses[{index}].ip_address", address["ip_address"], entry["allow_private"]),
            address["friendly_name"],
        )
        for index, address in enumerate(entry["ip_addresses"] or [])
    ]
    where = f"{prefix}ip_addresses[{{}}].ip_address"
    networks = [network for network, __ in given]
    if not entry["merge"]:
        check.disjoint(where, networks)
        return given
    names = [name for __, name in given]
    check.disjoint(where, networks, names)
    merged: list[tuple[str, str | None]] = []
    for name in dict.fromkeys(names):
        merged += [(network, name) for network in check.merge([net for net, own in given if own == name])]
    return merged


def inform_validate(params: Mapping[str, Any]) -> None:
    """Judge the options that select access lists."""
    check_selection(ACCESS_LISTS, params)


def inform(task: Task) -> Outcome:
    """Return the selected access lists, with their entries if they are wanted."""
    return Outcome(results={"ip_access_control_lists": LISTS.select(task, task.params["include_addresses"])})
