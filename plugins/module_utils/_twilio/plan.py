# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what is and what should be to an ordered list of changes. Pure: no input, no output. Private."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .errors import AmbiguousError, InvalidInputError
from .nodes import (
    ADD,
    ADD_LAST,
    CHANGE,
    DROP_ROOT,
    FILL,
    MAKE_LAST_ROOM,
    MAKE_ROOM,
    REMOVE,
    ROOT,
    ROOT_STAGE,
    SETTINGS,
    SETTLED_ROOT,
    START,
    Change,
    Collection,
    Item,
    Node,
    Plan,
    Ref,
    Setting,
)
from .resource import Record, Resource, same

__all__ = ["ROOT", "Change", "Collection", "Item", "Node", "Plan", "Ref", "Setting", "plan"]


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
        shown = {**(node.current or {}), **node.match, **{n: v for n, v in (node.desired or {}).items() if v}}
        self.owner = f"{node.resource.label} {self._name(shown)}".strip() if node.key else ""

    def add(self, action: str, resource: Resource, slot: str, name: str, stage: int, **rest: Any) -> None:
        rest.update(node=self.number, rank=self.node.rank, place=self.places[slot], owner=self.owner)
        self.changes.append(Change(action, resource, slot, name, stage, **rest))

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
        fallback = self.node.resource.label if self.node.resource.singleton else ""
        return str(next((name for name in names if name), None) or record.get(self.node.resource.handle) or fallback)

    def _drop(self, current: Mapping[str, Any]) -> None:
        node, name = self.node, self._name(current)
        self._clear(current, name)
        self.add("delete", node.resource, ROOT, name, DROP_ROOT, sid=node.handle, settled=bool(node.clear))

    def _clear(self, current: Mapping[str, Any], name: str) -> None:
        """Add the change that has to have settled before others."""
        wanted = differing(current, self.node.clear)
        if wanted:
            self.add("update", self.node.resource, ROOT, name, ROOT_STAGE, sid=self.node.handle, values=wanted)

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
            name, waits = self._name(node.current), bool(node.clear)
            self._clear(node.current, name)
            stage = SETTLED_ROOT if waits else ROOT_STAGE
            self.add("update", resource, ROOT, name, stage, sid=node.handle, values=wanted, settled=waits)
        return _shown(resource, after)

    def _members(self, slot: str, collection: Collection) -> list[Record]:
        """Add the changes of one collection, and return its members as they will be."""
        resource = collection.resource
        pairs = _pair(collection)
        kept, removals = _sort_out(collection, pairs)
        after: list[Record] = [_shown(resource, member) for member in kept]
        position = {id(member): index for index, member in enumerate(kept)}
        additions: list[tuple[Item, Record, int]] = []
        for item, member in zip(collection.desired, pairs):
            if item.absent:
                continue
            if member is None:
                values = {**item.defaults, **item.values, **item.match}
                additions.append((item, values, len(after)))
                after.append(_shown(resource, {resource.handle: None, **values, **item.known}))
                continue
            wanted = differing(member, item.values, resource.write_only)
            if wanted:
                index, sid = position[id(member)], str(member[resource.handle])
                after[index].update(_shown(resource, wanted))
                sent = {name: member[name] for name in resource.updatable} | wanted if resource.bulk else wanted
                stage = START if resource.serving and wanted.get(resource.serving) else CHANGE
                self.add("update", resource, slot, item.name, stage, sid=sid, index=index, values=sent)
        if resource.limit is not None and len(after) > resource.limit:
            owner, dot, option = collection.option.rpartition(".")
            raise InvalidInputError(
                collection.option,
                f"{len(after)} members",
                f"are more than the {resource.limit} that fit; list fewer, or set {owner}{dot}purge_{option} to true "
                "to remove those that are not listed.",
            )
        room = len(additions) if resource.limit is None else resource.limit - len(collection.current)
        crowded = max(0, len(additions) - room)
        if crowded and resource.serving:  # those in use go last and come first
            removals.sort(key=lambda member: bool(member.get(resource.serving)))
            additions.sort(key=lambda addition: not addition[1].get(resource.serving))
        # If nothing fits before something goes, the last member goes when the others are there.
        full = room == 0 and crowded > 1
        held = 1 if full and _interrupts(resource, after, kept, removals[crowded:], additions) else 0
        for number, (item, values, index) in enumerate(additions):
            stage = FILL if crowded and number < room else ADD_LAST if number >= len(additions) - held else ADD
            self.add("create", resource, slot, item.name, stage, index=index, values=values, match=item.match)
        for number, member in enumerate(removals):
            stage = MAKE_ROOM if number < crowded - held else MAKE_LAST_ROOM if number < crowded else REMOVE
            name, sid = _member_name(resource, member), str(member[resource.handle])
            self.add("delete", resource, slot, name, stage, sid=sid, parent=collection.parent)
        return after


def _interrupts(
    resource: Resource,
    after: Sequence[Record],
    kept: Sequence[Record],
    spared: Sequence[Record],
    additions: Sequence[tuple[Item, Record, int]],
) -> bool:
    """Return whether no member would be in use once room was made, although one of the new ones then is.

    Args:
        resource: what the members are.
        after: the members as they will be, first those that are kept.
        kept: those that are kept, as they are.
        spared: those that go only when the new ones are there.
        additions: the new ones.
    """
    if not resource.serving:
        return False
    staying = any(now[resource.serving] or then[resource.serving] for now, then in zip(kept, after))
    return (
        not staying
        and not any(member[resource.serving] for member in spared)
        and any(values[resource.serving] for __, values, __index in additions)
    )


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
