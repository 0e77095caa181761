# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What both ends of a call have in common once it is answered: dialog, audio, requests inside the call."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import Any

from lab.subscriber import sdp
from lab.subscriber.agent import Agent, Hop, renew
from lab.subscriber.dialog import ALLOW, USER_AGENT, Dialog
from lab.subscriber.events import Stop, either
from lab.subscriber.media import MediaSession, Plan
from lab.subscriber.message import Request, Response, respond, warning
from lab.subscriber.script import Actor, Script
from lab.subscriber.transaction import ClientTransaction, ServerTransaction, TransactionTimeoutError
from lab.subscriber.uri import SipError

# How long a BYE, CANCEL or un-REGISTER may stay without an answer before we leave anyway: three retransmissions.
PATIENCE = 4.0  # seconds
_GLARES = 5  # how often a re-INVITE that crossed another one is tried again


@dataclass(frozen=True)
class CallOptions:
    """What the command line says about a call, for either side."""

    plan: Plan
    address: str
    rtp_ports: tuple[int, int] = (10000, 60000)
    codecs: tuple[str, ...] = ("PCMU", "PCMA")
    hangup_by: str = "caller"
    external: str = ""  # what is written in the place of the address, behind a NAT
    security: sdp.Security = field(default_factory=sdp.Security)
    script: Script = field(default_factory=Script)


class Call:
    """One call leg. Subclasses set it up; this class keeps it, measures and ends it."""

    def __init__(self, agent: Agent, options: CallOptions, stop: Stop) -> None:
        self.agent = agent
        self.options = options
        self.stop = stop
        self.actor = Actor(self, options.script)
        self.dialog: Dialog | None = None
        self.media: MediaSession | None = None
        self.describer: sdp.Describer | None = None
        self.transport = "UDP"
        self.call_id = ""
        self.established = False  # there is a dialog that only a BYE ends
        self.connected = False  # and audio was agreed on
        self.ended = asyncio.Event()
        self.ended_by: str | None = None
        self.bye_answered: bool | None = None
        self._pending: ServerTransaction | None = None  # an INVITE whose 2xx awaits its ACK
        self._late_offer = False
        self._inviting = False  # a re-INVITE of ours has no final answer yet

    def emit(self, event: str, **fields: Any) -> None:
        """Report something about this call."""
        self.agent.reporter.emit(event, call_id=self.call_id, **fields)

    async def open_media(self) -> None:
        """Take RTP ports. Raises NoPortError."""
        self.media = await MediaSession.open(self.options.plan, self.options.address, self.options.rtp_ports)
        self.media.on_key = lambda key: self.emit("dtmf", key=key)
        options = self.options
        self.describer = sdp.Describer(
            options.external or options.address, self.media.port, options.codecs, options.security
        )

    def agree(self, body: bytes, answered: bool = False) -> sdp.Chosen:
        """Take a new offer, or (`answered`) the answer to ours. Raises SipError when nothing in it fits."""
        session = sdp.Session.parse(body)
        chosen = sdp.choose(session, self.options.codecs, self.options.security)
        chosen.offered = session
        if chosen.crypto is not None and self.describer is not None:
            chosen.local_crypto = self.describer.key_for(chosen.crypto, answered)
        if self.media is not None:
            self.media.agree(chosen)
        return chosen

    def handle(self, request: Request, server: ServerTransaction) -> None:
        """Answer a request inside the dialog."""
        if self.dialog is None or not self.dialog.accepts(request):
            self._reply(server, 500)
        elif request.headers.values("Require"):
            self._reply(server, 420, Unsupported=", ".join(request.headers.values("Require")))
        elif request.method == "BYE":
            self._reply(server, 200)
            self.finish("them")
        elif request.method in ("INVITE", "UPDATE") and self._inviting:
            self._reply(server, 491)
        elif request.method in ("INVITE", "UPDATE"):
            self._renegotiate(request, server)
        elif request.method == "NOTIFY":
            self._notified(request, server)
        elif request.method == "OPTIONS":
            self._reply(server, 200, Allow=ALLOW, Accept="application/sdp")
        else:
            self._reply(server, 405, Allow=ALLOW)

    def handle_ack(self, request: Request) -> None:
        """The ACK of our 2xx; it carries the answer when our 2xx carried the offer."""
        if self._pending is None or request.cseq[0] != self._pending.request.cseq[0]:
            return
        self._pending.acknowledged()
        self._pending = None
        if self._late_offer:
            self._late_offer = False
            try:
                self.agree(request.body, answered=True)
            except SipError as error:
                self.emit("malformed", why=f"the ACK carries no usable answer: {error}")

    def handle_cancel(self) -> None:
        """Too late or not ours: an answered call is not cancelled."""

    def accept(self, server: ServerTransaction, code: int = 200) -> None:
        """Answer an INVITE or UPDATE with a session description. Raises SipError when its offer does not fit."""
        if self.dialog is None or self.describer is None:
            raise RuntimeError("a call must have a dialog and media before it is accepted")
        response = self._response(server, code)
        request = server.request
        if request.body:
            response.body = self.describer.answer(self.agree(request.body))
        elif request.method == "INVITE":
            response.body = self.describer.offer()
            self._late_offer = True
        if response.body:
            response.headers.add("Content-Type", "application/sdp")
        response.headers.add("Contact", self.dialog.contact)
        response.headers.add("Allow", ALLOW)
        server.respond(response)
        if request.method == "INVITE":
            self._pending = server

    def finish(self, by: str) -> None:
        """The call is over; `by` is us, them, or timeout."""
        if not self.ended.is_set():
            if self.media is not None:
                self.media.freeze()
            self.ended_by = by
            self.ended.set()

    async def converse(self, hang_up: bool) -> None:
        """Talk until the other side hangs up or, with `hang_up`, until everything is heard, said and done.

        Raises StoppedError.
        """
        media, actor = self.media, self.actor
        if media is None:
            raise RuntimeError("open the media first")
        actor.start()
        try:
            if self.options.plan.expect:
                await self.stop.guard(either(media.heard_enough, self.ended, actor.transferred))
                if media.heard_enough.is_set():
                    self.emit("audio", heard=media.report())
            if hang_up:
                if self.options.plan.expect:
                    await self.stop.guard(either(media.enough, self.ended, actor.transferred))
                done = asyncio.ensure_future(actor.done())
                over = asyncio.ensure_future(either(self.ended, actor.transferred))
                try:
                    await self.stop.guard(asyncio.wait({done, over}, return_when=asyncio.FIRST_COMPLETED))
                finally:
                    done.cancel()
                    over.cancel()
            else:
                await self.stop.guard(either(self.ended, actor.transferred))
            if actor.transfer is not None and self.options.script.transfer is not None and self.ended.is_set():
                # They hung up because of the transfer: its last news may still be on the way.
                await self.stop.guard(actor.done())
        finally:
            await actor.stop()

    async def reinvite(self, direction: str) -> int:
        """Offer the call anew with this direction; return the final code. Raises SipError, TransactionTimeoutError."""
        if self.dialog is None or self.describer is None:
            raise RuntimeError("a call must have a dialog and media before it is changed")
        request = self.dialog.request("INVITE")
        request.headers.add("Allow", ALLOW)
        request.headers.add("Content-Type", "application/sdp")
        request.body = self.describer.offer(direction)
        hop = await self.hop()
        tried: set[int] = set()
        for __ in range(_GLARES):
            self._inviting = True
            try:
                client = self.agent.send(request, hop)
                response = await client.final()
            finally:
                self._inviting = False
            if response.code == 491:  # theirs crossed ours (14.1)
                await asyncio.sleep(random.uniform(0.1, 1.0))  # noqa: S311 - no secret
            elif not self.agent.auth.learn(response, tried):
                break
            renew(request)
            self.dialog.local_seq = request.cseq[0]
        if response.code < 300:
            self.dialog.refresh(response)
            await self.acknowledge(request, client)
            if response.body:
                self.agree(response.body, answered=True)
        return response.code

    async def acknowledge(self, request: Request, client: ClientTransaction) -> None:
        """Send the ACK of a 2xx to our INVITE, again for each further copy of the 2xx."""
        if self.dialog is None:
            raise RuntimeError("there is no dialog")
        hop = await self.hop()
        ack = self.dialog.ack(request.cseq[0])
        for name in ("Authorization", "Proxy-Authorization"):  # an ACK cannot be challenged: the INVITE's go along
            for value in request.headers.lines(name):
                ack.headers.add(name, value)

        def send_ack() -> None:
            self.agent.stack.send_ack(ack, hop.transport, hop.address)

        client.repeat(send_ack)
        send_ack()

    async def bye(self) -> None:
        """Hang up, unless the other side did so already. Waits PATIENCE for the answer."""
        if self.ended.is_set() or self.dialog is None or not self.established:
            return
        self.finish("us")
        try:
            hop = await self.hop()
            request = self.dialog.request("BYE")
            response = await asyncio.wait_for(self.agent.transact(request, hop, self.dialog), PATIENCE)
            self.bye_answered = response.code < 300
        except (TransactionTimeoutError, asyncio.TimeoutError, SipError):
            self.bye_answered = False

    async def hop(self) -> Hop:
        """Where requests in the dialog go. Raises SipError."""
        if self.dialog is None:
            raise RuntimeError("there is no dialog")
        return await self.agent.hop(self.dialog.next_hop, self.transport)

    async def close(self) -> None:
        """Forget the dialog, give the ports back."""
        if self.dialog is not None:
            self.agent.remove(self.dialog)
        if self.media is not None:
            await self.media.close()

    def measured(self) -> dict[str, Any]:
        """What the call's result says about audio and ending."""
        chosen = self.media.chosen if self.media else None
        return {
            "call_id": self.call_id,
            "connected": self.connected,
            "codec": chosen.codec if chosen else None,
            "remote_media": f"{chosen.address}:{chosen.port}" if chosen else None,
            "local_media": f"{self.options.address}:{self.media.port}" if self.media else None,
            "heard": self.media.report() if self.media and self.connected else None,
            "sent_packets": self.media.sent if self.media else 0,
            "unsendable": self.media.unsendable if self.media else [],
            "dtmf_sent": self.media.keys.sent if self.media else "",
            "hold_codes": self.actor.hold_codes,
            "transfer": self.actor.transfer.as_dict() if self.actor.transfer else None,
            "ended_by": self.ended_by,
            "bye_answered": self.bye_answered,
        }

    def problem(self) -> str | None:
        """Why the call was not good enough, None when it was."""
        found = [self.audio_problem(), self.actor.problem() if self.connected else None]
        return "; ".join(part for part in found if part) or None

    def audio_problem(self) -> str | None:
        """Why the audio was not good enough, None when it was."""
        media = self.media
        if media is None or not self.connected:
            return "the call was not connected"
        plan = media.plan
        if not plan.expect or media.satisfied:
            return None
        heard = media.meter.heard
        if not media.heard_all:
            expect = media.meter.expected
            if media.forged > media.stats.packets:
                return f"{media.forged} SRTP packets had a wrong tag; expected {expect} Hz for {plan.hear_seconds:g} s"
            if not media.stats.packets:
                return f"no audio arrived; expected {expect} Hz for {plan.hear_seconds:g} s"
            what = "no tone" if heard.frequency is None else f"{heard.frequency} Hz for {heard.seconds:g} s"
            return (
                f"expected {expect} Hz for {plan.hear_seconds:g} s, heard {what}"
                f" (level {heard.level_dbfs:g} dBFS, purity {heard.purity:g})"
            )
        return f"only {media.sent_seconds:.2f} s of our own tone were sent before the call ended"

    def _renegotiate(self, request: Request, server: ServerTransaction) -> None:
        if self.dialog is None:
            raise RuntimeError("there is no dialog")
        self.dialog.refresh(request)
        try:
            self.accept(server)
        except SipError as error:
            self._reply(server, 488, Warning=warning(str(error)))
            return
        chosen = self.media.chosen if self.media else None
        self.emit(
            "renegotiated",
            method=request.method,
            remote_media=f"{chosen.address}:{chosen.port}" if chosen else None,
            direction=chosen.direction if chosen else None,
        )

    def _notified(self, request: Request, server: ServerTransaction) -> None:
        """A NOTIFY in the call: how a transfer goes on."""
        if (request.headers.get("Event") or "").partition(";")[0].strip().lower() != "refer":
            self._reply(server, 489)
            return
        self._reply(server, 200)
        self.actor.notified(request)

    def _response(self, server: ServerTransaction, code: int) -> Response:
        tag = self.dialog.local.tag if self.dialog and code > 100 else None
        response = respond(server.request, code, tag=tag or "")
        response.headers.add("Server", USER_AGENT)
        return response

    def _reply(self, server: ServerTransaction, code: int, **headers: str) -> None:
        response = self._response(server, code)
        for name, value in headers.items():
            response.headers.add(name.replace("_", "-"), value)
        server.respond(response)
