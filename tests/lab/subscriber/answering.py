# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command `answer`: wait for calls, alone or registered at a PBX."""

from __future__ import annotations

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Any

from lab.subscriber.agent import Agent, Hop
from lab.subscriber.call import CallOptions
from lab.subscriber.events import Stop, StoppedError
from lab.subscriber.incoming import IncomingCall, Invitation, Reaction
from lab.subscriber.message import Request
from lab.subscriber.registration import EXPIRES, Registration, RegistrationError
from lab.subscriber.transaction import ServerTransaction, TransactionTimeoutError
from lab.subscriber.transport import Address
from lab.subscriber.uri import NameAddr, SipError, SipUri
from lab.subscriber.waiting import ACCEPT, EVENT, MessageWaiting


@dataclass(frozen=True)
class AnswerOptions:
    """`calls` is how many calls to take, 0 for as many as come until told to stop. `aor` registers before.

    `subscribe` asks the PBX about waiting messages; `messages` ends everything as soon as so many new ones wait.
    """

    call: CallOptions
    reaction: Reaction
    calls: int = 1
    aor: str | None = None
    registrar: SipUri | None = None
    transport: str = "UDP"
    subscribe: bool = False
    messages: int | None = None


class Answerer:
    """Takes calls at the same time, each with its own audio."""

    def __init__(self, agent: Agent, options: AnswerOptions, stop: Stop) -> None:
        self.agent = agent
        self.options = options
        self.stop = stop
        self.results: list[dict[str, Any]] = []
        self._running: set[asyncio.Task[None]] = set()
        self._taken = 0
        self._all_done = asyncio.Event()
        agent.on_invite = self._take
        agent.on_messages = self._messages

    async def run(self) -> dict[str, Any]:
        """Serve until enough calls are over or told to stop; return the result."""
        why: str | None = None
        registration: Registration | None = None
        keeper: asyncio.Task[None] | None = None
        try:
            if self.options.aor is not None:
                registration = await self._register(self.options.aor)
                keeper = asyncio.ensure_future(self._keep(registration))
                if self.options.subscribe:
                    await self._subscribe(self.options.aor)
            await self.stop.guard(self._all_done.wait())
        except StoppedError as error:
            why = str(error)
        except (RegistrationError, TransactionTimeoutError, SipError) as error:
            why = f"cannot register: {error}"
        if self._running:
            await asyncio.wait(self._running)
        if keeper is not None:
            keeper.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await keeper
        if registration is not None:
            self.agent.reporter.emit("unregistered", ok=await registration.unregister())
        why = self._verdict(why)
        heard = self.results[0]["heard"] if len(self.results) == 1 else None
        waiting = self.agent.message_waiting
        return {
            "ok": why is None,
            "why": why,
            "heard": heard,
            "message_waiting": waiting.as_dict() if waiting else None,
            "calls": self.results,
        }

    def _verdict(self, why: str | None) -> str | None:
        if self.options.messages is not None:
            waiting = self.agent.message_waiting
            if waiting is not None and waiting.new == self.options.messages:
                return None
            return f"{why or 'stopped'}; {waiting.new if waiting else 'nothing said of'} new messages wait"
        wanted = self.options.calls or 1
        failed = [call["why"] for call in self.results if not call["ok"]]
        if failed:
            return f"{len(failed)} of {len(self.results)} calls failed: {failed[0]}"
        if len(self.results) < wanted:
            return f"{why or 'stopped'}; {len(self.results)} of {wanted} calls came"
        return None

    async def _register(self, aor: str) -> Registration:
        hop = await self._hop(aor)
        registration = Registration(self.agent, aor, hop)
        granted = await self.stop.guard(registration.register())
        self.agent.reporter.emit("registered", aor=aor, registrar=str(hop), expires=granted)
        return registration

    async def _subscribe(self, aor: str) -> None:
        """Ask for message summaries. Raises RegistrationError when the PBX will not."""
        hop = await self._hop(aor)
        own = NameAddr(aor)
        request = self.agent.build("SUBSCRIBE", aor, own, own, hop.transport)
        request.headers.add("Event", EVENT)
        request.headers.add("Accept", ACCEPT)
        request.headers.add("Expires", str(EXPIRES))
        self.agent.subscriptions.add(request.call_id)
        response = await self.stop.guard(self.agent.transact(request, hop))
        if response.code >= 300:
            raise RegistrationError(f"SUBSCRIBE was answered {response.code} {response.reason}".rstrip())
        self.agent.reporter.emit("subscribed", event_package=EVENT)

    def _messages(self, waiting: MessageWaiting) -> None:
        if self.options.messages is not None and waiting.new == self.options.messages:
            self._all_done.set()

    async def _hop(self, aor: str) -> Hop:
        return await self.agent.hop(self.options.registrar or SipUri.parse(aor), self.options.transport)

    async def _keep(self, registration: Registration) -> None:
        try:
            await registration.keep()
        except (RegistrationError, TransactionTimeoutError) as error:
            self.stop.set(f"the registration was lost: {error}")

    def _take(self, request: Request, server: ServerTransaction, source: Address) -> IncomingCall | None:
        if self.stop.why is not None or (self.options.calls and self._taken >= self.options.calls):
            return None
        invitation = Invitation(request, server, source)
        call = IncomingCall(self.agent, self.options.call, self.options.reaction, self.stop, invitation)
        self._taken += 1
        task = asyncio.ensure_future(self._serve(call))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        return call

    async def _serve(self, call: IncomingCall) -> None:
        self.results.append(await call.run())
        if self.options.calls and len(self.results) >= self.options.calls:
            self._all_done.set()
