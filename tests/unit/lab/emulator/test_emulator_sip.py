# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdicts of the SIP edges."""

from __future__ import annotations

import collections
import hashlib
from typing import Any

import pytest
from emulator_client import ACCOUNT, NUMBERS, TOKEN, Client, Clock

PBX = "203.0.113.10"
PASSWORD = "Correct-Horse-9"


@pytest.fixture
def trunk(client: Client, clock: Clock) -> str:
    """A trunk with an access list that holds the PBX and one number attached."""
    clock.now += 60
    sid = str(client.trunk(DomainName="acme.pstn.twilio.com")["sid"])
    acl = client.access_list("office", f"{PBX}/32")
    client.trunking("POST", f"Trunks/{sid}/IpAccessControlLists", {"IpAccessControlListSid": acl})
    client.attach(sid)
    return sid


def _ask(client: Client, **changes: Any) -> dict[str, Any]:
    request = {
        "method": "INVITE",
        "source_ip": PBX,
        "transport": "udp",
        "edge": "ashburn",
        "request_user": "+442079460000",
        "request_host": "acme.pstn.twilio.com",
        "from_user": NUMBERS[0],
        "asserted_user": "",
        "auth_user": "",
        "srtp": False,
        "call_id": "",
        **changes,
    }
    reply = client.lab("POST", "sip/termination", request)
    assert reply.status == 200, reply.body
    return dict(reply.body)


def _refused(verdict: dict[str, Any]) -> tuple[int, str]:
    assert verdict["action"] == "reject", verdict
    return verdict["code"], verdict["error"][:5]


@pytest.mark.usefixtures("trunk")
@pytest.mark.parametrize(
    "host",
    ["acme.pstn.twilio.com", "ACME.pstn.twilio.com", "acme.pstn.ashburn.twilio.com", "acme.pstn.ashburn-ix.twilio.com",
     "acme.pstn.twilio.com:5060"],
)  # fmt: skip
def test_a_good_call_is_routed(client: Client, host: str, trunk: str) -> None:
    verdict = _ask(client, request_host=host)
    call_sid = verdict.pop("call_sid")
    assert call_sid.startswith("CA")
    assert verdict == {
        "action": "route",
        "number": "+442079460000",
        "account_sid": ACCOUNT,
        "trunk_sid": trunk,
        "emergency": 0,
        "secure": 0,
    }


@pytest.mark.usefixtures("trunk")
@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"request_host": "other.pstn.twilio.com"}, (404, "")),
        ({"request_host": "203.0.113.1"}, (404, "")),
        ({"request_host": "acme.sip.twilio.com"}, (404, "")),
        ({"source_ip": "203.0.113.11"}, (403, "32201")),
        ({"source_ip": "203.0.113.11", "request_user": "12"}, (403, "32201")),  # the ACL comes first
        ({"srtp": True}, (488, "32207")),
        ({"request_user": "442079460000"}, (400, "32101")),
        ({"request_user": "011442079460000"}, (400, "32101")),
        ({"request_user": "+0442079460000"}, (400, "32101")),
        ({"request_user": "+4420794600001234567"}, (400, "32101")),
        ({"request_user": ""}, (400, "32101")),
        ({"from_user": "+12025559999"}, (403, "32204")),
        ({"from_user": "101"}, (403, "32206")),
        ({"from_user": ""}, (403, "32206")),
        ({"method": "REGISTER"}, (403, "32210")),
        ({"method": "MESSAGE"}, (405, "")),
    ],
)
def test_refusals(client: Client, changes: dict[str, Any], refusal: tuple[int, str]) -> None:
    assert _refused(_ask(client, **changes)) == refusal


def test_the_acl_refusal_has_twilios_words(client: Client, trunk: str) -> None:
    assert trunk
    assert _ask(client, source_ip="192.0.2.1")["error"] == (
        "32201 Authentication failure - source IP Address not in ACL"
    )


def test_options_are_answered_by_anyone_and_counted(client: Client) -> None:
    for __ in range(2):
        verdict = _ask(client, method="OPTIONS", source_ip="192.0.2.1", request_host="198.51.100.1")
        assert verdict == {"action": "reply", "code": 200, "reason": "OK"}
    answer = client.lab("GET", "calls").body
    assert (answer["options"], answer["calls"]) == (2, [])


def test_a_trunk_without_authentication_admits_nobody(client: Client) -> None:
    client.trunk(DomainName="open.pstn.twilio.com")
    assert _refused(_ask(client, request_host="open.pstn.twilio.com")) == (403, "32200")


def test_networks_of_every_list_count(client: Client, trunk: str) -> None:
    other = client.access_list("branch", "198.51.100.77/24", "0.0.0.0/1")
    client.trunking("POST", f"Trunks/{trunk}/IpAccessControlLists", {"IpAccessControlListSid": other})
    client.lab("POST", "settings", {"trunk_cps": {"acme.pstn.twilio.com": 10}})
    for source in ("198.51.100.1", "10.0.0.1", PBX):
        assert _ask(client, source_ip=source)["action"] == "route"
    assert _refused(_ask(client, source_ip="192.0.2.1")) == (403, "32201")


def test_a_list_without_addresses_admits_nobody(client: Client) -> None:
    sid = client.trunk(DomainName="empty.pstn.twilio.com")["sid"]
    params = {"IpAccessControlListSid": client.access_list("empty")}
    client.trunking("POST", f"Trunks/{sid}/IpAccessControlLists", params)
    assert _refused(_ask(client, request_host="empty.pstn.twilio.com")) == (403, "32201")


def test_digest_is_enforced_after_the_acl(client: Client, trunk: str) -> None:
    users = client.credential_list("users", alice=PASSWORD)
    client.trunking("POST", f"Trunks/{trunk}/CredentialLists", {"CredentialListSid": users})
    assert _ask(client) == {"action": "challenge", "realm": "sip.twilio.com"}
    assert _refused(_ask(client, source_ip="192.0.2.1")) == (403, "32201")
    assert _refused(_ask(client, auth_user="mallory")) == (403, "32202")
    verdict = _ask(client, auth_user="alice")
    ha1 = hashlib.md5(f"alice:sip.twilio.com:{PASSWORD}".encode()).hexdigest()  # noqa: S324
    assert (verdict["action"], verdict["ha1"]) == ("verify", ha1)
    assert (verdict["number"], verdict["trunk_sid"]) == ("+442079460000", trunk)
    assert ha1 not in str(client.lab("GET", "calls").body)


def test_a_new_password_replaces_the_old_hash(client: Client, trunk: str) -> None:
    users = client.credential_list("users", alice=PASSWORD)
    client.trunking("POST", f"Trunks/{trunk}/CredentialLists", {"CredentialListSid": users})
    path = f"SIP/CredentialLists/{users}/Credentials"
    sid = client.api("GET", path).body["credentials"][0]["sid"]
    client.api("POST", f"{path}/{sid}", {"Password": "Another-Horse-10"})
    ha1 = hashlib.md5(b"alice:sip.twilio.com:Another-Horse-10").hexdigest()  # noqa: S324
    assert _ask(client, auth_user="alice")["ha1"] == ha1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"transport": "udp", "srtp": True}, (488, "32209")),
        ({"transport": "tcp", "srtp": False}, (488, "32209")),
        ({"transport": "tls", "srtp": False}, (488, "32208")),
        ({"transport": "udp", "source_ip": "192.0.2.1"}, (488, "32209")),  # the transport comes first
    ],
)
def test_a_secure_trunk_wants_tls_and_srtp(
    client: Client, trunk: str, changes: dict[str, Any], refusal: tuple[int, str]
) -> None:
    client.trunking("POST", f"Trunks/{trunk}", {"Secure": "true"})
    assert _refused(_ask(client, **changes)) == refusal
    assert _ask(client, transport="TLS", srtp=1)["secure"] == 1


def test_caller_id_from_the_assertion_and_verified_numbers(client: Client, trunk: str) -> None:
    assert trunk
    client.lab("POST", "settings", {"trunk_cps": {trunk: 10}})
    assert _ask(client, from_user="anonymous", asserted_user=NUMBERS[2])["action"] == "route"
    assert _refused(_ask(client, from_user="+33142920000")) == (403, "32204")
    account = {"sid": ACCOUNT, "auth_token": TOKEN, "caller_ids": ["+33142920000"]}
    client.lab("POST", "seed", {"accounts": [account]})
    assert _ask(client, from_user="+33142920000")["action"] == "route"


def test_one_call_per_second_and_trunk(client: Client, clock: Clock, trunk: str) -> None:
    assert trunk
    assert _ask(client, call_id="a")["action"] == "route"
    assert _refused(_ask(client, call_id="b")) == (503, "32001")
    assert _ask(client, call_id="a")["action"] == "route"  # the same call again, as after a challenge
    clock.now += 0.99
    assert _refused(_ask(client, call_id="c")) == (503, "32001")
    clock.now += 0.02
    assert _ask(client, call_id="d")["action"] == "route"


def test_refused_calls_do_not_use_up_the_rate(client: Client, trunk: str) -> None:
    assert trunk
    for __ in range(3):
        _ask(client, request_user="12")
    assert _ask(client)["action"] == "route"


def test_the_account_and_the_settings_can_raise_the_rate(client: Client, clock: Clock, trunk: str) -> None:
    assert trunk
    client.lab("POST", "seed", {"accounts": [{"sid": ACCOUNT, "auth_token": TOKEN, "cps": 2}]})
    assert [_ask(client)["action"] for __ in range(3)] == ["route", "route", "reject"]
    clock.now += 2
    client.lab("POST", "settings", {"trunk_cps": {"ACME.pstn.twilio.com": 3}})
    assert [_ask(client)["action"] for __ in range(4)] == ["route", "route", "route", "reject"]


def test_emergency_calls(client: Client, clock: Clock, trunk: str) -> None:
    client.lab("POST", "settings", {"trunk_cps": {trunk: 10}})
    assert _ask(client, request_user="933")["emergency"] == 1
    assert _refused(_ask(client, request_user="911")) == (403, "32204")  # no registered address yet
    assert _refused(_ask(client, request_user="933", from_user=NUMBERS[1])) == (403, "32204")  # not on this trunk
    address = {"CustomerName": "A", "Street": "1 Main St", "City": "W", "Region": "DC", "PostalCode": "20001",
               "IsoCountry": "US", "EmergencyEnabled": "true"}  # fmt: skip
    sid = client.api("POST", "Addresses", address).body["sid"]
    client.api("POST", f"IncomingPhoneNumbers/{client.number_sid()}", {"EmergencyAddressSid": sid})
    assert _refused(_ask(client, request_user="911")) == (403, "32204")  # still pending
    clock.now += 2
    verdict = _ask(client, request_user="911")
    assert (verdict["action"], verdict["number"], verdict["emergency"]) == ("route", "911", 1)


def test_account_restrictions(client: Client, trunk: str) -> None:
    assert trunk
    base: dict[str, Any] = {"sid": ACCOUNT, "auth_token": TOKEN}
    client.lab("POST", "seed", {"accounts": [{**base, "blocked_prefixes": ["+44"]}]})
    assert _refused(_ask(client)) == (403, "32205")
    client.lab("POST", "seed", {"accounts": [{**base, "type": "Trial"}]})
    assert _refused(_ask(client)) == (400, "32100")
    client.lab("POST", "seed", {"accounts": [{**base, "status": "suspended"}]})
    assert _refused(_ask(client)) == (603, "")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"source_ip": "pbx"}, "source_ip"),
        ({"method": ""}, "method"),
        ({"request_host": None}, "request_host"),
        ({"srtp": "perhaps"}, "srtp"),
        ({"from_user": 101}, "from_user"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_bad_question_is_refused(client: Client, changes: dict[str, Any], word: str) -> None:
    request = {"method": "INVITE", "source_ip": PBX, "request_host": "acme.pstn.twilio.com", **changes}
    reply = client.lab("POST", "sip/termination", request)
    assert reply.status == 400
    assert word in reply.body["error"]


def test_calls_show_inputs_verdicts_and_results(client: Client, trunk: str) -> None:
    client.origination_url(trunk, "sip:203.0.113.10")
    _ask(client, request_user="12", call_id="one")
    out = _ask(client, call_id="two")["call_sid"]
    into = client.lab(
        "POST", "sip/origination", {"number": NUMBERS[0], "from_number": "+442079460000", "call_id": "three"}
    ).body["call_sid"]
    result = {"call_sid": out, "status": "completed", "sip_code": 200}
    assert client.lab("POST", "sip/result", result).status == 200
    calls = client.lab("GET", "calls").body["calls"]
    shown = [(call["direction"], call["verdict"], call["call_id"], call["call_sid"]) for call in calls]
    assert shown == [
        ("termination", "reject", "one", calls[0]["call_sid"]),
        ("termination", "route", "two", out),
        ("origination", "route", "three", into),
    ]
    assert calls[0]["call_sid"].startswith("CA")  # refused after it was authenticated: a call that failed
    assert (calls[0]["code"], calls[0]["request_user"], calls[0]["error"][:5]) == (400, "12", "32101")
    assert (calls[1]["status"], calls[1]["sip_code"], calls[1]["source_ip"]) == ("completed", 200, PBX)
    assert calls[2]["targets"] == [f"sip:{NUMBERS[0]}@203.0.113.10"]
    assert client.lab("GET", f"calls?since={calls[1]['seq']}").body["calls"] == calls[2:]
    assert client.lab("POST", "sip/result", {"call_sid": "CA1", "status": "x", "sip_code": 200}).status == 404
    assert client.lab("POST", "sip/result", {**result, "sip_code": "200"}).status == 400


def _route(client: Client, number: str = NUMBERS[0]) -> dict[str, Any]:
    return dict(client.lab("POST", "sip/origination", {"number": number, "from_number": "+1", "call_id": "x"}).body)


@pytest.mark.parametrize(
    ("url", "uri", "host", "port", "transport", "edge", "headers"),
    [
        ("sip:203.0.113.10", "sip:{did}@203.0.113.10", "203.0.113.10", 5060, "udp", "", ""),
        ("sip:pbx.example.com:5070", "sip:{did}@pbx.example.com:5070", "pbx.example.com", 5070, "udp", "", ""),
        ("sip:line@pbx.example.com", "sip:line@pbx.example.com", "pbx.example.com", 5060, "udp", "", ""),
        ("sip:10.0.0.1;transport=tcp", "sip:{did}@10.0.0.1;transport=tcp", "10.0.0.1", 5060, "tcp", "", ""),
        ("sip:10.0.0.1;transport=tls", "sip:{did}@10.0.0.1;transport=tls", "10.0.0.1", 5061, "tls", "", ""),
        ("sip:10.0.0.1;edge=dublin", "sip:{did}@10.0.0.1", "10.0.0.1", 5060, "udp", "dublin", ""),
        ("sip:10.0.0.1;lr?X-foo=bar", "sip:{did}@10.0.0.1;lr", "10.0.0.1", 5060, "udp", "", "X-foo=bar"),
    ],
)
def test_an_origination_url_becomes_a_target(
    client: Client, *, trunk: str, url: str, uri: str, host: str, port: int, transport: str, edge: str, headers: str
) -> None:
    sid = client.origination_url(trunk, url, Priority=3, Weight=4)
    verdict = _route(client)
    assert (verdict["action"], verdict["trunk_sid"]) == ("route", trunk)
    assert verdict["trunk_domain"] == "acme.pstn.twilio.com"
    assert verdict["targets"][0].pop("address") in range(4), "one of the four addresses of the edge"
    assert verdict["targets"] == [
        {
            "uri": uri.format(did=NUMBERS[0]),
            "host": host,
            "port": port,
            "transport": transport,
            "edge": edge,
            "headers": headers,
            "sid": sid,
            "priority": 3,
            "weight": 4,
        }
    ]


def test_a_secure_trunk_originates_over_tls(client: Client, trunk: str) -> None:
    client.origination_url(trunk, "sip:10.0.0.1;transport=udp")
    client.trunking("POST", f"Trunks/{trunk}", {"Secure": "true"})
    (target,) = _route(client)["targets"]
    assert (target["uri"], target["transport"], target["port"]) == (
        f"sip:{NUMBERS[0]}@10.0.0.1;transport=tls",
        "tls",
        5061,
    )


def test_priority_orders_and_weight_draws(client: Client, trunk: str) -> None:
    for host, priority, weight in (("backup", 20, 1), ("light", 10, 1), ("heavy", 10, 9)):
        client.origination_url(trunk, f"sip:{host}.example.com", Priority=priority, Weight=weight)
    client.origination_url(trunk, "sip:off.example.com", Priority=1, Enabled="false")
    orders = collections.Counter(
        tuple(target["host"].partition(".")[0] for target in _route(client)["targets"]) for __ in range(200)
    )
    assert set(orders) == {("heavy", "light", "backup"), ("light", "heavy", "backup")}
    assert 150 <= orders["heavy", "light", "backup"] <= 195  # 180 expected


def test_numbers_that_lead_nowhere(client: Client, trunk: str) -> None:
    assert _refused(_route(client, NUMBERS[1])) == (404, "")  # ours, on no trunk
    assert _refused(_route(client, "+12025559999")) == (404, "")
    assert _refused(_route(client)) == (503, "32010")
    client.origination_url(trunk, "sip:10.0.0.1", Enabled="false")
    client.trunking("POST", f"Trunks/{trunk}", {"DisasterRecoveryUrl": "https://example.com/dr"})
    verdict = _route(client)
    assert _refused(verdict) == (503, "32010")
    assert verdict["disaster_recovery_url"] == "https://example.com/dr"


# -- what a test can change, and what it can see -----------------------------------------------------------------------


@pytest.mark.usefixtures("trunk")
def test_an_edge_that_answers_503(client: Client, clock: Clock) -> None:
    client.lab("POST", "settings", {"edges": {"ashburn": "503", "198.18.2.3": "503"}})
    for changes in ({}, {"method": "OPTIONS"}, {"edge": "umatilla", "edge_address": "198.18.2.3"}):
        assert _refused(_ask(client, **changes)) == (503, "")
    assert _ask(client, edge="umatilla", edge_address="198.18.2.0")["action"] == "route"
    client.lab("POST", "settings", {"edges": {"ashburn": "up"}})
    clock.now += 2
    assert _ask(client)["action"] == "route"
    assert client.lab("GET", "settings").body["edges"] == {"198.18.2.3": "503"}


@pytest.mark.parametrize(
    "edges", [{"ashburn": "dead"}, {"dublin": "silent"}, {"1.2.3": "silent"}, ["ashburn"], "silent"]
)
def test_states_of_edges_that_there_are_not(client: Client, edges: Any) -> None:
    reply = client.lab("POST", "settings", {"edges": edges})
    assert (reply.status, "'edges' cannot be" in reply.body["error"]) == (400, True)


def test_originations_avoid_what_is_dead(client: Client, trunk: str) -> None:
    values = {
        "FriendlyName": "x",
        "Priority": "1",
        "Weight": "1",
        "Enabled": "true",
        "SipUrl": "sip:203.0.113.10;edge=umatilla",
    }
    client.trunking("POST", f"Trunks/{trunk}/OriginationUrls", values)

    def sources() -> set[tuple[str, int]]:
        verdicts = [client.lab("POST", "sip/origination", {"number": NUMBERS[0]}).body for __ in range(60)]
        return {(verdict["targets"][0]["edge"], verdict["targets"][0]["address"]) for verdict in verdicts}

    assert sources() == {("umatilla", number) for number in range(4)}
    client.lab("POST", "settings", {"edges": {"198.18.2.0": "silent", "198.18.2.1": "silent"}})
    assert sources() == {("umatilla", 2), ("umatilla", 3)}
    client.lab("POST", "settings", {"edges": {"umatilla": "silent"}})
    assert sources() == {("ashburn", number) for number in range(4)}


def test_options_are_counted_by_source_edge_and_transport(client: Client, clock: Clock) -> None:
    for seconds, changes in (
        (0, {}),
        (60, {}),
        (17, {}),
        (0, {"source_ip": "203.0.113.99"}),
        (1, {"transport": "tls"}),
    ):
        clock.now += seconds
        _ask(client, method="OPTIONS", edge_address="198.18.1.2", **changes)
    seen = client.lab("GET", "calls").body
    assert seen["options"] == 5
    row = {"source": PBX, "edge": "198.18.1.2", "transport": "udp"}
    assert seen["options_seen"] == [
        {**row, "count": 3, "shortest_seconds": 17.0},
        {**row, "source": "203.0.113.99", "count": 1, "shortest_seconds": None},
        {**row, "transport": "tls", "count": 1, "shortest_seconds": None},
    ]


@pytest.mark.usefixtures("trunk")
def test_what_a_pbx_wrote_is_recorded(client: Client) -> None:
    anonymous = {
        "from_user": "anonymous", "from_header": '"Anonymous" <sip:anonymous@anonymous.invalid>;tag=1', "privacy": "id",
        "asserted_user": NUMBERS[0], "asserted_header": f"<sip:{NUMBERS[0]}@acme.pstn.twilio.com>", "transport": "tcp",
    }  # fmt: skip
    assert _ask(client, **anonymous)["action"] == "route"
    call = client.lab("GET", "calls").body["calls"][-1]
    assert {name: call[name] for name in anonymous} == anonymous
    assert (call["remote_party_header"], call["diversion"], call["srtp"]) == ("", "", False)
    assert _refused(_ask(client, **{**anonymous, "asserted_user": ""})) == (403, "32206")
    assert _refused(_ask(client, **{**anonymous, "asserted_user": "+12025550999"})) == (403, "32204")


@pytest.mark.usefixtures("trunk")
def test_a_transfer_is_noted_and_refused(client: Client) -> None:
    sid = _ask(client, call_id="c1")["call_sid"]
    asked = {"call_id": "c1", "source_ip": PBX, "refer_to": "<sip:+19005550123@x>", "referred_by": ""}
    verdict = client.lab("POST", "sip/refer", asked).body
    assert (verdict["action"], verdict["code"]) == ("reject", 403)
    assert client.lab("GET", "calls").body["refers"] == [{**asked, "call_sid": sid}]


def test_calls_to_a_secure_trunk_are_encrypted_unless_a_test_says_otherwise(client: Client, trunk: str) -> None:
    values = {"FriendlyName": "x", "Priority": "1", "Weight": "1", "Enabled": "true", "SipUrl": "sip:203.0.113.10"}
    client.trunking("POST", f"Trunks/{trunk}/OriginationUrls", values)

    def ask(srtp: bool) -> dict[str, Any]:
        return dict(client.lab("POST", "sip/origination", {"number": NUMBERS[0], "srtp": srtp}).body)

    assert ask(False)["action"] == "route"
    assert _refused(ask(True)) == (488, "32207")
    client.trunking("POST", f"Trunks/{trunk}", {"Secure": "true"})
    assert _refused(ask(False)) == (488, "32208")
    assert ask(True)["targets"][0]["transport"] == "tls"
    client.lab("POST", "settings", {"pass_unencrypted": True})
    assert ask(False)["action"] == "route"
