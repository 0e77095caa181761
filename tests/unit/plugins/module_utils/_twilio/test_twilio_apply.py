# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Applying: order, concurrency, and the truth about what was done when something fails."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.apply import apply
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.catalog.trunking import ORIGINATION_URL, TRUNK
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.errors import ApiError, ApplyFailedError
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.plan import Collection, Item, Node, Plan, Ref, plan
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.resource import Record, Resource

SID = "TK" + "a" * 32
DEFAULTS = {"priority": 10, "weight": 10, "enabled": True}


class FakeApi:
    """Answers like Api, notes what was asked, fails where told, and can hold requests until several are under way."""

    def __init__(self, fail: str = "", together: int = 0) -> None:
        self.fail = fail
        self.calls: list[tuple[str, str, str]] = []
        self.lock = threading.Lock()
        self.barrier = threading.Barrier(together) if together else None
        self.running = self.peak = 0

    def _call(self, verb: str, name: str, parent: str) -> None:
        with self.lock:
            self.calls.append((verb, name, parent))
            self.running += 1
            self.peak = max(self.peak, self.running)
        try:
            if self.barrier and parent:
                self.barrier.wait(10)
            if name == self.fail:
                raise ApiError("POST", "https://x", 400, 21245, message="no")
        finally:
            with self.lock:
                self.running -= 1

    def create(self, resource: Resource, values: Record, match: Record, parent: str = "") -> Record:
        assert match.items() <= values.items()
        self._call("create", str(values.get("friendly_name")), parent)
        return {"sid": SID if resource is TRUNK else f"OU-{values['friendly_name']}", **values, "extra": "from Twilio"}

    def update(self, resource: Resource, sid: str, values: Record, parent: str = "") -> Record:
        assert resource.updatable
        self._call("update", sid, parent)
        return {"sid": sid, **values}

    def delete(self, resource: Resource, sid: str, parent: str = "") -> None:
        assert resource.identity
        self._call("delete", sid, parent)


def a_plan(*names: str, current: Record | None = None, members: tuple[Record, ...] = ()) -> Plan:
    items = [Item({"friendly_name": name}, {"sip_url": f"sip:{name}"}, DEFAULTS) for name in names]
    urls = Collection(ORIGINATION_URL, members, items, True, "origination_urls")
    return plan(Node(TRUNK, current, {"friendly_name": "hq"}, collections={"origination_urls": urls}))


def run(made: Plan, api: FakeApi, concurrency: int = 4) -> Any:
    """Apply a plan for one object and return that object."""
    return run_all(made, api, concurrency)[0]


def run_all(made: Plan, api: FakeApi, concurrency: int = 4, **rest: Any) -> list[Any]:
    return apply(made, api, concurrency, **rest)  # type: ignore[arg-type]


def test_children_go_to_the_new_parent_and_answers_replace_predictions() -> None:
    api = FakeApi()
    made = a_plan("a")
    after = run(made, api)
    assert api.calls == [("create", "hq", ""), ("create", "a", SID)]
    assert (after["sid"], after["extra"]) == (SID, "from Twilio")
    assert after["origination_urls"][0]["sid"] == "OU-a"
    assert made.after[0] is not None
    assert made.after[0]["sid"] is None, "the plan itself stays as it was"


def test_independent_changes_run_at_once_but_not_more_than_allowed() -> None:
    api = FakeApi(together=3)
    run(a_plan("a", "b", "c", "d", "e", "f"), api, concurrency=3)
    assert api.peak == 3
    assert len(api.calls) == 7


def test_one_at_a_time_keeps_the_order() -> None:
    api = FakeApi()
    old = {"sid": "OU-old", "friendly_name": "old", "sip_url": "sip:old"}
    run(a_plan("b", "a", current={"sid": SID, "friendly_name": "hq"}, members=(old,)), api, concurrency=1)
    assert api.calls == [("create", "b", SID), ("create", "a", SID), ("delete", "OU-old", SID)]
    assert api.peak == 1


def test_what_was_done_is_reported_when_something_fails() -> None:
    api = FakeApi(fail="b")
    with pytest.raises(ApplyFailedError) as failed:
        run(a_plan("a", "b", "c", "d"), api, concurrency=1)
    error = failed.value
    assert [change["name"] for change in error.applied] == ["hq", "a"]
    assert error.applied[1]["sid"] == "OU-a"
    assert error.failed["name"] == "b"
    assert [change["name"] for change in error.failure()["remaining"]] == ["c", "d"]
    assert error.failure()["code"] == 21245
    assert str(error).endswith("2 changes had already been made, 2 more had not.")
    assert {name for _verb, name, _parent in api.calls} == {"hq", "a", "b"}, "nothing is begun after a failure"


def test_what_was_under_way_when_something_failed_is_reported_too() -> None:
    api = FakeApi(fail="u3")
    names = [f"u{number}" for number in range(10)]
    with pytest.raises(ApplyFailedError) as failed:
        run(a_plan(*names), api, concurrency=4)
    done = {change["name"] for change in failed.value.applied}
    assert done == {name for __, name, __ in api.calls} - {"u3"}


def test_a_first_change_that_fails_leaves_nothing() -> None:
    with pytest.raises(ApplyFailedError, match=r"Could not create trunk 'hq'.*No other change had been made") as failed:
        run(a_plan("a"), FakeApi(fail="hq"))
    assert failed.value.failure()["applied"] == []


def test_deleting_leaves_nothing() -> None:
    api = FakeApi()
    assert run(plan(Node(TRUNK, {"sid": SID, "friendly_name": "hq"}, None)), api) is None
    assert api.calls == [("delete", SID, "")]


def test_an_empty_plan_asks_nothing() -> None:
    api = FakeApi()
    assert run(plan(Node(TRUNK, {"sid": SID}, {})), api) == {"sid": SID}
    assert api.calls == []


def node(key: str, rank: int, desired: Record | None, *items: Item, current: Record | None = None) -> Node:
    members = Collection(ORIGINATION_URL, [], items, False, "origination_urls")
    return Node(TRUNK, current, desired, collections={"origination_urls": members}, key=key, rank=rank)


def test_what_is_referred_to_is_built_first_and_its_sid_put_in() -> None:
    api = FakeApi()
    user = node("user", 1, {"friendly_name": Ref("used", "used")}, Item({"friendly_name": Ref("used", "used")}))
    used = node("used", 0, {"friendly_name": "used"})
    made = plan(user, used)
    assert [change.node for change in made.changes] == [1, 0, 0]
    assert made.after[0] is not None
    assert made.after[0]["friendly_name"] is None, "in a prediction it is not known yet"
    after = run_all(made, api)
    assert api.calls == [("create", "used", ""), ("create", SID, ""), ("create", SID, SID)]
    assert after[0]["friendly_name"] == SID


def test_what_is_referred_to_goes_last() -> None:
    api = FakeApi()
    used = Node(TRUNK, {"sid": "used"}, None, rank=0)
    user = Node(TRUNK, {"sid": "user"}, None, rank=1)
    new = Node(TRUNK, None, {"friendly_name": "new"}, rank=5)
    assert [record and record["sid"] for record in run_all(plan(used, user, new), api)] == [None, None, SID]
    assert api.calls == [("create", "new", ""), ("delete", "user", ""), ("delete", "used", "")]


def test_every_change_is_told_once_and_the_last_one_is_all() -> None:
    told: list[tuple[int, int, str]] = []
    run_all(
        a_plan("a", "b", "c"), FakeApi(), progress=lambda made, total, change: told.append((made, total, change.slot))
    )
    assert told == [(1, 4, ""), *((made, 4, "origination_urls") for made in (2, 3, 4))]
