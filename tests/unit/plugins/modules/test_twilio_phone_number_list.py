# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""twilio_phone_number with many numbers: one plan, one read, and errors that say which entry is meant."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio_cases.phone_number import emergency_address
from twilio_network import ACCOUNT, NUMBERS, TOKEN, World

from lab.emulator.seed import seed

NAME = "twilio_phone_number"
MANY = [f"+1303555{number:04}" for number in range(1000)]


def entries(*numbers: str) -> list[dict[str, Any]]:
    return [{"phone_number": number} for number in numbers]


def many(world: World) -> None:
    """Give the account a thousand numbers more."""
    seed(world.context, {"accounts": [{"sid": ACCOUNT, "auth_token": TOKEN, "numbers": MANY}]})


@pytest.mark.parametrize("by", ["friendly_name", "sid"])
def test_a_thousand_numbers_cost_two_reads_and_a_write_each(world: World, by: str) -> None:
    many(world)
    trunk = world.run("twilio_trunk", friendly_name="hq")["trunk"]
    task: dict[str, Any] = {"phone_numbers": entries(*MANY), "trunk": trunk[by], "friendly_name": "branch"}
    predicted = world.run(NAME, check=True, **task)
    made = world.run(NAME, concurrency=8, **task)
    assert made["phone_numbers"] == predicted["phone_numbers"]
    # Twice a page of numbers because there are three more than fit into one; then the trunk.
    assert (len(made["changes"]), made["api_requests"]) == (1000, 3 + 1000)
    assert [number["phone_number"] for number in made["phone_numbers"]] == MANY
    again = world.run(NAME, **task)
    assert (again["changed"], again["api_requests"]) == (False, 3 if by == "friendly_name" else 2)
    apart = world.run(NAME, **{**task, "trunk": ""})
    assert {number["trunk_sid"] for number in apart["phone_numbers"]} == {""}
    assert (len(apart["changes"]), apart["api_requests"]) == (1000, 2 + 1000)


def test_an_entry_overrides_what_all_have(world: World) -> None:
    world.run("twilio_trunk", friendly_name="hq")
    application = "AP" + "0" * 32
    task: dict[str, Any] = {
        "trunk": "hq",
        "friendly_name": "main",
        "phone_numbers": [
            {"phone_number": NUMBERS[0]},
            {"sid": world.numbers[NUMBERS[1]], "friendly_name": "fax", "voice_application_sid": application},
        ],
    }
    made = world.run(NAME, diff=True, **task)["phone_numbers"]
    assert [number["friendly_name"] for number in made] == ["main", "fax"]
    assert made[0]["trunk_sid"].startswith("TK")
    assert (made[1]["trunk_sid"], made[1]["voice_application_sid"]) == ("", application)
    again = world.run(NAME, diff=True, **task)
    assert (again["changed"], again["phone_numbers"]) == (False, made)
    assert again["diff"]["before"] == again["diff"]["after"] == {number["phone_number"]: number for number in made}


def test_all_are_detached_and_none_is_released(world: World) -> None:
    world.run("twilio_trunk", friendly_name="hq", phone_numbers=NUMBERS)
    gone = world.run(NAME, phone_numbers=entries(*NUMBERS[:2], "+12025550199"), state="absent")
    assert [number and number["trunk_sid"] for number in gone["phone_numbers"]] == ["", "", None]
    assert [change["action"] for change in gone["changes"]] == ["delete", "delete"]
    assert not world.run(NAME, phone_numbers=entries(*NUMBERS[:2]), state="absent")["changed"]
    assert all(world.context.store.number(number) for number in NUMBERS)


def test_all_are_released_when_asked(world: World) -> None:
    task: dict[str, Any] = {"phone_numbers": entries(*NUMBERS[:2]), "state": "absent", "release": True}
    assert world.run(NAME, check=True, **task)["phone_numbers"] == [None, None]
    assert world.run(NAME, **task)["phone_numbers"] == [None, None]
    assert not world.run(NAME, **task)["changed"]
    assert [bool(world.context.store.number(number)) for number in NUMBERS] == [False, False, True]


def test_one_that_is_not_owned_stops_all_before_anything_is_changed(world: World) -> None:
    task: dict[str, Any] = {"phone_numbers": entries(NUMBERS[0], "+12025550150"), "friendly_name": "x"}
    failed = world.run(NAME, **task)
    assert failed["msg"].startswith("phone_numbers[1].phone_number: the account does not own +12025550150.")
    assert "purchase: true" in failed["msg"]
    assert world.writes() == []
    bought = world.run(NAME, **task, purchase=True)
    assert sorted(change["action"] for change in bought["changes"]) == ["create", "update"]
    assert not world.run(NAME, **task, purchase=True)["changed"]


def test_a_list_of_none_does_nothing(world: World) -> None:
    result = world.run(NAME, phone_numbers=[])
    assert (result["changed"], result["phone_numbers"]) == (False, [])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"phone_numbers": [{}]}, "phone_numbers[0].phone_number is missing; give it or sid"),
        ({"phone_numbers": entries(NUMBERS[0], "12")}, "phone_numbers[1].phone_number: '12' is not a number in E.164"),
        (
            {"phone_numbers": entries(NUMBERS[0], NUMBERS[0])},
            f"phone_numbers[1].phone_number: '{NUMBERS[0]}' is listed",
        ),
        ({"phone_numbers": [{"sid": "x"}]}, "phone_numbers[0].sid: 'x' is not a SID"),
        (
            {"phone_numbers": [{"sid": "PN" + "0" * 32}], "purchase": True},
            "phone_numbers[0].purchase: True needs phone",
        ),
        ({"phone_numbers": [{"phone_number": NUMBERS[0], "voice_url": "x"}]}, "phone_numbers[0].voice_url: 'x' is not"),
        (
            {"phone_numbers": [{"phone_number": NUMBERS[0], "trunk": "a", "voice_application_sid": "AP" + "0" * 32}]},
            "phone_numbers[0].trunk: 'a' excludes voice_application_sid",
        ),
        ({"phone_numbers": entries(NUMBERS[0]), "sid": "PN" + "0" * 32}, "mutually exclusive"),
    ],
)
def test_bad_entries_are_refused_before_the_first_request(world: World, options: dict[str, Any], message: str) -> None:
    failed = world.run(NAME, **options)
    assert failed["failed"]
    assert message in failed["msg"]
    assert world.journal() == []


def test_entries_that_turn_out_to_be_wrong_are_named(world: World) -> None:
    twice = [{"phone_number": NUMBERS[0]}, {"sid": world.numbers[NUMBERS[0]]}]
    sid = world.numbers[NUMBERS[0]]
    assert world.run(NAME, phone_numbers=twice)["msg"].startswith(f"phone_numbers[1].sid: '{sid}' is listed twice")
    unknown = [*entries(NUMBERS[0]), {"sid": "PN" + "0" * 32}]
    assert world.run(NAME, phone_numbers=unknown)["msg"].startswith("phone_numbers[1].sid: the account owns no phone")
    other = [{"sid": sid, "phone_number": NUMBERS[1]}]
    assert f"phone_numbers[0].sid: '{sid}' is the number {NUMBERS[0]}" in world.run(NAME, phone_numbers=other)["msg"]
    nowhere = [{"phone_number": NUMBERS[0], "trunk": "nowhere"}]
    assert world.run(NAME, phone_numbers=nowhere)["msg"].startswith(
        "phone_numbers[0].trunk: there is no trunk 'nowhere'"
    )
    assert world.writes() == []


def test_what_a_failure_left_over_the_next_run_does(world: World) -> None:
    world.fault("POST", f"{world.numbers[NUMBERS[1]]}", "status", status=400)
    task: dict[str, Any] = {"phone_numbers": entries(*NUMBERS), "friendly_name": "x"}
    failed = world.run(NAME, concurrency=1, **task)
    assert [change["name"] for change in failed["failure"]["applied"]] == NUMBERS[:1]
    assert [change["name"] for change in failed["failure"]["remaining"]] == NUMBERS[2:]
    assert [change["name"] for change in world.run(NAME, **task)["changes"]] == NUMBERS[1:]
    assert not world.run(NAME, **task)["changed"]


ENTRY = st.fixed_dictionaries(
    {},
    optional={
        "friendly_name": st.sampled_from(["main", "spare"]),
        "trunk": st.sampled_from(["", "hq", "branch"]),
        "voice_application_sid": st.sampled_from(["", "AP" + "0" * 32]),
        "voice_method": st.sampled_from(["GET", "POST"]),
        "address": st.sampled_from(["", "emergency"]),
        "emergency_address": st.sampled_from(["", "emergency"]),
    },
)
TASK = st.builds(
    lambda common, options, rest: {
        **common,
        **rest,
        "phone_numbers": [{"phone_number": number, **option} for number, option in zip(NUMBERS, options)],
    },
    ENTRY,
    st.lists(ENTRY, min_size=1, max_size=3),
    st.sampled_from([{}, {}, {"state": "absent"}, {"state": "absent", "release": True}]),
)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.lists(TASK, max_size=3), TASK)
def test_check_mode_foretells_what_the_real_run_does(history: list[dict[str, Any]], task: dict[str, Any]) -> None:
    world = World()
    emergency_address(world)
    world.run("twilio_trunk", friendly_name="branch")
    for earlier in history:
        world.run(NAME, **earlier)
    writes = world.writes()
    predicted = world.run(NAME, check=True, diff=True, **task)
    assert world.writes() == writes
    real = world.run(NAME, diff=True, **task)
    if real.get("failed"):
        assert (predicted.get("failed"), predicted["msg"]) == (True, real["msg"])
        return
    for what in ("changed", "changes", "phone_numbers", "diff"):
        assert predicted[what] == real[what]
    again = world.run(NAME, diff=True, **task)
    assert (again["changed"], again["diff"]["after"]) == (False, real["diff"]["after"]), again
