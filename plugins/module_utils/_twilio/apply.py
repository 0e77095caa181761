# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making a plan's changes, in order, several at once where they do not depend on each other. Private."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import groupby
from typing import Any

from .api import Api
from .errors import ApplyFailedError, TwilioError
from .plan import ROOT, Change, Plan
from .resources import Record


def apply(plan: Plan, api: Api, concurrency: int) -> Record | None:
    """Make the changes and return the object as Twilio now has it, None if it is gone.

    Args:
        plan: what to do.
        api: what does it.
        concurrency: how many requests may run at once.

    Raises:
        ApplyFailedError: a change failed; it says which changes were made. Nothing later in the order was begun.
    """
    after = copy.deepcopy(plan.after)
    parent = str((plan.before or {}).get("sid") or "")
    applied: list[dict[str, Any]] = []
    for _key, batch in groupby(plan.changes, key=lambda change: (change.stage, change.slot)):
        for change, record in _run(list(batch), api, parent, concurrency, applied):
            if change.slot == ROOT:
                parent = str(record.get("sid") or parent)
            _enter(after, change, record)
    return after


def _run(
    batch: Sequence[Change], api: Api, parent: str, concurrency: int, applied: list[dict[str, Any]]
) -> list[tuple[Change, Record]]:
    """Make independent changes; after a failure begin no other, but wait for those under way and note them."""
    done: list[tuple[Change, Record]] = []
    failed: list[tuple[Change, TwilioError]] = []

    def note(change: Change, outcome: Callable[[], Record]) -> None:
        try:
            record = outcome()
        except TwilioError as error:
            failed.append((change, error))
        else:
            done.append((change, record))
            applied.append(dict(change.report(), sid=record.get("sid") or change.sid or None))

    workers = min(concurrency, len(batch))
    if workers <= 1:
        for change in batch:
            if not failed:
                note(change, partial(_make, change, api, parent))
    else:
        waiting = list(batch)
        with ThreadPoolExecutor(max_workers=workers) as pool:
            while waiting and not failed:
                wave, waiting = waiting[:workers], waiting[workers:]
                futures = [(change, pool.submit(_make, change, api, parent)) for change in wave]
                for change, future in futures:
                    note(change, future.result)
    if failed:
        change, error = failed[0]
        raise ApplyFailedError(error, change.report(), applied) from error
    return done


def _make(change: Change, api: Api, parent: str) -> Record:
    """Make one change and return what Twilio says the object is now (nothing for a deletion)."""
    owner = change.parent or ("" if change.slot == ROOT else parent)
    if change.action == "create":
        return api.create(change.resource, change.values, change.match, owner)
    if change.action == "update":
        return api.update(change.resource, change.sid, change.values, owner)
    api.delete(change.resource, change.sid, owner)
    return {}


def _enter(after: Record | None, change: Change, record: Record) -> None:
    """Put Twilio's answer where the prediction was."""
    if after is None or change.action == "delete":
        return
    shown = {name: value for name, value in record.items() if name not in change.resource.write_only}
    if change.slot == ROOT:
        after.update(shown)
    elif change.index >= 0:
        after[change.slot][change.index].update(shown)
    else:
        after[change.slot].update(shown)
