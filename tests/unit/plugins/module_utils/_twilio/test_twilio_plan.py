# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan: applying it gives what is wanted, twice is once, and nothing needed is ever missing on the way."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.catalog.trunking import (
    ORIGINATION_URL,
    RECORDING,
    TRUNK,
    TRUNK_NUMBER,
)
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.errors import AmbiguousError, InvalidInputError
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.plan import (
    Change,
    Collection,
    Item,
    Node,
    Plan,
    Setting,
    plan,
)
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.resource import Record, Resource

SID = "TK" + "a" * 32
CREDENTIAL = Resource(
    label="credential", product="api", path="/x", key="x", wire={"username": "Username", "password": "Password"},
    identity=("username",), create_only=("username",), updatable=("password",), write_only=("password",),
)  # fmt: skip


def member(name: str, **values: Any) -> Record:
    return {"sid": f"OU-{name}", "friendly_name": name, "sip_url": f"sip:{name}", "priority": 10, "weight": 10,
            "enabled": True, **values}  # fmt: skip


def wanted(name: str, **values: Any) -> Item:
    return Item(
        {"friendly_name": name}, {"sip_url": f"sip:{name}", **values}, {"priority": 10, "weight": 10, "enabled": True}
    )


def urls(current: Sequence[Record], desired: Sequence[Item], purge: bool = False) -> Collection:
    return Collection(ORIGINATION_URL, current, desired, purge, "origination_urls")


def trunk(**values: Any) -> Record:
    return {"sid": SID, "friendly_name": "hq", "domain_name": "", "secure": False, **values}


def perform(state: Record | None, changes: Sequence[Change]) -> Record | None:
    """Do to a plain dictionary what the changes would do to Twilio."""
    state = copy.deepcopy(state)
    for number, change in enumerate(changes):
        if change.slot == "":
            if change.action == "delete":
                return None
            state = {**TRUNK.defaults, "sid": SID} if state is None else state
            state.update(change.values)
            continue
        assert state is not None
        if change.sid == "" and change.action == "update":
            state[change.slot] = {**state.get(change.slot, {}), **change.values}
            continue
        members: list[Record] = state.setdefault(change.slot, [])
        if change.action == "create":
            members.append({"sid": f"new-{number}", **change.values})
        elif change.action == "update":
            next(m for m in members if m["sid"] == change.sid).update(change.values)
        else:
            members.remove(next(m for m in members if m["sid"] == change.sid))
    return state


NAMES = st.sampled_from(list("abcdefghijkl"))
VALUES = st.fixed_dictionaries(
    {}, optional={"priority": st.integers(0, 3), "weight": st.integers(1, 3), "enabled": st.booleans()}
)
CURRENT = st.dictionaries(NAMES, VALUES, max_size=10).map(lambda d: [member(n, **v) for n, v in d.items()])
DESIRED = st.dictionaries(NAMES, VALUES, max_size=10).map(lambda d: [wanted(n, **v) for n, v in d.items()])
ATTRIBUTES = st.fixed_dictionaries(
    {},
    optional={
        "friendly_name": st.sampled_from(["hq", "x"]),
        "secure": st.booleans(),
        "domain_name": st.sampled_from(["", "d"]),
    },
)
RECORDINGS = st.fixed_dictionaries({}, optional={"mode": st.sampled_from("ab"), "trim": st.sampled_from("cd")})


def build(current: Record | None, attributes: Record, recording: Record, items: list[Item], purge: bool) -> Node:
    now = current or {**TRUNK.defaults}
    return Node(
        TRUNK,
        None if current is None else {k: v for k, v in current.items() if k not in ("recording", "origination_urls")},
        attributes,
        match={"friendly_name": "hq"},
        settings={"recording": Setting(RECORDING, now["recording"], recording)},
        collections={"origination_urls": urls((current or {}).get("origination_urls", []), items, purge)},
    )


@settings(deadline=None)
@given(st.booleans(), CURRENT, ATTRIBUTES, RECORDINGS, DESIRED, st.booleans())
def test_applying_a_plan_gives_what_is_wanted_and_the_second_plan_is_empty(  # noqa: PLR0917 - hypothesis
    exists: bool, members: list[Record], attributes: Record, recording: Record, items: list[Item], purge: bool
) -> None:
    current = trunk(recording={"mode": "a", "trim": "c"}, origination_urls=members) if exists else None
    untouched = copy.deepcopy(current)
    members = members if exists else []
    names = {m["friendly_name"] for m in members} | {item.match["friendly_name"] for item in items}
    if not purge and len(names) > 10:
        with pytest.raises(InvalidInputError, match="purge_origination_urls"):
            plan(build(current, attributes, recording, items, purge))
        return
    first = plan(build(current, attributes, recording, items, purge))
    assert current == untouched, "planning must not change its input"
    done = perform(current, first.changes)
    assert done is not None
    for name, value in attributes.items():
        assert done.get(name) == value
    for name, value in recording.items():
        assert done["recording"][name] == value
    by_name = {m["friendly_name"]: m for m in done.get("origination_urls", [])}
    for item in items:
        assert by_name[item.match["friendly_name"]].items() >= {**item.values, **item.match}.items()
    kept = {item.match["friendly_name"] for item in items} | (set() if purge else {m["friendly_name"] for m in members})
    assert set(by_name) == kept
    assert (
        plan(build({"recording": TRUNK.defaults["recording"], **done}, attributes, recording, items, purge)).changes
        == ()
    )
    # What was predicted is what came: everything but the SIDs Twilio gives.
    assert first.after[0] is not None
    predicted = sorted(({**m, "sid": ""} for m in first.after[0]["origination_urls"]), key=str)
    assert predicted == sorted(({**m, "sid": ""} for m in done.get("origination_urls", [])), key=str)
    assert first.after[0]["recording"] == {**(done.get("recording") or {})}
    assert first.before[0] == (None if current is None else untouched)
    # Never more than fit, never fewer than were there and are wanted.
    count = len(members)
    for change in first.changes:
        if change.slot == "origination_urls":
            count += {"create": 1, "delete": -1, "update": 0}[change.action]
            assert count <= 10


@settings(deadline=None)
@given(CURRENT, DESIRED)
def test_additions_precede_removals_unless_there_is_no_room(members: list[Record], items: list[Item]) -> None:
    made = plan(Node(TRUNK, trunk(), {}, collections={"origination_urls": urls(members, items, purge=True)}))
    actions = [change.action for change in made.changes]
    additions, removals = actions.count("create"), actions.count("delete")
    early = max(0, len(members) + additions - 10)
    room, added, removed = 10 - len(members), 0, 0
    for change in made.changes:
        if change.action == "create":
            added += 1
            assert added <= room + removed
        elif change.action == "delete":
            assert removed < early or added == additions, "only as many go first as room is needed"
            assert removed > 0 or added in (additions, room), "and none before all that fit are there"
            removed += 1
        else:
            begins = change.values.get("enabled", False)
            assert (added, removed) == (0, 0) if begins else added == additions
            old = next(m for m in members if m["sid"] == change.sid)
            assert all(value != old[name] for name, value in change.values.items())
    assert removed == removals


NAMED = st.dictionaries(NAMES, st.booleans(), max_size=10)


@settings(deadline=None, max_examples=400)
@given(st.one_of(NAMED, st.dictionaries(NAMES, st.booleans(), min_size=9, max_size=10)), NAMED)
def test_there_is_always_a_place_where_calls_go(before: dict[str, bool], after: dict[str, bool]) -> None:
    members = [member(name, enabled=on) for name, on in before.items()]
    items = [wanted(name, enabled=on) for name, on in after.items()]
    made = plan(Node(TRUNK, trunk(), {}, collections={"origination_urls": urls(members, items, purge=True)}))
    if not any(before.values()) or not any(after.values()):
        return
    added = after.keys() - before.keys()
    # One that makes way for the only new one, and all that stay are out of use: the limit forces a moment without.
    forced = (
        len(before) == 10
        and len(added) == 1
        and not any(on or after[name] for name, on in before.items() if name in after)
        and sum(not on for name, on in before.items() if name not in after) == 0
        and len(before.keys() - after.keys()) == 1
    )
    state: Record | None = trunk(origination_urls=members)
    without = 0
    for change in made.changes:
        state = perform(state, [change])
        assert state is not None
        without += not any(url["enabled"] for url in state["origination_urls"])
    assert without == int(forced), made.changes


def only(made: Plan) -> Change:
    assert len(made.changes) == 1
    return made.changes[0]


def test_absent_deletes_once() -> None:
    made = plan(Node(TRUNK, trunk(), None))
    assert (only(made).action, only(made).sid, made.after[0]) == ("delete", SID, None)
    assert made.before[0] == trunk()
    assert plan(Node(TRUNK, None, None)).changes == ()


def test_creation_predicts_defaults_and_sends_only_what_is_wanted() -> None:
    made = plan(
        Node(TRUNK, None, {"friendly_name": "hq", "domain_name": "", "secure": True}, match={"friendly_name": "hq"})
    )
    assert only(made).values == {"friendly_name": "hq", "secure": True}
    assert made.before[0] is None
    assert made.after[0] is not None
    assert made.after[0]["transfer_mode"] == "disable-all"
    assert made.after[0]["sid"] is None


def test_order_is_object_settings_additions_changes_removals() -> None:
    numbers = Collection(
        TRUNK_NUMBER, [{"sid": "PN1", "phone_number": "+1"}], [Item({"sid": "PN2"})], True, "phone_numbers"
    )
    node = Node(
        TRUNK,
        trunk(),
        {"secure": True},
        settings={"recording": Setting(RECORDING, {"mode": "a"}, {"mode": "b"})},
        collections={
            "origination_urls": urls([member("a"), member("b")], [wanted("b", weight=1), wanted("c")], purge=True),
            "phone_numbers": numbers,
        },
    )
    assert [(change.action, change.slot) for change in plan(node).changes] == [
        ("update", ""),
        ("update", "recording"),
        ("create", "origination_urls"),
        ("create", "phone_numbers"),
        ("update", "origination_urls"),
        ("delete", "origination_urls"),
        ("delete", "phone_numbers"),
    ]


def test_without_purge_nothing_is_removed() -> None:
    made = plan(Node(TRUNK, trunk(), {}, collections={"origination_urls": urls([member("a")], [])}))
    assert made.changes == ()
    assert made.after == made.before


def test_create_only_fields_are_not_sent_to_update() -> None:
    node = Node(CREDENTIAL, {"sid": "CR1", "username": "pbx"}, {"username": "other"})
    assert plan(node).changes == ()


def test_write_only_fields_are_always_sent_and_never_shown() -> None:
    node = Node(CREDENTIAL, {"sid": "CR1", "username": "pbx"}, {"username": "pbx", "password": "s3cret-S3cret"})
    made = plan(node)
    assert only(made).values == {"password": "s3cret-S3cret"}
    assert "s3cret" not in str((made.before, made.after, only(made).report()))
    created = plan(Node(CREDENTIAL, None, {"username": "pbx", "password": "s3cret-S3cret"}))
    assert "s3cret" not in str((created.after, only(created).report()))


def test_an_entry_is_known_by_its_url_if_it_has_no_name() -> None:
    item = Item({"sip_url": "sip:a"}, {"weight": 5}, {"friendly_name": "sip:a", "priority": 10})
    made = plan(Node(TRUNK, trunk(), {}, collections={"origination_urls": urls([member("a")], [item])}))
    assert only(made).values == {"weight": 5}


def test_two_members_that_match_are_ambiguous() -> None:
    twins = [member("a"), {**member("a"), "sid": "OU-2"}]
    with pytest.raises(AmbiguousError, match="OU-2, OU-a"):
        plan(Node(TRUNK, trunk(), {}, collections={"origination_urls": urls(twins, [wanted("a")])}))


@pytest.mark.parametrize(
    ("current", "desired", "message"),
    [
        ([], [wanted("a"), wanted("a", weight=3)], r"^origination_urls\[1\]: 'a' is listed twice"),
        (
            [member("a")],
            [wanted("a"), Item({"sip_url": "sip:a"})],
            r"^origination_urls\[1\]: 'sip:a' is the same object",
        ),
        ([member(n) for n in "abcdefghij"], [wanted("k")], "^origination_urls: '11 members' are more than the 10"),
    ],
)
def test_impossible_lists_are_refused(current: list[Record], desired: list[Item], message: str) -> None:
    with pytest.raises(InvalidInputError, match=message):
        plan(Node(TRUNK, trunk(), {}, collections={"origination_urls": urls(current, desired)}))
