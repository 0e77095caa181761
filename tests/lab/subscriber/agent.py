# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The user agent: hands requests to the calls they belong to, answers the rest, authenticates our own requests."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Callable, Protocol

from lab.subscriber.dialog import ALLOW, USER_AGENT, Dialog
from lab.subscriber.digest import Challenge, Credentials, choose
from lab.subscriber.events import Reporter
from lab.subscriber.message import Headers, Request, Response, respond, warning
from lab.subscriber.stack import Stack
from lab.subscriber.transaction import ClientTransaction, ServerTransaction
from lab.subscriber.transport import Address
from lab.subscriber.uri import NameAddr, SipError, SipUri
from lab.subscriber.waiting import MessageWaiting

_HEADERS = {401: ("WWW-Authenticate", "Authorization"), 407: ("Proxy-Authenticate", "Proxy-Authorization")}


@dataclass(frozen=True)
class Hop:
    """Where a request is sent."""

    transport: str
    address: Address

    def __str__(self) -> str:
        return f"{self.address[0]}:{self.address[1]}"


class Party(Protocol):
    """A call, as the agent sees it."""

    dialog: Dialog | None

    def handle(self, request: Request, server: ServerTransaction) -> None:
        """Take a request inside the dialog."""

    def handle_ack(self, request: Request) -> None:
        """Take the ACK of our 2xx."""

    def handle_cancel(self) -> None:
        """The INVITE was cancelled before we answered it."""


class Authenticator:
    """Remembers challenges and answers them (RFC 3261 section 22)."""

    def __init__(self, credentials: Credentials | None) -> None:
        self._credentials = credentials
        self._challenges: dict[int, Challenge] = {}

    def apply(self, request: Request) -> None:
        """Put credentials for all remembered challenges into a request."""
        if self._credentials is None:
            return
        for code, challenge in self._challenges.items():
            value = self._credentials.authorise(challenge, request.method, request.uri)
            request.headers.set(_HEADERS[code][1], value)

    def learn(self, response: Response, tried: set[int]) -> bool:
        """Take a challenge. Return whether the request is worth sending again.

        `tried` holds the codes already answered for this request: a second 401 means wrong credentials, unless the
        server says that only the nonce was stale.
        """
        if response.code not in _HEADERS or self._credentials is None:
            return False
        try:
            challenge = choose(response.headers.lines(_HEADERS[response.code][0]))
        except SipError:
            return False
        if response.code in tried and not challenge.stale:
            return False
        tried.add(response.code)
        self._challenges[response.code] = challenge
        return True


class Agent:
    """One telephone. `on_invite` is called for each new call."""

    def __init__(self, stack: Stack, reporter: Reporter, user: str, credentials: Credentials | None = None) -> None:
        self.stack = stack
        self.reporter = reporter
        self.user = user
        self.auth = Authenticator(credentials)
        self.on_invite: Callable[[Request, ServerTransaction, Address], Party | None] | None = None
        self._calls: dict[tuple[str, str], Party] = {}
        self._ringing: dict[ServerTransaction, Party] = {}
        stack.on_request = self._on_request
        stack.on_ack = self._on_ack
        stack.on_garbage = self._on_garbage
        stack.on_unreachable = self._on_unreachable
        self.subscriptions: set[str] = set()  # Call-IDs of SUBSCRIBEs of ours
        self.message_waiting: MessageWaiting | None = None
        self.on_messages: Callable[[MessageWaiting], None] | None = None

    def contact(self, transport: str) -> str:
        """Our Contact for requests and responses over this transport."""
        host, port = self.stack.local_of(transport)
        params: dict[str, str | None] = {} if transport == "UDP" else {"transport": transport.lower()}
        bracketed = f"[{host}]" if ":" in host else host
        return str(NameAddr(str(SipUri(bracketed, self.user, port, params=params))))

    def add(self, dialog: Dialog, party: Party) -> None:
        """From now on requests of this dialog go to `party`."""
        self._calls[(dialog.call_id, dialog.local.tag or "")] = party

    def remove(self, dialog: Dialog) -> None:
        """The call is over."""
        self._calls.pop((dialog.call_id, dialog.local.tag or ""), None)

    async def hop(self, uri: SipUri, default: str = "UDP") -> Hop:
        """Resolve a URI; `default` is the transport when the URI names none. Raises SipError."""
        return Hop(*await self.stack.resolve(uri, default))

    def build(self, method: str, uri: str, sender: NameAddr, recipient: NameAddr, transport: str) -> Request:
        """A request outside of any dialog, with fresh tag and Call-ID."""
        headers = Headers()
        headers.add("Max-Forwards", "70")
        headers.add("From", str(sender.with_tag(secrets.token_hex(6))))
        headers.add("To", str(recipient))
        headers.add("Call-ID", f"{secrets.token_hex(12)}@{self.stack.local[0]}")
        headers.add("CSeq", f"{1 + secrets.randbelow(1000)} {method}")
        headers.add("Contact", self.contact(transport))
        headers.add("Allow", ALLOW)
        headers.add("User-Agent", USER_AGENT)
        return Request(headers, b"", method, uri)

    def send(self, request: Request, hop: Hop) -> ClientTransaction:
        """Send a request in a new transaction, with the credentials that were asked for before."""
        self.auth.apply(request)
        return self.stack.request(request, hop.transport, hop.address)

    async def transact(self, request: Request, hop: Hop, dialog: Dialog | None = None) -> Response:
        """Send a non-INVITE request, answer challenges, return the final response.

        Raises TransactionTimeoutError.
        """
        tried: set[int] = set()
        while True:
            response = await self.send(request, hop).final()
            if not self.auth.learn(response, tried):
                return response
            renew(request)
            if dialog is not None:
                dialog.local_seq = request.cseq[0]

    def reply(self, server: ServerTransaction, code: int, **headers: str) -> None:
        """Answer a request; underscores in the header names stand for hyphens."""
        response = respond(server.request, code, tag=secrets.token_hex(6))
        response.headers.add("Server", USER_AGENT)
        for name, value in headers.items():
            response.headers.add(name.replace("_", "-"), value)
        server.respond(response)

    def _on_request(self, request: Request, server: ServerTransaction, source: Address) -> None:
        try:
            self._dispatch(request, server, source)
        except SipError as error:
            self._on_garbage(str(error), source)
            self.reply(server, 400, Warning=warning(str(error)))

    def _dispatch(self, request: Request, server: ServerTransaction, source: Address) -> None:
        if request.method == "CANCEL":
            self._cancel(request, server)
            return
        tag = request.recipient.tag
        if request.method == "NOTIFY" and (not tag or request.call_id in self.subscriptions):
            self._notified(request, server)
        elif tag:
            party = self._calls.get((request.call_id, tag))
            if party is None:
                self.reply(server, 481)
            else:
                party.handle(request, server)
        elif request.headers.values("Require"):
            self.reply(server, 420, Unsupported=", ".join(request.headers.values("Require")))
        elif request.method == "INVITE":
            party = self.on_invite(request, server, source) if self.on_invite else None
            if party is None:
                self.reply(server, 486)
            else:
                self._ringing[server] = party
        elif request.method == "OPTIONS":
            self.reply(server, 200, Allow=ALLOW, Accept="application/sdp")
        elif request.method in ("BYE", "UPDATE"):
            self.reply(server, 481)
        else:
            self.reply(server, 405, Allow=ALLOW)

    def _notified(self, request: Request, server: ServerTransaction) -> None:
        """A NOTIFY outside of a call: how many messages wait, asked for or not (RFC 3842)."""
        event = (request.headers.get("Event") or "").partition(";")[0].strip().lower()
        if event != "message-summary":
            self.reply(server, 489)
            return
        self.reply(server, 200)
        if not request.body:  # Asterisk's first NOTIFY of a subscription may say nothing yet
            return
        self.message_waiting = MessageWaiting.parse(request.body)
        self.reporter.emit("message_waiting", **self.message_waiting.as_dict())
        if self.on_messages is not None:
            self.on_messages(self.message_waiting)

    def _cancel(self, request: Request, server: ServerTransaction) -> None:
        invite = self.stack.invite_of(request)
        if invite is None:
            self.reply(server, 481)
            return
        self.reply(server, 200)
        party = self._ringing.pop(invite, None)
        if party is not None and invite.final is None:
            party.handle_cancel()

    def answered(self, server: ServerTransaction) -> None:
        """The INVITE got its final response: it can no longer be cancelled."""
        self._ringing.pop(server, None)

    def _on_ack(self, request: Request) -> None:
        party = self._calls.get((request.call_id, request.recipient.tag or ""))
        if party is not None:
            party.handle_ack(request)

    def _on_unreachable(self, transport: str, address: Address, why: str) -> None:
        self.reporter.emit("unreachable", why=why, address=f"{address[0]}:{address[1]}", transport=transport)

    def _on_garbage(self, why: str, source: Address) -> None:
        self.reporter.emit("malformed", why=why, source=f"{source[0]}:{source[1]}")


def renew(request: Request) -> None:
    """Make a request ready to be sent again as a new transaction: the next CSeq number."""
    number, method = request.cseq
    request.headers.set("CSeq", f"{number + 1} {method}")
