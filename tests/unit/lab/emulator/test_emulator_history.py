# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account can read about its calls: calls, summaries, alerts, usage."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from emulator_client import ACCOUNT, NUMBERS, TOKEN, Client, Clock

PBX = "203.0.113.10"
TRUNK = "TK" + "a" * 32


@pytest.fixture
def trunk(client: Client, clock: Clock) -> str:
    """A trunk with an access list that holds the PBX, an origination URL and one number."""
    clock.now += 60
    sid = str(client.trunk(DomainName="acme.pstn.twilio.com")["sid"])
    acl = client.access_list("office", PBX)
    client.trunking("POST", f"Trunks/{sid}/IpAccessControlLists", {"IpAccessControlListSid": acl})
    client.attach(sid)
    client.lab("POST", "settings", {"trunk_cps": {sid: 100}})
    return sid


def _dial(client: Client, number: str = "+442079460000", **changes: str) -> dict[str, Any]:
    request = {"method": "INVITE", "source_ip": PBX, "request_host": "acme.pstn.twilio.com", "edge": "ashburn",
               "request_user": number, "from_user": NUMBERS[0], **changes}  # fmt: skip
    return dict(client.lab("POST", "sip/termination", request).body)


def _receive(client: Client) -> dict[str, Any]:
    call = {"number": NUMBERS[0], "from_number": "+442079460000", "call_id": "x"}
    return dict(client.lab("POST", "sip/origination", call).body)


def _calls(client: Client, **params: str) -> list[dict[str, Any]]:
    reply = client.api("GET", "Calls", params)
    assert reply.status == 200, reply.body
    return list(reply.body["calls"])


def _alerts(client: Client, **params: str) -> list[dict[str, Any]]:
    reply = client.rest("GET", "/monitor/v1/Alerts", params)
    assert reply.status == 200, reply.body
    return list(reply.body["alerts"])


def _summary(client: Client, sid: str, **params: str) -> Any:
    return client.rest("GET", f"/insights/v1/Voice/{sid}/Summary", params)


def _seed(client: Client, **changes: Any) -> str:
    call = {"account_sid": ACCOUNT, "trunk_sid": TRUNK, "direction": "trunking-terminating", "from": NUMBERS[0],
            "to": "+12025550199", **changes}  # fmt: skip
    reply = client.lab("POST", "calls", {"calls": [call]})
    assert reply.status == 200, reply.body
    return str(reply.body["calls"][0]["sid"])


def test_a_call_from_ringing_to_its_end(client: Client, trunk: str) -> None:
    sid = _dial(client)["call_sid"]
    (ringing,) = _calls(client)
    assert (ringing["sid"], ringing["status"], ringing["trunk_sid"]) == (sid, "ringing", trunk)
    assert (ringing["direction"], ringing["phone_number_sid"]) == ("trunking-terminating", client.number_sid())
    assert (ringing["end_time"], ringing["duration"], ringing["price"]) == (None, None, None)
    client.lab("POST", "sip/result", {"call_sid": sid, "status": "in-progress", "sip_code": 200})
    assert _summary(client, sid, ProcessingState="partial").body["processing_state"] == "partial"
    assert {_summary(client, sid, **state).code for state in ({}, {"ProcessingState": "complete"})} == {17001}
    client.lab("POST", "sip/result", {"call_sid": sid, "status": "completed", "seconds": 130})
    client.lab("POST", "sip/result", {"call_sid": sid, "status": "failed", "sip_code": 500})  # too late
    done = client.api("GET", f"Calls/{sid}").body
    assert (done["status"], done["duration"], done["price"]) == ("completed", "130", "-0.0240")
    summary = _summary(client, sid).body
    assert (summary["call_state"], summary["connect_duration"]) == ("completed", 130)
    assert _summary(client, sid, ProcessingState="partial").body == summary
    assert summary["properties"]["last_sip_response_num"] == 200
    assert summary["sip_edge"]["properties"]["edge_location"] == "ashburn"
    assert _alerts(client) == []


def test_a_call_to_the_pbx_that_fails(client: Client, trunk: str) -> None:
    client.origination_url(trunk, "sip:203.0.113.10")
    sid = _receive(client)["call_sid"]
    client.lab("POST", "sip/result", {"call_sid": sid, "status": "failed", "sip_code": 503})
    (call,) = _calls(client, Status="failed")
    assert (call["sid"], call["direction"], call["to"]) == (sid, "trunking-originating", NUMBERS[0])
    (alert,) = _alerts(client)
    assert (alert["error_code"], alert["resource_sid"]) == ("32011", sid)
    assert _summary(client, sid).body["properties"]["last_sip_response_num"] == 503


def test_a_busy_telephone_is_no_alert(client: Client, trunk: str) -> None:
    client.origination_url(trunk, "sip:203.0.113.10")
    sid = _receive(client)["call_sid"]
    client.lab("POST", "sip/result", {"call_sid": sid, "status": "busy", "sip_code": 486})
    assert [call["status"] for call in _calls(client)] == ["busy"]
    assert _alerts(client) == []


@pytest.mark.parametrize(
    ("changes", "code", "is_call"),
    [
        ({"number": "+33199001234"}, "32205", True),
        ({"number": "12"}, "32101", True),
        ({"from_user": "+33199001234"}, "32204", True),
        ({"source_ip": "192.0.2.1"}, "32201", False),
    ],
)
def test_a_refusal_leaves_an_alert_and_a_call_if_it_was_authenticated(
    client: Client, trunk: str, changes: dict[str, str], code: str, is_call: bool
) -> None:
    verdict = _dial(client, **changes)
    assert verdict["action"] == "reject"
    (alert,) = _alerts(client)
    assert (alert["error_code"], alert["log_level"]) == (code, "warning" if code == "32101" else "error")
    assert alert["more_info"] == f"https://www.twilio.com/docs/errors/{code}"
    assert alert["resource_sid"] == (verdict["call_sid"] if is_call else trunk)
    assert [(call["sid"], call["status"]) for call in _calls(client)] == (
        [(verdict["call_sid"], "failed")] if is_call else []
    )
    if is_call:
        assert _summary(client, verdict["call_sid"]).body["properties"]["last_sip_response_num"] == verdict["code"]


@pytest.mark.parametrize("right", [True, False])
def test_a_call_with_a_password_is_one_when_the_edge_has_checked_it(client: Client, trunk: str, right: bool) -> None:
    users = client.credential_list("users", alice="Correct-Horse-9")
    client.trunking("POST", f"Trunks/{trunk}/CredentialLists", {"CredentialListSid": users})
    assert _dial(client)["action"] == "challenge"
    verdict = _dial(client, auth_user="alice")
    assert verdict["action"] == "verify"
    assert (_calls(client), _alerts(client)) == ([], [])
    result = {"call_sid": verdict["call_sid"], "status": "in-progress", "sip_code": 200}
    if not right:
        result.update(status="failed", sip_code=403, error="32202 Authentication failure - bad user credentials")
    assert client.lab("POST", "sip/result", result).status == 200
    assert [call["status"] for call in _calls(client)] == (["in-progress"] if right else [])
    assert [(a["error_code"], a["resource_sid"]) for a in _alerts(client)] == ([] if right else [("32202", trunk)])


def test_no_origination_url_is_an_alert(client: Client, trunk: str) -> None:
    assert trunk
    _receive(client)
    assert [alert["error_code"] for alert in _alerts(client)] == ["32010"]
    assert [(call["status"], call["direction"]) for call in _calls(client)] == [("failed", "trunking-originating")]


def test_times_are_compared_as_twilio_spells_them(client: Client) -> None:
    for day in ("2026-01-01", "2026-01-02", "2026-01-03"):
        _seed(client, started=f"{day}T10:00:00Z", duration=30)

    def days(**params: str) -> list[str]:
        query = {name.replace("_before", "<").replace("_after", ">"): value for name, value in params.items()}
        return [call["start_time"][5:7] for call in _calls(client, **query)]

    assert days(StartTime="2026-01-02") == ["02"]
    assert days(StartTime_before="2026-01-02") == ["01"]
    assert days(StartTime_after="2026-01-02") == ["03", "02"]
    assert days(StartTime_after="2026-01-02", EndTime_before="2026-01-03") == ["02"]
    assert days(StartTime_after="2026-01-02T10:00:01Z") == ["03"]
    assert days(EndTime="2026-01-03T10:00:30Z") == ["03"]
    raw = client.rest("GET", f"/api/2010-04-01/Accounts/{ACCOUNT}/Calls.json?StartTime%3E=2026-01-03").body
    assert len(raw["calls"]) == 1
    for wrong in ("yesterday", "2026-02-30", "2026-01-01T25:00:00Z"):
        assert client.api("GET", "Calls", {"StartTime": wrong}).code == 20001


def test_other_filters_and_pages_of_calls(client: Client) -> None:
    first = _seed(client)
    second = _seed(client, direction="trunking-originating", **{"from": "+442079460000", "to": NUMBERS[0]})
    assert [call["sid"] for call in _calls(client, To=NUMBERS[0])] == [second]
    assert [call["sid"] for call in _calls(client, From=NUMBERS[0])] == [first]
    assert _calls(client, ParentCallSid=first) == []
    assert client.api("GET", "Calls", {"Status": "lost"}).code == 20001
    page = client.api("GET", "Calls", {"PageSize": "1", "Status": "completed"}).body
    rest = client.rest("GET", "/api" + page["next_page_uri"]).body
    assert [page["calls"][0]["sid"], rest["calls"][0]["sid"]] == [second, first]
    assert client.api("POST", "Calls", {"To": "+12025550199", "From": NUMBERS[0]}).code == 20004
    assert client.api("DELETE", f"Calls/{first}").code == 20004
    assert client.api("GET", f"Calls/CA{'0' * 32}").code == 20404


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"account_sid": "AC" + "9" * 32}, "account_sid"),
        ({"trunk_sid": "TK1"}, "trunk_sid"),
        ({"direction": "inbound"}, "direction"),
        ({"from": "anonymous"}, "from"),
        ({"status": "over"}, "status"),
        ({"sip_code": "200"}, "sip_code"),
        ({"duration": -1}, "duration"),
        ({"started": "now"}, "started"),
        ({"error": "geo"}, "error"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_seed_of_calls_is_refused_whole(client: Client, change: dict[str, Any], word: str) -> None:
    good = {"account_sid": ACCOUNT, "trunk_sid": TRUNK, "direction": "trunking-terminating", "from": NUMBERS[0],
            "to": "+12025550199"}  # fmt: skip
    reply = client.lab("POST", "calls", {"calls": [good, {**good, **change}]})
    assert reply.status == 400
    assert f"calls[1].{word}" in reply.body["error"] or (word == "colour" and "'colour'" in reply.body["error"])
    assert _calls(client) == []


def test_summaries_are_filtered_and_paged(client: Client) -> None:
    now = dt.datetime.now(dt.timezone.utc)
    for n in range(30):
        _seed(
            client, status="completed" if n % 2 else "busy", started=f"{now - dt.timedelta(minutes=n + 1):%Y-%m-%dT%XZ}"
        )
    old = _seed(client, started=f"{now - dt.timedelta(hours=5):%Y-%m-%dT%XZ}")

    def found(**params: str) -> Any:
        return client.rest("GET", "/insights/v1/Voice/Summaries", params)

    first = found().body
    assert (len(first["call_summaries"]), first["meta"]["page_size"]) == (25, 25)
    rest = client.rest("GET", "/insights" + first["meta"]["next_page_url"].partition("twilio.com")[2]).body
    assert len(rest["call_summaries"]) == 5  # the old one is beyond the four hours of the default
    assert [entry["call_sid"] for entry in found(StartTime="6h", EndTime="4h").body["call_summaries"]] == [old]
    assert len(found(CallState="busy").body["call_summaries"]) == 15
    assert found(ToCountryCode="GB").body["call_summaries"] == []
    assert found(Direction="trunking_originating").body["call_summaries"] == []
    assert found(HasTag="true").body["call_summaries"] == []
    assert found(ProcessingState="partial").body["call_summaries"] == []
    for wrong in ({"PageSize": "26"}, {"StartTime": "4y"}, {"StartTime": "1h", "EndTime": "2h"},
                  {"Subaccount": "AC" + "9" * 32}, {"CallState": "lost"}):  # fmt: skip
        assert found(**wrong).code == 20001


def test_alerts_are_filtered_by_time_and_level(client: Client) -> None:
    now = dt.datetime.now(dt.timezone.utc)
    yesterday, old = now - dt.timedelta(days=1), now - dt.timedelta(days=40)
    _seed(client, status="failed", error="32205 Geographic permissions", started=f"{yesterday:%Y-%m-%dT%XZ}")
    _seed(client, status="failed", error="32204 Caller ID")

    def codes(**params: str) -> list[str]:
        return [alert["error_code"] for alert in _alerts(client, **params)]

    assert codes() == ["32204", "32205"]
    assert codes(StartDate=f"{yesterday + dt.timedelta(hours=1):%Y-%m-%dT%XZ}") == ["32204"]
    assert codes(EndDate=f"{yesterday:%Y-%m-%d}") == ["32205"]
    assert (codes(LogLevel="error"), codes(LogLevel="warning")) == (["32204", "32205"], [])
    assert client.rest("GET", "/monitor/v1/Alerts", {"StartDate": f"{old:%Y-%m-%d}"}).code == 20001
    assert client.rest("GET", "/monitor/v1/Alerts", {"LogLevel": "fatal"}).code == 20001


def test_usage_sums_calls_and_numbers(client: Client) -> None:
    today = dt.datetime.now(dt.timezone.utc).date()
    _seed(client, duration=61)
    _seed(client, duration=1, direction="trunking-originating", **{"from": "+442079460000", "to": NUMBERS[0]})
    _seed(client, status="busy")
    _seed(client, duration=60, started=f"{today - dt.timedelta(days=1)}T00:00:00Z")
    client.api("POST", "IncomingPhoneNumbers", {"PhoneNumber": "+18005550100"})

    def one(part: str = "", **params: str) -> dict[str, tuple[str, str, str]]:
        path = f"Usage/Records{part and '/' + part}"
        body = client.api("GET", path, {"PageSize": "1000", **params}).body
        return {r["category"]: (r["count"], r["usage"], r["price"]) for r in body["usage_records"]}

    assert one("Today") == {
        **dict.fromkeys(("phonenumbers-mobile", "trunking-origination-mobile", "trunking-origination-tollfree"),
                        ("0", "0", "0")),
        "calls": ("2", "3", "0.0134"),
        "trunking-termination": ("1", "2", "0.0100"),
        "trunking-origination": ("1", "1", "0.0034"),
        "trunking-origination-local": ("1", "1", "0.0034"),
        "phonenumbers": ("4", "4", "5.60"),
        "phonenumbers-local": ("3", "3", "3.45"),
        "phonenumbers-tollfree": ("1", "1", "2.15"),
        "totalprice": ("6", "7", "5.6134"),
    }  # fmt: skip
    assert one("Yesterday", Category="calls") == {"calls": ("1", "1", "0.0050")}
    assert one(Category="calls") == one("AllTime", Category="calls") == {"calls": ("3", "4", "0.0184")}
    assert one(Category="calls", StartDate=str(today)) == one("Today", Category="calls")
    assert one(Category="calls", StartDate="-1days", EndDate="-1days") == one("Yesterday", Category="calls")
    days = client.api("GET", "Usage/Records/Daily", {"Category": "calls", "StartDate": "-2days"}).body["usage_records"]
    assert [(day["start_date"], day["count"]) for day in days] == [
        (str(today - dt.timedelta(days=back)), count) for back, count in ((0, "2"), (1, "1"), (2, "0"))
    ]
    for wrong in ({"Category": "pigeons"}, {"StartDate": "soon"}):
        assert client.api("GET", "Usage/Records", wrong).code == 20001


def test_usage_can_leave_subaccounts_out(client: Client) -> None:
    sub = {"sid": "AC" + "5" * 32, "auth_token": "s", "owner_account_sid": ACCOUNT, "numbers": ["+14155550123"]}
    client.lab("POST", "seed", {"accounts": [sub]})

    def count(**params: str) -> str:
        body = client.api("GET", "Usage/Records", {"Category": "phonenumbers", **params}).body
        return str(body["usage_records"][0]["count"])

    assert (count(), count(IncludeSubaccounts="false")) == ("4", "3")


def test_histories_are_private(client: Client) -> None:
    sid = _seed(client, status="failed", error="32205 Geographic permissions")
    other = {"sid": "AC" + "5" * 32, "auth_token": "s"}
    client.lab("POST", "seed", {"accounts": [{"sid": ACCOUNT, "auth_token": TOKEN}, other]})
    stranger = client.as_user(other["sid"], "s")
    assert _summary(stranger, sid).code == 20404
    assert (_alerts(stranger), _calls(stranger)) == ([], [])
    (alert,) = _alerts(client)
    assert stranger.rest("GET", f"/monitor/v1/Alerts/{alert['sid']}").code == 20404


def test_a_call_is_known_by_its_call_id_as_well(client: Client, trunk: str) -> None:
    sid = _dial(client, call_id="abc@pbx")["call_sid"]
    client.lab("POST", "sip/result", {"call_sid": sid, "status": "in-progress", "sip_code": 200})
    assert client.lab("POST", "sip/result", {"call_id": "abc@pbx", "status": "completed"}).status == 200
    call = next(call for call in _calls(client) if call["sid"] == sid)
    assert (call["status"], call["trunk_sid"]) == ("completed", trunk)
    for unknown in ("", "another@pbx"):
        assert client.lab("POST", "sip/result", {"call_id": unknown, "status": "completed"}).status == 404
