# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The calling side: one INVITE to its end."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, replace
from typing import Any

from lab.subscriber.agent import Agent, Hop, renew
from lab.subscriber.call import PATIENCE, Call, CallOptions
from lab.subscriber.dialog import Dialog
from lab.subscriber.events import Stop, StoppedError, either
from lab.subscriber.media import NoPortError, Plan
from lab.subscriber.message import Request, Response
from lab.subscriber.script import Script, Transfer
from lab.subscriber.transaction import ClientTransaction, TransactionTimeoutError
from lab.subscriber.uri import NameAddr, SipError, SipUri


@dataclass(frozen=True)
class Target:
    """Whom to call, and how."""

    sender: NameAddr
    recipient: NameAddr
    proxy: SipUri | None = None
    transport: str = "UDP"
    headers: tuple[tuple[str, str], ...] = ()
    expect_code: int | None = None
    cancel_after: float | None = None


class OutgoingCall(Call):
    """Places a call. `run` does it all and returns the result."""

    def __init__(self, agent: Agent, options: CallOptions, target: Target, stop: Stop) -> None:
        super().__init__(agent, options, stop)
        self.target = target
        self.transport = target.transport
        self.consulted = asyncio.Event()
        """Set when the call is answered and what it expects was heard: a consultation call can be joined now."""
        self.finish_now = asyncio.Event()
        """Set from outside to end the call."""
        self.final: Response | None = None
        self.provisional: list[int] = []
        self.setup_seconds: float | None = None
        self._cancelled = False
        self._cancel_due = False

    async def run(self) -> dict[str, Any]:
        """Call, talk, hang up. Never raises for what the network does; the result says why it is not ok."""
        why: str | None = None
        try:
            await self.open_media()
            await self._invite()
            if self.connected:
                await self._talk()
        except StoppedError as error:
            why = str(error)
        except (TransactionTimeoutError, SipError, NoPortError) as error:
            why = str(error)
        await self.bye()
        why = self._verdict(why)
        if self.established:
            self.emit("ended", ok=why is None, ended_by=self.ended_by)
        await self.close()
        final = self.final
        return {
            "ok": why is None,
            "why": why,
            "code": final.code if final else None,
            "reason": final.reason if final else None,
            "headers": final.headers.as_dict() if final else {},
            "provisional": self.provisional,
            "setup_seconds": self.setup_seconds,
            **self.measured(),
        }

    def _verdict(self, why: str | None) -> str | None:
        expected = self.target.expect_code
        code = self.final.code if self.final else None
        if expected is not None and code is not None and code != expected:
            return f"expected {expected}, got {code}"
        if expected is not None and expected >= 300:
            return None if code == expected else why or f"expected {expected}, got no final response"
        if code is not None and code >= 300:
            return why or f"the call was refused: {code} {self.final.reason if self.final else ''}".rstrip()
        problem = self.problem()
        return "; ".join(part for part in (why, problem) if part) if problem else None

    async def _invite(self) -> None:
        if self.describer is None:
            raise RuntimeError("open the media first")
        target = self.target
        uri = SipUri.parse(target.recipient.uri)
        hop = await self.agent.hop(target.proxy or uri, target.transport)
        request = self.agent.build("INVITE", str(uri), target.sender, target.recipient, hop.transport)
        for name, value in target.headers:
            request.headers.add(name, value)
        request.headers.add("Content-Type", "application/sdp")
        request.body = self.describer.offer()
        self.call_id = request.call_id
        self.emit("calling", request_uri=request.uri, to_address=str(hop))
        start = time.monotonic()
        tried: set[int] = set()
        while True:
            client = self.agent.send(request, hop)
            response = await self._await_final(client, hop)
            if not self.agent.auth.learn(response, tried):
                break
            self.emit("challenged", code=response.code)
            renew(request)
        self.final = response
        if response.code < 300:
            self.setup_seconds = round(time.monotonic() - start, 3)
            await self._establish(request, client, response)

    async def _await_final(self, client: ClientTransaction, hop: Hop) -> Response:
        """Wait for the final response of one attempt; CANCEL when told to stop or when cancel_after is over."""
        began = asyncio.get_running_loop().time()
        while True:
            try:
                left: float | None = None
                if self.target.cancel_after is not None and not self._cancel_due:
                    left = max(0.0, began + self.target.cancel_after - asyncio.get_running_loop().time())
                response = await self.stop.guard(client.next_response(), left)
            except asyncio.TimeoutError:
                self._cancel_due = True
                if client.proceeding:
                    self._cancel(client, hop)
                continue
            except StoppedError:
                await self._abandon(client, hop)
                raise
            if response.code >= 200:
                return response
            self._note(response)
            if self._cancel_due:
                self._cancel(client, hop)

    def _note(self, response: Response) -> None:
        self.provisional.append(response.code)
        self.emit("provisional", code=response.code, reason=response.reason)
        if response.code > 100 and response.body:
            with contextlib.suppress(SipError):  # early media; what counts is the final answer
                self.agree(response.body, answered=True)

    def _cancel(self, client: ClientTransaction, hop: Hop) -> None:
        if not self._cancelled:
            self._cancelled = True
            self.emit("cancelling")
            self.agent.stack.cancel(client, hop.transport, hop.address)

    async def _abandon(self, client: ClientTransaction, hop: Hop) -> None:
        """Give up an unanswered call without leaving the other side ringing."""
        if not client.proceeding:
            return  # nobody is known to have heard of the call, and a CANCEL may only follow a provisional (9.1)
        self._cancel(client, hop)
        try:
            response = await asyncio.wait_for(client.final(), PATIENCE)
        except (asyncio.TimeoutError, TransactionTimeoutError):
            return
        self.final = response
        if response.code < 300:  # answered while we were cancelling
            await self._establish(client.request, client, response)

    async def _establish(self, request: Request, client: ClientTransaction, response: Response) -> None:
        contact = request.headers.get("Contact") or ""
        self.dialog = Dialog.from_response(request, response, contact)
        self.agent.add(self.dialog, self)
        self.established = True
        await self.acknowledge(request, client)
        if self.media is None:
            raise RuntimeError("open the media first")
        if response.body:
            self.agree(response.body, answered=True)
        elif self.media.chosen is None:
            raise SipError("the call was answered without a session description")
        self.connected = True
        self.media.start()
        self.emit("answered", code=response.code, headers=response.headers.as_dict(), setup_seconds=self.setup_seconds)

    async def _talk(self) -> None:
        options = self.options
        if not options.plan.expect and not options.script and options.hangup_by != "consultation":
            return
        if options.hangup_by == "consultation":
            await self._be_consulted()
        else:
            await self.converse(hang_up=options.hangup_by == "caller")

    async def _be_consulted(self) -> None:
        """Say when we have heard the other side; then wait until somebody ends the call."""
        if self.media is None:
            raise RuntimeError("open the media first")
        if self.options.plan.expect:
            await self.stop.guard(either(self.media.heard_enough, self.ended, self.finish_now))
        self.consulted.set()
        await self.stop.guard(either(self.ended, self.finish_now))


def consultation_of(call: Call, transfer: Transfer) -> OutgoingCall:
    """The call that asks somebody whether they will take `call`."""
    own = transfer.sender or (NameAddr(call.dialog.local.uri) if call.dialog else NameAddr("sip:lab.invalid"))
    plan = Plan(call.options.plan.tone, transfer.expect, call.options.plan.hear_seconds)
    options = replace(call.options, plan=plan, hangup_by="consultation", script=Script())
    target = Target(own, transfer.to, transfer.proxy, transfer.transport)
    return OutgoingCall(call.agent, options, target, call.stop)
