# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""twilio_api_key and its info twin against the emulated Twilio."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any
from unittest import mock

import pytest
from twilio_network import ACCOUNT, TOKEN, World, run_module

from ansible_collections.dialtone.voice.plugins.module_utils._twilio import secretfile
from lab.emulator.seed import seed

NAME = "twilio_api_key"
INFO = "twilio_api_key_info"
HIDDEN = {"_ansible_no_log": True}
KEYS = "/2010-04-01/Accounts/{account}/Keys.json"


def keys(world: World) -> dict[str, str]:
    """Return the account's keys and their secrets."""
    return {record.sid: record.hidden["secret"] for record in world.context.store.all("SK")}


def secrets(world: World) -> list[str]:
    return [*keys(world).values()]


def test_life_of_a_key(world: World) -> None:
    predicted = world.run(NAME, check=True, friendly_name="pbx", **HIDDEN)
    assert (predicted["changed"], predicted["secret"], predicted["api_key"]["sid"]) == (True, None, None)
    assert world.writes() == []
    made = world.run(NAME, diff=True, friendly_name="pbx", **HIDDEN)
    sid = made["api_key"]["sid"]
    assert keys(world) == {sid: made["secret"]}
    assert made["secret"] not in json.dumps({**made, "secret": None}), "nowhere else, not in the diff either"
    again = world.run(NAME, friendly_name="pbx", **HIDDEN)
    assert (again["changed"], again["secret"], again["api_requests"]) == (False, None, 1)
    assert again["api_key"] == made["api_key"]
    assert run_module(INFO, world, account_sid=ACCOUNT)["api_keys"] == [made["api_key"]]

    renamed = world.run(NAME, sid=sid, friendly_name="pbx-2")
    assert (renamed["changed"], renamed["secret"], renamed["api_key"]["sid"]) == (True, None, sid)
    assert world.run(INFO, friendly_name="pbx")["api_keys"] == []
    assert world.run(INFO, sid=sid)["api_keys"] == [renamed["api_key"]]
    assert world.run(NAME, friendly_name="pbx-2", state="absent", diff=True)["diff"]["after"] == {}
    for identity in ({"friendly_name": "pbx-2"}, {"sid": sid}):
        gone = world.run(NAME, **identity, state="absent")
        assert (gone["changed"], gone["api_key"]) == (False, None)
    assert keys(world) == {}
    assert world.run(INFO, sid=sid)["api_keys"] == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"friendly_name": "a"}, "Set no_log: true on the task, or give secret_path"),
        ({"friendly_name": "a", "secret_path": "x"}, "secret_path: 'x' is not an absolute path"),
        ({"friendly_name": "a", "secret_path": "/x", "state": "absent"}, "makes no sense with state: absent"),
        ({"friendly_name": "x" * 65, **HIDDEN}, "Twilio takes at most 64"),
        ({"sid": "hello"}, "it begins with SK"),
        ({}, "one of the following is required: sid, friendly_name"),
    ],
)
@pytest.mark.parametrize("check", [False, True])
def test_bad_input_is_refused_before_any_request(
    world: World, options: dict[str, Any], message: str, check: bool
) -> None:
    failed = world.run(NAME, check=check, **options)
    assert message in failed["msg"]
    assert world.journal() == []


def test_several_of_a_name_are_candidates(world: World) -> None:
    sids = [world.post(KEYS, FriendlyName="twin")["sid"] for __ in range(2)]
    other = world.post(KEYS, FriendlyName="other")["sid"]
    writes = world.writes()
    for options in (HIDDEN, {"state": "absent"}):
        failed = world.run(NAME, friendly_name="twin", **options)
        assert all(sid in failed["msg"] for sid in sids)
    world.run(NAME, sid=sids[1], state="absent")
    assert sids[0] in world.run(NAME, sid=other, friendly_name="twin")["msg"]
    assert "there is no API key SK999" in world.run(NAME, sid="SK" + "9" * 32)["msg"]
    assert len(world.writes()) == len(writes) + 1


def test_the_key_in_use_is_not_deleted(world: World) -> None:
    key = {"sid": "SK" + "3" * 32, "secret": "zebra0secret0of0the0key", "type": "main"}
    seed(world.context, {"accounts": [{"sid": ACCOUNT, "auth_token": TOKEN, "api_keys": [key]}]})
    login = {"auth_token": ..., "api_key": key["sid"], "api_secret": key["secret"]}
    name = world.run(INFO, sid=key["sid"])["api_keys"][0]["friendly_name"]
    identities = [{"sid": key["sid"]}, *([{"friendly_name": name}] if name else [])]
    for identity in identities:
        for check in (True, False):
            failed = run_module(NAME, world, check=check, state="absent", **identity, **login)
            assert "is the one this task uses" in failed["msg"]
    assert world.writes() == []
    assert world.run(NAME, sid=key["sid"], state="absent")["changed"], "with the token it may go"


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("kind", ["reset", "malformed"])
def test_a_key_whose_secret_was_lost_is_made_again(world: World, kind: str, times: int) -> None:
    world.post(KEYS, FriendlyName="other")
    before = keys(world)
    world.fault("POST", "/Keys.json", kind, when="after", times=times)
    made = world.run(NAME, friendly_name="pbx", **HIDDEN)
    assert keys(world) == {**before, made["api_key"]["sid"]: made["secret"]}
    assert [line.split()[0] for line in world.writes()] == ["POST", *["POST", "DELETE"] * times, "POST"]


BRIEF: list[dict[str, Any]] = [
    {"kind": kind, "when": when, **rest}
    for kind, rest in (("reset", {}), ("timeout", {}), ("malformed", {}), ("status", {"status": 503}))
    for when in ("before", "after")
] + [{"kind": "status", "status": 429, "times": 2}]


@pytest.mark.parametrize("fault", BRIEF, ids=str)
@pytest.mark.parametrize("times", [1, 2])
def test_whatever_goes_wrong_the_secret_told_opens_the_only_key(
    world: World, fault: dict[str, Any], times: int
) -> None:
    for position in range(5):  # list, create, look, delete, create
        world.restart(World().context.store)
        world.fault(None, "", skip=position, **{"times": times, **fault})
        made = world.run(NAME, friendly_name="pbx", **HIDDEN)
        assert keys(world) == {made["api_key"]["sid"]: made["secret"]}, (position, made)


def test_a_key_whose_secret_may_be_lost_is_warned_of(world: World) -> None:
    world.fault(None, "", "reset", when="after", skip=1, times=None)
    failed = world.run(NAME, friendly_name="pbx", retries=1, **HIDDEN)
    assert failed["failed"]
    assert "nobody has its secret: delete it by a task with state: absent" in failed["warnings"][0]
    world.heal()
    world.fault("POST", "", "status", status=400)
    assert world.run(NAME, friendly_name="other", **HIDDEN)["warnings"] == [], "a refusal made no key"


def test_the_file_is_made_for_its_owner_only(world: World, tmp_path: Path) -> None:
    path = tmp_path / "pbx.json"
    options = {"friendly_name": "pbx", "secret_path": str(path)}
    assert world.run(NAME, check=True, **options)["changes"][1]["resource"] == "file"
    assert not path.exists()
    made = world.run(NAME, diff=True, **options)
    assert (made["secret"], [change["action"] for change in made["changes"]]) == (None, ["create", "create"])
    assert json.loads(path.read_text()) == {"sid": made["api_key"]["sid"], "secret": secrets(world)[0]}
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert secrets(world)[0] not in json.dumps(made)
    assert not world.run(NAME, **options)["changed"]
    path.chmod(0o640)
    content = path.read_text()
    assert world.run(NAME, check=True, **options)["changed"]
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert world.run(NAME, **options)["changes"][0]["action"] == "update"
    assert (stat.S_IMODE(path.stat().st_mode), path.read_text()) == (0o600, content)


def test_the_file_of_a_deleted_key_is_replaced(world: World, tmp_path: Path) -> None:
    path = tmp_path / "pbx.json"
    options = {"friendly_name": "pbx", "secret_path": str(path)}
    first = world.run(NAME, **options)["api_key"]["sid"]
    world.run(NAME, sid=first, state="absent")
    assert path.exists(), "deleting a key leaves files alone"
    second = world.run(NAME, **options)
    assert second["changes"][1]["action"] == "update"
    assert json.loads(path.read_text()) == {"sid": second["api_key"]["sid"], "secret": secrets(world)[0]}


def test_a_key_without_its_file_is_an_error(world: World, tmp_path: Path) -> None:
    path = tmp_path / "pbx.json"
    sid = world.run(NAME, friendly_name="pbx", **HIDDEN)["api_key"]["sid"]
    path.write_text('{"sid": "SK1", "secret": "x"}')
    for present, message in ((True, f"holds the secret of SK1, not of the API key {sid}"), (False, "does not.")):
        if not present:
            path.unlink()
        for check in (True, False):
            failed = world.run(NAME, check=check, friendly_name="pbx", secret_path=str(path))
            assert message in failed["msg"]
            assert "make a key of another name and delete this one" in failed["msg"]
    assert [*keys(world)] == [sid]


def full_disk(*__: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_key_whose_secret_could_not_be_kept_is_deleted_again(world: World, tmp_path: Path) -> None:
    path = tmp_path / "pbx.json"
    with mock.patch.object(secretfile.os, "replace", full_disk):
        failed = world.run(NAME, friendly_name="pbx", secret_path=str(path))
    assert "No space left on device. The API key SK" in failed["msg"]
    assert "was deleted again" in failed["msg"]
    assert (failed["changed"], keys(world), [*tmp_path.iterdir()]) == (False, {}, [])

    with mock.patch.object(secretfile.os, "replace", full_disk):
        world.fault("DELETE", "/Keys/", "status", status=403, times=None)
        failed = world.run(NAME, friendly_name="pbx", secret_path=str(path))
    assert f"The API key {next(iter(keys(world)))}, whose secret nobody has, is still there" in failed["msg"]
    assert (failed["changed"], failed["failure"]["applied"][0]["action"]) == (True, "create")
    assert all(secret not in json.dumps(failed) for secret in secrets(world))


def test_rotation_has_both_keys_for_a_while(world: World) -> None:
    old = world.run(NAME, friendly_name="automation-2025", **HIDDEN)["api_key"]["sid"]
    new = world.run(NAME, friendly_name="automation-2026", **HIDDEN)["api_key"]["sid"]
    assert {*keys(world)} == {old, new}
    world.run(NAME, friendly_name="automation-2025", state="absent")
    assert [*keys(world)] == [new]
