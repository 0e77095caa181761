# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One telephone in this process, and a peer that speaks to it word for word."""

from __future__ import annotations

import asyncio
import io
import json
import re
from typing import Any

from lab.subscriber.agent import Agent
from lab.subscriber.answering import Answerer, AnswerOptions
from lab.subscriber.call import CallOptions
from lab.subscriber.digest import Credentials
from lab.subscriber.events import Reporter, Stop
from lab.subscriber.incoming import Reaction
from lab.subscriber.media import Plan
from lab.subscriber.outgoing import OutgoingCall, Target
from lab.subscriber.stack import Stack
from lab.subscriber.transaction import Timers
from lab.subscriber.uri import NameAddr

OPTIONS = CallOptions(Plan(440, 523, 0.2), "127.0.0.1")
SDP = "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 0 101\na={direction}\n"
AUDIO = SDP.format(port=9, direction="sendrecv")


class Peer(asyncio.DatagramProtocol):
    """A UDP socket on loopback with a mailbox, to say and read SIP word for word."""

    def __init__(self) -> None:
        self.mail: asyncio.Queue[str] = asyncio.Queue()
        self.audio: asyncio.Queue[bytes] = asyncio.Queue()
        self.port = 0
        self.transport: Any = None

    @classmethod
    async def open(cls) -> Peer:
        self = cls()
        loop = asyncio.get_running_loop()
        self.transport, __ = await loop.create_datagram_endpoint(lambda: self, local_addr=("127.0.0.1", 0))
        self.port = self.transport.get_extra_info("sockname")[1]
        return self

    def datagram_received(self, data: bytes, addr: Any) -> None:  # noqa: ARG002 - asyncio calls it so
        if data[0] >> 6 == 2:  # RTP version 2; no text begins so
            self.audio.put_nowait(data)
        else:
            self.mail.put_nowait(data.decode())

    def say(self, text: str, address: Any) -> None:
        """Send a message written with bare line feeds."""
        self.transport.sendto(text.replace("\r\n", "\n").replace("\n", "\r\n").encode(), address)

    async def hear(self, start: str = "") -> str:
        """The next message that begins so."""
        while True:
            text = await asyncio.wait_for(self.mail.get(), 5)
            if text.startswith(start):
                return text.replace("\r\n", "\n")

    def close(self) -> None:
        self.transport.close()


class Bench:
    """A telephone, a peer, and what the telephone reported."""

    def __init__(self, peer: Peer, credentials: Credentials | None, t1: float) -> None:
        self.peer = peer
        self.stack = Stack(Timers(t1=t1))
        self.log = io.StringIO()
        self.agent = Agent(self.stack, Reporter(self.log), "101", credentials)
        self.stop = Stop()
        self.address = ("127.0.0.1", 0)
        self._branch = 0

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    def answerer(self, reaction: Reaction | None = None, **options: Any) -> asyncio.Task[dict[str, Any]]:
        answerer = Answerer(self.agent, AnswerOptions(OPTIONS, reaction or Reaction(), **options), self.stop)
        return asyncio.ensure_future(answerer.run())

    def caller(self, options: CallOptions = OPTIONS, **target: Any) -> asyncio.Task[dict[str, Any]]:
        to = NameAddr(f"sip:b@127.0.0.1:{self.peer.port}")
        return asyncio.ensure_future(
            OutgoingCall(self.agent, options, Target(NameAddr("sip:101@x"), to, **target), self.stop).run()
        )

    def say(
        self, method: str, *lines: str, to: str = "<sip:101@x>", seq: int = 1, body: str = "", branch: str = ""
    ) -> None:
        """Send a request; a new branch unless given."""
        if not branch:
            self._branch += 1
            branch = f"z9hG4bK{self._branch}"
        head = [
            f"{method} sip:101@127.0.0.1 SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.peer.port};branch={branch};rport",
            "From: <sip:peer@x>;tag=peer",
            f"To: {to}",
            "Call-ID: talk",
            f"CSeq: {seq} {method}",
            f"Contact: <sip:peer@127.0.0.1:{self.peer.port}>",
            *lines,
        ]
        self.peer.say("\n".join(head) + f"\n\n{body}", self.address)

    def say_inside(self, invite: str, method: str, *lines: str, seq: int = 1, body: str = "") -> None:
        """Send a request in the call that the telephone began with this INVITE."""
        self._branch += 1
        head = [
            f"{method} sip:101@127.0.0.1 SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.peer.port};branch=z9hG4bK{self._branch};rport",
            f"From: {header(invite, 'To').partition(';tag')[0]};tag=peer",
            f"To: {header(invite, 'From')}",
            f"Call-ID: {header(invite, 'Call-ID')}",
            f"CSeq: {seq} {method}",
            f"Contact: <sip:peer@127.0.0.1:{self.peer.port}>",
            *lines,
        ]
        self.peer.say("\n".join(head) + f"\n\n{body}", self.address)

    def reply(self, request: str, code: int, *lines: str, body: str = "") -> None:
        """Answer a request of the telephone."""
        kept = [line for line in request.split("\n") if re.match("(Via|From|To|Call-ID|CSeq|Record-Route):", line)]
        kept = [line + ";tag=peer" if line.startswith("To:") and "tag=" not in line else line for line in kept]
        self.peer.say("\n".join([f"SIP/2.0 {code} Said So", *kept, *lines]) + f"\n\n{body}", self.address)


def header(message: str, name: str) -> str:
    match = re.search(rf"^{name}: (.*)$", message, re.MULTILINE)
    assert match is not None, f"no {name} in {message}"
    return match[1]


def code_of(message: str) -> int:
    return int(message.split()[1])
