# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RTP packets and the statistics of a received stream (RFC 3550)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Literal

_HEADER = struct.Struct("!BBHII")
_SEQUENCES = 1 << 16

# RFC 3550 A.1: how far the numbers may jump ahead by loss, and fall back by reordering.
_MAX_DROPOUT = 3000
_MAX_MISORDER = 100

# next: right behind the packet before it; gap: something is missing or the source changed; old: late or repeated.
Position = Literal["next", "gap", "old"]


@dataclass(frozen=True)
class RtpPacket:
    """One RTP packet; padding, contributing sources and extensions are taken off."""

    payload_type: int
    sequence: int
    timestamp: int
    ssrc: int
    payload: bytes
    marker: bool = False

    def serialise(self) -> bytes:
        """Return the bytes for the wire."""
        second = self.payload_type | (0x80 if self.marker else 0)
        return _HEADER.pack(0x80, second, self.sequence, self.timestamp, self.ssrc) + self.payload

    @classmethod
    def parse(cls, data: bytes) -> RtpPacket | None:
        """Read a datagram; None when it is not RTP version 2 or is cut short."""
        if len(data) < _HEADER.size:
            return None
        first, second, sequence, timestamp, ssrc = _HEADER.unpack_from(data)
        if first >> 6 != 2:
            return None
        start = _HEADER.size + 4 * (first & 0x0F)
        end = len(data)
        if first & 0x10:
            if len(data) < start + 4:
                return None
            start += 4 + 4 * int.from_bytes(data[start + 2 : start + 4], "big")
        if first & 0x20:
            end -= data[-1]
        if start > end:
            return None
        return cls(second & 0x7F, sequence, timestamp, ssrc, data[start:end], bool(second & 0x80))


@dataclass
class _Source:
    """One synchronisation source: extended sequence numbers and jitter (RFC 3550 A.1, A.3, A.8)."""

    first: int
    highest: int
    received: int = 0
    jitter: float = 0.0  # in timestamp units
    _counted: int = 0  # packets since `first`
    _lost_before: int = 0  # up to the last restart of the numbering
    _lost_at_pause: int = 0
    _after_jump: int | None = None
    _transit: float | None = None

    def pause(self) -> None:
        """From here to `resume` nothing is missed."""
        self._lost_at_pause = self.lost

    def resume(self) -> None:
        """The next packet begins a new count."""
        self._lost_before = self._lost_at_pause
        self._counted = 0
        self._transit = None

    def update(self, packet: RtpPacket, arrival: float, rate: int, audio: bool = True) -> Position:
        """Take a packet; return how it continues the stream."""
        position = self._place(packet.sequence)
        self.received += 1
        if not audio:  # the packets of an event all carry the time at which it began (RFC 4733 2.2)
            return position
        transit = arrival * rate - packet.timestamp
        if self._transit is not None:
            # The difference modulo 2**32, because timestamps wrap.
            difference = abs((transit - self._transit + 2**31) % 2**32 - 2**31)
            self.jitter += (difference - self.jitter) / 16
        self._transit = transit
        return position

    def _place(self, sequence: int) -> Position:
        ahead = (sequence - self.highest) % _SEQUENCES
        if not self._counted:
            self.first, self.highest, self._counted = sequence, sequence, 1
            return "gap" if self.received else "next"
        if ahead == 0 or ahead >= _SEQUENCES - _MAX_MISORDER:
            self._counted += 1
            return "old"
        if ahead < _MAX_DROPOUT:
            self.highest += ahead
            self._counted += 1
            return "next" if ahead == 1 else "gap"
        # Too far for loss: two packets in a row from there mean that the sender began a new numbering.
        if sequence != self._after_jump:
            self._after_jump = (sequence + 1) % _SEQUENCES
            return "old"
        self._lost_before = self.lost
        self.first, self.highest, self._counted = sequence - 1, sequence, 2
        return "gap"

    @property
    def lost(self) -> int:
        missing = self.highest - self.first + 1 - self._counted if self._counted else 0
        return self._lost_before + max(0, missing)


@dataclass
class ReceiveStats:
    """Statistics over all sources of one session. Times are seconds of a monotonic clock."""

    rate: int = 8000
    packets: int = 0
    not_rtp: int = 0
    addresses: list[str] = field(default_factory=list)
    _sources: dict[int, _Source] = field(default_factory=dict)
    _last_ssrc: int | None = None
    _last_arrival: float | None = None  # None while nothing has to come
    _longest: float = 0.0
    _paused: bool = False

    def update(
        self, packet: RtpPacket, arrival: float, address: str, timed: bool = True, audio: bool = True
    ) -> Position:
        """Take a packet from `address` ("ip:port"); return how it continues the stream.

        `timed`: whether packets have to come; if not, neither loss nor gaps count up to the next one. `audio`: it is no
        telephone-event.
        """
        self.packets += 1
        if timed:
            self.finish(arrival)
            self._last_arrival = arrival
        if address not in self.addresses:
            self.addresses.append(address)
        source = self._sources.get(packet.ssrc)
        if source is None:
            source = self._sources[packet.ssrc] = _Source(packet.sequence, packet.sequence)
        if timed and self._paused:
            self._paused = False
            for known in self._sources.values():
                known.resume()
        same = self._last_ssrc in (None, packet.ssrc)
        self._last_ssrc = packet.ssrc
        position = source.update(packet, arrival, self.rate, audio)
        return "gap" if position == "next" and not same else position

    @property
    def lost(self) -> int:
        """Packets that the sequence numbers say are missing."""
        return sum(source.lost for source in self._sources.values())

    @property
    def jitter_ms(self) -> float:
        """Interarrival jitter of the source that sent most, in milliseconds."""
        if not self._sources:
            return 0.0
        source = max(self._sources.values(), key=lambda entry: entry.received)
        return round(source.jitter * 1000 / self.rate, 2)

    def pause(self) -> None:
        """From the last packet to the next one is neither gap nor loss: a side holds, or it is only now answered."""
        self._last_arrival = None
        if not self._paused:
            self._paused = True
            for source in self._sources.values():
                source.pause()

    def finish(self, now: float) -> None:
        """Nothing came up to now, nor will."""
        if self._last_arrival is not None:
            self._longest = max(self._longest, now - self._last_arrival)
        self._last_arrival = None

    def max_gap_ms(self, now: float | None = None) -> float:
        """The longest time without a packet, in milliseconds; up to `now` when one still has to come."""
        silent = now - self._last_arrival if now is not None and self._last_arrival is not None else 0.0
        return round(max(self._longest, silent) * 1000, 1)

    @property
    def ssrcs(self) -> int:
        """Number of distinct synchronisation sources."""
        return len(self._sources)
