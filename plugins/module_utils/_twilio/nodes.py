# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a plan is made from, and what it is made of: data without behaviour. Private."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .resource import Record, Resource

ROOT = ""  # the slot of the object itself; other slots are names of settings and collections

# The order of changes. What builds comes before what takes away, over all objects; objects of a lower rank are built
# first and taken away last, because others refer to them. Changes of one stage, rank and slot do not depend on each
# other and may run at once. A full list changes in two steps if it would be without a member in use in between.
(
    ROOT_STAGE,
    SETTLED_ROOT,  # what has to wait until the object has settled
    START,  # members come into use
    SETTINGS,
    FILL,  # as many new members as there is room for, if there is not enough for all
    MAKE_ROOM,
    ADD,
    MAKE_LAST_ROOM,
    ADD_LAST,
    CHANGE,
    REMOVE,
    DROP_ROOT,
) = range(12)


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
        """What people call it."""
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
        clear: fields that have to be so before it can be deleted or changed; that waits until this has settled.
        settings, collections: what belongs to it, by slot, in the order of application.
        key: by which a :class:`Ref` of another node means this one; with it each change says what it belongs to.
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
        owner: the object it belongs to, as people call it; empty in a plan for one object.
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
    owner: str = ""

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
            **({"object": self.owner} if self.owner else {}),
        }


@dataclass(frozen=True)
class Plan:
    """Changes in order; and for each node its key, the object before (None: not there) and after (None: gone)."""

    changes: tuple[Change, ...]
    nodes: tuple[Node, ...]
    before: tuple[Record | None, ...]
    after: tuple[Record | None, ...]
