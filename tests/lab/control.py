# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small client of the emulator: its control interface, and its REST API as the account's owner uses it."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from typing import Any

TIMEOUT = 10.0  # seconds; the emulator answers in milliseconds


@dataclass(frozen=True)
class Control:
    """The emulator at base_url, and one account of it."""

    base_url: str
    account_sid: str
    auth_token: str

    def get(self, path: str) -> Any:
        return self._send("GET", f"/_lab/{path}")

    def post(self, path: str, body: dict[str, Any] | None = None) -> Any:
        return self._send(
            "POST", f"/_lab/{path}", json.dumps(body or {}).encode(), {"Content-Type": "application/json"}
        )

    def rest(self, method: str, path: str, params: dict[str, str] | None = None) -> Any:
        """One request of the REST API, `path` as PRODUCT/VERSION/…: what somebody does by hand in the console."""
        token = base64.b64encode(f"{self.account_sid}:{self.auth_token}".encode()).decode()
        data = urllib.parse.urlencode(params).encode() if params is not None else None
        return self._send(method, f"/{path}", data, {"Authorization": f"Basic {token}"})

    def sequence(self) -> int:
        """Return the number of the last journal entry."""
        return int(self.get("journal")["seq"])

    def requests_since(self, sequence: int) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(f"journal?since={sequence}")["requests"]
        return found

    def writes_since(self, sequence: int) -> list[dict[str, Any]]:
        return [entry for entry in self.requests_since(sequence) if entry["method"] != "GET"]

    def calls(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get("calls")["calls"]
        return found

    def _send(self, method: str, path: str, data: bytes | None = None, headers: dict[str, str] | None = None) -> Any:
        request = urllib.request.Request(self.base_url + path, data=data, headers=headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
                body = answer.read()
        except urllib.error.HTTPError as error:
            raise RuntimeError(f"{method} {path} answered {error.code}: {error.read().decode()[:300]}") from error
        except urllib.error.URLError as error:
            raise RuntimeError(
                f"the emulator at {self.base_url} does not answer: {error.reason}; run `make demo` again"
            ) from error
        return json.loads(body) if body else None
