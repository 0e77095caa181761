# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's own interface: faults, journal, settings, seed, state, reset."""

from __future__ import annotations

import http.client
import json
import threading
import time
from typing import Any

import pytest
from emulator_client import ACCOUNT, NUMBERS, TOKEN, Client

from lab.emulator.server import EmulatorServer

TRUNKS = {"path_regex": "/v1/Trunks$"}


def _faults(client: Client, *faults: dict[str, Any]) -> None:
    reply = client.lab("POST", "faults", {"faults": list(faults)})
    assert reply.status == 200, reply.body


def _trunks(client: Client) -> int:
    return len(client.lab("GET", "state").body["accounts"][0]["trunks"])


@pytest.mark.parametrize(("when", "committed"), [("before", False), ("after", True)])
def test_a_status_fault_strikes_before_or_after_the_commit(client: Client, when: str, committed: bool) -> None:
    _faults(client, {"match": {"method": "POST", **TRUNKS}, "kind": "status", "status": 503, "when": when})
    reply = client.trunking("POST", "Trunks", {"FriendlyName": "hq"})
    assert (reply.status, reply.code) == (503, 20503)
    assert _trunks(client) == int(committed)
    (entry,) = client.lab("GET", "journal").body["requests"]
    shown = {key: entry[key] for key in ("method", "status", "code", "committed", "fault", "params")}
    assert shown == {
        "method": "POST",
        "status": 503,
        "code": 20503,
        "committed": committed,
        "fault": "status",
        "params": {"FriendlyName": "hq"},
    }
    assert client.trunking("POST", "Trunks").status == 201


def test_429_with_retry_after(client: Client) -> None:
    _faults(client, {"kind": "status", "status": 429, "retry_after": 2})
    reply = client.trunking("GET", "Trunks")
    assert (reply.status, reply.code, reply.headers["Retry-After"]) == (429, 20429, "2")


def test_skip_times_and_match_select_the_requests(client: Client) -> None:
    _faults(
        client,
        {"match": {"method": "GET", "path_regex": "^/trunking/v1/Trunks$"}, "skip": 1, "times": 2, "kind": "status"},
    )
    assert client.trunking("POST", "Trunks").status == 201
    assert client.api("GET", "IncomingPhoneNumbers").status == 200
    assert [client.trunking("GET", "Trunks").status for __ in range(4)] == [200, 503, 503, 200]


def test_a_fault_can_last_until_it_is_removed(client: Client) -> None:
    _faults(client, {"times": None, "kind": "status", "status": 500})
    assert {client.trunking("GET", "Trunks").code for __ in range(5)} == {20500}
    assert len(client.lab("GET", "faults").body["faults"]) == 1
    assert client.lab("DELETE", "faults").body == {"faults": []}
    assert client.trunking("GET", "Trunks").status == 200


@pytest.mark.parametrize(("when", "committed"), [("before", 0), ("after", 1)])
def test_a_reset_connection(client: Client, when: str, committed: int) -> None:
    _faults(client, {"match": {"method": "POST"}, "kind": "reset", "when": when})
    with pytest.raises(ConnectionResetError):
        client.trunking("POST", "Trunks")
    client.connection.close()
    assert _trunks(client) == committed


@pytest.mark.parametrize(("when", "committed"), [("before", 0), ("after", 1)])
def test_a_timeout_ends_without_an_answer(client: Client, when: str, committed: int) -> None:
    _faults(client, {"match": {"method": "POST"}, "kind": "timeout", "when": when, "seconds": 0.1})
    started = time.monotonic()
    with pytest.raises(http.client.RemoteDisconnected):
        client.trunking("POST", "Trunks")
    assert time.monotonic() - started >= 0.1
    client.connection.close()
    assert _trunks(client) == committed


def test_a_timeout_of_no_seconds_ends_at_once(client: Client) -> None:
    _faults(client, {"match": {"method": "POST"}, "kind": "timeout", "seconds": 0})
    assert client.lab("GET", "faults").body["faults"][0]["seconds"] == 0
    with pytest.raises(
        http.client.RemoteDisconnected
    ):  # the client itself would give up after 10 s, with another error
        client.trunking("POST", "Trunks")
    client.connection.close()
    _faults(client, {"kind": "timeout"})
    assert client.lab("GET", "faults").body["faults"][0]["seconds"] == 30, "the default, where nothing is said"


@pytest.mark.parametrize(("when", "committed"), [("before", 0), ("after", 1)])
def test_a_malformed_answer(client: Client, when: str, committed: int) -> None:
    _faults(client, {"match": {"method": "POST"}, "kind": "malformed", "when": when})
    with pytest.raises(json.JSONDecodeError):
        client.trunking("POST", "Trunks")
    assert _trunks(client) == committed


@pytest.mark.parametrize("when", ["before", "after"])
def test_latency(client: Client, when: str) -> None:
    _faults(client, {"kind": "latency", "when": when, "seconds": 0.1})
    started = time.monotonic()
    assert client.trunking("POST", "Trunks").status == 201
    assert time.monotonic() - started >= 0.1


def test_a_waiting_request_does_not_hold_up_others_nor_the_end() -> None:
    server = EmulatorServer(("127.0.0.1", 0)).start()
    slow, quick = Client(server.url), Client(server.url)
    quick.lab("POST", "seed", {"accounts": [{"sid": ACCOUNT, "auth_token": TOKEN}]})
    _faults(quick, {"match": {"method": "POST"}, "kind": "timeout", "seconds": 600})
    failures: list[Exception] = []

    def wait() -> None:
        try:
            slow.trunking("POST", "Trunks")
        except http.client.RemoteDisconnected as error:
            failures.append(error)

    waiting = threading.Thread(target=wait)
    waiting.start()
    while not quick.lab("GET", "journal").body["requests"]:
        pass
    assert quick.trunking("GET", "Trunks").status == 200
    server.stop()
    waiting.join(timeout=5)
    assert (waiting.is_alive(), len(failures)) == (False, 1)
    slow.close()
    quick.close()


def test_too_many_requests_at_once_are_never_processed(client: Client) -> None:
    client.lab("POST", "settings", {"concurrency_limit": 2, "latency_seconds": 0.3})
    replies = []

    def create() -> None:
        other = Client(client.url)
        replies.append(other.trunking("POST", "Trunks"))
        other.close()

    threads = [threading.Thread(target=create) for __ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    statuses = sorted(reply.status for reply in replies)
    assert statuses[:2] == [201, 201]
    refused = [reply for reply in replies if reply.status != 201]
    assert {(reply.status, reply.code) for reply in refused} == {(429, 20429)}
    assert _trunks(client) == len(replies) - len(refused)
    uncommitted = [e for e in client.lab("GET", "journal").body["requests"] if e["status"] == 429]
    assert [entry["committed"] for entry in uncommitted] == [False] * len(refused)


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ({"kind": "explode"}, "kind"),
        ({"kind": "status", "status": 200}, "status"),
        ({"kind": "status", "times": 0}, "times"),
        ({"kind": "status", "when": "during"}, "when"),
        ({"kind": "status", "match": {"path_regex": "("}}, "path_regex"),
        ({"kind": "status", "match": {"paths": "x"}}, "paths"),
        ({"kind": "latency", "seconds": "1"}, "seconds"),
        ({"kind": "status", "until": 1}, "until"),
        ("status", "object"),
    ],
)
def test_bad_faults_are_refused_and_leave_the_old_ones(client: Client, fault: Any, word: str) -> None:
    _faults(client, {"kind": "status", "times": 5})
    reply = client.lab("POST", "faults", {"faults": [{"kind": "status"}, fault]})
    assert reply.status == 400
    assert "faults[1]" in reply.body["error"]
    assert word in reply.body["error"]
    assert [fault["times"] for fault in client.lab("GET", "faults").body["faults"]] == [5]


def test_the_journal_has_every_request_in_order_with_secrets_masked(client: Client) -> None:
    sid = client.credential_list("users")
    start = client.lab("GET", "journal").body["seq"]
    entry = {"Username": "alice", "Password": "Correct-Horse-9"}
    client.api("POST", f"SIP/CredentialLists/{sid}/Credentials", entry)
    client.trunking("GET", "Trunks", {"PageSize": "7"})
    client.trunking("GET", "Trunks/TK1")
    journal = client.lab("GET", f"journal?since={start}").body
    assert journal["seq"] == start + 3
    shown = [(e["seq"] - start, e["method"], e["product"], e["status"], e["code"], e["committed"])
             for e in journal["requests"]]  # fmt: skip
    assert shown == [
        (1, "POST", "api", 201, None, True),
        (2, "GET", "trunking", 200, None, False),
        (3, "GET", "trunking", 404, 20404, False),
    ]
    assert journal["requests"][0]["params"] == {"Username": "alice", "Password": "********"}
    assert journal["requests"][1] == {**journal["requests"][1], "path": "/v1/Trunks", "params": {"PageSize": "7"}}
    assert client.lab("GET", f"journal?since={journal['seq']}").body["requests"] == []
    assert client.lab("GET", "journal?since=x").status == 400


def test_a_refused_write_is_not_committed(client: Client) -> None:
    client.trunking("POST", "Trunks", {"Secure": "maybe"})
    assert client.lab("GET", "journal").body["requests"][-1]["committed"] is False


def test_state_shows_everything_nested(client: Client) -> None:
    trunk = client.trunk(DomainName="acme.pstn.twilio.com")["sid"]
    client.attach(trunk)
    client.origination_url(trunk, "sip:203.0.113.1")
    acl = client.access_list("office", "203.0.113.1")
    client.trunking("POST", f"Trunks/{trunk}/IpAccessControlLists", {"IpAccessControlListSid": acl})
    (account,) = client.lab("GET", "state").body["accounts"]
    (shown,) = account["trunks"]
    assert (shown["domain_name"], shown["phone_numbers"]) == ("acme.pstn.twilio.com", [NUMBERS[0]])
    assert [url["sip_url"] for url in shown["origination_urls"]] == ["sip:203.0.113.1"]
    assert [link["sid"] for link in shown["ip_access_control_lists"]] == [acl]
    assert account["ip_access_control_lists"][0]["ip_addresses"][0]["ip_address"] == "203.0.113.1"
    assert [number["phone_number"] for number in account["incoming_phone_numbers"]] == NUMBERS
    assert TOKEN not in json.dumps(account)


def test_reset_forgets_everything(client: Client) -> None:
    client.trunk()
    _faults(client, {"kind": "status", "times": None})
    client.lab("POST", "settings", {"latency_seconds": 1})
    assert client.lab("POST", "reset").status == 200
    assert client.lab("GET", "state").body == {"accounts": []}
    assert client.lab("GET", "journal").body == {"seq": 0, "requests": []}
    assert client.lab("GET", "faults").body == {"faults": []}
    assert client.lab("GET", "settings").body["latency_seconds"] == 0
    assert client.lab("GET", "calls").body["calls"] == []
    assert client.trunking("GET", "Trunks").code == 20003


def test_seeding_again_renews_the_account_and_keeps_its_objects(client: Client) -> None:
    trunk = client.trunk()["sid"]
    sid = client.number_sid()
    account = {"sid": ACCOUNT, "auth_token": "new", "numbers": [*NUMBERS, "+14155550100"]}
    seeded = client.lab("POST", "seed", {"accounts": [account]}).body["accounts"][0]
    assert seeded["numbers"][NUMBERS[0]] == sid
    assert list(seeded["numbers"]) == [*NUMBERS, "+14155550100"]
    assert client.trunking("GET", "Trunks").code == 20003
    assert client.as_user(ACCOUNT, "new").trunking("GET", f"Trunks/{trunk}").status == 200


@pytest.mark.parametrize(
    ("account", "word"),
    [
        ({"sid": "AC1", "auth_token": "x"}, "sid"),
        ({"sid": "AC" + "7" * 32}, "auth_token"),
        ({"sid": "AC" + "7" * 32, "auth_token": "x", "numbers": ["2025550101"]}, "2025550101"),
        ({"sid": "AC" + "7" * 32, "auth_token": "x", "numbers": [NUMBERS[0]]}, NUMBERS[0]),
        ({"sid": "AC" + "7" * 32, "auth_token": "x", "status": "open"}, "status"),
        ({"sid": "AC" + "7" * 32, "auth_token": "x", "type": "Free"}, "type"),
        ({"sid": "AC" + "7" * 32, "auth_token": "x", "cps": 0}, "cps"),
        ({"sid": "AC" + "7" * 32, "auth_token": "x", "owner_account_sid": "AC" + "8" * 32}, "owner_account_sid"),
        ({"sid": "AC" + "7" * 32, "auth_token": "x", "api_keys": [{"sid": "SK1", "secret": "y"}]}, "api_keys"),
        ({"sid": "AC" + "7" * 32, "auth_token": "x", "blocked_prefixes": ["53"]}, "blocked_prefixes"),
        ({"sid": "AC" + "7" * 32, "auth_token": "x", "colour": "red"}, "colour"),
    ],
)
def test_a_bad_seed_is_refused_whole(client: Client, account: dict[str, Any], word: str) -> None:
    before = client.lab("GET", "state").body
    good = {"sid": "AC" + "6" * 32, "auth_token": "x"}
    reply = client.lab("POST", "seed", {"accounts": [good, account]})
    assert reply.status == 400
    assert "accounts[1]" in reply.body["error"]
    assert word in reply.body["error"]
    assert client.lab("GET", "state").body == before


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "unknown", None, 404),
        ("GET", "reset", None, 405),
        ("POST", "journal", {}, 405),
        ("POST", "seed", [], 400),
        ("POST", "seed", {"account": []}, 400),
        ("POST", "reset", {"hard": True}, 400),
        ("POST", "settings", {"latency": 1}, 400),
        ("POST", "settings", {"latency_seconds": -1}, 400),
        ("POST", "settings", {"latency_seconds": 0.5, "concurrency_limit": 0}, 400),
        ("GET", "state?deep=1", None, 200),
    ],
)
def test_the_control_interface_refuses_with_a_sentence(
    client: Client, method: str, path: str, body: Any, status: int
) -> None:
    reply = client.lab(method, path, body)
    assert reply.status == status
    if status != 200:
        assert len(reply.body["error"].split()) > 3
        assert client.lab("GET", "settings").body["latency_seconds"] == 0
