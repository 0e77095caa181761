# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading alerts: which ones, and whether what they say helps."""

from __future__ import annotations

import json
import re
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

import pytest
from twilio_cases.readings import call, made
from twilio_network import Script, World, run_module

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import readings_period
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers.readings_codes import TRUNKING, explain

ROOT = Path(__file__).resolve().parents[4]
TRUNK = "TK" + "a" * 32
URL = "https://monitor.twilio.com/v1/Alerts"
NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=timezone.utc)


def failed_call(hours: float, error: str) -> dict[str, Any]:
    return call(TRUNK, hours, status="failed", duration=0, error=error)


@pytest.fixture
def alarmed(world: World) -> World:
    """A world with three refused calls."""
    made(
        world, failed_call(30, "32201 Not in ACL"), failed_call(2, "32205 Geo permission"), failed_call(1, "13224 Odd")
    )
    return world


def codes(result: dict[str, Any]) -> list[int]:
    assert not result.get("failed"), result
    return [alert["code"] for alert in result["alerts"]]


def test_the_newest_first_with_cause_and_remedy(alarmed: World) -> None:
    result = alarmed.run("twilio_alert_info", last="3d")
    assert codes(result) == [13224, 32205, 32201]
    assert result["api_requests"] == 1
    odd, geographic, __ = result["alerts"]
    assert (odd["cause"], odd["remedy"]) == (None, None)
    assert "geographic permissions" in geographic["cause"]
    assert "dialtone.voice.twilio_dialing_permissions" in geographic["remedy"]
    assert (geographic["text"], geographic["log_level"]) == ("Geo permission", "error")
    assert geographic["resource_sid"].startswith("CA")
    assert geographic["more_info"].endswith("/32205")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", geographic["time"])


def test_a_day_unless_told_otherwise(alarmed: World) -> None:
    assert codes(alarmed.run("twilio_alert_info")) == [13224, 32205]


def test_filters(alarmed: World) -> None:
    assert codes(alarmed.run("twilio_alert_info", codes=[32201, 32205], last="7d")) == [32205, 32201]
    assert codes(alarmed.run("twilio_alert_info", log_level="warning")) == []
    sid = alarmed.run("twilio_call_info")["calls"][0]["sid"]
    assert codes(alarmed.run("twilio_alert_info", resource_sid=sid)) == [13224]
    levels = [entry["params"].get("LogLevel") for entry in alarmed.journal() if entry["path"].endswith("/Alerts")]
    assert levels == [None, "warning", None]


def test_a_limit_and_its_warning(alarmed: World) -> None:
    result = alarmed.run("twilio_alert_info", limit=1)
    assert len(result["alerts"]) == 1
    assert "There are more alerts than the limit of 1" in result["warnings"][0]


def test_the_period_is_sent_as_moments(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings_period, "now", lambda: NOON)
    empty = {"alerts": [], "meta": {"next_page_url": None}}
    script.expect("GET", URL, empty)
    run_module("twilio_alert_info", script, **{"from": "2026-11-23T10:00:00+01:00", "to": "2026-11-23"})
    assert script.seen[0]["params"] == {
        "PageSize": "1000", "StartDate": "2026-11-23T09:00:00Z", "EndDate": "2026-11-24T00:00:00Z",
    }  # fmt: skip
    script.expect("GET", URL, empty)
    assert run_module("twilio_alert_info", script, last="30d")["alerts"] == []
    assert script.seen[1]["params"]["StartDate"] == "2026-10-24T12:05:00Z", "not just too old when it arrives"


def test_passwords_in_urls_are_masked(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings_period, "now", lambda: NOON)
    alert = dict.fromkeys(("log_level", "alert_text", "resource_sid", "service_sid", "request_method", "more_info"))
    url = "https://user:correct-horse@example.com/voice"
    alert.update(sid="NO1", error_code="11200", date_generated="2026-11-23T11:00:00Z", request_url=url, alert_text=url)
    script.expect("GET", URL, {"alerts": [alert], "meta": {"next_page_url": None}})
    result = run_module("twilio_alert_info", script)
    assert "correct-horse" not in json.dumps(result)
    assert result["alerts"][0]["request_url"] == "https://user:***@example.com/voice"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"from": "2026-10-01"}, "from: '2026-10-01' is more than 30 days ago; Twilio has no older alerts."),
        ({"last": "5w"}, "last: '5w' is more than 30 days ago"),
        ({"codes": [32201, 7]}, "codes[1]: 7 is outside 10000 to 99999."),
        ({"resource_sid": "call"}, "resource_sid: 'call' is not a SID; it has two letters"),
        ({"limit": 100001}, "limit: 100001 is outside 1 to 100000."),
        ({"last": "soon"}, "last: 'soon' is no length of time"),
    ],
)
def test_bad_options_are_refused_before_the_first_request(
    world: World, monkeypatch: pytest.MonkeyPatch, options: dict[str, Any], message: str
) -> None:
    monkeypatch.setattr(readings_period, "now", lambda: NOON)
    assert message in world.run("twilio_alert_info", **options)["msg"]
    assert world.journal() == []


def test_faults_are_survived(alarmed: World) -> None:
    plain = alarmed.run("twilio_alert_info")
    for fault in ({"kind": "status", "status": 500}, {"kind": "reset"}, {"kind": "malformed"}):
        alarmed.fault("GET", "/Alerts", when="before", times=2, **fault)
        assert alarmed.run("twilio_alert_info")["alerts"] == plain["alerts"]


def test_every_failure_of_the_emulated_carrier_is_explained() -> None:
    source = "".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests" / "lab" / "emulator" / "sip").glob("*.py")
    )
    emulated = {int(code) for code in re.findall(r"\b(32\d{3})\b", source)}
    assert len(emulated) > 10
    assert sorted(emulated - set(TRUNKING)) == []


def test_explanations_are_sentences() -> None:
    for code, explanation in TRUNKING.items():
        assert 32000 < code < 33000
        for sentence in (explanation.cause, explanation.remedy):
            assert sentence[0].isupper()
            assert sentence.endswith(".")
            assert len(sentence) < 160
        assert explanation.sip is None or 400 <= explanation.sip < 700
    assert explain(None) is None
    assert explain(11200) is None
