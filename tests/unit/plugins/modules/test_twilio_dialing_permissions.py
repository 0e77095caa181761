# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""twilio_dialing_permissions and its info twin against the emulated Twilio."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from twilio_network import World, run_module

from lab.emulator import countries

NAME = "twilio_dialing_permissions"
INFO = "twilio_dialing_permissions_info"
BULK = "POST /v1/DialingPermissions/BulkCountryUpdates"
EVERYWHERE_CLOSED: dict[str, Any] = {"low_risk": [], "high_risk_special": [], "high_risk_tollfraud": []}


def permissions(result: dict[str, Any]) -> dict[str, Any]:
    shown: dict[str, Any] = result["dialing_permissions"]
    return shown


def sent(world: World) -> list[dict[str, Any]]:
    """Return the entries of the last bulk update."""
    last = [entry for entry in world.journal() if entry["path"].endswith("BulkCountryUpdates")][-1]
    entries: list[dict[str, Any]] = json.loads(last["params"]["UpdateRequest"])
    return entries


class Sub:
    """A subaccount's own credentials on the same Twilio; it inherits from the main account or not."""

    def __init__(self, world: World, inherits: bool) -> None:
        made = world.post("/2010-04-01/Accounts.json", FriendlyName="branch")
        self.world = world
        self.login = {"account_sid": made["sid"], "auth_token": made["auth_token"]}
        self.account = world.context.store.accounts[made["sid"]]
        self.account.dialing_inheritance = inherits

    def run(self, check: bool = False, **options: Any) -> dict[str, Any]:
        return run_module(NAME, self.world, check=check, diff=True, **self.login, **options)


def test_allow_lists_open_and_close_by_one_request(world: World) -> None:
    wanted = {"low_risk": ["US", "de", "LV"], "high_risk_special": ["LV"], "high_risk_tollfraud": []}
    predicted = world.run(NAME, check=True, diff=True, **wanted)
    assert world.writes() == []
    made = world.run(NAME, diff=True, **wanted)
    assert permissions(made) == permissions(predicted)
    assert permissions(made) == {**wanted, "low_risk": ["DE", "LV", "US"], "inheritance": False}
    assert world.writes() == [BULK]
    assert sorted(entry["iso_code"] for entry in sent(world)) == ["CA", "DE", "GB", "LV"], "only what differs"
    assert {"iso_code": "LV", "low_risk_numbers_enabled": "true", "high_risk_special_numbers_enabled": "true",
            "high_risk_tollfraud_numbers_enabled": "false"} in sent(world)  # fmt: skip
    assert made["api_requests"] == 3
    again = world.run(NAME, **wanted)
    assert (again["changed"], again["api_requests"]) == (False, 2)


@pytest.fixture
def shared(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    """A Twilio whose list is as in its published example: one entry for the United States and Canada."""
    both = replace(countries.COUNTRIES["US"], name="United States/Canada")
    monkeypatch.delitem(countries.COUNTRIES, "CA")
    monkeypatch.setitem(countries.COUNTRIES, "US", both)
    for account in world.context.store.accounts.values():
        account.dialing.pop("CA", None)
    return world


def test_canada_may_be_listed_where_it_shares_an_entry_with_the_united_states(shared: World) -> None:
    wanted = {"low_risk": ["US", "CA", "GB"], "high_risk_special": [], "high_risk_tollfraud": []}
    same = shared.run(NAME, **wanted)
    assert (same["changed"], same["warnings"]) == (False, [])
    assert permissions(same)["low_risk"] == ["GB", "US"]
    closed = shared.run(NAME, low_risk=["GB"])
    assert [change["name"] for change in closed["changes"]] == ["US"]
    opened = shared.run(NAME, low_risk=["ca", "GB"], high_risk_special=["CA"])
    assert permissions(opened)["low_risk"] == ["GB", "US"]
    assert permissions(opened)["high_risk_special"] == ["US"]
    assert opened["warnings"][0] == (
        "low_risk: Twilio has one entry for CA and US, US (United States/Canada): both are opened."
    )
    assert not shared.run(NAME, low_risk=["CA", "GB"], high_risk_special=["CA"])["changed"]
    assert [country["iso_code"] for country in shared.run(INFO, iso_codes=["CA"])["countries"]] == ["US"]


def test_the_diff_is_by_country(world: World) -> None:
    result = world.run(NAME, check=True, diff=True, low_risk=["US", "LV"], high_risk_special=["LV"])
    assert result["diff"] == {
        "before": {"inheritance": False, "countries": {"CA": "low_risk", "GB": "low_risk", "US": "low_risk"}},
        "after": {"inheritance": False, "countries": {"LV": "low_risk high_risk_special", "US": "low_risk"}},
    }
    assert {change["name"] for change in result["changes"]} == {"CA", "GB", "LV"}


def test_without_purge_nothing_is_closed(world: World) -> None:
    result = world.run(NAME, low_risk=["DE"], purge=False)
    assert permissions(result)["low_risk"] == ["CA", "DE", "GB", "US"]
    assert [entry["iso_code"] for entry in sent(world)] == ["DE"]
    assert not world.run(NAME, low_risk=[], purge=False)["changed"]


def test_a_list_left_out_is_not_touched(world: World) -> None:
    world.run(NAME, low_risk=["LV", "US"], high_risk_special=["LV"])
    result = world.run(NAME, low_risk=["LV", "DE"])
    assert permissions(result)["high_risk_special"] == ["LV"]
    closed = world.run(NAME, **EVERYWHERE_CLOSED)
    assert permissions(closed) == {**EVERYWHERE_CLOSED, "inheritance": False}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "low_risk is missing; list the countries"),
        ({"low_risk": ["US", "UK"]}, "low_risk[1]: 'UK' is not the country's code in ISO 3166-1; write GB."),
        ({"low_risk": ["Germany"]}, "low_risk[0]: 'Germany' is not a country; write its two letters"),
        ({"low_risk": ["D1"]}, "is not a country"),
        ({"low_risk": ["US", "us"]}, "low_risk[1]: 'us' is listed twice"),
        ({"low_risk": ["US"], "high_risk_tollfraud": ["LV"]}, "high_risk_tollfraud[0]: 'LV' would open high-risk"),
        ({"low_risk": ["US"], "inheritance": True}, "inheritance: True makes the account take over its main account's"),
    ],
)
def test_bad_input_is_refused_before_any_request(world: World, options: dict[str, Any], message: str) -> None:
    failed = world.run(NAME, **options)
    assert message in failed["msg"]
    assert world.journal() == []


def test_a_country_twilio_does_not_list_is_refused_with_what_looks_like_it(world: World) -> None:
    failed = world.run(NAME, low_risk=["US", "AX"])
    assert failed["msg"].startswith("low_risk[1]: 'AX' is not among the countries that Twilio calls. Similar: ")
    assert world.writes() == []


def test_high_risk_without_low_risk_is_refused_by_what_is_open(world: World) -> None:
    for options in ({"high_risk_special": ["LV"]}, {"low_risk": ["DE"], "high_risk_special": ["LV"], "purge": False}):
        failed = world.run(NAME, **options)
        assert "high_risk_special[0]: 'LV' would open high-risk numbers" in failed["msg"]
    assert world.writes() == []
    assert world.run(NAME, high_risk_special=["GB"])["changed"], "GB is open"
    assert world.run(NAME, low_risk=[], high_risk_special=["US"], purge=False)["changed"]


def test_opening_high_risk_warns_once(world: World) -> None:
    wanted = {"low_risk": ["LV"], "high_risk_special": ["LV"], "high_risk_tollfraud": ["LV"]}
    assert [text.partition(".")[0] for text in world.run(NAME, **wanted)["warnings"]] == [
        "high_risk_special: opens high-risk numbers of LV",
        "high_risk_tollfraud: opens high-risk numbers of LV",
    ]
    assert world.run(NAME, **wanted)["warnings"] == []
    assert world.run(NAME, low_risk=["LV"], high_risk_special=[])["warnings"] == []


def test_high_risk_that_stays_open_beside_closed_numbers_is_warned_of(world: World) -> None:
    world.run(NAME, low_risk=["LV", "US"], high_risk_special=["LV"])
    warnings = world.run(NAME, low_risk=["US"])["warnings"]
    assert [text.partition(",")[0] for text in warnings] == ["high_risk_special is not given"]
    assert "high-risk numbers of LV stay open" in warnings[0]
    assert world.run(NAME, low_risk=["US"], high_risk_special=[])["warnings"] == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_lost_answer_is_settled_by_reading_again(world: World, when: str) -> None:
    world.fault("POST", "Bulk", "reset", when=when)
    result = world.run(NAME, low_risk=["DE"])
    assert result["changed"]
    assert world.writes() == [BULK] * (1 if when == "after" else 2)
    assert permissions(world.run(NAME, low_risk=["DE"]))["low_risk"] == ["DE"]


def test_an_answer_that_counts_too_few_is_not_believed(world: World) -> None:
    class TooFew:
        looks = 0

        def send(self, method: str, url: str, **rest: Any) -> Any:
            reply = world.send(method, url, **rest)
            if method == "POST":
                return type(reply)(reply.status, json.dumps({"update_count": 1}))
            self.looks += "Countries" in url
            return reply

    network = TooFew()
    assert run_module(NAME, network, low_risk=["DE"])["changed"]
    assert network.looks == 2
    assert world.writes() == [BULK], "what was read says that all is done"


def test_a_subaccount_begins_and_stops_to_inherit(world: World) -> None:
    sub = Sub(world, inherits=False)
    assert sub.run(check=True, inheritance=True)["diff"]["after"]["inheritance"] is True
    began = sub.run(inheritance=True)
    assert began["changes"] == [
        {"action": "update", "resource": "dialing permissions", "name": "dialing permissions", "sid": None,
         "fields": ["dialing_permissions_inheritance"]},
    ]  # fmt: skip
    assert world.writes()[-1] == "POST /v1/Settings"
    assert not sub.run(inheritance=True)["changed"]

    stopped = sub.run(inheritance=False)
    assert permissions(stopped) == {**EVERYWHERE_CLOSED, "low_risk": ["CA", "US"], "inheritance": False}, "its own"
    assert not sub.run(inheritance=False)["changed"]


def test_leaving_inheritance_sends_every_country(world: World) -> None:
    sub = Sub(world, inherits=True)
    sub.account.dialing["CU"] = {"low_risk", "high_risk_tollfraud"}  # its own, hidden while it inherits
    wanted = {**EVERYWHERE_CLOSED, "low_risk": ["US", "GB"]}
    refused = sub.run(low_risk=["US", "GB"])
    assert "low_risk cannot be set while the subaccount inherits" in refused["msg"]
    for partial in ({"low_risk": ["US"]}, {**wanted, "purge": False}):
        assert "cannot be seen while it inherits" in sub.run(inheritance=False, **partial)["msg"]
    assert sub.account.dialing_inheritance
    predicted = sub.run(check=True, inheritance=False, **wanted)
    result = sub.run(inheritance=False, **wanted)
    assert permissions(result) == permissions(predicted) == {**wanted, "low_risk": ["GB", "US"], "inheritance": False}
    assert {iso: risks for iso, risks in sub.account.dialing.items() if risks} == {
        "GB": {"low_risk"},
        "US": {"low_risk"},
    }
    assert not sub.run(inheritance=False, **wanted)["changed"]


@pytest.mark.parametrize("inherits", [True, False])
def test_what_an_account_is_read_as_can_be_applied_to_it(world: World, inherits: bool) -> None:
    sub = Sub(world, inherits)
    read = run_module("twilio_voice_account_info", world, **sub.login, include=["dialing_permissions"])
    assert read["warnings"] == []
    described = read["account"]["dialing_permissions"]
    assert set(described) == ({"inheritance"} if inherits else {"inheritance", *EVERYWHERE_CLOSED})
    applied = run_module("twilio_voice_account", world, **sub.login, dialing_permissions=described)
    assert (applied.get("failed", False), applied["changed"]) == (False, False), applied
    assert sub.account.dialing_inheritance is inherits


def test_a_main_account_cannot_inherit(world: World) -> None:
    failed = world.run(NAME, inheritance=True)
    assert "only a subaccount can inherit" in failed["msg"]
    assert failed["failure"]["applied"] == []


def test_info_reads_by_list_and_by_country(world: World) -> None:
    world.run(NAME, low_risk=["LV", "US"], high_risk_special=["LV"])
    found = world.run(INFO, iso_codes=["lv", "us", "AX"])
    assert permissions(found)["low_risk"] == ["LV", "US"]
    assert [country["iso_code"] for country in found["countries"]] == ["LV", "US"]
    assert found["countries"][0] == {
        "iso_code": "LV", "name": "Latvia", "continent": "EUROPE", "country_codes": ["+371"],
        "low_risk": True, "high_risk_special": True, "high_risk_tollfraud": False,
    }  # fmt: skip
    assert len(world.run(INFO)["countries"]) > 50
    assert "such as DE" in world.run(INFO, iso_codes=["Germany"])["msg"]
