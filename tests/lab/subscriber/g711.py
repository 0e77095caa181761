# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""G.711: companding between 16-bit linear samples and 8-bit mu-law and A-law (ITU-T G.711).

Samples are signed 16-bit numbers. mu-law works on 14 bits and A-law on 13, left-aligned in the 16.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Callable

_ULAW_BIAS = 33  # in 14-bit units, so that every segment starts at a power of two
_ULAW_CLIP = 8191 - _ULAW_BIAS


def encode_ulaw_sample(sample: int) -> int:
    """One sample to one mu-law byte; louder than full scale is clipped."""
    magnitude = min((-sample if sample < 0 else sample) >> 2, _ULAW_CLIP) + _ULAW_BIAS
    segment = magnitude.bit_length() - 6
    code = (segment << 4) | ((magnitude >> (segment + 1)) & 0x0F)
    return (code if sample < 0 else code | 0x80) ^ 0x7F


def decode_ulaw_byte(byte: int) -> int:
    """One mu-law byte to one sample."""
    code = byte ^ 0x7F
    segment = (code >> 4) & 0x07
    magnitude = (((code & 0x0F) * 2 + _ULAW_BIAS) << segment) - _ULAW_BIAS
    return (magnitude if code & 0x80 else -magnitude) << 2


def encode_alaw_sample(sample: int) -> int:
    """One sample to one A-law byte."""
    magnitude = min((~sample if sample < 0 else sample) >> 4, 2047)
    segment = max(0, magnitude.bit_length() - 4)
    # Segments 0 and 1 have the same step size.
    code = (segment << 4) | ((magnitude >> max(0, segment - 1)) & 0x0F)
    return (code if sample < 0 else code | 0x80) ^ 0x55


def decode_alaw_byte(byte: int) -> int:
    """One A-law byte to one sample: the middle of its interval."""
    code = byte ^ 0x55
    segment = (code >> 4) & 0x07
    step = code & 0x0F
    magnitude = step * 2 + 1 if segment == 0 else (step * 2 + 33) << (segment - 1)
    return (magnitude if code & 0x80 else -magnitude) << 3


_DECODED: dict[str, tuple[int, ...]] = {
    "PCMU": tuple(decode_ulaw_byte(byte) for byte in range(256)),
    "PCMA": tuple(decode_alaw_byte(byte) for byte in range(256)),
}
_ENCODERS: dict[str, Callable[[int], int]] = {"PCMU": encode_ulaw_sample, "PCMA": encode_alaw_sample}


def decode(codec: str, payload: bytes) -> list[int]:
    """Payload of `PCMU` or `PCMA` to samples."""
    return list(map(_DECODED[codec].__getitem__, payload))


def encode(codec: str, samples: Iterable[int]) -> bytes:
    """Samples to a payload of `PCMU` or `PCMA`."""
    return bytes(map(_ENCODERS[codec], samples))
