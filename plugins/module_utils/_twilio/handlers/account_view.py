# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""An account as people read it: by names, without SIDs, and of what changes only that. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..directory import ADDRESSES, TRUNKS, Directory
from ..plan import Node, Ref
from ..resource import Record, Resource

# What says nothing that a name does not say, and what Twilio has found out by itself.
HIDDEN = ("sid", "account_sid", "validated", "verified", "capabilities", "address_requirements")
# Members by the field that tells them apart.
MEMBER_NAMES = {
    "ip_addresses": "ip_address",
    "credentials": "username",
    "origination_urls": "friendly_name",
    "ip_access_control_lists": "friendly_name",
    "credential_lists": "friendly_name",
}
# Fields that hold the SID of another object, by the option that names it.
POINTERS = {"trunk_sid": "trunk", "address_sid": "address", "emergency_address_sid": "emergency_address"}

Tree = dict[str, Any]


def label(resource: Resource, record: Mapping[str, Any]) -> str:
    """Return what people call an object, its SID if it has no name."""
    return str(next((record[name] for name in resource.identity if record.get(name)), record.get(resource.handle)))


def readable(
    directory: Directory,
    nodes: Sequence[Node],
    options: Sequence[str],
    befores: Sequence[Record | None],
    afters: Sequence[Record | None],
) -> tuple[Tree, Tree]:
    """Return what changes, before and after, for a diff: ``{"trunks": {"acme-hq": {"secure": …}}}``.

    Of an object that stays only the fields that change are shown, so that every line of the diff stands below the name
    of what it is about.

    Args:
        directory: knows the names of what is referred to.
        nodes: the plan's nodes.
        options: for each of the first nodes the list it comes from; nodes beyond are left out.
        befores, afters: the objects.
    """
    names = _names(directory, nodes, afters)
    before: Tree = {}
    after: Tree = {}
    for option, node, old, new in zip(options, nodes, befores, afters):
        left = None if old is None else _named(old, {}, names)
        right = None if new is None else _named(new, _pointed(node, names), names)
        if left == right:
            continue
        name = label(node.resource, new or old or {})
        if left is not None and right is not None:
            for lacking, full in ((left, right), (right, left)):  # what is cleared is shown as empty, not as gone
                empty = {field for field, value in full.items() if not isinstance(value, (dict, list))} - {*lacking}
                lacking.update(dict.fromkeys(empty, ""))
            left, right = differing(left, right)
        for shown in filter(None, (left, right) if left is None or right is None else ()):
            for field in [field for field in node.resource.identity if shown.get(field) == name]:
                del shown[field]  # it stands above already
        for tree, changed in ((before, left), (after, right)):
            if changed is not None:
                objects = tree.setdefault(option, {})
                objects[name if name not in objects else f"{name} ({(new or old or {}).get('sid')})"] = changed
    return before, after


def _names(directory: Directory, nodes: Sequence[Node], afters: Sequence[Record | None]) -> dict[str, str]:
    """Return what to call trunks and addresses, by SID and by key."""
    names: dict[str, str] = {}
    for resource in (TRUNKS.resource, ADDRESSES.resource):
        names.update({str(r["sid"]): label(resource, r) for r in directory.known(resource) or []})
    for node, after in zip(nodes, afters):
        if after is not None and node.resource.label in (TRUNKS.resource.label, ADDRESSES.resource.label):
            name = label(node.resource, after)
            names[node.key] = name
            if after["sid"]:
                names[str(after["sid"])] = name
    return names


def _pointed(node: Node, names: Mapping[str, str]) -> dict[str, str]:
    """Return the names of what a predicted object refers to and that does not exist yet."""
    found = {field: value for field, value in (node.desired or {}).items() if isinstance(value, Ref)}
    return {field: names.get(ref.key, ref.name) for field, ref in found.items()}


def _named(record: Mapping[str, Any], pointed: Mapping[str, str], names: Mapping[str, str]) -> Tree:
    """Return an object with names in place of SIDs, and its members by their names; what is empty is left out."""
    shown: Tree = {}
    for field, value in record.items():
        if field in MEMBER_NAMES and isinstance(value, list):
            shown[field] = _members(value, MEMBER_NAMES[field])
        elif field in POINTERS:
            shown[POINTERS[field]] = pointed.get(field) or names.get(value, value)
        elif field not in HIDDEN:
            shown[field] = value
    return {field: value for field, value in shown.items() if value not in (None, "")}


def _members(members: Sequence[Mapping[str, Any]], by: str) -> Any:
    """Return members by their names: a list of names if that is all there is to say."""
    shown: Tree = {}
    for member in members:
        rest = {field: value for field, value in member.items() if field not in (*HIDDEN, by)}
        name = str(member[by])
        key = name if name not in shown else f"{name} ({member.get('sid')})"
        shown[key] = next(iter(rest.values())) if len(rest) == 1 else rest
    return shown if any(shown.values()) else sorted(shown)


def differing(left: Any, right: Any) -> tuple[Any, Any]:
    """Return of two objects the fields, and of their members those, that are not the same."""
    fields = [name for name in {**left, **right} if left.get(name) != right.get(name)]
    before: Tree = {}
    after: Tree = {}
    for name in fields:
        old, new = left.get(name), right.get(name)
        if isinstance(old, dict) and isinstance(new, dict):
            old, new = differing(old, new)
        if name in left:
            before[name] = old
        if name in right:
            after[name] = new
    return before, after
