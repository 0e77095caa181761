# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what is and what should be to an ordered list of changes. Pure: no input, no output. Private."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .errors import AmbiguousError, InvalidInputError
from .resources import Record, Resource, same

ROOT = ""  # the slot of the object itself; other slots are names of settings and collections

# The order of changes. Within a stage, slots follow each other in the order of the node; one slot's changes of one
# stage do not depend on each other and may run at once.
ROOT_STAGE, MAKE_ROOM, SETTINGS, ADD, CHANGE, REMOVE, DROP_ROOT = range(7)


@dataclass(frozen=True)
class Item:
    """One wanted member of a collection.

    Attributes:
        match: what identifies it among the members.
        values: the other fields that it should have; a field left out is not touched.
        defaults: fields needed to create it if ``values`` does not have them.
        known: read-only fields to show in a prediction.
    """

    match: Mapping[str, Any]
    values: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)

    @property
    def name(self) -> str:
        return str(next(value for value in (*self.known.values(), *self.match.values()) if value not in (None, "")))


@dataclass(frozen=True)
class Collection:
    """Members of an object, as a set.

    Attributes:
        resource: what the members are.
        current: the members there are.
        desired: the members there should be.
        purge: whether members that are not wanted are removed.
        option: name of the option, for messages.
        parent: SID of what the members belong to, if that is not the node's object.
    """

    resource: Resource
    current: Sequence[Record]
    desired: Sequence[Item]
    purge: bool
    option: str
    parent: str = ""


@dataclass(frozen=True)
class Setting:
    """A singleton below an object (a trunk's recording): wanted fields and what they are."""

    resource: Resource
    current: Mapping[str, Any]
    desired: Mapping[str, Any]


@dataclass(frozen=True)
class Node:
    """An object with what belongs to it.

    Attributes:
        resource: what it is.
        current: the object, None if there is none.
        desired: its wanted fields (a field left out is not touched), None if it should not exist.
        match: what identifies it when it is created.
        derived: consequences of the wanted fields on others (Twilio clears one when the other is set), for predictions.
        settings, collections: what belongs to it, by slot, in the order of application.
    """

    resource: Resource
    current: Mapping[str, Any] | None
    desired: Mapping[str, Any] | None
    match: Mapping[str, Any] = field(default_factory=dict)
    derived: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Setting] = field(default_factory=dict)
    collections: Mapping[str, Collection] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """One request that changes something.

    Attributes:
        action: ``create``, ``update`` or ``delete``.
        resource: what is changed.
        slot: where it belongs in the object.
        index: position in the predicted object (creations and updates of members).
        name: what people call it.
        sid: which one (updates and deletions).
        values: the fields to send, and only those.
        match: what identifies it (creations).
        stage: place in the order.
        parent: SID of what it belongs to, if that is not the node's object.
    """

    action: str
    resource: Resource
    slot: str
    name: str
    stage: int
    sid: str = ""
    index: int = -1
    values: Mapping[str, Any] = field(default_factory=dict)
    match: Mapping[str, Any] = field(default_factory=dict)
    parent: str = ""

    def report(self) -> dict[str, Any]:
        """Return the change as users see it: never a value of a write-only field."""
        return {
            "action": self.action,
            "resource": self.resource.label,
            "name": self.name,
            "sid": self.sid or None,
            "fields": sorted(self.values),
        }


@dataclass(frozen=True)
class Plan:
    """Changes in order, the object before them (None: not there) and the object after them (None: gone)."""

    changes: tuple[Change, ...]
    before: Record | None
    after: Record | None


def differing(current: Mapping[str, Any], desired: Mapping[str, Any], write_only: Sequence[str] = ()) -> Record:
    """Return the wanted fields that are not so; write-only fields always count as different."""
    return {name: value for name, value in desired.items() if name in write_only or not same(current.get(name), value)}


def plan(node: Node) -> Plan:
    """Return what has to be done to make ``node`` as desired.

    Additions come before removals, so that nothing that stays needed is ever missing; only where a limit leaves no room
    are just as many removals made first as room is needed.

    Raises:
        AmbiguousError: a wanted member matches more than one.
        InvalidInputError: two wanted members are the same one, or the members would not fit.
    """
    before = _before(node)
    if node.desired is None:
        if node.current is None:
            return Plan((), None, None)
        change = Change(
            "delete", node.resource, ROOT, _name(node.current, node), DROP_ROOT, sid=str(node.current["sid"])
        )
        return Plan((change,), before, None)

    changes: list[Change] = []
    after = _root(node, changes)
    for slot, setting in node.settings.items():
        wanted = differing(setting.current, setting.desired, setting.resource.write_only)
        after[slot] = _shown(setting.resource, {**setting.current, **setting.desired})
        if wanted:
            changes.append(Change("update", setting.resource, slot, slot, SETTINGS, values=wanted))
    for slot, collection in node.collections.items():
        after[slot] = _members(slot, collection, changes)
    return Plan(tuple(sorted(changes, key=lambda change: change.stage)), before, after)


def _name(record: Mapping[str, Any], node: Node) -> str:
    names = [record.get(name) for name in node.resource.identity]
    return str(next((name for name in names if name), None) or record.get("sid") or "")


def _shown(resource: Resource, record: Mapping[str, Any]) -> Record:
    return {name: value for name, value in record.items() if name not in resource.write_only}


def _before(node: Node) -> Record | None:
    if node.current is None:
        return None
    before = _shown(node.resource, node.current)
    before.update({slot: _shown(setting.resource, setting.current) for slot, setting in node.settings.items()})
    before.update(
        {slot: [_shown(part.resource, member) for member in part.current] for slot, part in node.collections.items()}
    )
    return before


def _root(node: Node, changes: list[Change]) -> Record:
    """Add the change of the object itself, and return it as it will be, without what belongs to it."""
    desired = node.desired or {}
    resource = node.resource
    if node.current is None:
        values = {name: value for name, value in desired.items() if value not in (None, "")}
        unknown = dict.fromkeys(
            ("sid", *resource.identity, *resource.create_only, *resource.updatable, *resource.read_only)
        )
        after = {**unknown, **resource.defaults, **node.derived, **desired}
        changes.append(
            Change("create", resource, ROOT, _name(after, node), ROOT_STAGE, values=values, match=node.match or values)
        )
        return _shown(resource, after)
    wanted = differing(
        node.current, {k: v for k, v in desired.items() if k not in resource.create_only}, resource.write_only
    )
    after = {**node.current, **(node.derived if wanted else {}), **wanted}
    if wanted:
        changes.append(
            Change(
                "update",
                resource,
                ROOT,
                _name(node.current, node),
                ROOT_STAGE,
                sid=str(node.current["sid"]),
                values=wanted,
            )
        )
    return _shown(resource, after)


def _members(slot: str, collection: Collection, changes: list[Change]) -> list[Record]:
    """Add the changes of one collection, and return its members as they will be."""
    resource = collection.resource
    pairs = _pair(collection)
    taken = {id(member) for member in pairs if member is not None}
    removals = [member for member in collection.current if id(member) not in taken] if collection.purge else []
    removed = {id(member) for member in removals}
    kept = [member for member in collection.current if id(member) not in removed]

    after: list[Record] = [_shown(resource, member) for member in kept]
    position = {id(member): index for index, member in enumerate(kept)}
    additions = 0
    for item, member in zip(collection.desired, pairs):
        if member is None:
            values = {**item.defaults, **item.values, **item.match}
            changes.append(
                Change("create", resource, slot, item.name, ADD, index=len(after), values=values, match=item.match)
            )
            after.append(_shown(resource, {"sid": None, **values, **item.known}))
            additions += 1
            continue
        wanted = differing(member, item.values, resource.write_only)
        if wanted:
            index = position[id(member)]
            after[index].update(_shown(resource, wanted))
            changes.append(
                Change("update", resource, slot, item.name, CHANGE, sid=str(member["sid"]), index=index, values=wanted)
            )
    if resource.limit is not None and len(after) > resource.limit:
        raise InvalidInputError(
            collection.option,
            f"{len(after)} members",
            f"are more than the {resource.limit} that fit; list fewer, or set purge_{collection.option} to true to "
            "remove those that are not listed.",
        )
    crowded = max(0, len(collection.current) + additions - resource.limit) if resource.limit else 0
    for number, member in enumerate(removals):
        stage = MAKE_ROOM if number < crowded else REMOVE
        name, sid = _member_name(resource, member), str(member["sid"])
        changes.append(Change("delete", resource, slot, name, stage, sid=sid, parent=collection.parent))
    return after


def _member_name(resource: Resource, member: Mapping[str, Any]) -> str:
    names = [member.get(name) for name in (*resource.read_only, *resource.identity)]
    return str(next(filter(None, names), member["sid"]))


def _pair(collection: Collection) -> list[Record | None]:
    """Return for each wanted member the one there is, or None."""
    pairs: list[Record | None] = []
    for number, item in enumerate(collection.desired):
        option = f"{collection.option}[{number}]"
        found = [
            member
            for member in collection.current
            if all(same(member.get(name), value) for name, value in item.match.items())
        ]
        if len(found) > 1:
            raise AmbiguousError(collection.resource.label, item.name, (str(member["sid"]) for member in found))
        if found and any(found[0] is member for member in pairs):
            raise InvalidInputError(option, item.name, "is the same object as an earlier entry; list it once.")
        if any(item.match == earlier.match for earlier in collection.desired[:number]):
            raise InvalidInputError(option, item.name, "is listed twice; list it once.")
        pairs.append(found[0] if found else None)
    return pairs
