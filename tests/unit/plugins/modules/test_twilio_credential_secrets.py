# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Passwords of SIP users never come out, however a task ends and however its options are written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule
from twilio_network import ACCOUNT, TOKEN, World, run_module
from verbose_playbook import judged, run_verbosely

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.mask import secrets, spellings
from lab.emulator.context import Context
from lab.emulator.faults import parse_faults
from lab.emulator.seed import seed
from lab.emulator.server import EmulatorServer

NAME = "twilio_credential_list"
PLAIN = "Zebra0walrus0Giraffe"
ODD = "Quo'te\"0\\Back%slash &+=ü"  # looks different wherever a structure is printed
WEAK = "aardvark-aardvark"
PASSWORDS = (PLAIN, ODD, WEAK)
SPEC = {"users": {"options": {"name": {}, "password": {"no_log": True}}}, "token": {"no_log": True}, "other": {}}


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"users": [{"name": "alice", "password": "abc"}], "token": "t0ken", "other": "free"}, {"abc", "t0ken"}),
        ({"users": {"name": "alice", "password": 1234567}}, {"1234567"}),
        ({"users": [{"name": "alice", "passwort": "misspelt"}]}, {"misspelt"}),
        ({"users": [{"password": ["a", {"b": "c"}]}]}, {"a", "c"}),
        ({"users": None, "token": None}, set()),
        ({"users": [], "token": ""}, set()),
    ],
)
def test_secrets_are_found_at_any_depth(given: dict[str, Any], found: set[str]) -> None:
    assert secrets(SPEC, given) == found


@pytest.mark.parametrize("given", [
    f"alice:{PLAIN}", f"name=alice password={PLAIN}", [PLAIN], [["alice", PLAIN]], [[{"alice": PLAIN}]],
    {"alice": {"password": PLAIN}}, f'[{{"name": "alice", "password": "{PLAIN}"}}',
])  # fmt: skip
def test_secrets_are_found_in_the_wrong_shape(given: Any) -> None:
    assert PLAIN in secrets(SPEC, {"users": given})


def judge(result: dict[str, Any], failed: bool) -> None:
    assert bool(result.get("failed")) is failed, result
    for text in (json.dumps(result), json.dumps(result, ensure_ascii=False), repr(result)):
        for password in PASSWORDS:
            assert not [spelling for spelling in spellings(password) if spelling in text], result


def entries(*names: str) -> list[dict[str, Any]]:
    return [{"username": name, "password": password} for name, password in zip(names, (PLAIN, ODD))]


FAULTS: dict[str, dict[str, Any]] = {
    **{str(status): {"kind": "status", "status": status} for status in (400, 401, 403, 404, 409, 429, 500)},
    **{kind: {"kind": kind, "when": "after"} for kind in ("reset", "timeout", "malformed")},
}


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("position", range(5))
def test_no_fault_shows_a_password(world: World, fault: str, position: int) -> None:
    options = {
        "friendly_name": "staff",
        "credentials": entries("a", "b"),
        "update_password": "always",
        "concurrency": 1,
    }
    if position > 2:
        world.run(NAME, **options)
        position -= 1
    world.fault(None, "", skip=position, **{**FAULTS[fault], "times": None})
    judge(world.run(NAME, diff=True, retries=1, **options), failed=True)


def test_no_success_shows_a_password(world: World) -> None:
    for always in ("on_create", "always"):
        for check in (True, False, False):
            result = world.run(
                NAME,
                check=check,
                diff=True,
                friendly_name="staff",
                credentials=entries("a", "b"),
                update_password=always,
            )
            judge(result, failed=False)
    judge(world.run(f"{NAME}_info"), failed=False)
    ended = world.run(NAME, friendly_name="staff", credentials=[{**entries("a")[0], "state": "absent"}], diff=True)
    judge(ended, failed=False)


@pytest.mark.parametrize("shape", [{"is": PLAIN}, [ODD, PLAIN]])
def test_a_structure_in_place_of_a_password_is_not_shown(world: World, shape: Any) -> None:
    """Ansible makes a text of it, which is a password like any other."""
    credentials = [{"username": "pbx", "password": shape}]
    judge(world.run(NAME, diff=True, friendly_name="staff", credentials=credentials), failed=False)


def test_not_even_a_name_that_is_a_password_is_shown(world: World) -> None:
    same = [{"username": "Bad0Idea0Password", "password": "Bad0Idea0Password"}]
    assert "Bad0Idea" not in json.dumps(world.run(NAME, diff=True, friendly_name="staff", credentials=same))


@pytest.mark.parametrize("credentials", [
    PLAIN, f"pbx:{PLAIN}", f"username=pbx password={PLAIN} nonsense=1", [PLAIN], [["pbx", PLAIN]], {"pbx": PLAIN},
    [{"pbx": PLAIN}], [{"username": "pbx", "passwort": PLAIN}],
    [{"password": ODD}], [{"username": "pbx", "password": WEAK}],
    [{"username": "pbx", "password": ODD, "state": "gone"}], [{"username": "a b", "password": ODD}],
    [{"username": "pbx", "password": PLAIN + "\n"}], [{"username": ["pbx"], "password": ODD, "more": PLAIN}],
])  # fmt: skip
def test_refused_options_show_no_password(world: World, credentials: Any) -> None:
    judge(world.run(NAME, diff=True, friendly_name="staff", credentials=credentials), failed=True)
    assert world.journal() == []


def test_a_defect_shows_no_password() -> None:
    class Defect:
        def send(self, method: str, url: str, **rest: Any) -> Any:
            raise RuntimeError(f"{method} {url} {rest} {json.dumps(rest['data'])} {entries('a', 'b')} {ODD} {PLAIN}")

    judge(run_module(NAME, Defect(), diff=True, friendly_name="staff", credentials=entries("a", "b")), failed=True)


def test_the_log_of_the_machine_has_no_password(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    logged: list[str] = []
    monkeypatch.setattr(AnsibleModule, "log", lambda __, msg, log_args=None: logged.append(f"{msg} {log_args}"))
    result = world.run(NAME, friendly_name="staff", credentials=entries("a", "b"))
    assert result["changed"]
    assert "friendly_name=staff" in logged[0]
    for password in PASSWORDS:
        assert not [spelling for spelling in spellings(password) if spelling in logged[0]]


# -- what people see ----------------------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[EmulatorServer]:
    context = Context()
    seed(context, {"accounts": [{"sid": ACCOUNT, "auth_token": TOKEN}]})
    running = EmulatorServer(("127.0.0.1", 0), context).start()
    yield running
    running.stop()


SABOTAGE = """
import requests
def send(self, method, url, **rest):
    raise RuntimeError(f"sabotage {method} {url} {rest}")
requests.Session.request = send
"""


def test_a_playbook_run_with_vvv_and_diff_prints_no_password(server: EmulatorServer, tmp_path: Path) -> None:
    (tmp_path / "sabotage").mkdir()
    (tmp_path / "sabotage" / "sitecustomize.py").write_text(SABOTAGE, encoding="utf-8")
    (tmp_path / "vault.yml").write_text(json.dumps({"plain": PLAIN, "odd": ODD, "weak": WEAK}), encoding="utf-8")
    both = [{"username": "pbx-a", "password": "{{ plain }}"}, {"username": "pbx-b", "password": "{{ odd }}"}]
    sabotaged = {"PYTHONPATH": str(tmp_path / "sabotage")}
    steps: list[tuple[str, Any, dict[str, Any], bool]] = [
        ("foretells", both, {"check_mode": True}, False),
        ("creates", both, {}, False),
        ("sends again", both, {}, False),
        ("removes", [both[0], {**both[1], "state": "absent"}], {}, False),
        ("is told 400", [*both, {"username": "refused", "password": "{{ odd }}"}], {}, True),
        ("loses the answer", both, {}, True),
        ("is weak", [{"username": "pbx-c", "password": "{{ weak }}"}], {}, True),
        ("is misspelt", [{"username": "pbx-c", "passwort": "{{ plain }}"}], {}, True),
        ("is a list", [["pbx-c", "{{ plain }}"]], {}, True),
        ("is a text", ["pbx-c {{ plain }}"], {}, True),
        ("has a wrong state", [{**both[1], "state": "gone"}], {}, True),
        ("is sabotaged", both, {"environment": sabotaged}, True),
    ]
    faults = [
        {"match": {"method": "POST", "path_regex": "/Credentials.json$"}, "skip": 2, "kind": "status", "status": 400},
        {"match": {"method": "POST", "path_regex": "/Credentials/"}, "skip": 3, "times": None, "kind": "reset"},
    ]
    server.api.faults.replace(parse_faults({"faults": faults}))
    tasks = [
        task
        for what, credentials, rest, failing in steps
        for task in judged(
            {
                "name": f"What {what}",
                f"dialtone.voice.{NAME}": {"friendly_name": "staff", "credentials": credentials},
                **rest,
            },
            failing,
        )
    ]
    common = {
        "account_sid": ACCOUNT, "auth_token": TOKEN, "base_url": server.url, "retries": 0, "timeout": 2,
        "concurrency": 1,
    }  # fmt: skip
    keywords = {
        "vars_files": ["vault.yml"],
        "module_defaults": {
            "group/dialtone.voice.twilio": common,
            f"dialtone.voice.{NAME}": {**common, "update_password": "always"},
        },
    }
    done = run_verbosely(tmp_path, tasks, keywords)
    output = done.stdout
    assert done.returncode == 0, output
    signs = ("HTTP 400", "is unknown", "has not a digit", "credentials.passwort", "value of state must be one of",
             "RuntimeError: sabotage", "Traceback", '"username": "pbx-b"', "VALUE_SPECIFIED_IN_NO_LOG")  # fmt: skip
    for sign in signs:
        assert sign in output, f"{sign} is not there: the run did not do what it should\n{output}"
    for password in (*PASSWORDS, TOKEN):
        shown = [line for line in output.splitlines() for spelling in spellings(password) if spelling in line]
        assert not shown, shown
