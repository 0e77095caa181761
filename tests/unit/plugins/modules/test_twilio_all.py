# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every twilio_* module: check mode writes nothing, secrets stay secret, the group is complete."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from twilio_collected import CHANGING, POPULATE, READING, SECRETS
from twilio_network import ACCOUNT, NUMBERS, TOKEN, World, run_module

from ansible_collections.dialtone.voice.plugins.module_utils._twilio import module as boundary

ROOT = Path(__file__).resolve().parents[4]
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("twilio_*.py"))


@pytest.fixture
def account(world: World) -> World:
    """An account with something in it that the tasks of ``twilio_cases`` change."""
    for populate in POPULATE:
        populate(world)
    return world


def test_every_module_is_covered_here() -> None:
    assert sorted([*CHANGING, *READING]) == MODULES


@pytest.mark.parametrize("name", MODULES)
def test_check_mode_sends_no_write(account: World, name: str) -> None:
    before = account.writes()
    for options in CHANGING.get(name, []):
        result = account.run(name, check=True, diff=True, **options)
        assert result["changed"], (options, result)
        assert result["diff"]["before"] != result["diff"]["after"]
    for options in READING.get(name, []):
        assert account.run(name, check=True, **options)["changed"] is False
    assert account.writes() == before


@pytest.mark.parametrize("name", MODULES)
def test_diff_only_when_asked(account: World, name: str) -> None:
    for options in [*CHANGING.get(name, []), *READING.get(name, [])]:
        assert "diff" not in account.run(name, check=True, **options)


def test_the_action_group_holds_exactly_the_modules() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    assert runtime["action_groups"]["twilio"] == MODULES


@pytest.mark.parametrize("name", MODULES)
def test_modules_are_short_and_secrets_are_marked(name: str) -> None:
    source = (ROOT / "plugins" / "modules" / f"{name}.py").read_text(encoding="utf-8")
    code = source[source.index("def main()") :].splitlines()
    assert len(code) <= 40
    spec = {
        **boundary.COMMON_SPEC,
        **importlib.import_module(f"ansible_collections.dialtone.voice.plugins.modules.{name}").SPEC,
    }
    assert {option for option, entry in spec.items() if entry.get("no_log")} <= {
        "auth_token",
        "api_secret",
        *SECRETS,
    }


@pytest.mark.parametrize("name", sorted(CHANGING))
def test_a_failure_is_documented_with_what_was_and_what_was_not_done(name: str) -> None:
    module = importlib.import_module(f"ansible_collections.dialtone.voice.plugins.modules.{name}")
    documented = yaml.safe_load(module.RETURN)["failure"]["contains"]
    assert {"status", "code", "message", "more_info", "applied", "failed", "remaining"} <= set(documented)


SECRET = "correct-horse-battery"  # stands for every kind of secret below


@pytest.mark.parametrize("name", MODULES)
@pytest.mark.parametrize("credentials", [
    {"auth_token": SECRET},
    {"auth_token": ..., "api_key": "SK" + "0" * 32, "api_secret": SECRET},
])  # fmt: skip
def test_refused_credentials_are_explained_and_not_repeated(
    world: World, name: str, credentials: dict[str, Any]
) -> None:
    options = {**[*CHANGING.get(name, []), *READING.get(name, [])][0], **credentials}
    failed = world.run(name, diff=True, **options)
    assert (failed["failure"]["status"], failed["failure"]["code"]) == (401, 20003)
    for word in (
        "account_sid",
        "TWILIO_ACCOUNT_SID",
        "auth_token",
        "TWILIO_AUTH_TOKEN",
        "api_key",
        "TWILIO_API_SECRET",
    ):
        assert word in failed["msg"]
    assert SECRET not in json.dumps(failed)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"account_sid": ...}, "account_sid is missing. Check account_sid (or TWILIO_ACCOUNT_SID)"),
        ({"account_sid": ""}, "account_sid is missing. Check"),
        ({"account_sid": "hello"}, "account_sid: 'hello' is not a SID of this kind; it begins with AC"),
        ({"auth_token": ...}, "auth_token is missing, and so is api_key"),
        ({"auth_token": ..., "api_key": "SK" + "0" * 32}, "api_secret is missing, and api_key is given"),
        ({"api_key": "hello", "api_secret": SECRET}, "api_key: 'hello' is not a SID of this kind; it begins with SK"),
    ],
)
def test_missing_credentials_are_named(
    world: World, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], message: str
) -> None:
    for name in ("ACCOUNT_SID", "AUTH_TOKEN", "API_KEY", "API_SECRET"):
        monkeypatch.delenv(f"TWILIO_{name}", raising=False)
    failed = world.run("twilio_trunk_info", **options)
    assert message in failed["msg"]
    assert world.journal() == []


def test_credentials_come_from_the_environment(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TWILIO_ACCOUNT_SID", ACCOUNT)
    monkeypatch.setenv("TWILIO_AUTH_TOKEN", TOKEN)
    gateway = "https://gateway.example/twilio"
    monkeypatch.setenv("TWILIO_BASE_URL", gateway)
    seen: list[str] = []

    class Gateway:
        def send(self, method: str, url: str, **rest: Any) -> Any:
            seen.append(url)
            return world.send(
                method, url.replace("https://gateway.example/twilio/trunking", "https://trunking.twilio.com"), **rest
            )

    result = run_module("twilio_trunk_info", Gateway(), account_sid=..., auth_token=..., include=[])
    assert result["trunks"] == []
    assert seen == ["https://gateway.example/twilio/trunking/v1/Trunks"]


def test_passwords_in_urls_are_masked_everywhere(world: World) -> None:
    url = f"https://user:{SECRET}@example.com/voice"
    results = [
        world.run("twilio_phone_number", check=check, diff=True, phone_number=NUMBERS[0], voice_url=url)
        for check in (True, False, False)
    ]
    assert [result["changed"] for result in results] == [True, True, False], "masking does not disturb the comparison"
    sip = f"sip:user:{SECRET}@pbx.example.com"
    results.append(
        world.run(
            "twilio_trunk", friendly_name="hq", diff=True, origination_urls=[{"sip_url": sip, "friendly_name": "a"}]
        )
    )
    results.append(
        world.run("twilio_phone_number", phone_number=NUMBERS[0], voice_url=f"ftp://user:{SECRET}@example.com")
    )
    results.append(world.run("twilio_trunk_info", base_url=f"http://user:{SECRET}@example.com"))
    for result in results:
        assert SECRET not in json.dumps(result)
    assert results[1]["phone_number"]["voice_url"] == "https://user:***@example.com/voice"


@pytest.mark.parametrize(
    ("base_url", "warned"),
    [("http://203.0.113.5:80", False), ("http://8.8.8.8", True), ("http://twilio.example", True),
     ("http://localhost:1", False), ("http://198.18.0.10:8080", False), ("https://8.8.8.8", False), (None, False)],
)  # fmt: skip
def test_credentials_over_plain_http_are_warned_of(base_url: str | None, warned: bool) -> None:
    assert bool(boundary.plain_http_warning(base_url)) is warned


def test_the_warning_reaches_the_user(world: World) -> None:
    class Anywhere:
        def send(self, method: str, url: str, **rest: Any) -> Any:
            return world.send(
                method, url.replace("http://twilio.example/trunking", "https://trunking.twilio.com"), **rest
            )

    result = run_module("twilio_trunk_info", Anywhere(), base_url="http://twilio.example")
    assert "not encrypted" in result["warnings"][0]


def test_a_missing_library_is_named(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boundary, "MISSING", {"twilio": "Traceback: no module named twilio"})
    failed = world.run("twilio_trunk_info")
    assert "twilio" in failed["msg"]
    assert failed["failed"]
    assert world.journal() == []


def test_rate_limits_are_survived(account: World) -> None:
    account.fault("POST", "", "status", when="before", status=429, retry_after=1, times=3)
    assert account.run("twilio_trunk", friendly_name="hq", secure=True)["changed"]
    account.fault("GET", "", "status", when="before", status=503, times=2)
    assert not account.run("twilio_trunk", friendly_name="hq", secure=True)["changed"]
