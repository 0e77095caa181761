# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""G.711, the tones and their recognition."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.subscriber import g711
from lab.subscriber.tone import BLOCK, MIN_LEVEL, MIN_PURITY, SILENCE, ToneMeter, dbfs, goertzel, tone_payloads

CODECS = ("PCMU", "PCMA")
NOISE = [random.Random(7).randint(-8000, 8000) for __ in range(8000)]  # noqa: S311 - it is noise


def sine(frequency: float, level: float, count: int = 8000) -> list[int]:
    amplitude = 32768 * 10 ** (level / 20)
    return [round(amplitude * math.sin(2 * math.pi * frequency * n / 8000)) for n in range(count)]


def meter_of(samples: Iterable[int], expected: int = 440) -> ToneMeter:
    meter = ToneMeter(expected)
    meter.feed(list(samples))
    return meter


@pytest.mark.parametrize(
    ("codec", "byte", "sample"),
    [  # decision values of ITU-T G.711, tables 1a to 2b
        ("PCMU", 0xFF, 0), ("PCMU", 0x80, 32124), ("PCMU", 0x00, -32124), ("PCMU", 0xEF, 132), ("PCMU", 0xFE, 8),
        ("PCMA", 0xD5, 8), ("PCMA", 0x55, -8), ("PCMA", 0xAA, 32256), ("PCMA", 0x2A, -32256), ("PCMA", 0xC5, 264),
    ],
)  # fmt: skip
def test_g711_known_values(codec: str, byte: int, sample: int) -> None:
    assert g711.decode(codec, bytes([byte])) == [sample]
    assert g711.encode(codec, [sample]) == bytes([byte])


def test_g711_milliwatt_sequence() -> None:
    """The digital milliwatt is 1 kHz at 0 dBm0 (G.711 tables 5 and 6); full scale is +3.17 and +3.14 dBm0."""
    for codec, text, level in (("PCMU", "1e0b0b1e9e8b8b9e", -3.17), ("PCMA", "34212134b4a1a1b4", -3.14)):
        samples = g711.decode(codec, bytes.fromhex(text)) * 100
        assert dbfs(goertzel(samples, 1000)) == pytest.approx(level, abs=0.1)


@pytest.mark.parametrize("codec", CODECS)
def test_g711_every_byte_survives_decoding_and_encoding(codec: str) -> None:
    for byte in range(256):
        again = g711.encode(codec, g711.decode(codec, bytes([byte])))[0]
        assert again == byte or (codec, byte, again) == ("PCMU", 0x7F, 0xFF)  # minus zero


@pytest.mark.parametrize("codec", CODECS)
@given(sample=st.integers(-32768, 32767))
def test_g711_error_is_within_half_a_step(codec: str, sample: int) -> None:
    decoded = g711.decode(codec, g711.encode(codec, [sample]))[0]
    clipped = max(-32256, min(32256, sample)) if codec == "PCMA" else max(-32124, min(32124, sample))
    # A step is a sixteenth of its segment: never more than 1/16 of the magnitude, and 16 units near zero.
    assert abs(decoded - clipped) <= max(16, abs(sample) / 16 / 2 + 8 * 4)


@pytest.mark.parametrize("codec", CODECS)
@given(a=st.integers(-32768, 32767), b=st.integers(-32768, 32767))
def test_g711_keeps_the_order(codec: str, a: int, b: int) -> None:
    low, high = g711.decode(codec, g711.encode(codec, sorted([a, b])))
    assert low <= high


@pytest.mark.parametrize("codec", CODECS)
@pytest.mark.parametrize("frequency", [440, 523, 1004])
def test_our_tones_are_recognised_after_the_codec(codec: str, frequency: int) -> None:
    meter = ToneMeter(frequency)
    for payload in tone_payloads(frequency, codec) * 2:
        meter.feed(g711.decode(codec, payload))
    heard = meter.heard
    assert heard.frequency == frequency
    assert heard.level_dbfs == pytest.approx(-12.0, abs=0.2)
    assert heard.purity > 0.995
    assert heard.seconds == 2.0
    assert meter.satisfied(2.0)
    assert not meter.satisfied(2.1)


@pytest.mark.parametrize("frequency", [440, 523, 1004])
@pytest.mark.parametrize(
    "samples",
    [
        [0] * 8000,
        g711.decode("PCMA", b"\xd5" * 8000),
        NOISE,
        sine(480, -12),
        sine(460, -12),
        [a + b for a, b in zip(sine(440, -16), sine(523, -16))],
    ],
    ids=["silence", "A-law idle", "noise", "480 Hz", "460 Hz", "two tones"],
)
def test_silence_noise_and_wrong_tones_are_rejected(frequency: int, samples: list[int]) -> None:
    meter = meter_of(samples, frequency)
    assert meter.expected_seconds == 0
    assert not meter.satisfied(0.1)
    assert meter.heard.frequency != frequency


def test_the_report_says_what_was_heard_instead() -> None:
    assert meter_of(sine(523, -20)).heard.frequency == 523
    silent = meter_of([0] * 8000).heard
    assert (silent.frequency, silent.level_dbfs, silent.purity, silent.seconds) == (None, SILENCE, 0.0, 0.0)


def test_the_tone_heard_longest_decides() -> None:
    meter = meter_of([*sine(523, -12, 8000), *sine(440, -12, 4800)])
    assert meter.expected_seconds == pytest.approx(0.6)
    assert not meter.satisfied(0.5)
    meter.feed(sine(440, -12, 8000))
    assert meter.satisfied(1.5)


@pytest.mark.parametrize(("offset", "found"), [(1.0, True), (-1.0, False)])
def test_level_threshold(offset: float, found: bool) -> None:
    assert (meter_of(sine(440, MIN_LEVEL + offset)).heard.frequency == 440) is found


@pytest.mark.parametrize(("share", "found"), [(MIN_PURITY + 0.05, True), (MIN_PURITY - 0.05, False)])
def test_purity_threshold(share: float, found: bool) -> None:
    level = -12.0
    other = level + 10 * math.log10((1 - share) / share)
    mixed = [a + b for a, b in zip(sine(440, level), sine(1000, other))]
    heard = meter_of(mixed).heard
    assert (heard.frequency == 440) is found
    assert heard.purity == pytest.approx(share, abs=0.01)


def test_a_gap_drops_the_unfinished_block_only() -> None:
    tone = sine(440, -12, 2 * BLOCK)
    meter = ToneMeter(440)
    meter.feed(tone[: BLOCK + 160])
    meter.gap()
    meter.feed(tone[33 : 33 + BLOCK])  # another phase: would spoil a block that held both parts
    assert meter.expected_seconds == pytest.approx(0.2)
    assert meter.heard.purity > 0.99


def test_tone_packets_join_without_a_click() -> None:
    packets = tone_payloads(523, "PCMU")
    assert [len(packet) for packet in packets] == [160] * 50
    samples = g711.decode("PCMU", b"".join(packets) * 2)
    straight = sine(523, -12, 16000)
    assert max(abs(a - b) for a, b in zip(samples, straight)) < 300


@given(st.floats(-60, 0), st.integers(200, 3600))
def test_goertzel_measures_the_level_of_a_sine(level: float, frequency: int) -> None:
    samples = [32768 * 10 ** (level / 20) * math.sin(2 * math.pi * frequency * n / 8000) for n in range(BLOCK)]
    assert dbfs(goertzel(samples, frequency)) == pytest.approx(level, abs=0.2)  # type: ignore[arg-type]
