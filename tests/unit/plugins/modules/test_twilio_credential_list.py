# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""twilio_credential_list and its twin against the emulated Twilio."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twilio_cases.credential_list import users
from twilio_network import ACCOUNT, World

NAME = "twilio_credential_list"
OLD, NEW = "Old-Password-0001", "New-Password-0002"


def names(result: dict[str, Any]) -> list[str]:
    return [user["username"] for user in result["credential_list"]["credentials"]]


def opens(world: World, username: str, password: str) -> bool:
    """Return whether the emulated Twilio would let the user in with the password."""
    wanted = hashlib.md5(f"{username}:sip.twilio.com:{password}".encode()).hexdigest()  # noqa: S324 - what SIP is
    hashes = [user.hidden["ha1"] for user in world.context.store.all("CR") if user.data["username"] == username]
    assert len(hashes) == 1
    return bool(hashes[0] == wanted)


def one(username: str, password: str | None = None, **rest: Any) -> list[dict[str, Any]]:
    return [{"username": username, **({} if password is None else {"password": password}), **rest}]


def test_life_of_a_list(world: World) -> None:
    predicted = world.run(NAME, check=True, diff=True, friendly_name="staff", credentials=users("b", "a"))
    assert names(predicted) == ["a", "b"]
    assert predicted["diff"] == {"before": {}, "after": predicted["credential_list"]}
    assert predicted["credential_list"]["credentials"][0] == {"sid": None, "username": "a"}
    assert world.writes() == []
    made = world.run(NAME, friendly_name="staff", credentials=users("b", "a"))
    assert names(made) == ["a", "b"]
    assert [change["fields"] for change in made["changes"]] == [["friendly_name"], *[["password", "username"]] * 2]
    again = world.run(NAME, friendly_name="staff", credentials=users("a", "b"))
    assert (again["changed"], again["api_requests"]) == (False, 2)
    assert again["credential_list"] == made["credential_list"]

    sid = made["credential_list"]["sid"]
    moved = world.run(NAME, sid=sid, friendly_name="crew")
    assert (moved["credential_list"]["sid"], moved["credential_list"]["friendly_name"]) == (sid, "crew")
    assert "credentials" not in moved["credential_list"]
    for identity in ({"friendly_name": "crew"}, {"sid": sid}):
        gone = world.run(NAME, state="absent", **identity)
        assert gone["changed"] is (identity != {"sid": sid})
        assert gone["credential_list"] is None


def test_rotation_without_downtime(world: World) -> None:
    world.run(NAME, friendly_name="staff", credentials=one("pbx-a", OLD))
    added = world.run(NAME, friendly_name="staff", credentials=one("pbx-b", NEW))
    assert names(added) == ["pbx-a", "pbx-b"], "the old user stays"
    assert opens(world, "pbx-a", OLD)
    assert opens(world, "pbx-b", NEW)
    ended = world.run(NAME, friendly_name="staff", credentials=[*one("pbx-b"), *one("pbx-a", state="absent")])
    assert names(ended) == ["pbx-b"]
    assert [change["action"] for change in ended["changes"]] == ["delete"]
    writes = len(world.writes())
    swapped = world.run(NAME, friendly_name="staff", credentials=one("pbx-c", NEW), purge_credentials=True)
    assert names(swapped) == ["pbx-c"]
    assert [write.split()[0] for write in world.writes()[writes:]] == ["POST", "DELETE"], "the new one comes first"
    assert world.run(NAME, friendly_name="staff", credentials=[], purge_credentials=True)["changed"]
    assert not world.run(NAME, friendly_name="staff", credentials=one("pbx-a", state="absent"))["changed"]


def test_a_password_is_sent_to_those_who_exist_only_on_request(world: World) -> None:
    world.run(NAME, friendly_name="staff", credentials=one("pbx", OLD))
    kept = world.run(NAME, friendly_name="staff", credentials=one("pbx", NEW))
    assert (kept["changed"], opens(world, "pbx", OLD)) == (False, True)
    always = {"friendly_name": "staff", "credentials": one("pbx", NEW), "update_password": "always"}
    for check in (True, False, False):
        sent = world.run(NAME, check=check, diff=True, **always)
        assert (sent["changed"], sent["changes"][0]["fields"]) == (True, ["password"])
        assert sent["diff"]["before"] == sent["diff"]["after"], "what changes is what cannot be shown"
        assert opens(world, "pbx", OLD if check else NEW)
    for nothing in (None, ""):
        without = world.run(NAME, friendly_name="staff", credentials=one("pbx", nothing), update_password="always")
        assert (without["changed"], opens(world, "pbx", NEW)) == (False, True)


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("password", [None, ""])
def test_a_new_user_needs_a_password_before_anything_is_changed(
    world: World, check: bool, password: str | None
) -> None:
    world.run(NAME, friendly_name="staff", credentials=one("pbx", OLD))
    writes = world.writes()
    for name in ("staff", "new list"):
        wanted = [*users("other"), *one("ghost", password)]
        failed = world.run(NAME, check=check, friendly_name=name, credentials=wanted, purge_credentials=True)
        assert failed["msg"].startswith("credentials[1].password is missing, and there is no user 'ghost'")
        assert failed["failure"]["applied"] == []
    assert world.writes() == writes


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"credentials": one("pbx", "Short0word")}, "credentials[0].password has not 12 characters;"),
        ({"credentials": one("pbx", "no-capital-0001")}, "credentials[0].password has not an upper-case letter;"),
        ({"credentials": one("pbx", "NO-SMALL-ONE-1")}, "credentials[0].password has not a lower-case letter;"),
        ({"credentials": one("pbx", "No-Digit-At-All")}, "credentials[0].password has not a digit;"),
        ({"credentials": one("pbx", "ÄÖÜäöü٣٣٣٣٣٣")}, "has not a digit, a lower-case letter, an upper-case letter;"),
        ({"credentials": one("pbx", "From-A-File-01\n")}, "credentials[0].password has a line end or another control"),
        ({"credentials": [*users("a"), *one("b", "weak")]}, "credentials[1].password has not 12 characters, a digit"),
        ({"credentials": one("", OLD)}, "credentials[0].username: '' is empty"),
        ({"credentials": one("x" * 33, OLD)}, "has 33 characters; Twilio takes at most 32"),
        ({"credentials": one("pbx hq", OLD)}, "credentials[0].username: 'pbx hq' has a character that a SIP user name"),
        ({"credentials": one("pbx@hq", OLD)}, "use only letters, digits and -_.!~*'()&=+$,;"),
        ({"credentials": [*users("a"), *one("a", state="absent")]}, "credentials[1].username: 'a' is listed twice"),
        ({"credentials": users(*map(str, range(1001)))}, "'1001 entries' are more than the 1000"),
        ({"friendly_name": "x" * 65}, "friendly_name: "),
        ({"friendly_name": ...}, "one of the following is required: sid, friendly_name"),
        ({"sid": "AL" + "0" * 32}, "sid: "),
        ({"purge_credentials": True}, "all of the following are missing: credentials"),
    ],
)
def test_bad_input_is_refused_before_the_first_request(world: World, options: dict[str, Any], message: str) -> None:
    failed = world.run(NAME, **{"friendly_name": "staff", **options})
    assert failed["failed"]
    assert message in failed["msg"]
    assert world.journal() == []


def test_names_are_unique_and_sids_must_exist(world: World) -> None:
    first, second = (world.run(NAME, friendly_name=name)["credential_list"]["sid"] for name in ("staff", "crew"))
    failed = world.run(NAME, sid=second, friendly_name="staff")
    assert first in failed["msg"]
    assert second in failed["msg"]
    missing = world.run(NAME, sid="CL" + "0" * 32)
    assert missing["msg"].startswith(f"sid: there is no credential list CL{'0' * 32} in the account")


def test_a_list_in_use_is_not_deleted_and_the_remedy_is_told(world: World) -> None:
    world.run(NAME, friendly_name="staff", credentials=users("a"))
    made = world.run("twilio_trunk", friendly_name="hq", credential_lists=["staff"])
    assert made["trunk"]["credential_lists"][0]["friendly_name"] == "staff"
    failed = world.run(NAME, friendly_name="staff", state="absent")
    assert failed["failure"]["code"] == 21241
    assert "take it off there first" in failed["msg"]


def test_what_a_trunk_says_of_a_missing_list_is_true(world: World) -> None:
    failed = world.run("twilio_trunk", friendly_name="hq", credential_lists=["staff"])
    assert f"Create it first with dialtone.voice.{NAME}." in failed["msg"]
    world.run(NAME, friendly_name="staff")
    assert world.run("twilio_trunk", friendly_name="hq", credential_lists=["staff"])["changed"]


def test_limits(world: World) -> None:
    for number in range(100):
        world.post("/2010-04-01/Accounts/{account}/SIP/CredentialLists.json", FriendlyName=f"list {number}")
    failed = world.run(NAME, friendly_name="one too many", credentials=users("a"))
    assert (failed["failure"]["code"], failed["failure"]["applied"]) == (21239, [])
    assert "delete lists that are not used" in failed["msg"]

    world.run(NAME, friendly_name="list 0", credentials=users(*map(str, range(1000))), concurrency=1)
    writes = world.writes()
    failed = world.run(NAME, friendly_name="list 0", credentials=users("new"))
    assert "set purge_credentials to true" in failed["msg"]
    assert world.writes() == writes
    made = world.run(NAME, friendly_name="list 0", credentials=[*users("new"), *one("7", state="absent")])
    assert [change["action"] for change in made["changes"]] == ["delete", "create"], "room is made first"
    assert len(names(made)) == 1000


FAULTS = [
    *[{"kind": "status", "status": status, "when": when} for status in (429, 500, 503) for when in ("before", "after")],
    *[{"kind": kind, "when": when} for kind in ("reset", "timeout", "malformed") for when in ("before", "after")],
    {"kind": "reset", "when": "after", "times": 2},
]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
def test_a_new_password_arrives_whatever_happens(world: World, fault: dict[str, Any]) -> None:
    """A lost answer to a password is never taken for an arrival: it is sent again."""
    if fault.get("status") == 429:
        fault = {**fault, "when": "before"}  # Twilio's 429 means that the request was not processed
    world.run(NAME, friendly_name="staff", credentials=[*one("a", OLD), *one("b", OLD)])
    start = world.context.store
    always = {
        "friendly_name": "staff",
        "credentials": [*one("a", NEW), *one("b", NEW)],
        "update_password": "always",
        "concurrency": 1,
    }
    for position in range(4):  # the lists, the users, and two passwords
        world.restart(start)
        world.fault(None, "", skip=position, **fault)
        assert not world.run(NAME, **always).get("failed"), position
        assert opens(world, "a", NEW), position
        assert opens(world, "b", NEW), position


def test_a_password_that_never_arrives_is_a_failure_and_the_next_run_sends_it(world: World) -> None:
    world.run(NAME, friendly_name="staff", credentials=[*one("a", OLD), *one("b", OLD)])
    always = {"friendly_name": "staff", "credentials": [*one("a", NEW), *one("b", NEW)], "update_password": "always"}
    world.fault("POST", "/Credentials/", "timeout", when="before", times=None, skip=1)
    failed = world.run(NAME, concurrency=1, **always)
    assert [change["name"] for change in failed["failure"]["applied"]] == ["a"]
    assert (failed["failure"]["failed"]["name"], failed["changed"]) == ("b", True)
    assert opens(world, "b", OLD)
    world.heal()
    world.run(NAME, **always)
    assert opens(world, "b", NEW)


def test_the_twin_returns_names_and_no_passwords(world: World) -> None:
    assert world.run(f"{NAME}_info")["credential_lists"] == []
    staff = world.run(NAME, friendly_name="staff", credentials=users("b", "a"))["credential_list"]
    crew = world.run(NAME, friendly_name="crew", credentials=[])["credential_list"]
    everything = world.run(f"{NAME}_info")
    assert sorted(everything["credential_lists"], key=lambda found: found["friendly_name"]) == [crew, staff]
    assert everything["api_requests"] == 3
    for selection in ({"sid": staff["sid"]}, {"friendly_name": "staff"}):
        assert world.run(f"{NAME}_info", **selection)["credential_lists"] == [staff]
    bare = world.run(f"{NAME}_info", include_credentials=False)
    assert bare["api_requests"] == 1
    assert all("credentials" not in found for found in bare["credential_lists"])
    assert world.run(f"{NAME}_info", friendly_name="nobody")["credential_lists"] == []
    assert world.run(f"{NAME}_info", sid="CL" + "0" * 32)["credential_lists"] == []
    assert world.run(f"{NAME}_info", sid="hello")["msg"].startswith("sid: 'hello' is not a SID")
    assert everything["credential_lists"][0]["account_sid"] == ACCOUNT


ENTRY = st.fixed_dictionaries(
    {"username": st.sampled_from("abc")},
    optional={"password": st.sampled_from([OLD, NEW, ""]), "state": st.sampled_from(["present", "absent"])},
)
TASK = st.fixed_dictionaries(
    {"friendly_name": st.sampled_from(["staff", "crew"])},
    optional={
        "credentials": st.lists(ENTRY, max_size=3, unique_by=lambda entry: entry["username"]),
        "update_password": st.sampled_from(["on_create", "always"]),
        "purge_credentials": st.booleans(),
        "state": st.sampled_from(["present", "present", "absent"]),
    },
)


@settings(max_examples=150, deadline=None)
@given(st.lists(TASK, min_size=1, max_size=4))
def test_check_mode_foretells_what_is_done(tasks: list[dict[str, Any]]) -> None:
    world = World()
    for task in tasks:
        writes = world.writes()
        predicted = world.run(NAME, check=True, diff=True, **task)
        assert world.writes() == writes
        done = world.run(NAME, diff=True, **task)
        assert predicted.get("failed") == done.get("failed")
        if done.get("failed"):
            assert predicted["msg"] == done["msg"]
            continue
        assert predicted["changed"] == done["changed"]
        assert predicted["changes"] == done["changes"]
        assert predicted["diff"]["before"] == done["diff"]["before"]
        assert without_sids(predicted["credential_list"]) == without_sids(done["credential_list"])
        last = world.run(NAME, **{**task, "update_password": "on_create"})
        assert (last["changed"], last["credential_list"]) == (False, done["credential_list"])


def without_sids(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: without_sids(content) for name, content in value.items() if name != "sid"}
    return [without_sids(item) for item in value] if isinstance(value, list) else value
