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
import struct
import time
from dataclasses import dataclass
from typing import Any, Callable

from lab.subscriber import g711
from lab.subscriber.dtmf import KeyReceiver, KeySender
from lab.subscriber.pacer import PTIME, Pacer
from lab.subscriber.rtp import ReceiveStats, RtpPacket
from lab.subscriber.sdp import EVENTS, Chosen
from lab.subscriber.srtp import Crypto, SrtpContext, SrtpError
from lab.subscriber.tone import SAMPLE_RATE, ToneMeter, tone_payloads

PACKET_SAMPLES = 160

# The sender sends at least this much longer than the time to be heard, so that the other side has enough even when
# its path opens a little later than ours.
SEND_MARGIN = 0.5  # seconds

# When a packet arrived is the kernel's to say: by the time Python reads it, 49 other calls may have had their turn.
_TIMESTAMP = 35  # SO_TIMESTAMPNS of Linux; the socket module has no name for it
_TIMESPEC = struct.Struct("@ll")
_BURST = 32  # packets read at once before others have their turn


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
        with contextlib.suppress(OSError):
            pair[0].setsockopt(socket.SOL_SOCKET, _TIMESTAMP, 1)
        return pair
    raise NoPortError(f"no free pair of UDP ports on {address} between {first} and {last}; widen --rtp-ports")


@dataclass(frozen=True)
class Plan:
    """What a call is to play and to hear. Frequencies in Hz, 0 for no tone (silence is sent, nothing measured).

    `then` are tones to be heard one after the other when `expect` was heard: behind a prompt, or from the next person.
    """

    tone: int
    expect: int
    hear_seconds: float
    then: tuple[int, ...] = ()

    @property
    def expected(self) -> tuple[int, ...]:
        """All tones to be heard, in order."""
        return (self.expect, *self.then) if self.expect else ()


class MediaSession:
    """Sends `plan.tone` and measures what arrives. Create it with `open`."""

    def __init__(self, plan: Plan, rtp: socket.socket, rtcp: socket.socket) -> None:
        self.plan = plan
        self.port: int = rtp.getsockname()[1]
        self.stats = ReceiveStats()
        self.stats.pause()  # until the call is answered
        self.meter = ToneMeter(plan.expect or plan.tone or SAMPLE_RATE // 8)
        self.sent = 0
        self.keys = KeySender(PACKET_SAMPLES)
        self.keys_heard = KeyReceiver()
        self.on_key: Callable[[str], None] | None = None
        self.held = False  # by us: nothing is sent, and nothing has to come
        self.chosen: Chosen | None = None
        self.heard_tones = [asyncio.Event() for __ in plan.expected]
        """Set one after the other, as the expected tones have been heard long enough."""
        self.enough = asyncio.Event()
        """Set when the expected tones were heard, and our own sent, for long enough."""
        self.heard_enough = asyncio.Event()
        self.forged = self.replayed = 0
        self._earlier: list[dict[str, Any]] = []  # what was heard of the tones before the present one
        self._stage = 0
        self._heard_from: int | None = None  # packets sent when the present tone was first heard
        self._rtp = rtp
        self._rtcp = rtcp  # bound, never read: it keeps the peer's RTCP away from other calls' ports
        self._listening = self._closed = False
        self._sequence = secrets.randbelow(1 << 15)
        self._timestamp = secrets.randbelow(1 << 31)
        self._ssrc = secrets.randbits(32)
        self._marker = True
        self._count = 0
        self._seal: SrtpContext | None = None
        self._unseal: SrtpContext | None = None
        self._unsendable: set[str] = set()

    @classmethod
    async def open(cls, plan: Plan, address: str, ports: tuple[int, int]) -> MediaSession:
        """Bind ports on `address` and begin to receive."""
        rtp, rtcp = bind_pair(address, ports)
        session = cls(plan, rtp, rtcp)
        asyncio.get_running_loop().add_reader(rtp.fileno(), session._read)
        return session

    def agree(self, chosen: Chosen) -> None:
        """Use what was negotiated (again: a re-INVITE may move the peer, put us on hold or change the keys)."""
        self.chosen = chosen
        self._seal = _context(self._seal, chosen.local_crypto)
        self._unseal = _context(self._unseal, chosen.crypto)
        if not chosen.receiving:
            self.stats.pause()

    def hold(self, held: bool) -> None:
        """We put the other side on hold, or take it back."""
        self.held = held
        self.stats.pause()

    def start(self) -> None:
        """The call is answered: begin to send, and to measure what is heard from now on."""
        if not self._listening and not self._closed:
            self._listening = True
            Pacer.current().add(self)

    @property
    def sent_seconds(self) -> float:
        """Seconds of audio sent."""
        return self.sent * PTIME

    @property
    def satisfied(self) -> bool:
        """Whether the expected tones were heard long enough and ours was sent as long."""
        return self.heard_all and self.sent_seconds >= self.plan.hear_seconds

    @property
    def heard_all(self) -> bool:
        """Whether the present tone is the last and was heard long enough."""
        last = self._stage >= len(self.plan.expected) - 1
        return last and self.meter.satisfied(self.plan.hear_seconds)

    def report(self) -> dict[str, Any]:
        """What was heard, for events and results."""
        heard = self.meter.heard
        stats = self.stats
        return {
            "frequency": heard.frequency,
            "level_dbfs": heard.level_dbfs,
            "purity": heard.purity,
            "seconds": heard.seconds,
            "tones": [*self._earlier, {"frequency": heard.frequency, "seconds": heard.seconds}],
            "packets": stats.packets,
            "lost": stats.lost,
            "jitter_ms": stats.jitter_ms,
            "max_gap_ms": stats.max_gap_ms(time.time() if self.receiving and not self._closed else None),
            "ssrcs": stats.ssrcs,
            "sources": stats.addresses,
            "dtmf": self.keys_heard.keys,
            "srtp": self._unseal.crypto.suite if self._unseal else None,
            "srtp_forged": self.forged,
            "srtp_replayed": self.replayed,
        }

    @property
    def receiving(self) -> bool:
        """Whether audio should be coming in: answered, and neither side holds."""
        return self._listening and not self.held and self.chosen is not None and self.chosen.receiving

    def freeze(self) -> None:
        """The call is over: from now on nothing that is missing counts, and nothing is sent."""
        if self._listening and not self._closed:
            if self.receiving:
                self.stats.finish(time.time())
            Pacer.current().remove(self)
        self._closed = True

    async def close(self) -> None:
        """Stop sending and give the ports back."""
        self.freeze()
        asyncio.get_running_loop().remove_reader(self._rtp.fileno())
        self._rtp.close()
        self._rtcp.close()

    def tick(self) -> None:
        """Send the next packet; the pacer calls it each 20 ms."""
        self._timestamp = (self._timestamp + PACKET_SAMPLES) & 0xFFFFFFFF
        self._count += 1
        chosen = self.chosen
        if chosen is None or not chosen.sending or self.held:
            self._marker = True
            return
        event = self.keys.next() if chosen.event_type is not None else None
        self._sequence = (self._sequence + 1) & 0xFFFF
        if event is not None and chosen.event_type is not None:
            began = (self._timestamp - event.since) & 0xFFFFFFFF
            packet = RtpPacket(
                chosen.event_type, self._sequence, began, self._ssrc, event.payload, event.begins or self._marker
            )
        else:
            payload = self._payload(chosen.codec)
            packet = RtpPacket(chosen.payload_type, self._sequence, self._timestamp, self._ssrc, payload, self._marker)
        self._marker = False
        data = packet.serialise()
        if self._seal is not None:
            data = self._seal.protect(data)
        try:
            self._rtp.sendto(data, (chosen.address, chosen.port))
        except OSError as error:  # no route to where the other side says it is: as lost as on the way
            self._unsendable.add(f"{chosen.address}: {error.strerror}")
        self.sent += 1
        self._judge()

    @property
    def unsendable(self) -> list[str]:
        """Addresses that nothing could be sent to, and why."""
        return sorted(self._unsendable)

    def _payload(self, codec: str) -> bytes:
        if not self.plan.tone:
            return g711.encode(codec, [0]) * PACKET_SAMPLES
        second = tone_payloads(self.plan.tone, codec)
        return second[self._count % len(second)]

    def _judge(self) -> None:
        plan = self.plan
        if self._heard_from is None and self.meter.expected_seconds:
            self._heard_from = self.sent
        if self._stage < len(self.heard_tones) and self.meter.satisfied(plan.hear_seconds):
            self.heard_tones[self._stage].set()
            if self._stage == len(self.heard_tones) - 1:
                self.heard_enough.set()
            else:
                self._next_stage()
                return
        since = self.sent - (self._heard_from or 0)
        if self.heard_enough.is_set() and since * PTIME >= plan.hear_seconds + SEND_MARGIN:
            self.enough.set()

    def _next_stage(self) -> None:
        heard = self.meter.heard
        self._earlier.append({"frequency": heard.frequency, "seconds": heard.seconds})
        expected = self.plan.expected
        before = expected[: self._stage + 1]
        self._stage += 1
        # What was heard before may go on for a while: it is not held against the next tone.
        self.meter = ToneMeter(expected[self._stage], ignored=before)
        self._heard_from = None

    def _read(self) -> None:
        for __ in range(_BURST):
            try:
                data, extra, __flags, source = self._rtp.recvmsg(2048, 64)
            except (BlockingIOError, InterruptedError):
                return
            except OSError:  # an ICMP error of an earlier packet; the next read goes on
                return
            self._take(data, source, _arrival(extra))

    def _take(self, data: bytes, source: Any, arrival: float) -> None:
        if len(data) < 12 or data[0] >> 6 != 2:
            self.stats.not_rtp += 1
            return
        if self._unseal is not None:
            try:
                data = self._unseal.open(data)
            except SrtpError as error:
                if error.kind == "forged":
                    self.forged += 1
                else:
                    self.replayed += 1
                return
        packet = RtpPacket.parse(data)
        if packet is None:
            self.stats.not_rtp += 1
            return
        chosen = self.chosen
        event = chosen is not None and chosen.event_type is not None
        event = event and packet.payload_type in (EVENTS, chosen.event_type if chosen else EVENTS)
        where = f"{source[0]}:{source[1]}"
        position = self.stats.update(packet, arrival, where, timed=self.receiving, audio=not event)
        if chosen is None or not self._listening:
            return
        if event:
            key = self.keys_heard.feed(packet.ssrc, packet.timestamp, packet.payload)
            if key and self.on_key is not None:
                self.on_key(key)
        if position == "old":
            return
        if position == "gap":
            self.meter.gap()
        if packet.payload_type == chosen.payload_type:
            self.meter.feed(g711.decode(chosen.codec, packet.payload))


def _arrival(extra: list[tuple[int, int, bytes]]) -> float:
    for level, kind, data in extra:
        if level == socket.SOL_SOCKET and kind == _TIMESTAMP and len(data) >= _TIMESPEC.size:
            seconds, nanoseconds = _TIMESPEC.unpack_from(data)
            return float(seconds) + float(nanoseconds) / 1e9
    return time.time()


def _context(known: SrtpContext | None, crypto: Crypto | None) -> SrtpContext | None:
    """A context for this key; the one there is when the key is the same, for its counters must go on."""
    if crypto is None:
        return None
    if known is not None and (known.crypto.suite, known.crypto.key) == (crypto.suite, crypto.key):
        return known
    return SrtpContext(crypto)
