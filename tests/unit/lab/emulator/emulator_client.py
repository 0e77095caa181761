# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A plain HTTP client of the emulator, for its tests: one kept-alive connection, no knowledge of the API."""

from __future__ import annotations

import base64
import http.client
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "f" * 32
NUMBERS = ["+12025550101", "+12025550102", "+12025550103"]


@dataclass
class Reply:
    """An answer: status, decoded body (None when empty) and headers."""

    status: int
    body: Any
    headers: dict[str, str]

    @property
    def code(self) -> int | None:
        return self.body.get("code") if isinstance(self.body, dict) else None


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Client:
    """Requests to the emulator at `url`, with credentials for REST requests."""

    def __init__(self, url: str, user: str = ACCOUNT, password: str = TOKEN) -> None:
        self.url = url
        parts = urlsplit(url)
        self.connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=10)
        self.user, self.password = user, password
        self._others: list[Client] = []

    def close(self) -> None:
        for client in (self, *self._others):
            client.connection.close()

    def as_user(self, user: str, password: str) -> Client:
        other = Client(self.url, user, password)
        self._others.append(other)
        return other

    def request(
        self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None
    ) -> Reply:
        self.connection.request(method, path, body, headers or {})
        answer = self.connection.getresponse()
        raw = answer.read()
        return Reply(answer.status, json.loads(raw) if raw else None, dict(answer.getheaders()))

    def rest(self, method: str, path: str, params: dict[str, Any] | None = None) -> Reply:
        """A REST request; `path` begins with the product."""
        token = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
        headers = {"Authorization": f"Basic {token}"}
        body = None
        if params and method == "POST":
            body = urlencode(params).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        elif params:
            path += "?" + urlencode(params)
        return self.request(method, path, body, headers)

    def trunking(self, method: str, path: str, params: dict[str, Any] | None = None) -> Reply:
        return self.rest(method, f"/trunking/v1/{path}", params)

    def api(self, method: str, path: str, params: dict[str, Any] | None = None) -> Reply:
        """A v2010 request of the account; `path` without .json."""
        return self.rest(method, f"/api/2010-04-01/Accounts/{self.user}/{path}.json", params)

    def lab(self, method: str, path: str, body: Any = None) -> Reply:
        return self.request(method, f"/_lab/{path}", None if body is None else json.dumps(body).encode())

    def refill(self) -> None:
        """Empty the emulator and seed it with one account that has three numbers."""
        assert self.lab("POST", "reset").status == 200
        account = {"sid": ACCOUNT, "auth_token": TOKEN, "friendly_name": "Acme", "numbers": NUMBERS}
        assert self.lab("POST", "seed", {"accounts": [account]}).status == 200

    # -- objects most tests need --------------------------------------------------------------------------------

    def trunk(self, **params: Any) -> dict[str, Any]:
        reply = self.trunking("POST", "Trunks", params)
        assert reply.status == 201, reply.body
        return dict(reply.body)

    def number_sid(self, number: str = NUMBERS[0]) -> str:
        found = self.api("GET", "IncomingPhoneNumbers", {"PhoneNumber": number}).body["incoming_phone_numbers"]
        return str(found[0]["sid"])

    def access_list(self, name: str, *networks: str) -> str:
        sid = str(self.api("POST", "SIP/IpAccessControlLists", {"FriendlyName": name}).body["sid"])
        for network in networks:
            address, __, length = network.partition("/")
            entry = {"FriendlyName": network, "IpAddress": address, "CidrPrefixLength": length or "32"}
            assert self.api("POST", f"SIP/IpAccessControlLists/{sid}/IpAddresses", entry).status == 201
        return sid

    def credential_list(self, name: str, **users: str) -> str:
        sid = str(self.api("POST", "SIP/CredentialLists", {"FriendlyName": name}).body["sid"])
        for user, password in users.items():
            entry = {"Username": user, "Password": password}
            assert self.api("POST", f"SIP/CredentialLists/{sid}/Credentials", entry).status == 201
        return sid

    def origination_url(self, trunk: str, url: str, **params: Any) -> str:
        values = {"Weight": 10, "Priority": 10, "Enabled": "true", "FriendlyName": "x", "SipUrl": url, **params}
        reply = self.trunking("POST", f"Trunks/{trunk}/OriginationUrls", values)
        assert reply.status == 201, reply.body
        return str(reply.body["sid"])

    def attach(self, trunk: str, number: str = NUMBERS[0]) -> None:
        sid = self.number_sid(number)
        assert self.trunking("POST", f"Trunks/{trunk}/PhoneNumbers", {"PhoneNumberSid": sid}).status == 201
