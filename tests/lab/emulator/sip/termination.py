# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The verdict on a request from a PBX. The order of the checks is plausible, not documented (docs/emulator.md)."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Any

from lab.emulator import dialing
from lab.emulator.context import Context
from lab.emulator.resources.emergency import address_status
from lab.emulator.resources.sip_credentials import REALM
from lab.emulator.sip.calls import new_call_sid, reject
from lab.emulator.sip.rate import RateLimits
from lab.emulator.store import Account, Record
from lab.emulator.wire import E164, trunk_domain

EMERGENCY = ("911", "933")  # 933 is the test number


@dataclass(frozen=True)
class TerminationRequest:
    """What the edge saw; see tests/lab/README.md. Empty strings stand for absent headers."""

    method: str
    source_ip: str
    request_host: str
    transport: str = "udp"
    edge: str = ""
    request_user: str = ""
    from_user: str = ""
    asserted_user: str = ""
    auth_user: str = ""
    srtp: bool = False
    call_id: str = ""
    # For what is recorded only; a test may want to see what a PBX wrote.
    edge_address: str = ""
    from_header: str = ""
    asserted_header: str = ""
    remote_party_header: str = ""
    privacy: str = ""
    diversion: str = ""


class _RefusalError(Exception):
    def __init__(self, code: int, reason: str, error: str = "") -> None:
        super().__init__(error)
        self.verdict = reject(code, reason, error)


class Termination:
    """Decides on requests from PBXs. Callers hold the context's lock."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._rates = RateLimits(context.clock)

    def verdict(self, request: TerminationRequest) -> dict[str, Any]:
        """What the edge is to do: reply, reject, challenge, verify or route."""
        method = request.method.upper()
        states = self._context.settings.edges
        if "503" in (states.get(request.edge), states.get(request.edge_address)):
            return reject(503, "Service Unavailable")
        if method == "OPTIONS":
            return {"action": "reply", "code": 200, "reason": "OK"}
        if method == "REGISTER":
            return reject(403, "Forbidden", "32210 SIP REGISTER is not supported by SIP trunks")
        if method != "INVITE":
            return reject(405, "Method Not Allowed")
        try:
            return self._invite(request)
        except _RefusalError as refusal:
            return refusal.verdict

    def _invite(self, request: TerminationRequest) -> dict[str, Any]:
        trunk, account = self._trunk(request.request_host)
        whose = {"account_sid": account.sid, "trunk_sid": trunk.sid}
        try:
            if self._context.store.inactive(account):
                raise _RefusalError(603, "Decline")
            _check_transport(trunk, request)
            self._check_access(trunk, request.source_ip)
            ha1 = self._digest(trunk, request.auth_user)
        except _RefusalError as refusal:
            return {**refusal.verdict, **whose}
        if ha1 == "":
            return {"action": "challenge", "realm": REALM}
        try:
            number = self._check_number(trunk, account, request)
            limit = self._calls_per_second(trunk, account)
            if not self._rates.admit(trunk.sid, limit, request.call_id):
                raise _RefusalError(503, "Service Unavailable", f"32001 CPS limit exceeded: {limit} per second")
        except _RefusalError as refusal:  # from an authenticated caller: a call, which failed
            return {**refusal.verdict, **whose, "call_sid": new_call_sid()}
        route = {
            "number": number,
            "call_sid": new_call_sid(),
            "account_sid": account.sid,
            "trunk_sid": trunk.sid,
            "emergency": int(number in EMERGENCY),
            "secure": int(trunk.data["secure"]),
        }
        if ha1 is None:
            return {"action": "route", **route}
        return {"action": "verify", "realm": REALM, "ha1": ha1, **route}

    def _trunk(self, host: str) -> tuple[Record, Account]:
        domain = trunk_domain(host.partition(":")[0])
        trunk = self._context.store.trunk_of_domain(domain) if domain else None
        if trunk is None:
            raise _RefusalError(404, "Not Found")
        return trunk, self._context.store.accounts[trunk.account_sid]

    def _check_access(self, trunk: Record, source_ip: str) -> None:
        store = self._context.store
        lists = store.children("TK/AL", trunk.sid).values()
        if not lists and not store.children("TK/CL", trunk.sid):
            raise _RefusalError(403, "Forbidden", "32200 No authentication is configured on this trunk")
        if not lists:
            return
        source = ipaddress.IPv4Address(source_ip)
        for link in lists:
            for entry in store.children("IP", link.sid).values():
                data = entry.data
                network = f"{data['ip_address']}/{data['cidr_prefix_length']}"
                if source in ipaddress.IPv4Network(network, strict=False):
                    return
        raise _RefusalError(403, "Forbidden", "32201 Authentication failure - source IP Address not in ACL")

    def _digest(self, trunk: Record, user: str) -> str | None:
        """The digest hash to check against; "" when the request must be challenged first, None when it need not be."""
        store = self._context.store
        lists = store.children("TK/CL", trunk.sid).values()
        if not lists:
            return None
        if not user:
            return ""
        for link in lists:
            for credential in store.children("CR", link.sid).values():
                if credential.data["username"] == user:
                    return str(credential.hidden["ha1"])
        raise _RefusalError(403, "Forbidden", "32202 Authentication failure - bad user credentials")

    def _check_number(self, trunk: Record, account: Account, request: TerminationRequest) -> str:
        number = request.request_user
        if number in EMERGENCY:
            self._check_emergency_caller(trunk, request)
            return number
        if not E164.fullmatch(number):
            raise _RefusalError(400, "Bad Request", f"32101 Number {number[:32]} is not E.164 with a leading +")
        if account.type == "Trial" and number not in account.caller_ids:
            raise _RefusalError(400, "Bad Request", f"32100 Number {number} is not verified: this is a trial account")
        forbidden = dialing.refusal(self._context.store, account, number)
        if forbidden:
            raise _RefusalError(403, "Forbidden", f"32205 {forbidden}")
        self._check_caller(account, request)
        return number

    def _check_caller(self, account: Account, request: TerminationRequest) -> None:
        """From, else the asserted identity, must be a number of the account or one it has verified."""
        candidates = [user for user in (request.from_user, request.asserted_user) if user]
        for user in candidates:
            number = self._context.store.number(user)
            if (number is not None and number.account_sid == account.sid) or user in account.caller_ids:
                return
        if not any(E164.fullmatch(user) for user in candidates):
            shown = candidates[0][:32] if candidates else "(none)"
            raise _RefusalError(403, "Forbidden", f"32206 Invalid From: {shown} is not a number in E.164 format")
        raise _RefusalError(403, "Forbidden", "32204 Caller ID is neither a number of this account nor verified")

    def _check_emergency_caller(self, trunk: Record, request: TerminationRequest) -> None:
        """The caller must be a number on this very trunk, in North America, with a registered address."""
        for user in (request.from_user, request.asserted_user):
            number = self._context.store.number(user)
            if number is None or number.data["trunk_sid"] != trunk.sid or not user.startswith("+1"):
                continue
            if request.request_user == "933" or address_status(self._context, number) == "registered":
                return
            raise _RefusalError(403, "Forbidden", "32204 Caller ID has no registered emergency address")
        raise _RefusalError(403, "Forbidden", "32204 Emergency calls need a caller ID on this trunk, same country")

    def _calls_per_second(self, trunk: Record, account: Account) -> int:
        own = self._context.settings.trunk_cps
        return own.get(trunk.sid.lower()) or own.get(trunk.data["domain_name"]) or account.cps


def _check_transport(trunk: Record, request: TerminationRequest) -> None:
    if not trunk.data["secure"]:
        if request.srtp:
            raise _RefusalError(488, "Not Acceptable Here", "32207 SRTP is refused: secure trunking is not enabled")
        return
    if request.transport.lower() != "tls":
        raise _RefusalError(488, "Not Acceptable Here", "32209 Secure transport required")
    if not request.srtp:
        raise _RefusalError(488, "Not Acceptable Here", "32208 SRTP is required: secure trunking is enabled")
