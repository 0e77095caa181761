# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets never come out: not in results, diffs, messages or tracebacks, nor in what a real playbook run prints."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from twilio_network import ACCOUNT, NUMBERS, TOKEN, World, run_module
from verbose_playbook import judged, run_verbosely

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.mask import passwords, redact
from lab.emulator.context import Context
from lab.emulator.faults import parse_faults
from lab.emulator.seed import seed
from lab.emulator.server import EmulatorServer

KEY, SECRET, PASSWORD = "SK" + "3" * 32, "zebra0secret0of0the0key", "walrus-password"
HTTP_URL, SIP_URL = f"https://user:{PASSWORD}@example.com/voice", f"sip:user:{PASSWORD}@pbx.example.com"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://user:secret@example.com/a?b=c@d", "https://user:***@example.com/a?b=c@d"),
        ("https://user:p@ss@example.com/", "https://user:***@example.com/"),
        ("https://user:pa/ss@example.com/", "https://user:***@example.com/"),
        ("https://user:pa?ss#x@example.com/", "https://user:***@example.com/"),
        ("https://user:1234@example.com/", "https://user:***@example.com/"),
        ("https://:secret@example.com/", "https://:***@example.com/"),
        ("sip:user:secret@example.com:5060;transport=tls", "sip:user:***@example.com:5060;transport=tls"),
        ("SIPS:user;x=1:s;e?cret@example.com", "SIPS:user;x=1:***@example.com"),
        ("sip://user:secret@example.com", "sip://user:***@example.com"),
        ("x: 'https://a:b@c.example' and 'sip:d:e@f'", "x: 'https://a:***@c.example' and 'sip:d:***@f'"),
        *(
            (innocent, innocent)
            for innocent in (
                "https://example.com:8443/users/a@b",
                "https://user@example.com/",
                "http://[2001:db8::1]:8080/a@b",
                "sip:203.0.113.10:5060?X-From=alice@example.com",
                "sip:203.0.113.10:5060;transport=udp",
                "sip:+12025550101@example.com",
                "sip:[2001:db8::1]:5060",
                "someone@example.com: 12:30",
            )
        ),
    ],
)
def test_passwords_in_urls_are_masked_and_nothing_else(text: str, shown: str) -> None:
    assert redact(text) == shown
    assert redact({"a": [text, (text,)]}) == {"a": [shown, [shown]]}
    assert all(password not in shown for password in passwords([text]))


TASKS: dict[str, dict[str, Any]] = {
    "twilio_trunk": {
        "friendly_name": "hq",
        "disaster_recovery_url": HTTP_URL,
        # Twilio takes no password in a SIP URL, but names may look like one.
        "origination_urls": [{"sip_url": "sip:pbx.example.com", "friendly_name": SIP_URL}],
    },
    "twilio_phone_number": {
        "phone_number": NUMBERS[0],
        **dict.fromkeys(("voice_url", "voice_fallback_url", "sms_url", "status_callback"), HTTP_URL),
    },
    "twilio_ip_access_control_list": {"friendly_name": HTTP_URL, "ip_addresses": [{"ip_address": "203.0.113.1"}]},
    "twilio_trunk_info": {"friendly_name": HTTP_URL},
}
CREDENTIALS: list[dict[str, Any]] = [{}, {"auth_token": ..., "api_key": KEY, "api_secret": SECRET}]


class Defect:
    """A network with a defect, whose message holds all it was given."""

    def send(self, method: str, url: str, **rest: Any) -> Any:
        raise RuntimeError(f"{method} {url} {rest} {HTTP_URL} or {PASSWORD} alone")


@pytest.fixture
def secretive() -> World:
    world = World()
    account = {
        "sid": ACCOUNT,
        "auth_token": TOKEN,
        "friendly_name": "Tests",
        "numbers": NUMBERS,
        "api_keys": [{"sid": KEY, "secret": SECRET, "type": "main"}],
    }
    seed(world.context, {"accounts": [account]})
    return world


def judge(result: dict[str, Any], failed: bool) -> None:
    text = json.dumps(result)
    assert bool(result.get("failed")) is failed, result
    for secret in (TOKEN, SECRET, PASSWORD):
        assert secret not in text, result


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("credentials", CREDENTIALS, ids=["token", "key"])
def test_success_shows_no_secret(secretive: World, name: str, credentials: dict[str, Any]) -> None:
    for check in (True, False, False):
        result = secretive.run(name, check=check, diff=True, **TASKS[name], **credentials)
        judge(result, failed=False)
        if name != "twilio_trunk_info":
            assert "user:***@" in json.dumps(result), "the URL is shown, without its password"


FAULTS: dict[str, dict[str, Any]] = {
    **{str(status): {"kind": "status", "status": status} for status in (400, 401, 403, 404, 409, 429, 500)},
    **{kind: {"kind": kind, "when": "after"} for kind in ("reset", "timeout", "malformed")},
}


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("credentials", CREDENTIALS, ids=["token", "key"])
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("position", [0, 1])
def test_failures_show_no_secret(
    secretive: World, name: str, credentials: dict[str, Any], fault: str, position: int
) -> None:
    secretive.fault(None, "", skip=position, **{**FAULTS[fault], "times": None})
    options = {**TASKS[name], "retries": 1, **credentials}
    if name == "twilio_trunk_info":
        secretive.fault(None, "", **{**FAULTS[fault], "times": None})  # with its one request there is no second one
    judge(secretive.run(name, diff=True, **options), failed=True)


@pytest.mark.parametrize("name", TASKS)
@pytest.mark.parametrize("credentials", CREDENTIALS, ids=["token", "key"])
def test_a_defect_is_reported_without_secrets(name: str, credentials: dict[str, Any]) -> None:
    result = run_module(name, Defect(), diff=True, **TASKS[name], **credentials)
    judge(result, failed=True)
    assert result["msg"].startswith("A defect of dialtone.voice, please report it: RuntimeError: GET https://")
    assert result["failure"]["applied"] == []


@pytest.mark.parametrize("options", [
    {"retries": "many"}, {"state": "somewhere"}, {"nonsense": HTTP_URL}, {"disaster_recovery_method": HTTP_URL},
    {"origination_urls": [{"sip_url": SIP_URL, "weight": "heavy"}]}, {"origination_urls": [{"sip": SIP_URL}]},
    {"origination_urls": SIP_URL}, {"disaster_recovery_url": f"ftp://user:{PASSWORD}@example.com"},
    {"disaster_recovery_url": f"https://user:{PASSWORD}/x@example.com"}, {"domain_name": HTTP_URL},
    {"phone_numbers": [HTTP_URL]}, {"ip_access_control_lists": [HTTP_URL]}, {"base_url": HTTP_URL},
    {"edge": HTTP_URL}, {"account_sid": HTTP_URL}, {"api_key": HTTP_URL, "api_secret": SECRET},
])  # fmt: skip
def test_refused_options_show_no_secret(secretive: World, options: dict[str, Any]) -> None:
    judge(secretive.run("twilio_trunk", diff=True, **{**TASKS["twilio_trunk"], **options}), failed=True)


CREDENTIALS_GIVEN: list[dict[str, Any]] = [{}, {"api_key": KEY}]


@pytest.mark.parametrize("bad", ["schlüssel", "two words", "line\nend\n"])
@pytest.mark.parametrize("credentials", CREDENTIALS_GIVEN)
def test_a_secret_that_cannot_be_one_is_refused_without_repeating_it(
    world: World, bad: str, credentials: dict[str, Any]
) -> None:
    option = "api_secret" if credentials else "auth_token"
    result = world.run("twilio_trunk_info", **{**credentials, option: bad})
    assert result["msg"].startswith(f"{option} has a blank, a line end or a letter that no such secret has")
    assert bad not in json.dumps(result, ensure_ascii=False)
    assert world.journal() == []


def test_short_passwords_are_masked_as_well(world: World) -> None:
    result = world.run(
        "twilio_phone_number", diff=True, phone_number=NUMBERS[0], voice_url="https://user:q7@example.com"
    )
    assert "q7" not in json.dumps(result)
    assert result["invocation"]["module_args"]["voice_url"] == "https://user:***@example.com"


# -- what people see ----------------------------------------------------------------------------------------------


@pytest.fixture
def server() -> Iterator[EmulatorServer]:
    context = Context()
    key = {"sid": KEY, "secret": SECRET, "type": "main"}
    seed(context, {"accounts": [{"sid": ACCOUNT, "auth_token": TOKEN, "numbers": NUMBERS, "api_keys": [key]}]})
    running = EmulatorServer(("127.0.0.1", 0), context).start()
    yield running
    running.stop()


SABOTAGE = """
import requests
def send(self, method, url, **rest):
    raise RuntimeError(f"sabotage {method} {url} {rest}")
requests.Session.request = send
"""


def test_a_playbook_run_with_vvv_prints_no_secret(server: EmulatorServer, tmp_path: Path) -> None:
    (tmp_path / "sabotage").mkdir()
    (tmp_path / "sabotage" / "sitecustomize.py").write_text(SABOTAGE, encoding="utf-8")
    common = {"account_sid": ACCOUNT, "base_url": server.url, "retries": 0, "timeout": 2}
    key = {"api_key": KEY, "api_secret": SECRET}
    wrong = {"friendly_name": "hq", "origination_urls": [{"sip_url": SIP_URL, "weight": "heavy"}]}
    trunk, number = TASKS["twilio_trunk"], TASKS["twilio_phone_number"]
    steps: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = [
        ("creates", "twilio_trunk", {**trunk, "auth_token": TOKEN}, {}),
        ("changes", "twilio_phone_number", {**number, **key}, {}),
        ("reads", "twilio_trunk_info", {"auth_token": TOKEN}, {}),
        ("is refused", "twilio_trunk", {**trunk, "auth_token": SECRET}, {}),  # 401
        ("is told 400", "twilio_trunk", {**trunk, "friendly_name": "told400", "auth_token": TOKEN}, {}),
        ("times out", "twilio_phone_number", {**number, "phone_number": NUMBERS[1], **key}, {}),
        ("has a wrong type", "twilio_trunk", {**wrong, "auth_token": TOKEN}, {}),
        ("is sabotaged", "twilio_phone_number", {**number, **key}, {"PYTHONPATH": str(tmp_path / "sabotage")}),
    ]
    faults = [
        {"match": {"method": "POST", "path_regex": "/v1/Trunks$"}, "skip": 1, "kind": "status", "status": 400},
        {"match": {"method": "POST", "path_regex": "/IncomingPhoneNumbers/"}, "skip": 1, "times": None,
         "kind": "timeout", "seconds": 0},
    ]  # fmt: skip
    server.api.faults.replace(parse_faults({"faults": faults}))
    tasks = [
        task
        for position, (what, module, options, environment) in enumerate(steps)
        for task in judged(
            {"name": f"What {what}", f"dialtone.voice.{module}": {**common, **options}, "environment": environment},
            failing=position > 2,
        )
    ]
    done = run_verbosely(tmp_path, tasks)
    output = done.stdout
    assert done.returncode == 0, output
    for sign in ("HTTP 401", "HTTP 400", "is unknown", "heavy", "RuntimeError: sabotage", "Traceback", "user:***@"):
        assert sign in output, f"{sign} is not there: the run did not do what it should\n{output}"
    for secret in (TOKEN, SECRET, PASSWORD):
        assert secret not in output, [line for line in output.splitlines() if secret in line]
