# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""twilio_subaccount and its info twin against the emulated Twilio."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import pytest
from twilio_network import ACCOUNT, World, run_module

NAME = "twilio_subaccount"
INFO = "twilio_subaccount_info"
HIDDEN = {"_ansible_no_log": True}
CLOSE = {"state": "absent", "close": True}


def token_of(world: World, sid: str) -> str:
    return world.context.store.accounts[sid].auth_token


def tokens(world: World) -> list[str]:
    return [account.auth_token for account in world.context.store.accounts.values()]


def test_life_of_a_subaccount(world: World) -> None:
    predicted = world.run(NAME, check=True, diff=True, friendly_name="branch")
    assert (predicted["changed"], predicted["subaccount"]["sid"], predicted["diff"]["before"]) == (True, None, {})
    assert world.writes() == []
    made = world.run(NAME, friendly_name="branch")
    sub = made["subaccount"]
    assert {**predicted["subaccount"], "sid": sub["sid"]} == {**sub, "type": None, "date_created": None}
    assert (sub["status"], sub["owner_account_sid"]) == ("active", ACCOUNT)
    again = world.run(NAME, friendly_name="branch", status="active")
    assert (again["changed"], again["api_requests"], again["subaccount"]) == (False, 1, sub)

    suspended = world.run(NAME, diff=True, friendly_name="branch", status="suspended")
    assert suspended["diff"]["before"]["status"] == "active"
    assert suspended["diff"]["after"]["status"] == suspended["subaccount"]["status"] == "suspended"
    assert not world.run(NAME, friendly_name="branch")["changed"], "status is left alone"
    renamed = world.run(NAME, sid=sub["sid"], friendly_name="branch-7", status="active")
    assert renamed["changes"] == [
        {"action": "update", "resource": "subaccount", "name": "branch", "sid": sub["sid"],
         "fields": ["friendly_name", "status"]},
    ]  # fmt: skip
    assert [account["friendly_name"] for account in world.run(INFO)["subaccounts"]] == ["branch-7"]

    closed = world.run(NAME, diff=True, friendly_name="branch-7", **CLOSE)
    assert (closed["changed"], closed["subaccount"], closed["diff"]["after"]) == (True, None, {})
    for identity in ({"friendly_name": "branch-7"}, {"sid": sub["sid"]}):
        gone = world.run(NAME, **identity, **CLOSE)
        assert (gone["changed"], gone["changes"], gone["subaccount"]) == (False, [], None)
    assert world.run(INFO)["subaccounts"] == []
    assert world.run(INFO, status=["closed"])["subaccounts"][0]["sid"] == sub["sid"]
    assert world.run(INFO, sid=sub["sid"], status=["closed"], friendly_name="other")["subaccounts"] == []
    assert "is closed, which is for ever" in world.run(NAME, sid=sub["sid"])["msg"]
    assert world.run(NAME, friendly_name="branch-7")["subaccount"]["sid"] != sub["sid"], "the closed one is ignored"


def test_a_new_one_can_be_born_suspended(world: World) -> None:
    predicted = world.run(NAME, check=True, friendly_name="branch", status="suspended")
    made = world.run(NAME, friendly_name="branch", status="suspended")
    assert [change["action"] for change in made["changes"]] == ["create", "update"]
    assert [change["action"] for change in predicted["changes"]] == ["create", "update"]
    assert made["subaccount"]["status"] == predicted["subaccount"]["status"] == "suspended"
    assert not world.run(NAME, friendly_name="branch", status="suspended")["changed"]


def test_a_failed_suspension_tells_of_the_creation(world: World) -> None:
    world.fault("POST", "/Accounts/AC", "status", status=409, times=None)
    failed = world.run(NAME, friendly_name="branch", status="suspended")
    assert (failed["changed"], [change["action"] for change in failed["failure"]["applied"]]) == (True, ["create"])


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_makes_no_second_one(world: World, when: str) -> None:
    world.run(NAME, friendly_name="branch")
    world.run(NAME, friendly_name="branch", **CLOSE)
    world.post("/2010-04-01/Accounts/{account}.json", FriendlyName="branch")  # the main account has the name as well
    world.fault("POST", "/Accounts.json", "reset", when=when)
    made = world.run(NAME, friendly_name="branch")
    living = [account for account in world.context.store.accounts.values() if account.status == "active"]
    assert {account.sid for account in living} == {ACCOUNT, made["subaccount"]["sid"]}


def test_several_of_a_name_are_candidates(world: World) -> None:
    sids = [world.post("/2010-04-01/Accounts.json", FriendlyName="twin")["sid"] for __ in range(2)]
    writes = world.writes()
    for options in ({}, {"status": "suspended"}, CLOSE):
        failed = world.run(NAME, friendly_name="twin", **options)
        assert all(sid in failed["msg"] for sid in sids)
    other = world.post("/2010-04-01/Accounts.json", FriendlyName="other")["sid"]
    world.run(NAME, sid=sids[1], **CLOSE)
    taken = world.run(NAME, sid=other, friendly_name="twin")
    assert sids[0] in taken["msg"]
    assert sids[1] not in taken["msg"], "it is closed"
    assert len(world.writes()) == len(writes) + 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"state": "absent", "friendly_name": "a"},
            "closes the subaccount, which is for ever: its phone numbers are rel",
        ),
        ({"friendly_name": "a", "close": True}, "close: True needs state: absent"),
        (
            {"friendly_name": "a", "status": "suspended", **CLOSE},
            "status: 'suspended' makes no sense with state: absent",
        ),
        ({"friendly_name": "a", "credentials_path": "/x", **CLOSE}, "credentials_path: '/x' makes no sense with state"),
        ({"friendly_name": " "}, "friendly_name: ' ' is empty"),
        ({"friendly_name": "x" * 65}, "Twilio takes at most 64"),
        ({"sid": "hello"}, "sid: 'hello' is not a SID of this kind; it begins with AC"),
        ({"sid": ACCOUNT, "status": "suspended"}, "is the account that account_sid names"),
        ({"sid": ACCOUNT, **CLOSE}, "is the account that account_sid names"),
        ({}, "one of the following is required: sid, friendly_name"),
        ({"friendly_name": "a", "return_auth_token": True}, "Set no_log: true on the task, or give credentials_path"),
        ({"friendly_name": "a", "credentials_path": "keys.json"}, "is not an absolute path"),
    ],
)
def test_bad_input_is_refused_before_any_request(world: World, options: dict[str, Any], message: str) -> None:
    failed = world.run(NAME, **options)
    assert message in failed["msg"]
    assert world.journal() == []


def test_a_main_account_is_out_of_reach(world: World) -> None:
    sub = world.run(NAME, friendly_name="branch", return_auth_token=True, **HIDDEN)
    own = {"account_sid": sub["subaccount"]["sid"], "auth_token": sub["auth_token"]}
    writes = world.writes()
    for options in ({"status": "suspended"}, CLOSE):
        failed = run_module(NAME, world, sid=ACCOUNT, **options, **own)
        assert failed["failed"], "a subaccount cannot reach its main account"
        mine = run_module(NAME, world, friendly_name="branch", **options, **own)
        assert "friendly_name: 'branch' is the account that account_sid names" in mine["msg"], "nor itself"
    assert world.writes() == writes


def test_a_main_account_is_told_from_a_subaccount(world: World) -> None:
    """Whoever owns itself is not a subaccount, also if the credentials open it by another way."""

    class Main:
        def send(self, method: str, url: str, **rest: Any) -> Any:
            assert method == "GET", "nothing may be changed"
            return world.send(method, url.replace("AC" + "9" * 32, ACCOUNT), **rest)

    for options in ({"status": "suspended"}, CLOSE):
        assert "is a main account" in run_module(NAME, Main(), sid="AC" + "9" * 32, **options)["msg"]


def test_what_is_not_there_is_told(world: World) -> None:
    failed = world.run(NAME, sid="AC" + "9" * 32)
    assert failed["failed"]
    assert world.writes() == []


def test_the_token_is_returned_only_where_it_is_hidden(world: World) -> None:
    predicted = world.run(NAME, check=True, friendly_name="branch", return_auth_token=True, **HIDDEN)
    assert predicted["auth_token"] is None
    made = world.run(NAME, diff=True, friendly_name="branch", return_auth_token=True, **HIDDEN)
    token = token_of(world, made["subaccount"]["sid"])
    assert made["auth_token"] == token
    assert token not in json.dumps({**made, "auth_token": None}), "nowhere else"
    again = world.run(NAME, friendly_name="branch", return_auth_token=True, **HIDDEN)
    assert (again["changed"], again["auth_token"]) == (False, token)
    for result in (
        world.run(NAME, diff=True, friendly_name="branch"),
        world.run(NAME, diff=True, friendly_name="branch", status="suspended", **HIDDEN),
        world.run(INFO),
        world.run(NAME, diff=True, friendly_name="other"),
    ):
        assert "auth_token" not in {*result} - {"invocation"}
        assert all(each not in json.dumps(result) for each in tokens(world))


def test_the_file_is_made_for_its_owner_only(world: World, tmp_path: Path) -> None:
    path = tmp_path / "branch.json"
    options = {"friendly_name": "branch", "credentials_path": str(path)}
    predicted = world.run(NAME, check=True, **options)
    assert not path.exists()
    made = world.run(NAME, diff=True, **options)
    assert [change["action"] for change in made["changes"]] == ["create", "create"]
    assert made["changes"][1] == predicted["changes"][1] == {
        "action": "create", "resource": "file", "name": str(path), "sid": None, "fields": [],
    }  # fmt: skip
    sid = made["subaccount"]["sid"]
    assert json.loads(path.read_text()) == {"account_sid": sid, "auth_token": token_of(world, sid)}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert all(token not in json.dumps(made) for token in tokens(world))
    again = world.run(NAME, **options)
    assert (again["changed"], again["api_requests"]) == (False, 2)

    path.chmod(0o644)
    assert world.run(NAME, check=True, **options)["changed"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o644
    assert world.run(NAME, **options)["changes"][0]["action"] == "update"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600

    world.context.store.accounts[sid].auth_token = "f" * 32  # somebody has promoted a second token
    assert world.run(NAME, **options)["changed"]
    assert json.loads(path.read_text())["auth_token"] == "f" * 32
    assert [entry.name for entry in tmp_path.iterdir()] == ["branch.json"]


def test_a_token_that_cannot_be_kept_is_told_with_what_was_done(world: World, tmp_path: Path) -> None:
    world.fault("GET", "/Accounts/AC", "status", status=503, times=None)
    path = tmp_path / "branch.json"
    failed = world.run(NAME, friendly_name="branch", credentials_path=str(path), retries=1)
    assert (failed["changed"], [change["action"] for change in failed["failure"]["applied"]]) == (True, ["create"])
    assert not path.exists()
    world.heal()
    done = world.run(NAME, friendly_name="branch", credentials_path=str(path))
    assert [change["resource"] for change in done["changes"]] == ["file"]
