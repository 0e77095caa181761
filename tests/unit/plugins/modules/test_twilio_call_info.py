# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading calls: which ones, in how many requests, and what Voice Insights may or may not add."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from twilio_cases.readings import OFFICE, call, made
from twilio_faulty import do
from twilio_network import NUMBERS, Script, World, run_module

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import readings_period, readings_scan

ABROAD = "+442079460000"
OTHER = "TK" + "b" * 32
NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=timezone.utc)
CALLS = "https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000001/Calls.json"
SUMMARIES = "https://insights.twilio.com/v1/Voice/Summaries"


def trunk(world: World) -> str:
    do(world, "twilio_trunk", friendly_name="hq", domain_name=OFFICE)
    return str(next(iter(world.context.store.all("TK"))).sid)


def at(moment: str, trunk_sid: str = "TK" + "a" * 32, **rest: Any) -> dict[str, Any]:
    return {**call(trunk_sid, 0, **rest), "started": moment}


@pytest.fixture
def noon(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world in which it is noon of 23 November 2026."""
    monkeypatch.setattr(readings_period, "now", lambda: NOON)
    world.context.wall = NOON.timestamp
    return world


def sids(result: dict[str, Any]) -> list[str]:
    assert not result.get("failed"), result
    return [entry["sid"] for entry in result["calls"]]


def queries(world: World, path: str = "/Calls.json") -> list[dict[str, str]]:
    return [entry["params"] for entry in world.journal() if entry["path"].endswith(path)]


# -- which calls --------------------------------------------------------------------------------------------------


def test_a_trunk_is_named_in_every_way(world: World) -> None:
    own = trunk(world)
    mine, __ = made(world, call(own, 1), call(OTHER, 2))
    for name in ("hq", OFFICE, own):
        assert sids(world.run("twilio_call_info", trunk=name)) == [mine]
    assert len(sids(world.run("twilio_call_info"))) == 2
    assert world.run("twilio_call_info", trunk=own)["api_requests"] == 1, "a SID is not looked up"


def test_the_calls_of_a_trunk_that_is_gone_are_still_there(world: World) -> None:
    gone = made(world, call(OTHER, 1))
    assert sids(world.run("twilio_call_info", trunk=OTHER)) == gone


def test_a_trunk_that_there_is_not_is_named(world: World) -> None:
    trunk(world)
    failed = world.run("twilio_call_info", trunk="hqq")
    assert "trunk: there is no trunk 'hqq'" in failed["msg"]
    assert "Did you mean 'hq'?" in failed["msg"]
    predicted = world.run("twilio_call_info", trunk="hqq", check=True)
    assert predicted["calls"] == []
    assert "taken for granted" in predicted["warnings"][0]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"last": "1h"}, "d"),
        ({"last": "90m"}, "cd"),
        ({"last": "1d"}, "cd"),
        ({"last": "1w"}, "abcd"),
        ({}, "cd"),
        ({"from": "2026-11-22"}, "bcd"),
        ({"from": "2026-11-22", "to": "2026-11-22"}, "b"),
        ({"from": "2026-11-21", "to": "2026-11-22"}, "ab"),
        ({"to": "2026-11-22"}, "b"),
        ({"from": "2026-11-21T23:59:59Z", "to": "2026-11-22T00:00:01Z"}, "ab"),
        ({"from": "2026-11-22T00:00:00Z", "to": "2026-11-23T11:00:00Z"}, "bc"),
        ({"from": "2026-11-23T06:00:00-05:00"}, "d"),
        ({"from": "2026-11-23 11:00"}, "d"),
        ({"from": "2026-11-22", "to": "2099-12-31"}, "bcd"),
        ({"to": "2026-11-22T05:30:00+0530", "from": "2026-11-21"}, "a"),
    ],
)
def test_the_period_is_exact_although_twilio_knows_days_only(
    noon: World, options: dict[str, str], expected: str
) -> None:
    moments = ["2026-11-21T23:59:59Z", "2026-11-22T00:00:00Z", "2026-11-23T10:59:59Z", "2026-11-23T11:00:00Z"]
    names = dict(zip(made(noon, *(at(moment) for moment in moments)), "abcd"))
    found = sids(noon.run("twilio_call_info", **options))
    assert "".join(sorted(names[sid] for sid in found)) == expected
    assert found == sorted(found, key=lambda sid: names[sid], reverse=True), "the newest first"
    (query,) = queries(noon)
    assert len(query["StartTime>"]) == len(query["StartTime<"]) == len("2026-11-22"), "days, as documented"


def test_a_call_that_has_not_begun_counts_by_its_creation(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings_period, "now", lambda: NOON)
    empty = dict.fromkeys(("trunk_sid", "from", "to", "direction", "start_time", "end_time", "duration", "price",
                           "price_unit"))  # fmt: skip
    queued = {"sid": "CA1", **empty, "status": "queued", "date_created": "Mon, 23 Nov 2026 11:00:00 +0000"}
    old = {"sid": "CA2", **empty, "status": "queued", "date_created": "Sun, 22 Nov 2026 11:00:00 +0000"}
    script.expect("GET", CALLS, {"calls": [queued, old], "next_page_uri": None})
    (found,) = run_module("twilio_call_info", script)["calls"]
    assert found == {"sid": "CA1", **dict.fromkeys(
        ("trunk_sid", "from", "to", "direction", "start", "end", "duration", "price", "price_unit")
    ), "status": "queued"}  # fmt: skip


@pytest.mark.parametrize(
    ("options", "expected", "sent"),
    [
        ({"status": ["failed"]}, "b", {"Status": "failed"}),
        ({"status": ["failed", "busy"]}, "bc", {}),
        ({"direction": ["trunking-originating"]}, "d", {}),
        ({"from_number": ABROAD}, "d", {"From": ABROAD}),
        ({"to_number": ABROAD, "status": ["completed", "completed"]}, "a", {"To": ABROAD, "Status": "completed"}),
    ],
)
def test_filters(world: World, options: dict[str, Any], expected: str, sent: dict[str, str]) -> None:
    inbound = {"from": ABROAD, "to": NUMBERS[0], "direction": "trunking-originating"}
    names = dict(zip(made(
        world, call(OTHER, 1), call(OTHER, 2, status="failed", duration=0), call(OTHER, 3, status="busy", duration=0),
        call(OTHER, 4, **inbound),
    ), "abcd"))  # fmt: skip
    assert "".join(names[sid] for sid in sids(world.run("twilio_call_info", **options))) == expected
    (query,) = queries(world)
    assert {key: query[key] for key in ("From", "To", "Status") if key in query} == sent


def test_a_call_is_shown_in_plain_types(noon: World) -> None:
    made(noon, at("2026-11-23T10:30:00Z"), at("2026-11-23T10:00:00Z", status="ringing", duration=0))
    done, ringing = noon.run("twilio_call_info")["calls"]
    assert {**done, "sid": ""} == {
        "sid": "", "trunk_sid": "TK" + "a" * 32, "from": NUMBERS[0], "to": ABROAD,
        "direction": "trunking-terminating", "status": "completed", "start": "2026-11-23T10:30:00Z",
        "end": "2026-11-23T10:31:01Z", "duration": 61, "price": pytest.approx(done["price"]), "price_unit": "USD",
    }  # fmt: skip
    assert done["price"] > 0, "what is paid is positive"
    assert (ringing["end"], ringing["duration"], ringing["price"]) == (None, None, None)


# -- how far the list is read -------------------------------------------------------------------------------------


def test_no_more_than_the_limit_and_a_warning(world: World) -> None:
    made(world, *(call(OTHER, hours) for hours in (1, 2, 3)))
    two = world.run("twilio_call_info", limit=2)
    assert len(two["calls"]) == 2
    assert two["warnings"] == ["There are more calls than the limit of 2: the newest are returned. Raise limit, or "
                               "select a shorter period."]  # fmt: skip
    three = world.run("twilio_call_info", limit=3)
    assert (len(three["calls"]), three["warnings"]) == (3, [])


def test_pages_are_the_largest_and_only_as_many_as_needed(world: World) -> None:
    made(world, *(call(OTHER if index else "TK" + "a" * 32, 1) for index in range(1001)))
    assert world.run("twilio_call_info", trunk=OTHER, limit=10)["api_requests"] == 1
    assert queries(world)[0]["PageSize"] == "1000"
    whole = world.run("twilio_call_info", trunk=OTHER, limit=1000)
    assert (whole["api_requests"], len(whole["calls"]), whole["warnings"]) == (2, 1000, [])


def test_a_search_without_end_ends(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings_scan, "MOST_PAGES", 1)
    made(world, *(call(OTHER, 1) for __ in range(1001)))
    result = world.run("twilio_call_info", trunk="TK" + "a" * 32)
    assert result["api_requests"] == 1
    assert "Only the newest 1,000 calls of the account were looked through" in result["warnings"][0]


def test_calls_that_do_not_name_their_trunk_are_counted(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings_period, "now", lambda: NOON)
    fields = dict.fromkeys(("from", "to", "end_time", "duration", "price", "price_unit", "date_created"))
    begun = {**fields, "start_time": "Mon, 23 Nov 2026 11:00:00 +0000", "status": "ringing", "trunk_sid": None}
    page = [
        {**begun, "sid": "CA1", "direction": "trunking-originating"},
        {**begun, "sid": "CA2", "direction": "inbound"},
    ]
    script.expect("GET", CALLS, {"calls": page, "next_page_uri": None})
    result = run_module("twilio_call_info", script, trunk=OTHER)
    assert result["calls"] == []
    assert result["warnings"][0].startswith("1 calls over a trunk do not say over which one")


# -- Voice Insights -----------------------------------------------------------------------------------------------


def test_the_sip_response_of_each_call(world: World) -> None:
    made(world, call(OTHER, 1), call(OTHER, 2, status="busy", sip_code=486, duration=0))
    result = world.run("twilio_call_info", include_sip=True)
    assert [entry["sip_response"] for entry in result["calls"]] == [200, 486]
    assert {entry["disconnected_by"] for entry in result["calls"]} == {None}
    assert (result["api_requests"], result["warnings"]) == (2, []), "both on one page of summaries"
    assert "sip_response" not in world.run("twilio_call_info")["calls"][0]


def test_what_the_list_of_summaries_does_not_show_is_asked_for_by_itself(world: World) -> None:
    made(world, *(call(OTHER, 1) for __ in range(60)), call("TK" + "a" * 32, 2, sip_code=404, status="failed"))
    result = world.run("twilio_call_info", include_sip=True, status=["failed", "completed"])
    assert [entry["sip_response"] for entry in result["calls"]] == [200] * 60 + [404]
    assert result["api_requests"] == 1 + 3, "three pages of 25"
    few = world.run("twilio_call_info", include_sip=True, trunk="TK" + "a" * 32, last="1d")
    assert [entry["sip_response"] for entry in few["calls"]] == [404]
    # A busy trunk in the same minutes: the page of the list is of no use, and is not followed by more than one request.
    made(world, *(call(OTHER, 2) for __ in range(30)))
    few = world.run("twilio_call_info", include_sip=True, trunk="TK" + "a" * 32, last="1d")
    assert [entry["sip_response"] for entry in few["calls"]] == [404]
    assert few["api_requests"] <= 3
    (query, *__) = queries(world, "/Summaries")
    assert (query["PageSize"], query["ProcessingState"], query["CallType"]) == ("25", "all", "trunking")


def test_no_call_no_request_to_insights(world: World) -> None:
    assert world.run("twilio_call_info", include_sip=True)["api_requests"] == 1


@pytest.mark.parametrize(("status", "code"), [(403, 20403), (404, 20404), (401, 20003)])
def test_an_account_without_insights_gets_its_calls_and_a_remedy(world: World, status: int, code: int) -> None:
    made(world, *(call(OTHER, 1) for __ in range(30)))
    world.fault("GET", "/insights/", "status", when="before", status=status, code=code, times=None)
    result = world.run("twilio_call_info", include_sip=True)
    assert not result.get("failed")
    assert {entry["sip_response"] for entry in result["calls"]} == {None}
    assert len(result["calls"]) == 30
    (warning,) = result["warnings"]
    assert "could not be read and are null" in warning
    assert "advanced features of Voice Insights" in warning
    assert result["api_requests"] == 2, "after the first refusal nothing more is asked"


def test_insights_that_do_not_answer_are_no_failure_either(world: World) -> None:
    made(world, call(OTHER, 1))
    world.fault("GET", "/insights/", "reset", when="before", times=None)
    result = world.run("twilio_call_info", include_sip=True, retries=1)
    assert result["calls"][0]["sip_response"] is None
    assert "No usable answer" in result["warnings"][0]


@pytest.mark.parametrize(("status", "code"), [(404, 20404), (404, 17001), (400, 17002)])
def test_a_call_without_a_summary_is_counted(
    script: Script, monkeypatch: pytest.MonkeyPatch, status: int, code: int
) -> None:
    monkeypatch.setattr(readings_period, "now", lambda: NOON)
    sid = "CA" + "1" * 32
    fields = dict.fromkeys(("from", "to", "end_time", "duration", "price", "price_unit", "date_created"))
    page = [{**fields, "sid": sid, "start_time": "Mon, 23 Nov 2026 11:59:30 +0000", "status": "ringing",
             "trunk_sid": OTHER, "direction": "trunking-terminating"}]  # fmt: skip
    script.expect("GET", CALLS, {"calls": page, "next_page_uri": None})
    script.expect("GET", SUMMARIES, {"call_summaries": [], "meta": {"next_page_url": None}})
    summary = f"https://insights.twilio.com/v1/Voice/{sid}/Summary?ProcessingState=partial"
    script.refuse("GET", summary, status, code)
    result = run_module("twilio_call_info", script, include_sip=True)
    assert result["calls"][0]["sip_response"] is None
    assert result["warnings"][0].startswith("Voice Insights has no summary of 1 of 1 calls")
    assert script.seen[1]["params"]["StartTime"] == "2026-11-23T11:58:30Z"
    assert script.seen[1]["params"]["EndTime"] == "2026-11-23T12:00:00Z", "not in the future"


# -- before the first request -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"from": "yesterday"}, "from: 'yesterday' is no date; write a date such as 2026-11-23"),
        ({"from": "2026-13-01"}, "from: '2026-13-01' is no date"),
        ({"to": "2026-11-23T25:00:00Z"}, "to: '2026-11-23T25:00:00Z' is no date"),
        ({"from": "0001-01-01T00:00:00+14:00"}, "from: '0001-01-01T00:00:00+14:00' is no date"),
        ({"to": "9999-12-31"}, "to: '9999-12-31' is no date"),
        ({"from": "2026-11-23T10:00:00+99:99"}, "is no date"),
        ({"from": "2026-11-24"}, "from: '2026-11-24' is still to come"),
        ({"from": "2026-11-23", "to": "2026-11-22"}, "to: '2026-11-22' is not after from"),
        ({"from": "2026-11-23T10:00:00Z", "to": "2026-11-23T10:00:00Z"}, "is not after from"),
        ({"last": "1y"}, "last: '1y' is no length of time; write a number with m, h, d or w: 90m, 24h, 7d, 2w."),
        ({"last": "0h"}, "last: '0h' is no length of time"),
        ({"last": "1h", "from": "2026-11-23"}, "parameters are mutually exclusive: last|from"),
        ({"from_number": "2025550101"}, "from_number: '2025550101' is not a number in E.164"),
        ({"to_number": "a b"}, "to_number: 'a b' is neither a number in E.164 nor a SIP address."),
        ({"trunk": ""}, "trunk: '' is empty"),
        ({"trunk": "hq.pstn.ashburn.twilio.com"}, "there is no trunk"),
        ({"trunk": "HQ.pstn.twilio.com"}, "trunk: 'HQ.pstn.twilio.com' has other characters than a-z"),
        ({"limit": 0}, "limit: 0 is outside 1 to 100000."),
        ({"status": ["done"]}, "value of status must be one or more of"),
    ],
)
def test_bad_options_are_refused_before_the_first_request(noon: World, options: dict[str, Any], message: str) -> None:
    failed = noon.run("twilio_call_info", **options)
    assert message in failed["msg"]
    assert queries(noon) == []


@pytest.mark.parametrize("fault", [
    {"kind": "status", "status": 503}, {"kind": "reset"}, {"kind": "malformed"}, {"kind": "status", "status": 429},
])  # fmt: skip
def test_reads_are_repeated_until_they_succeed(world: World, fault: dict[str, Any]) -> None:
    made(world, call(OTHER, 1))
    plain = world.run("twilio_call_info", include_sip=True)
    for path in ("/Calls.json", "/insights/"):
        world.fault("GET", path, when="before", times=2, **fault)
        again = world.run("twilio_call_info", include_sip=True)
        assert again["calls"] == plain["calls"]
        assert again["api_requests"] == plain["api_requests"] + 2
