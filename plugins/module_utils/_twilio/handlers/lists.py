# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What access lists and credential lists share: a name, and members that are added and removed one by one. Private."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Callable

from ..directory import Kind
from ..module import Task
from ..plan import Collection, Item, Node
from ..resource import Record, Resource
from .named import find_named, select_named


@dataclass(frozen=True)
class MemberList:
    """A kind of list.

    Attributes:
        kind: how such lists are referred to.
        members: what a member is.
        option: the option that holds the members, and their key in results; ``purge_`` before it says what happens to
            the members it leaves out.
    """

    kind: Kind
    members: Resource
    option: str

    def current(self, task: Task, entry: Mapping[str, Any], prefix: str = "") -> Record | None:
        """Return the list that the options identify, None if there is none."""
        return find_named(task, self.kind, entry, prefix)

    def needs(self, entry: Mapping[str, Any], current: Mapping[str, Any] | None) -> list[tuple[Resource, str]]:
        """Return the member lists that :meth:`node` will ask for, with the SID of what they belong to."""
        if current is None or entry["state"] == "absent" or entry[self.option] is None:
            return []
        return [(self.members, str(current["sid"]))]

    def node(
        self,
        task: Task,
        entry: Mapping[str, Any],
        current: Mapping[str, Any] | None,
        items: Callable[[Sequence[Record]], Sequence[Item]],
        *,
        prefix: str = "",
        key: str = "",
    ) -> Node:
        """Return the list with its members as it should be.

        Args:
            task: for the members that are there.
            entry: the options.
            current: the list as it is, None if there is none.
            items: returns the wanted members, given those that are there.
            prefix: what precedes every option's name in errors.
            key: of the node.
        """
        if entry["state"] == "absent":
            return Node(self.kind.resource, current, None, key=key)
        collections = {}
        if entry[self.option] is not None:
            there = task.directory.members(self.members, str(current["sid"]) if current else "")
            purge = bool(entry[f"purge_{self.option}"])
            collections[self.option] = Collection(self.members, there, items(there), purge, f"{prefix}{self.option}")
        desired = {} if entry["friendly_name"] is None else {"friendly_name": entry["friendly_name"]}
        return Node(
            self.kind.resource,
            current,
            desired,
            match=desired,
            derived={"account_sid": task.params["account_sid"]},
            collections=collections,
            key=key,
        )

    def select(self, task: Task, with_members: bool) -> list[Record]:
        """Return the lists that the options of an ``_info`` module select, with their members if they are wanted."""
        records = select_named(task, self.kind)
        if with_members:
            read = task.directory.prefetch([(self.members, str(record["sid"])) for record in records])
            for record, members in zip(records, read):
                record[self.option] = sorted(members, key=self.members.order)
        return records
