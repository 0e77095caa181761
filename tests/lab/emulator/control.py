# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lab's own interface, everything under /_lab/: JSON in, JSON out, no authentication. docs/emulator.md lists it."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Callable
from dataclasses import MISSING, asdict, fields
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from lab.emulator.api import Api
from lab.emulator.call_seed import seed_calls
from lab.emulator.context import Context, Settings
from lab.emulator.errors import LabError
from lab.emulator.faults import parse_faults
from lab.emulator.journal import Journal
from lab.emulator.message import Request, Response, json_response
from lab.emulator.seed import seed
from lab.emulator.sip import history
from lab.emulator.sip.calls import Calls, reject
from lab.emulator.sip.origination import Origination
from lab.emulator.sip.termination import Termination, TerminationRequest
from lab.emulator.state import state
from lab.emulator.store import Store

Action = Callable[["dict[str, Any]"], "dict[str, Any]"]
_RESULT_KEYS = {
    "call_sid": str,
    "status": str,
    "sip_code": int,
    "target": str,
    "seconds": int,
    "error": str,
    "call_id": str,
}


class Control:
    """Dispatches /_lab/ requests."""

    def __init__(self, context: Context, api: Api) -> None:
        self._context = context
        self._api = api
        self._renew()
        self._actions: dict[str, dict[str, Action]] = {
            "/_lab/reset": {"POST": self._reset},
            "/_lab/seed": {"POST": lambda body: seed(self._context, body)},
            "/_lab/settings": {"GET": self._settings, "POST": self._change_settings},
            "/_lab/faults": {"GET": self._faults, "POST": self._set_faults, "DELETE": self._clear_faults},
            "/_lab/journal": {"GET": self._journal},
            "/_lab/state": {"GET": lambda __: state(self._context)},
            "/_lab/calls": {"GET": self._list_calls, "POST": lambda body: seed_calls(self._context, body)},
            "/_lab/sip/termination": {"POST": self._termination_verdict},
            "/_lab/sip/origination": {"POST": self._origination_verdict},
            "/_lab/sip/result": {"POST": self._result},
            "/_lab/sip/refer": {"POST": self._refer},
        }

    def handle(self, request: Request) -> Response:
        """Answer a request; every refusal is {"error": sentence}."""
        parts = urlsplit(request.target)
        try:
            methods = self._actions.get(parts.path)
            if methods is None:
                raise LabError(f"{parts.path} is unknown; known are {', '.join(self._actions)}", 404)
            if request.method not in methods:
                raise LabError(f"{request.method} is not allowed on {parts.path}; allowed: {', '.join(methods)}", 405)
            body: dict[str, Any] = dict(parse_qsl(parts.query, keep_blank_values=True))
            if request.method == "POST":
                body = _json_object(request.body)
            with self._context.lock:
                return json_response(200, methods[request.method](body))
        except LabError as refusal:
            return json_response(refusal.status, {"error": str(refusal)})

    def _renew(self) -> None:
        self._calls = Calls()
        self._termination = Termination(self._context)
        self._origination = Origination(self._context)

    def _reset(self, body: dict[str, Any]) -> dict[str, Any]:
        _known(body, set())
        self._context.store = Store()
        silenced = bool(self._context.settings.edges)
        self._context.settings = Settings()
        if silenced:
            self._context.tell_edges()
        self._api.journal = Journal()
        self._api.faults.replace([])
        self._renew()
        return {}

    def _settings(self, body: dict[str, Any]) -> dict[str, Any]:
        _known(body, set())
        return asdict(self._context.settings)

    def _change_settings(self, body: dict[str, Any]) -> dict[str, Any]:
        settings = self._context.settings
        before = settings.edges
        settings.change(body)
        if "edges" in body:
            try:
                self._context.tell_edges()
            except LabError:
                settings.edges = before
                raise
        return asdict(self._context.settings)

    def _faults(self, body: dict[str, Any]) -> dict[str, Any]:
        _known(body, set())
        return {"faults": self._api.faults.shown()}

    def _set_faults(self, body: dict[str, Any]) -> dict[str, Any]:
        self._api.faults.replace(parse_faults(body))
        return {"faults": self._api.faults.shown()}

    def _clear_faults(self, body: dict[str, Any]) -> dict[str, Any]:
        _known(body, set())
        return self._set_faults({"faults": []})

    def _journal(self, body: dict[str, Any]) -> dict[str, Any]:
        journal = self._api.journal
        return {"seq": journal.seq, "requests": journal.since(_since(body))}

    def _list_calls(self, body: dict[str, Any]) -> dict[str, Any]:
        calls = self._calls
        return {
            "seq": calls.seq,
            "options": calls.options,
            "options_seen": calls.options_seen(),
            "refers": list(calls.refers),
            "calls": calls.since(_since(body)),
        }

    def _termination_verdict(self, body: dict[str, Any]) -> dict[str, Any]:
        request = _termination_request(body)
        verdict = self._termination.verdict(request)
        if request.method.upper() == "OPTIONS":
            edge = request.edge_address or request.edge
            self._calls.saw_options(request.source_ip, edge, request.transport, self._context.clock())
        else:
            self._calls.add("termination", asdict(request), verdict)
            history.note(self._context, "termination", asdict(request), verdict)
        return verdict

    def _origination_verdict(self, body: dict[str, Any]) -> dict[str, Any]:
        _known(body, {"number", "from_number", "call_id", "srtp"})
        inputs: dict[str, Any] = {key: _string(body, key) for key in ("number", "from_number", "call_id")}
        if not inputs["number"]:
            raise LabError("number is missing")
        if "srtp" in body:
            inputs["srtp"] = _truth(body["srtp"])
        verdict = self._origination.verdict(inputs["number"], inputs.get("srtp"))
        self._calls.add("origination", inputs, verdict)
        history.note(self._context, "origination", inputs, verdict)
        return verdict

    def _refer(self, body: dict[str, Any]) -> dict[str, Any]:
        """A PBX asked the carrier for a transfer: it is noted, and refused."""
        keys = ("call_id", "source_ip", "refer_to", "referred_by")
        _known(body, set(keys))
        refer = {key: _string(body, key) for key in keys}
        self._calls.refers.append({**refer, "call_sid": self._calls.sid(refer["call_id"])})
        return reject(403, "Forbidden")

    def _result(self, body: dict[str, Any]) -> dict[str, Any]:
        _known(body, set(_RESULT_KEYS))
        for key, value in body.items():
            if isinstance(value, bool) or not isinstance(value, _RESULT_KEYS[key]):
                raise LabError(f"{key} is {value!r}; it must be of type {_RESULT_KEYS[key].__name__}")
        call_id = body.pop("call_id", "")
        call_sid = body.pop("call_sid", "") or self._calls.sid(call_id)
        if not self._calls.result(call_sid, body):
            raise LabError(f"call_sid {call_sid!r} (call_id {call_id!r}) is no call", 404)
        history.result(self._context, call_sid, body)
        return {}


def _json_object(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except ValueError as error:
        raise LabError(f"the body is not JSON: {error}") from None
    if not isinstance(value, dict):
        raise LabError("the body must be a JSON object")
    return value


def _known(body: dict[str, Any], keys: set[str]) -> None:
    unknown = sorted(set(body) - keys)
    if unknown:
        raise LabError(f"{unknown[0]!r} is unknown here; known: {', '.join(sorted(keys)) or 'nothing'}")


def _since(body: dict[str, Any]) -> int:
    _known(body, {"since"})
    text = body.get("since", "0")
    if not (text.isascii() and text.isdigit()):
        raise LabError(f"since is {text!r}; it must be a sequence number")
    return int(text)


def _string(body: dict[str, Any], key: str) -> str:
    value = body.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise LabError(f"{key} is {value!r}; it must be a string")
    return value


def _termination_request(body: dict[str, Any]) -> TerminationRequest:
    known = {field.name: field for field in fields(TerminationRequest)}
    _known(body, set(known))
    values: dict[str, Any] = {key: _string(body, key) for key in body if key != "srtp"}
    for key, field in known.items():
        if field.default is MISSING and not values.get(key):
            raise LabError(f"{key} is missing")
    values["srtp"] = _truth(body.get("srtp", False))
    try:
        ipaddress.IPv4Address(values["source_ip"])
    except ValueError:
        raise LabError(f"source_ip {values['source_ip']!r} is not an IPv4 address") from None
    return TerminationRequest(**values)


def _truth(value: Any) -> bool:
    """True and false in the forms a SIP server's configuration can easily write them."""
    if value in (True, 1, "1", "true"):
        return True
    if value in (False, 0, "0", "false", "", None):
        return False
    raise LabError(f"srtp is {value!r}; it must be true or false")
