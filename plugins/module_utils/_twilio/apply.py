# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making a plan's changes, in order, several at once where they do not depend on each other. Private."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from itertools import groupby
from typing import Any

from .api import Api
from .errors import ApplyFailedError, TwilioError
from .plan import ROOT, Change, Plan, Ref
from .resource import Record

Progress = Callable[[int, int, Change], None]  # changes made so far, changes in all, the last one made


def apply(
    plan: Plan, api: Api, concurrency: int, progress: Progress = lambda *__: None, patience: float = 60.0
) -> list[Record | None]:
    """Make the changes and return the objects as Twilio now has them, None for one that is gone.

    Args:
        plan: what to do.
        api: what does it.
        concurrency: how many requests may run at once.
        progress: told about every change that was made, by the thread that called this function.
        patience: seconds to wait for an object that has to settle before the next step.

    Raises:
        ApplyFailedError: a change failed; it says which changes were made and which were not. Nothing later in the
            order was begun.
    """
    work = _Work(plan, api, progress, patience)
    for __, group in groupby(plan.changes, key=lambda change: change.batch):
        batch = list(group)
        if batch[0].resource.bulk and batch[0].action == "update":
            work.at_once(batch)
        else:
            work.run(batch, concurrency)
    return work.after


class _Work:
    """What has been done of a plan so far."""

    def __init__(self, plan: Plan, api: Api, progress: Progress, patience: float) -> None:
        self.after = copy.deepcopy([*plan.after])
        self._api, self._progress, self._patience = api, progress, patience
        self._changes = plan.changes
        self._made: set[int] = set()  # by identity: changes may be equal
        self._sids = [node.handle for node in plan.nodes]
        self._keys = {node.key: number for number, node in enumerate(plan.nodes) if node.key}
        self._applied: list[dict[str, Any]] = []

    def run(self, batch: Sequence[Change], concurrency: int) -> None:
        """Make independent changes; after a failure begin no other, but wait for those under way and note them."""
        self._settle(batch)
        workers = min(concurrency, len(batch))
        failed: list[tuple[Change, TwilioError]] = []
        if workers <= 1:
            for change in batch:
                if not failed:
                    self._note(change, lambda change=change: self._make(change), failed)  # type: ignore[misc]
        else:
            waiting = [*reversed(batch)]
            under_way: dict[Future[Record], Change] = {}
            with ThreadPoolExecutor(max_workers=workers) as pool:
                while under_way or (waiting and not failed):
                    while waiting and not failed and len(under_way) < workers:
                        following = waiting.pop()
                        under_way[pool.submit(self._make, following)] = following
                    for future in wait(under_way, return_when=FIRST_COMPLETED).done:
                        self._note(under_way.pop(future), future.result, failed)
        self._stop_at(failed)

    def at_once(self, batch: Sequence[Change]) -> None:
        """Make changes that one request makes together."""
        resource = batch[0].resource
        members = [{resource.handle: change.sid, **change.values} for change in batch]
        failed: list[tuple[Change, TwilioError]] = []
        try:
            self._api.update_together(resource, members)
        except TwilioError as error:
            failed.append((batch[0], error))
        else:
            for change, member in zip(batch, members):
                self._note(change, lambda member=member: member, failed)  # type: ignore[misc]
        self._stop_at(failed)

    def _note(self, change: Change, outcome: Callable[[], Record], failed: list[tuple[Change, TwilioError]]) -> None:
        try:
            record = outcome()
        except TwilioError as error:
            failed.append((change, error))
            return
        handle = record.get(change.resource.handle) or change.sid
        if change.slot == ROOT:
            self._sids[change.node] = str(handle)
        self._enter(change, record)
        self._applied.append(dict(change.report(), sid=handle or None))
        self._made.add(id(change))
        self._progress(len(self._applied), len(self._changes), change)

    def _stop_at(self, failed: Sequence[tuple[Change, TwilioError]]) -> None:
        if failed:
            change, error = failed[0]
            rest = [other.report() for other in self._changes if other is not change and id(other) not in self._made]
            raise ApplyFailedError(error, change.report(), self._applied, rest) from error

    def _settle(self, batch: Sequence[Change]) -> None:
        """Wait for what has to have settled before the changes."""
        unsettled = [change for change in batch if change.settled]
        if unsettled:
            try:
                self._api.settle(unsettled[0].resource, [change.sid for change in unsettled], self._patience)
            except TwilioError as error:
                self._stop_at([(unsettled[0], error)])

    def _resolve(self, values: Mapping[str, Any]) -> Record:
        """Put SIDs where the plan refers to objects that are there by now."""
        return {
            name: self._sids[self._keys[value.key]] if isinstance(value, Ref) else value
            for name, value in values.items()
        }

    def _make(self, change: Change) -> Record:
        """Make one change and return what Twilio says the object is now (nothing for a deletion)."""
        owner = change.parent or ("" if change.slot == ROOT else self._sids[change.node])
        values = self._resolve(change.values)
        if change.action == "create":
            return self._api.create(change.resource, values, self._resolve(change.match), owner)
        if change.action == "update":
            return self._api.update(change.resource, change.sid, values, owner)
        self._api.delete(change.resource, change.sid, owner)
        return {}

    def _enter(self, change: Change, record: Record) -> None:
        """Put Twilio's answer where the prediction was."""
        after = self.after[change.node]
        if after is None or change.action == "delete":
            return
        shown = {name: value for name, value in record.items() if name not in change.resource.write_only}
        if change.slot == ROOT:
            after.update(shown)
        elif change.index >= 0:
            after[change.slot][change.index].update(shown)
        else:
            after[change.slot].update(shown)
