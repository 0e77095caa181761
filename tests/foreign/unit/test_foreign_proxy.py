# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The proxy, asked by Python's own HTTP client and by hand."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
import stat
from pathlib import Path

import pytest
from foreign.certificates import Authority
from foreign.proxy import Proxy

from lab.emulator.server import EmulatorServer


def _client(proxy: Proxy, authority: Authority, host: str = "trunking.twilio.com") -> http.client.HTTPSConnection:
    context = ssl.create_default_context(cafile=str(authority.path))
    client = http.client.HTTPSConnection("127.0.0.1", proxy.port, context=context, timeout=10)
    client.set_tunnel(host, 443)
    return client


def _by_hand(proxy: Proxy, text: str) -> bytes:
    with socket.create_connection(("127.0.0.1", proxy.port), timeout=10) as connection:
        connection.sendall(text.encode())
        answer = b""
        while chunk := connection.recv(4096):
            answer += chunk
    return answer


def test_requests_reach_the_emulators_product(proxy: Proxy, authority: Authority) -> None:
    client = _client(proxy, authority)
    client.request("POST", "/v1/Trunks?a=1", "FriendlyName=hq", {"Content-Type": "application/x-www-form-urlencoded"})
    answer = client.getresponse()
    body = json.loads(answer.read())
    client.close()
    assert (answer.status, body["code"], answer.headers["X-Twilio-Error-Code"]) == (401, 20003, "20003")
    [exchange] = proxy.exchanges
    assert (exchange.method, exchange.host, exchange.target) == ("POST", "trunking.twilio.com", "/v1/Trunks?a=1")
    assert (exchange.body, exchange.status, json.loads(exchange.answer)) == ("FriendlyName=hq", 401, body)
    assert proxy.refusals == []


def test_the_certificate_is_for_the_host_that_was_asked_for(proxy: Proxy, authority: Authority) -> None:
    for host in ("api.twilio.com", "trunking.dublin.ie1.twilio.com"):
        client = _client(proxy, authority, host)
        client.connect()
        certificate = client.sock.getpeercert() or {}
        client.close()
        assert certificate.get("subjectAltName") == (("DNS", host),)


def test_a_client_that_does_not_trust_the_authority_gets_nothing(proxy: Proxy) -> None:
    client = http.client.HTTPSConnection("127.0.0.1", proxy.port, context=ssl.create_default_context(), timeout=10)
    client.set_tunnel("api.twilio.com", 443)
    with pytest.raises(ssl.SSLCertVerificationError):
        client.request("GET", "/")
    client.close()
    assert proxy.wait_for_refusals(1)
    assert not proxy.wait_for_refusals(2, seconds=0)
    assert proxy.refusals[0].startswith("TLS with the client failed for api.twilio.com")
    assert proxy.exchanges == []


@pytest.mark.parametrize(
    "request_line", ["CONNECT example.com:443", "CONNECT api.twilio.com:80", "CONNECT localhost:22"]
)
def test_other_hosts_are_refused_and_noted(proxy: Proxy, request_line: str) -> None:
    answer = _by_hand(proxy, f"{request_line} HTTP/1.1\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert [request_line.split()[1] in why for why in proxy.refusals] == [True]


@pytest.mark.parametrize("target", ["http://example.com/", "http://api.twilio.com/", "/2010-04-01/Accounts.json"])
def test_nothing_is_asked_outside_a_tunnel(proxy: Proxy, target: str) -> None:
    answer = _by_hand(proxy, f"GET {target} HTTP/1.1\r\nHost: api.twilio.com\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert (len(proxy.refusals), proxy.exchanges) == (1, [])


def test_there_is_no_tunnel_inside_a_tunnel(proxy: Proxy, authority: Authority) -> None:
    client = _client(proxy, authority)
    client.connect()
    client.sock.sendall(b"CONNECT api.twilio.com:443 HTTP/1.1\r\n\r\n")
    assert client.sock.recv(4096).startswith(b"HTTP/1.1 403 ")
    client.close()
    assert proxy.refusals == ["a tunnel inside a tunnel"]


def test_a_lost_connection_is_lost_for_the_client_too(
    proxy: Proxy, authority: Authority, emulator: EmulatorServer
) -> None:
    client = http.client.HTTPConnection(emulator.url.removeprefix("http://"), timeout=10)
    client.request("POST", "/_lab/faults", json.dumps({"faults": [{"match": {}, "kind": "reset"}]}))
    client.getresponse().read()
    client.close()
    behind = _client(proxy, authority)
    behind.request("GET", "/v1/Trunks")
    with pytest.raises(ConnectionResetError):
        behind.getresponse()
    behind.close()
    assert [exchange.status for exchange in proxy.exchanges] == [0]


def test_the_proxy_listens_on_the_loopback_only(proxy: Proxy) -> None:
    assert proxy.server_address[0] == "127.0.0.1"


def test_keys_are_for_this_user_alone(tmp_path: Path) -> None:
    folder = tmp_path / "ca"
    Authority(folder).context("api.twilio.com")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "api.twilio.com.pem").stat().st_mode) == 0o600
    assert "PRIVATE" not in (folder / "ca.pem").read_text(encoding="utf-8")
