# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys as telephone events (RFC 4733): packets of a key being pressed, and the keys in what arrives."""

from __future__ import annotations

import struct
from collections import deque
from dataclasses import dataclass

KEYS = "0123456789*#ABCD"  # event numbers 0 to 15
PAUSE = ","
KEY_PACKETS = 8  # 160 ms
END_PACKETS = 3  # the end is said three times (2.5.1.4)
REST_PACKETS = 6  # 120 ms of silence between two keys
PAUSE_PACKETS = 50  # a comma: one second
VOLUME = 10  # -10 dBm0

_PAYLOAD = struct.Struct("!BBH")


@dataclass(frozen=True)
class EventPacket:
    """What one packet says: the payload, whether the press begins, and how long ago (in samples) it began."""

    payload: bytes
    begins: bool
    since: int


class KeySender:
    """Turns keys into packets, one every 20 ms; `None` where audio goes on as usual."""

    def __init__(self, packet_samples: int) -> None:
        self._samples = packet_samples
        self._queue: deque[EventPacket | None] = deque()
        self.sent = ""  # keys of which the last packet has been taken
        self._finishing: deque[tuple[int, str]] = deque()
        self._taken = self._queued = 0

    def press(self, keys: str) -> None:
        """Append keys; a comma is a pause of a second."""
        for key in keys:
            if key == PAUSE:
                self._append([None] * PAUSE_PACKETS)
                continue
            number = KEYS.index(key)
            packets: list[EventPacket | None] = []
            for count in range(KEY_PACKETS + END_PACKETS - 1):
                last = min(count, KEY_PACKETS - 1)
                flags = VOLUME | (0x80 if count >= KEY_PACKETS - 1 else 0)
                payload = _PAYLOAD.pack(number, flags, (last + 1) * self._samples)
                packets.append(EventPacket(payload, count == 0, count * self._samples))
            self._append(packets)
            self._finishing.append((self._queued, key))
            self._append([None] * REST_PACKETS)

    def next(self) -> EventPacket | None:
        """What is to be sent now in the place of audio."""
        if not self._queue:
            return None
        self._taken += 1
        while self._finishing and self._finishing[0][0] <= self._taken:
            self.sent += self._finishing.popleft()[1]
        return self._queue.popleft()

    @property
    def busy(self) -> bool:
        """Whether something is left to send."""
        return bool(self._queue)

    def _append(self, packets: list[EventPacket | None]) -> None:
        self._queue.extend(packets)
        self._queued += len(packets)


class KeyReceiver:
    """Finds the keys in the packets of a stream. A press is known by its timestamp, whichever of its packets arrive."""

    def __init__(self) -> None:
        self.keys = ""
        self._known: deque[tuple[int, int]] = deque(maxlen=8)  # (source, timestamp) of the last presses

    def feed(self, ssrc: int, timestamp: int, payload: bytes) -> str:
        """Take a packet; return the key when a new press begins, else an empty text."""
        if len(payload) < _PAYLOAD.size or (ssrc, timestamp) in self._known:
            return ""
        number = payload[0]
        if number >= len(KEYS):
            return ""
        self._known.append((ssrc, timestamp))
        self.keys += KEYS[number]
        return KEYS[number]
