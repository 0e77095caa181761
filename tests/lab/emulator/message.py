# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A REST request and its answer, without a socket: what the HTTP server and the rest of the emulator exchange."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Request:
    """What arrived. `headers` has lower-case names."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes


@dataclass
class Response:
    """What goes back.

    Attributes:
        ending: "answer"; or "reset" and "silence": the connection is aborted, or closed, without an answer.
    """

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    ending: str = "answer"


def json_response(status: int, value: Any) -> Response:
    """An answer with a JSON body; none for 204."""
    if status == 204:
        return Response(204)
    body = json.dumps(value, separators=(",", ":")).encode()
    return Response(status, body, {"Content-Type": "application/json;charset=utf-8"})


def error_response(body: dict[str, Any]) -> Response:
    """An answer in Twilio's error shape, with the headers that go with it."""
    response = json_response(body["status"], body)
    response.headers["X-Twilio-Error-Code"] = str(body["code"])
    if body["status"] == 401:
        response.headers["WWW-Authenticate"] = 'Basic realm="Twilio API"'
    return response


def request_id() -> str:
    return "RQ" + uuid.uuid4().hex
