# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading usage: which categories, in which parts, and what they come to."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest
from twilio_cases.readings import call, made
from twilio_network import NUMBERS, Script, World, run_module

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import readings_period

NOON = datetime(2026, 11, 23, 12, 0, 0, tzinfo=timezone.utc)
TRUNK = "TK" + "a" * 32
URL = "https://api.twilio.com/2010-04-01/Accounts/AC00000000000000000000000000000001/Usage/Records{}.json"


@pytest.fixture
def used(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A world at noon of 23 November 2026, with calls in two months."""
    monkeypatch.setattr(readings_period, "now", lambda: NOON)
    world.context.wall = NOON.timestamp
    for started in ("2026-10-30T10:00:00Z", "2026-11-02T10:00:00Z", "2026-11-02T11:00:00Z", "2026-11-23T10:00:00Z"):
        made(world, {**call(TRUNK, 0), "started": started})
    inbound = {"direction": "trunking-originating", "from": "+442079460000", "to": NUMBERS[0]}
    made(world, {**call(TRUNK, 0, **inbound), "started": "2026-11-03T10:00:00Z"})
    return world


def records(result: dict[str, Any]) -> list[tuple[str, str, str, float]]:
    assert not result.get("failed"), result
    return [(entry["category"], entry["start"], entry["end"], entry["count"]) for entry in result["usage"]]


def test_what_trunks_cost_this_month(used: World) -> None:
    result = used.run("twilio_usage_info")
    assert result["api_requests"] == 1
    assert result["warnings"] == [], "categories that are not in use are no reason to warn by default"
    found = {entry["category"]: entry for entry in result["usage"]}
    assert list(found) == sorted(found)
    outgoing = found["trunking-termination"]
    assert (outgoing["start"], outgoing["end"]) == ("2026-11-01", "2026-11-23")
    assert (outgoing["count"], outgoing["count_unit"]) == (3, "calls")
    assert (outgoing["usage"], outgoing["usage_unit"]) == (6, "minutes")
    assert outgoing["price_unit"] == result["price_unit"] == "USD"
    assert result["total_price"] == pytest.approx(sum(entry["price"] for entry in result["usage"]))
    assert result["total_price"] > 0


def test_days_months_and_years(used: World) -> None:
    options = {"categories": ["trunking-termination"], "from": "2026-10-01"}
    days = used.run("twilio_usage_info", granularity="daily", **options)
    assert len(days["usage"]) == 31 + 23
    assert [entry for entry in records(days) if entry[3]] == [
        ("trunking-termination", day, day, count)
        for day, count in (("2026-10-30", 1), ("2026-11-02", 2), ("2026-11-23", 1))
    ]
    assert records(used.run("twilio_usage_info", granularity="monthly", **options)) == [
        ("trunking-termination", "2026-10-01", "2026-10-31", 1),
        ("trunking-termination", "2026-11-01", "2026-11-23", 3),
    ]
    years = used.run("twilio_usage_info", granularity="yearly", **options)
    assert records(years) == [("trunking-termination", "2026-10-01", "2026-11-23", 4)]
    assert years["total_price"] == days["total_price"] == pytest.approx(sum(e["price"] for e in days["usage"]))


def test_only_categories_that_were_used_are_asked_for_in_detail(used: World) -> None:
    wanted = ["trunking-origination", "trunking-origination-mobile", "trunking-termination"]
    result = used.run("twilio_usage_info", categories=wanted, granularity="monthly")
    assert {entry["category"] for entry in result["usage"]} == {"trunking-origination", "trunking-termination"}
    assert result["api_requests"] == 3


def test_a_part_is_not_counted_twice(used: World) -> None:
    whole = used.run("twilio_usage_info", categories=["trunking-origination"])
    both = used.run("twilio_usage_info", categories=["trunking-origination-local", "trunking-origination"])
    assert len(both["usage"]) == 2
    assert both["total_price"] == whole["total_price"] > 0
    everything = used.run("twilio_usage_info", categories=["totalprice", "trunking-termination"])
    assert everything["total_price"] == {e["category"]: e["price"] for e in everything["usage"]}["totalprice"]


def test_the_days_of_a_period(used: World) -> None:
    assert used.run("twilio_usage_info", last="2w")["usage"][0]["start"] == "2026-11-09"
    october = used.run("twilio_usage_info", to="2026-10-31")["usage"]
    assert {(entry["start"], entry["end"]) for entry in october} == {("2026-10-01", "2026-10-31")}
    day = used.run("twilio_usage_info", **{"from": "2026-11-02", "to": "2026-11-02"})["usage"]
    assert {(entry["start"], entry["end"]) for entry in day} == {("2026-11-02", "2026-11-02")}


def test_subaccounts_only_on_request(used: World) -> None:
    for wanted, sent in ((False, "false"), (True, "true")):
        used.run("twilio_usage_info", include_subaccounts=wanted)
        assert used.journal()[-1]["params"]["IncludeSubaccounts"] == sent


def test_an_unknown_category_is_named(used: World) -> None:
    result = used.run("twilio_usage_info", categories=["trunking-terminations"], granularity="daily")
    assert (result["usage"], result["total_price"], result["price_unit"]) == ([], 0, None)
    (warning,) = result["warnings"]
    assert warning.startswith(
        "categories: the account has no usage category 'trunking-terminations'. Did you mean trunking-termination"
    )


def test_what_twilio_leaves_out_is_null(script: Script, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readings_period, "now", lambda: NOON)
    record = {"category": "calleridlookups", "description": "Caller Name Lookups", "start_date": "2026-11-01",
              "end_date": "2026-11-23", "count": None, "count_unit": "", "usage": "2192.84855", "usage_unit": "usd",
              "price": 1.5, "price_unit": "eur", "as_of": None}  # fmt: skip
    others = [{**record, "category": "phonenumbers", "price": "2.25", "price_unit": "usd"}]
    script.expect("GET", URL.format(""), {"usage_records": [record, *others], "next_page_uri": None})
    result = run_module("twilio_usage_info", script)
    first = result["usage"][0]
    assert (first["count"], first["count_unit"], first["as_of"]) == (None, None, None)
    assert (first["usage"], first["price"], first["price_unit"]) == (2192.84855, 1.5, "EUR")
    assert (result["total_price"], result["price_unit"]) == (3.75, None), "in two currencies"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"from": "2026-11-01T10:00:00Z"}, "from: '2026-11-01T10:00:00Z' is no date; usage is counted by days"),
        ({"last": "24h"}, "last: '24h' is no number of days or weeks"),
        ({"from": "2027-01-01"}, "is still to come"),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "to: '2026-11-01' is not after from"),
        ({"categories": []}, "categories is empty; name a category"),
        (
            {"categories": ["calls", "Trunking Termination"]},
            "categories[1]: 'Trunking Termination' is no usage category",
        ),
        ({"granularity": "hourly"}, "value of granularity must be one of"),
        ({"last": "7d", "to": "2026-11-01"}, "parameters are mutually exclusive: last|to"),
    ],
)
def test_bad_options_are_refused_before_the_first_request(used: World, options: dict[str, Any], message: str) -> None:
    assert message in used.run("twilio_usage_info", **options)["msg"]
    assert used.journal() == []


def test_faults_are_survived(used: World) -> None:
    options = {"granularity": "daily", "last": "3d"}
    plain = used.run("twilio_usage_info", **options)
    for fault in ({"kind": "status", "status": 502}, {"kind": "reset"}, {"kind": "malformed"}):
        used.fault("GET", "/Usage/", when="before", times=3, **fault)
        assert used.run("twilio_usage_info", **options)["usage"] == plain["usage"]
