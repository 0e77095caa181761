# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The answering side: one received INVITE to its end."""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from typing import Any

from lab.subscriber import sdp
from lab.subscriber.agent import Agent
from lab.subscriber.call import Call, CallOptions
from lab.subscriber.dialog import Dialog
from lab.subscriber.events import Stop, StoppedError
from lab.subscriber.media import NoPortError
from lab.subscriber.message import Request, warning
from lab.subscriber.transaction import ServerTransaction
from lab.subscriber.transport import Address
from lab.subscriber.uri import SipError


@dataclass(frozen=True)
class Reaction:
    """What to do with a call. `reject` is a final code of 300 to 699, None to answer; `ring` in seconds."""

    reject: int | None = None
    ring: float = 0.0


@dataclass(frozen=True)
class Invitation:
    """A received INVITE, its transaction and where it came from."""

    request: Request
    server: ServerTransaction
    source: Address


class IncomingCall(Call):
    """Answers or refuses one call. `run` does it all and returns the result."""

    def __init__(
        self, agent: Agent, options: CallOptions, reaction: Reaction, stop: Stop, invitation: Invitation
    ) -> None:
        super().__init__(agent, options, stop)
        request, source = invitation.request, invitation.source
        self.reaction = reaction
        self.request = request
        self.server = invitation.server
        self.call_id = request.call_id
        self.transport = request.via.transport
        self.code: int | None = None
        self.cancelled = asyncio.Event()
        # Read everything that can be malformed now, while a 400 is still possible.
        self.offer = sdp.Session.parse(request.body) if request.body else None
        tag = secrets.token_hex(6)
        self.dialog = Dialog.from_request(request, tag, agent.contact(self.transport))
        self.facts: dict[str, Any] = {
            "request_uri": request.uri,
            "from": request.headers.get("From"),
            "to": request.headers.get("To"),
            "contact": request.headers.get("Contact"),
            "source": f"{source[0]}:{source[1]}",
            "transport": self.transport,
        }

    async def run(self) -> dict[str, Any]:
        """Handle the call. Never raises for what the network does; the result says why it is not ok."""
        self.emit(
            "incoming",
            **self.facts,
            headers=self.request.headers.as_dict(),
            sdp=self.offer.summary() if self.offer else None,
        )
        why: str | None = None
        try:
            why = await self._handle()
        except StoppedError as error:
            why = str(error)
            if self.code is None:
                self._refuse(480)
        except (SipError, NoPortError) as error:
            why = str(error)
            if self.code is None:
                self._refuse(488 if isinstance(error, SipError) else 503, why)
        await self.bye()
        if self.connected:
            problem = self.problem()
            why = "; ".join(part for part in (why, problem) if part) if problem else None
        result = {"ok": why is None, "why": why, "code": self.code, **self.facts, **self.measured()}
        await self.close()
        self.emit("ended", **{key: value for key, value in result.items() if key != "call_id"})
        return result

    def handle_cancel(self) -> None:
        """The caller gave up before we answered."""
        self.cancelled.set()

    async def _handle(self) -> str | None:
        self.server.respond(self._response(self.server, 100))
        if self.reaction.ring:
            ringing = self._response(self.server, 180)
            ringing.headers.add("Contact", self.dialog.contact if self.dialog else "")
            self.server.respond(ringing)
            self.emit("ringing", seconds=self.reaction.ring)
            try:
                await self.stop.guard(self.cancelled.wait(), self.reaction.ring)
            except asyncio.TimeoutError:
                pass
            else:
                self._refuse(487)
                return "the caller cancelled the call"
        if self.reaction.reject is not None:
            self._refuse(self.reaction.reject)
            acked = await self.stop.guard(self.server.wait_ack())
            return None if acked else f"no ACK to our {self.reaction.reject}"
        await self._answer()
        return await self._talk()

    async def _answer(self) -> None:
        await self.open_media()
        if self.dialog is None or self.media is None:
            raise RuntimeError("a call must have a dialog and media before it is accepted")
        self.agent.add(self.dialog, self)
        self.accept(self.server)
        self.established = True
        self.agent.answered(self.server)
        self.code = 200
        self.connected = True
        self.media.start()

    async def _talk(self) -> str | None:
        if not await self._acknowledged():
            return "no ACK to our 200"
        self.emit("answered", code=self.code)
        await self.converse(hang_up=self.options.hangup_by == "callee")
        return None

    async def _acknowledged(self) -> bool:
        """Wait for the ACK; a BYE that overtakes it proves as much."""
        ack = asyncio.ensure_future(self.server.wait_ack())
        over = asyncio.ensure_future(self.ended.wait())
        try:
            await self.stop.guard(asyncio.wait({ack, over}, return_when=asyncio.FIRST_COMPLETED))
            return over.done() or ack.result()
        finally:
            ack.cancel()
            over.cancel()

    def _refuse(self, code: int, why: str = "") -> None:
        self.code = code
        response = self._response(self.server, code)
        if why:
            response.headers.add("Warning", warning(why))
        self.server.respond(response)
        self.agent.answered(self.server)
