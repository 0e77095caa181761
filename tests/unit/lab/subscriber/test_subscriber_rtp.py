# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RTP packets and reception statistics."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.subscriber.rtp import ReceiveStats, RtpPacket

PACKET = st.builds(
    RtpPacket,
    payload_type=st.integers(0, 127),
    sequence=st.integers(0, 65535),
    timestamp=st.integers(0, 2**32 - 1),
    ssrc=st.integers(0, 2**32 - 1),
    payload=st.binary(max_size=200),
    marker=st.booleans(),
)


def packet(sequence: int, timestamp: int | None = None, ssrc: int = 1) -> RtpPacket:
    return RtpPacket(0, sequence % 65536, (sequence * 160 if timestamp is None else timestamp) % 2**32, ssrc, b"")


def stats_of(sequences: list[int]) -> ReceiveStats:
    stats = ReceiveStats()
    for number in sequences:
        stats.update(packet(number), number * 0.02, "192.0.2.1:10000")
    return stats


@given(PACKET)
def test_round_trip(one: RtpPacket) -> None:
    assert RtpPacket.parse(one.serialise()) == one


@given(st.binary(max_size=60))
def test_anything_may_arrive(data: bytes) -> None:
    parsed = RtpPacket.parse(data)
    assert parsed is None or len(parsed.payload) <= len(data) - 12


def test_sources_extension_and_padding_are_taken_off() -> None:
    head = bytes.fromhex("b2000001000000a000000007")  # padding, extension, two contributing sources
    data = head + b"\0" * 8 + bytes.fromhex("bede0001") + b"\1\2\3\4" + b"audio" + b"\0\0\3"
    parsed = RtpPacket.parse(data)
    assert parsed is not None
    assert (parsed.payload, parsed.ssrc, parsed.timestamp) == (b"audio", 7, 160)
    assert RtpPacket.parse(data[:25]) is None


def test_loss_is_counted_by_sequence_across_the_wrap() -> None:
    sequences = [number for number in range(65500, 65600) if number not in (65530, 65536, 65537)]
    stats = stats_of(sequences)
    assert (stats.packets, stats.lost) == (97, 3)


def test_late_and_repeated_packets_are_not_loss() -> None:
    assert stats_of([1, 2, 4, 3, 5]).lost == 0
    assert stats_of([1, 2, 2, 3]).lost == 0


def test_a_new_numbering_is_not_loss() -> None:
    stats = stats_of([*range(100, 150), *range(40000, 40050), 40051, *range(90, 100)])
    assert (stats.packets, stats.lost) == (111, 1)
    stray = stats_of([1, 2, 30000, 3, 4])
    assert (stray.packets, stray.lost) == (5, 0)


def test_position_in_the_stream() -> None:
    stats = ReceiveStats()
    positions = [stats.update(packet(number), 0.0, "a") for number in (10, 11, 13, 12, 13, 14)]
    assert positions == ["next", "next", "gap", "old", "old", "next"]
    jump = [stats.update(packet(number), 0.0, "a") for number in (40000, 40001, 40002)]
    assert jump == ["old", "gap", "next"]
    assert stats.update(packet(900, ssrc=2), 0.0, "b") == "gap"
    assert (stats.ssrcs, stats.addresses) == (2, ["a", "b"])


def test_jitter_of_an_even_stream_is_zero_even_when_timestamps_wrap() -> None:
    stats = ReceiveStats()
    for n in range(100):
        stats.update(packet(n, 2**32 - 1600 + n * 160), n * 0.02, "a")
    assert stats.jitter_ms == pytest.approx(0, abs=0.01)


def test_jitter_follows_rfc_3550() -> None:
    """Alternating 0 and 8 ms late: every difference is 8 ms, towards which the estimate grows by sixteenths."""
    stats = ReceiveStats()
    for n in range(200):
        stats.update(packet(n), n * 0.02 + (0.008 if n % 2 else 0), "a")
    assert stats.jitter_ms == pytest.approx(8.0, abs=0.05)


def test_the_time_on_hold_is_neither_loss_nor_gap() -> None:
    stats = stats_of([*range(10), *range(12, 20)])
    assert (stats.lost, stats.max_gap_ms()) == (2, 60.0)
    stats.pause()
    stats.update(packet(40), 0.8, "192.0.2.1:10000", timed=False)  # music
    stats.pause()
    for number in (120, 121, 123):
        stats.update(packet(number), number * 0.02, "192.0.2.1:10000")
    assert (stats.lost, stats.max_gap_ms()) == (3, 60.0)
    assert stats.jitter_ms < 0.1


def test_what_was_lost_before_the_answer_does_not_count() -> None:
    stats = ReceiveStats()
    stats.pause()
    for number in (1, 5, 9):
        stats.update(packet(number), number * 0.02, "192.0.2.1:10000", timed=False)
    stats.update(packet(60), 1.2, "192.0.2.1:10000")
    assert (stats.lost, stats.packets) == (0, 4)


def test_silence_up_to_now_is_a_gap() -> None:
    stats = stats_of(list(range(5)))
    assert stats.max_gap_ms() == 20.0
    assert stats.max_gap_ms(now=0.58) == 500.0
    stats.finish(0.38)
    assert (stats.max_gap_ms(), stats.max_gap_ms(now=9.0)) == (300.0, 300.0)


def test_the_packets_of_a_key_are_no_jitter() -> None:
    stats = stats_of(list(range(5)))
    for number in range(5, 15):
        stats.update(packet(number, timestamp=5 * 160), number * 0.02, "192.0.2.1:10000", audio=False)
    stats.update(packet(15), 0.3, "192.0.2.1:10000")
    assert (stats.lost, stats.jitter_ms) == (0, 0.0)
