# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The REST side as a whole: a request goes in, an answer comes out, the journal knows."""

from __future__ import annotations

import contextlib
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote, urlsplit

from lab.emulator import errors, freshness
from lab.emulator.auth import authenticate, subject
from lab.emulator.context import Context
from lab.emulator.errors import ApiError, error_body, not_found
from lab.emulator.faults import Fault, Faults
from lab.emulator.journal import Journal, masked
from lab.emulator.message import Request, Response, error_response, json_response
from lab.emulator.resource import Call, Operation
from lab.emulator.resources import operations
from lab.emulator.router import Router, convert, read_params

PRODUCTS = ("trunking", "api", "voice", "routes", "pricing", "insights", "monitor")


@dataclass
class _Visit:
    """What is known of a request so far; becomes its journal entry."""

    method: str
    product: str
    path: str
    query: str
    params: dict[str, str] = field(default_factory=dict)
    account_sid: str = ""
    committed: bool = False


class Api:
    """Twilio's products under one roof: /trunking/…, /api/… and so on."""

    def __init__(self, context: Context) -> None:
        self.context = context
        self.router = Router(operations())
        self.faults = Faults()
        self.journal = Journal()
        self._flying: Counter[str] = Counter()
        self._flying_lock = threading.Lock()

    def handle(self, request: Request) -> Response:
        """Process a request, faults and delays included; waits as long as these want."""
        parts = urlsplit(request.target)
        product, __, rest = parts.path.lstrip("/").partition("/")
        visit = _Visit(request.method, product, "/" + unquote(rest), parts.query)
        context = self.context
        with context.lock:
            fault = self.faults.strike(request.method, f"/{product}{visit.path}")
        early = fault is not None and fault.when == "before"
        context.wait(context.settings.latency_seconds)
        if fault is not None and early and fault.kind == "latency":
            context.wait(fault.seconds)
        with context.lock:
            if fault is not None and early and fault.kind != "latency":
                with contextlib.suppress(ApiError):
                    visit.params = read_params(request, visit.query)
                response = Response(200)
            else:
                response = self._process(request, visit)
            if fault is not None:
                response = _spoil(fault, response)
            self.journal.add(
                method=visit.method,
                product=visit.product,
                path=visit.path,
                params=masked(visit.params),
                account_sid=visit.account_sid,
                status=response.status,
                code=_code_of(response),
                committed=visit.committed,
                fault=fault.kind if fault else None,
            )
        if fault is not None and (fault.kind == "timeout" or (fault.kind == "latency" and not early)):
            context.wait(fault.seconds)
        return response

    @contextlib.contextmanager
    def flight(self, request: Request) -> Iterator[Response | None]:
        """Count a request against its account's concurrency limit; yields a refusal if it is one too many."""
        limit = self.context.settings.concurrency_limit
        if limit is None:
            yield None
            return
        who = request.headers.get("authorization", "")
        with self._flying_lock:
            self._flying[who] += 1
            full = self._flying[who] > limit
        try:
            yield self._too_many(request) if full else None
        finally:
            with self._flying_lock:
                self._flying[who] -= 1

    def _too_many(self, request: Request) -> Response:
        parts = urlsplit(request.target)
        product, __, rest = parts.path.lstrip("/").partition("/")
        with self.context.lock:
            self.journal.add(
                method=request.method, product=product, path="/" + unquote(rest), params={}, account_sid="",
                status=429, code=errors.TOO_MANY_REQUESTS, committed=False, fault=None,
            )  # fmt: skip
        return error_response(error_body(errors.TOO_MANY_REQUESTS, "Too Many Requests", 429))

    def _process(self, request: Request, visit: _Visit) -> Response:
        try:
            if visit.product not in PRODUCTS:
                raise not_found(f"/{visit.product}{visit.path}")
            caller, full_access = authenticate(self.context.store, request.headers.get("authorization"))
            visit.account_sid = caller.sid
            visit.params = read_params(request, visit.query)
            operation, names = self.router.find(visit.product, visit.path, visit.method)
            account_sid = names.get("AccountSid") or (names["Sid"] if _is_account(operation) else "")
            account = subject(self.context.store, caller, account_sid) if account_sid else caller
            if account.status == "closed" and not _is_account(operation):
                raise ApiError(errors.ACCOUNT_INACTIVE, f"Account {account.sid} is closed", 403)
            if freshness.is_hidden(self.context, visit.product, visit.path):
                raise not_found(visit.path)
            values = convert(operation, visit.params)
            call = Call(self.context, caller, account, full_access, names, values, visit.params, visit.path)
            answer: Any = operation.handler(call)
        except ApiError as refusal:
            return error_response(refusal.body())
        if operation.status == 201:
            freshness.made(self.context, visit.product, answer)
        visit.committed = visit.method in ("POST", "DELETE")
        return json_response(operation.status, answer)


def _is_account(operation: Operation) -> bool:
    return operation.template == "/2010-04-01/Accounts/{Sid}.json"


def _spoil(fault: Fault, response: Response) -> Response:
    """What a fault makes of an answer."""
    if fault.kind == "status":
        code = fault.code or errors.CODE_OF_STATUS.get(fault.status, errors.SERVER_ERROR)
        spoilt = error_response(error_body(code, f"Fault requested by the lab: {fault.status}", fault.status))
        if fault.retry_after is not None:
            spoilt.headers["Retry-After"] = str(fault.retry_after)
        return spoilt
    if fault.kind in ("reset", "timeout"):
        return Response(0, ending="reset" if fault.kind == "reset" else "silence")
    if fault.kind == "malformed":  # status and length are right, the JSON breaks off in the middle
        half = response.body[: len(response.body) // 2] or b'{"sid": "'
        status = 200 if response.status == 204 else response.status
        return Response(status, half, {"Content-Type": "application/json;charset=utf-8"})
    return response


def _code_of(response: Response) -> int | None:
    code = response.headers.get("X-Twilio-Error-Code")
    return int(code) if code else None
