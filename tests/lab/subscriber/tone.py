# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tones: making them, and recognising them with Goertzel's algorithm.

The incoming signal is cut into blocks of 100 ms. A block counts for a tone when the tone is loud enough and holds
most of the block's energy; the seconds heard are the blocks that count. Blocks with a gap in the RTP stream are
thrown away whole, because a jump in phase would look like impurity.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from operator import mul

from lab.subscriber import g711

SAMPLE_RATE = 8000  # Hz, narrow-band telephony
FULL_SCALE = 32768.0

# 100 ms: 10 Hz between the bins, so tones 20 Hz apart are told apart with > 95 % of the energy in the right one.
BLOCK = 800
MIN_SPACING = 20  # Hz, from BLOCK

# A tone that went through G.711 once keeps more than 99.9 % of the energy (the codec's noise is over 33 dB below it),
# and several times still 99 %. White noise leaves 0.25 % in a bin, speech rarely half, a tone 10 Hz off next to
# nothing, and two equal tones (a ringing signal) 50 %. So 80 % is far from both sides.
MIN_PURITY = 0.8

# We send at -12 dBFS and nothing in the lab attenuates: 28 dB may be lost on the way. Comfort noise and the idle
# pattern of a codec lie below -50 dBFS.
MIN_LEVEL = -40.0
SEND_LEVEL = -12.0

# What is reported for digital silence: the resolution of 16 bits.
SILENCE = -96.0

# Other tones looked for when the expected one is not there: ringing and dialling signals and the lab's own tones, so
# that a report can say what was heard instead.
USUAL_TONES = (400, 425, 440, 523, 659, 784, 1004)

LOWEST, HIGHEST = 200, 3600  # Hz; G.711 lines are flat between


@cache
def tone_payloads(frequency: int, codec: str, samples: int = 160) -> tuple[bytes, ...]:
    """Return the encoded packets of one second of a tone at SEND_LEVEL; repeated they join without a click.

    `frequency` is whole Hz, so that one second holds whole periods. `samples` per packet must divide 8000.
    """
    amplitude = FULL_SCALE * 10 ** (SEND_LEVEL / 20)
    step = 2 * math.pi * frequency / SAMPLE_RATE
    encoded = g711.encode(codec, (round(amplitude * math.sin(step * n)) for n in range(SAMPLE_RATE)))
    return tuple(encoded[start : start + samples] for start in range(0, SAMPLE_RATE, samples))


def goertzel(samples: Sequence[int], frequency: float) -> float:
    """Return the mean square of the component at `frequency` (Hz) in `samples`."""
    coefficient = 2 * math.cos(2 * math.pi * frequency / SAMPLE_RATE)
    before = last = 0.0
    for sample in samples:
        before, last = last, sample + coefficient * last - before
    power = last * last + before * before - coefficient * last * before
    return 2 * power / len(samples) ** 2


def dbfs(mean_square: float) -> float:
    """Mean square of samples to dBFS, where a sine of full scale is 0 dBFS (AES17)."""
    if mean_square <= 0:
        return SILENCE
    return max(SILENCE, 10 * math.log10(2 * mean_square / FULL_SCALE**2))


@dataclass
class _Sum:
    blocks: int = 0  # that count for this tone
    recognised: float = 0.0  # mean squares of the tone in these blocks
    total: float = 0.0  # mean squares of the tone in all blocks


@dataclass(frozen=True)
class Heard:
    """What was heard. `frequency` is None when no tone was recognised in any block."""

    frequency: int | None
    level_dbfs: float
    purity: float
    seconds: float


class ToneMeter:
    """Measures which tone is heard, for how long, how loud and how pure."""

    def __init__(self, expected: int, others: Iterable[int] = USUAL_TONES, ignored: Iterable[int] = ()) -> None:
        """`ignored` are tones that may be heard longer than the expected one without harm."""
        self.expected = expected
        apart = [tone for tone in dict.fromkeys(others) if abs(tone - expected) >= MIN_SPACING]
        without = tuple(ignored)
        self._others = [tone for tone in apart if all(abs(tone - known) >= MIN_SPACING for known in without)]
        self._sums = {tone: _Sum() for tone in (expected, *self._others)}
        self._energy = 0.0
        self._blocks = 0
        self._pending: list[int] = []

    def feed(self, samples: Sequence[int]) -> None:
        """Take the next samples, gapless."""
        self._pending.extend(samples)
        while len(self._pending) >= BLOCK:
            block = self._pending[:BLOCK]
            del self._pending[:BLOCK]
            self._analyse(block)

    def gap(self) -> None:
        """Something is missing in the stream: drop the unfinished block."""
        self._pending.clear()

    def _analyse(self, block: Sequence[int]) -> None:
        mean_square = sum(map(mul, block, block)) / BLOCK
        self._blocks += 1
        self._energy += mean_square
        if dbfs(mean_square) < MIN_LEVEL:
            return
        share = self._count(self.expected, block, mean_square)
        # A tone with more than half of the energy leaves less than that for every other: no need to look for them.
        if share < 0.5:
            for tone in self._others:
                self._count(tone, block, mean_square)

    def _count(self, tone: int, block: Sequence[int], mean_square: float) -> float:
        power = min(goertzel(block, tone), mean_square)
        entry = self._sums[tone]
        entry.total += power
        share = power / mean_square
        if share >= MIN_PURITY and dbfs(power) >= MIN_LEVEL:
            entry.blocks += 1
            entry.recognised += power
        return share

    @property
    def expected_seconds(self) -> float:
        """How long the expected tone was recognised."""
        return self._sums[self.expected].blocks * BLOCK / SAMPLE_RATE

    @property
    def heard(self) -> Heard:
        """The tone recognised longest, its mean level, its share in all energy received, and its seconds."""
        tone, entry = max(self._sums.items(), key=lambda item: (item[1].blocks, item[1].total))
        purity = entry.total / self._energy if self._energy else 0.0
        if entry.blocks:
            level = dbfs(entry.recognised / entry.blocks)
        else:
            level = dbfs(self._energy / self._blocks) if self._blocks else SILENCE
        seconds = entry.blocks * BLOCK / SAMPLE_RATE
        return Heard(tone if entry.blocks else None, round(level, 1), round(purity, 4), round(seconds, 2))

    def satisfied(self, seconds: float) -> bool:
        """Whether the expected tone is the one heard longest, and for at least `seconds`."""
        return self.expected_seconds >= seconds and self.heard.frequency == self.expected
