# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The audio of one call: a pair of UDP ports, a sender on a fixed schedule, a measuring receiver."""

from __future__ import annotations

import asyncio
import contextlib
import random
import secrets
import socket
import time
from dataclasses import dataclass
from typing import Any

from lab.subscriber import g711
from lab.subscriber.rtp import ReceiveStats, RtpPacket
from lab.subscriber.sdp import Chosen
from lab.subscriber.tone import SAMPLE_RATE, ToneMeter, tone_payloads

PTIME = 0.02  # seconds of audio in a packet
PACKET_SAMPLES = 160

# The sender sends at least this much longer than the time to be heard, so that the other side has enough even when
# its path opens a little later than ours.
SEND_MARGIN = 0.5  # seconds


class NoPortError(OSError):
    """No free pair of RTP ports."""


def bind_pair(address: str, ports: tuple[int, int]) -> tuple[socket.socket, socket.socket]:
    """Bind an even port for RTP and the next one for RTCP, at random within `ports` (both ends included).

    Raises NoPortError when every pair is taken.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    first, last = ports
    even = list(range(first + first % 2, last, 2))
    random.shuffle(even)
    for port in even:
        pair = socket.socket(family, socket.SOCK_DGRAM), socket.socket(family, socket.SOCK_DGRAM)
        try:
            pair[0].bind((address, port))
            pair[1].bind((address, port + 1))
        except OSError:
            for sock in pair:
                sock.close()
            continue
        pair[0].setblocking(False)
        return pair
    raise NoPortError(f"no free pair of UDP ports on {address} between {first} and {last}; widen --rtp-ports")


@dataclass(frozen=True)
class Plan:
    """What a call is to play and to hear. Frequencies in Hz, 0 for no tone (silence is sent, nothing measured)."""

    tone: int
    expect: int
    hear_seconds: float


class MediaSession(asyncio.DatagramProtocol):
    """Sends `plan.tone` and measures what arrives. Create it with `open`."""

    def __init__(self, plan: Plan, rtp: socket.socket, rtcp: socket.socket) -> None:
        self.plan = plan
        self.port: int = rtp.getsockname()[1]
        self.stats = ReceiveStats()
        self.meter = ToneMeter(plan.expect or plan.tone or SAMPLE_RATE // 8)
        self.sent = 0
        self.events_received: list[str] = []
        self.chosen: Chosen | None = None
        self.enough = asyncio.Event()
        """Set when the expected tone was heard, and our own sent, for long enough."""
        self.heard_enough = asyncio.Event()
        self._rtp = rtp
        self._rtcp = rtcp  # bound, never read: it keeps the peer's RTCP away from other calls' ports
        self._transport: asyncio.DatagramTransport | None = None
        self._sender: asyncio.Task[None] | None = None
        self._listening = False

    @classmethod
    async def open(cls, plan: Plan, address: str, ports: tuple[int, int]) -> MediaSession:
        """Bind ports on `address` and begin to receive."""
        rtp, rtcp = bind_pair(address, ports)
        session = cls(plan, rtp, rtcp)
        session._transport, __ = await asyncio.get_running_loop().create_datagram_endpoint(lambda: session, sock=rtp)
        return session

    def agree(self, chosen: Chosen) -> None:
        """Use what was negotiated (again: a re-INVITE may move the peer or put us on hold)."""
        self.chosen = chosen

    def start(self) -> None:
        """The call is answered: begin to send, and to measure what is heard from now on."""
        if self._sender is None:
            self._listening = True
            self._sender = asyncio.get_running_loop().create_task(self._send())

    @property
    def sent_seconds(self) -> float:
        """Seconds of audio sent."""
        return self.sent * PTIME

    @property
    def satisfied(self) -> bool:
        """Whether the expected tone was heard long enough and ours was sent as long."""
        heard = self.meter.satisfied(self.plan.hear_seconds)
        return heard and self.sent_seconds >= self.plan.hear_seconds

    def report(self) -> dict[str, Any]:
        """What was heard, for events and results."""
        heard = self.meter.heard
        return {
            "frequency": heard.frequency,
            "level_dbfs": heard.level_dbfs,
            "purity": heard.purity,
            "seconds": heard.seconds,
            "packets": self.stats.packets,
            "lost": self.stats.lost,
            "jitter_ms": self.stats.jitter_ms,
            "ssrcs": self.stats.ssrcs,
            "sources": self.stats.addresses,
        }

    async def close(self) -> None:
        """Stop sending and give the ports back."""
        if self._sender is not None:
            self._sender.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sender
        if self._transport is not None:
            self._transport.close()
        self._rtcp.close()

    async def _send(self) -> None:
        sequence = secrets.randbelow(1 << 15)
        timestamp = secrets.randbelow(1 << 31)
        ssrc = secrets.randbits(32)
        start = time.monotonic()
        count = 0
        marker = True
        while True:
            # Paced against the schedule, not against the last packet, so that delays do not add up.
            delay = start + count * PTIME - time.monotonic()
            if delay > 0:
                await asyncio.sleep(delay)
            count += 1
            timestamp = (timestamp + PACKET_SAMPLES) & 0xFFFFFFFF
            chosen = self.chosen
            if chosen is None or not chosen.sending or self._transport is None:
                marker = True
                continue
            payload = self._payload(chosen.codec, count)
            sequence = (sequence + 1) & 0xFFFF
            packet = RtpPacket(chosen.payload_type, sequence, timestamp, ssrc, payload, marker)
            marker = False
            self._transport.sendto(packet.serialise(), (chosen.address, chosen.port))
            self.sent += 1
            self._judge()

    def _payload(self, codec: str, count: int) -> bytes:
        if not self.plan.tone:
            return g711.encode(codec, [0]) * PACKET_SAMPLES
        second = tone_payloads(self.plan.tone, codec)
        return second[count % len(second)]

    def _judge(self) -> None:
        if not self.heard_enough.is_set() and self.meter.satisfied(self.plan.hear_seconds):
            self.heard_enough.set()
        if self.heard_enough.is_set() and self.sent_seconds >= self.plan.hear_seconds + SEND_MARGIN:
            self.enough.set()

    def datagram_received(self, data: bytes, addr: Any) -> None:
        """Take one datagram from the network."""
        packet = RtpPacket.parse(data)
        if packet is None:
            self.stats.not_rtp += 1
            return
        position = self.stats.update(packet, time.monotonic(), f"{addr[0]}:{addr[1]}")
        chosen = self.chosen
        if chosen is None or not self._listening or position == "old":
            return
        if position == "gap":
            self.meter.gap()
        if packet.payload_type == chosen.payload_type:
            self.meter.feed(g711.decode(chosen.codec, packet.payload))
