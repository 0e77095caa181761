# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what is and what should be to an ordered list of changes. Pure: no input, no output. Private."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .errors import AmbiguousError, InvalidInputError
from .resource import Record, Resource, same

ROOT = ""  # the slot of the object itself; other slots are names of settings and collections

# The order of changes. What builds comes before what takes away, over all objects; objects of a lower rank are built
# first and taken away last, because others refer to them. Changes of one stage, rank and slot do not depend on each
# other and may run at once.
ROOT_STAGE, MAKE_ROOM, SETTINGS, ADD, CHANGE, REMOVE, DROP_ROOT = range(7)


@dataclass(frozen=True)
class Ref:
    """Stands for the SID of another object of the same plan, which does not exist yet.

    Attributes:
        key: the other node's key.
        name: what people call it.
    """

    key: str
    name: str


@dataclass(frozen=True)
class Item:
    """One wanted member of a collection.

    Attributes:
        match: what identifies it among the members.
        values: the other fields that it should have; a field left out is not touched.
        defaults: fields needed to create it if ``values`` does not have them.
        known: read-only fields to show in a prediction.
        absent: whether it should not be a member; then only ``match`` counts.
    """

    match: Mapping[str, Any]
    values: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    known: Mapping[str, Any] = field(default_factory=dict)
    absent: bool = False

    @property
    def name(self) -> str:
        named = (value for value in (*self.known.values(), *self.match.values()) if value not in (None, ""))
        first = next(named)
        return first.name if isinstance(first, Ref) else str(first)


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
        force: fields to send even if they are as wanted (a registration that failed is tried again by setting it).
        clear: fields that have to be so before it can be deleted; the deletion waits until that has settled.
        settings, collections: what belongs to it, by slot, in the order of application.
        key: by which a :class:`Ref` of another node means this one.
        rank: its place among the nodes of a plan; what it refers to has a lower one.
    """

    resource: Resource
    current: Mapping[str, Any] | None
    desired: Mapping[str, Any] | None
    match: Mapping[str, Any] = field(default_factory=dict)
    derived: Mapping[str, Any] = field(default_factory=dict)
    force: Sequence[str] = ()
    clear: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Setting] = field(default_factory=dict)
    collections: Mapping[str, Collection] = field(default_factory=dict)
    key: str = ""
    rank: int = 0

    @property
    def handle(self) -> str:
        """What names the object in paths; empty if it does not exist yet."""
        return str((self.current or {}).get(self.resource.handle) or "")


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
        settled: whether the object has to have settled before.
        node: position of its node in the plan.
        rank: that of its node.
        place: position of its slot in its node.
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
    settled: bool = False
    node: int = 0
    rank: int = 0
    place: int = 0

    @property
    def batch(self) -> tuple[bool, int, int, int, str]:
        """Where it stands in the order; changes with the same value may run at once."""
        removes = self.stage >= REMOVE
        return removes, -self.rank if removes else self.rank, self.stage, self.place, self.slot

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
    """Changes in order; and for each node its key, the object before (None: not there) and after (None: gone)."""

    changes: tuple[Change, ...]
    nodes: tuple[Node, ...]
    before: tuple[Record | None, ...]
    after: tuple[Record | None, ...]


def differing(
    current: Mapping[str, Any],
    desired: Mapping[str, Any],
    write_only: Sequence[str] = (),
    force: Sequence[str] = (),
) -> Record:
    """Return the wanted fields that are not so; write-only and forced fields always count as different."""
    return {
        name: value
        for name, value in desired.items()
        if name in write_only or name in force or not same(current.get(name), value)
    }


def plan(*nodes: Node) -> Plan:
    """Return what has to be done to make all ``nodes`` as desired.

    Additions come before removals, so that nothing that stays needed is ever missing; only where a limit leaves no room
    are just as many removals made first as room is needed.

    Raises:
        AmbiguousError: a wanted member matches more than one.
        InvalidInputError: two wanted members are the same one, or the members would not fit.
    """
    changes: list[Change] = []
    afters: list[Record | None] = []
    for number, node in enumerate(nodes):
        draft = _Draft(node, number)
        afters.append(draft.after())
        changes += draft.changes
    changes.sort(key=lambda change: change.batch)
    return Plan(tuple(changes), nodes, tuple(map(_before, nodes)), tuple(afters))


def _shown(resource: Resource, record: Mapping[str, Any]) -> Record:
    """Return a record without what must not be shown, and without what is not known yet."""
    return {
        name: None if isinstance(value, Ref) else value
        for name, value in record.items()
        if name not in resource.write_only
    }


def _before(node: Node) -> Record | None:
    if node.current is None:
        return None
    before = _shown(node.resource, node.current)
    before.update({slot: _shown(setting.resource, setting.current) for slot, setting in node.settings.items()})
    before.update(
        {slot: [_shown(part.resource, member) for member in part.current] for slot, part in node.collections.items()}
    )
    return before


class _Draft:
    """The changes of one node, while they are being found."""

    def __init__(self, node: Node, number: int) -> None:
        self.node, self.number = node, number
        self.changes: list[Change] = []
        self.places = {slot: place for place, slot in enumerate((ROOT, *node.settings, *node.collections))}

    def add(self, action: str, resource: Resource, slot: str, name: str, stage: int, **rest: Any) -> None:
        place = self.places[slot]
        change = Change(action, resource, slot, name, stage, node=self.number, rank=self.node.rank, place=place, **rest)
        self.changes.append(change)

    def after(self) -> Record | None:
        """Find the changes, and return the object as it will be."""
        node = self.node
        if node.desired is None:
            if node.current is not None:
                self._drop(node.current)
            return None
        after = self._root(node.desired)
        for slot, setting in node.settings.items():
            wanted = differing(setting.current, setting.desired, setting.resource.write_only)
            after[slot] = _shown(setting.resource, {**setting.current, **setting.desired})
            if wanted:
                self.add("update", setting.resource, slot, slot, SETTINGS, values=wanted)
        for slot, collection in node.collections.items():
            after[slot] = self._members(slot, collection)
        return after

    def _name(self, record: Mapping[str, Any]) -> str:
        names = [record.get(name) for name in self.node.resource.identity]
        return str(next((name for name in names if name), None) or record.get(self.node.resource.handle) or "")

    def _drop(self, current: Mapping[str, Any]) -> None:
        node, name = self.node, self._name(current)
        wanted = differing(current, node.clear)
        if wanted:
            self.add("update", node.resource, ROOT, name, ROOT_STAGE, sid=node.handle, values=wanted)
        self.add("delete", node.resource, ROOT, name, DROP_ROOT, sid=node.handle, settled=bool(node.clear))

    def _root(self, desired: Mapping[str, Any]) -> Record:
        """Add the change of the object itself, and return it as it will be, without what belongs to it."""
        node, resource = self.node, self.node.resource
        if node.current is None:
            values = {name: value for name, value in desired.items() if value not in (None, "")}
            after = {**dict.fromkeys(resource.fields), **resource.defaults, **node.derived, **desired}
            self.add("create", resource, ROOT, self._name(after), ROOT_STAGE, values=values, match=node.match or values)
            return _shown(resource, after)
        changeable = {name: value for name, value in desired.items() if name not in resource.create_only}
        wanted = differing(node.current, changeable, resource.write_only, node.force)
        after = {**node.current, **(node.derived if wanted else {}), **wanted}
        if wanted:
            self.add("update", resource, ROOT, self._name(node.current), ROOT_STAGE, sid=node.handle, values=wanted)
        return _shown(resource, after)

    def _members(self, slot: str, collection: Collection) -> list[Record]:
        """Add the changes of one collection, and return its members as they will be."""
        resource = collection.resource
        pairs = _pair(collection)
        kept, removals = _sort_out(collection, pairs)
        after: list[Record] = [_shown(resource, member) for member in kept]
        position = {id(member): index for index, member in enumerate(kept)}
        additions = 0
        for item, member in zip(collection.desired, pairs):
            if item.absent:
                continue
            if member is None:
                values = {**item.defaults, **item.values, **item.match}
                self.add("create", resource, slot, item.name, ADD, index=len(after), values=values, match=item.match)
                after.append(_shown(resource, {resource.handle: None, **values, **item.known}))
                additions += 1
                continue
            wanted = differing(member, item.values, resource.write_only)
            if wanted:
                index, sid = position[id(member)], str(member[resource.handle])
                after[index].update(_shown(resource, wanted))
                sent = {name: member[name] for name in resource.updatable} | wanted if resource.bulk else wanted
                self.add("update", resource, slot, item.name, CHANGE, sid=sid, index=index, values=sent)
        if resource.limit is not None and len(after) > resource.limit:
            owner, dot, option = collection.option.rpartition(".")
            raise InvalidInputError(
                collection.option,
                f"{len(after)} members",
                f"are more than the {resource.limit} that fit; list fewer, or set {owner}{dot}purge_{option} to true "
                "to remove those that are not listed.",
            )
        crowded = max(0, len(collection.current) + additions - resource.limit) if resource.limit else 0
        for number, member in enumerate(removals):
            stage = MAKE_ROOM if number < crowded else REMOVE
            name, sid = _member_name(resource, member), str(member[resource.handle])
            self.add("delete", resource, slot, name, stage, sid=sid, parent=collection.parent)
        return after


def _sort_out(collection: Collection, pairs: Sequence[Record | None]) -> tuple[list[Record], list[Record]]:
    """Return the members that stay and those that go, each in their order."""
    wanted: set[int] = set()
    unwanted: set[int] = set()
    for item, member in zip(collection.desired, pairs):
        (unwanted if item.absent else wanted).add(id(member))
    kept: list[Record] = []
    removals: list[Record] = []
    for member in collection.current:
        goes = id(member) in unwanted or (collection.purge and id(member) not in wanted)
        (removals if goes else kept).append(member)
    return kept, removals


def _member_name(resource: Resource, member: Mapping[str, Any]) -> str:
    names = [member.get(name) for name in (*resource.read_only, *resource.identity)]
    return str(next(filter(None, names), member[resource.handle]))


def _pair(collection: Collection) -> list[Record | None]:
    """Return for each wanted member the one there is, or None."""
    pairs: list[Record | None] = []
    taken: set[int] = set()
    earlier: set[tuple[tuple[str, Any], ...]] = set()
    known = _Index(collection.current)
    for number, item in enumerate(collection.desired):
        option = f"{collection.option}[{number}]"
        found = known.find(item.match)
        if len(found) > 1:
            sids = (str(member[collection.resource.handle]) for member in found)
            raise AmbiguousError(collection.resource.label, item.name, sids)
        if found and id(found[0]) in taken:
            raise InvalidInputError(option, item.name, "is the same object as an earlier entry; list it once.")
        match = tuple(sorted(item.match.items()))
        if match in earlier:
            raise InvalidInputError(option, item.name, "is listed twice; list it once.")
        earlier.add(match)
        taken.update(map(id, found))
        pairs.append(found[0] if found else None)
    return pairs


class _Index:
    """Members by the values that identify them, so that a thousand are paired without a million comparisons."""

    def __init__(self, members: Sequence[Record]) -> None:
        self._members = members
        self._by: dict[tuple[str, ...], dict[tuple[Any, ...], list[Record]]] = {}

    def find(self, match: Mapping[str, Any]) -> list[Record]:
        """Return the members that have all the values."""
        names = tuple(sorted(match))
        if names not in self._by:
            table: dict[tuple[Any, ...], list[Record]] = {}
            for member in self._members:
                table.setdefault(tuple(map(_comparable, map(member.get, names))), []).append(member)
            self._by[names] = table
        return self._by[names].get(tuple(_comparable(match[name]) for name in names), [])


def _comparable(value: object) -> tuple[str, object]:
    """Return what two values share exactly if :func:`same` holds for them."""
    return ("", "") if value in (None, "") else ("bool" if isinstance(value, bool) else "", value)
