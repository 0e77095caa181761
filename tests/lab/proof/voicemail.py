# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the PBX keeps: messages and recordings."""

from __future__ import annotations

import array
import io
import sys
import wave
from collections.abc import Callable
from operator import mul
from typing import Any

from lab.proof.bench import Bench, soon
from lab.proof.findings import Findings
from lab.proof.inbound import DID
from lab.proof.registry import proof
from lab.proof.tones import CARRIER_TONE, OFFICE_TONE, PROMPTS
from lab.report import Outcome
from lab.subscriber.tone import BLOCK, SAMPLE_RATE, ToneMeter, goertzel

QUIET = 10_000.0  # mean square of samples, -40 dBFS and a little


def samples(content: bytes) -> list[list[int]]:
    """Return the channels of a WAV file with 16 bit PCM."""
    with wave.open(io.BytesIO(content)) as file:
        channels = file.getnchannels()
        data = array.array("h", file.readframes(file.getnframes()))
    if sys.byteorder == "big":
        data.byteswap()
    return [list(data[channel::channels]) for channel in range(channels)]


def seconds_of(content: bytes, frequency: int) -> float:
    """Return for how long a tone is heard in a WAV file, in the channel where it is heard longest."""
    best = 0.0
    for channel in samples(content):
        meter = ToneMeter(frequency)
        meter.feed(channel)
        best = max(best, meter.expected_seconds)
    return best


def seconds_within(content: bytes, frequency: int) -> float:
    """Return for how long a tone holds a quarter of the energy: also while another one is as loud, in one channel."""
    best = 0
    for channel in samples(content):
        blocks = [channel[start : start + BLOCK] for start in range(0, len(channel) - BLOCK + 1, BLOCK)]
        energies = [(goertzel(block, frequency), sum(map(mul, block, block)) / BLOCK) for block in blocks]
        best = max(best, sum(total > QUIET and power > total / 4 for power, total in energies))
    return best * BLOCK / SAMPLE_RATE


def _left(bench: Bench, found: Findings, did: str, mailbox: str, **call: Any) -> None:
    """A caller leaves a message, as long as the mailbox takes; it is kept, and it is what was said."""
    before = len(bench.pbx.voicemail(mailbox))
    with bench.call_in(did, bench.caller(), who="callee", **call) as outside:
        there = outside.result()
    found.good("caller", there)
    found.expect(there.get("ended_by") == "them", "the PBX did not hang up after the longest message")
    kept: list[bytes] = soon(_more(bench, mailbox, before)) or []
    if found.expect(kept, f"no new message in mailbox {mailbox}"):
        said = max(seconds_of(message, CARRIER_TONE) for message in kept)
        found.expect(7 <= said <= 11, f"{said:.1f} s of what was said are in the message, not 10 s")
        found.note(f"a message with {said:.1f} s of what was said")


def _more(bench: Bench, mailbox: str, before: int) -> Callable[[], list[bytes] | None]:
    def look() -> list[bytes] | None:
        found = bench.pbx.voicemail(mailbox)
        return found if len(found) > before else None

    return look


@proof("voicemail: greeting, lamp, listening", "111", weight=28)
def greeting(bench: Bench) -> Outcome:
    """The caller hears the greeting, speaks after the tone, and is cut off at the longest message; the telephone's lamp
    tells of it, and its owner hears it with the right PIN, but not with another one."""
    found = Findings()
    _left(bench, found, DID(11), "111", expect=PROMPTS["greeting"][0], hear_seconds=2)
    waiting = len(bench.pbx.voicemail("111"))
    with bench.phone("111", mwi=True, expect_messages=waiting, timeout=15) as lamp:
        found.good("lamp", lamp.result())
    found.note(f"the lamp shows {waiting}")
    pin = bench.lab.secret("mailbox-111")
    wrong = f"{pin[:-1]}{(int(pin[-1]) + 1) % 10}"
    for digits, right, seconds in ((wrong, False, 12), (pin, True, 35)):
        with bench.dial(
            "111", "*97", expect=CARRIER_TONE, hear_seconds=2, dtmf=f"{digits}#,,,1", dtmf_after="2", timeout=seconds
        ) as owner:
            result = owner.result()
        found.evidence[f"listening, {'right' if right else 'wrong'} PIN"] = result
        found.expect(bool(result.get("ok")) == right, f"{'right' if right else 'wrong'} PIN: {result.get('why')}")
    found.note("heard with the right PIN, not with another one")
    return found.outcome()


@proof("voicemail: not answered, not registered", "102", weight=22)
def otherwise(bench: Bench) -> Outcome:
    """A telephone that rings in vain leads to its `otherwise`, and so does one that is not there."""
    found = Findings()
    with bench.phone("102", ring_seconds=30) as office, bench.call_in(DID(2), bench.caller()) as outside:
        office.wait_for("ringing")
        answered = outside.wait_for("answered")
        cancelled = office.wait_for("ended")
    found.expect(answered["code"] == 200, f"the call ended {answered['code']}")
    found.expect(4 <= answered["setup_seconds"] <= 9, f"answered after {answered['setup_seconds']} s, not after 5 s")
    found.expect(cancelled["why"] == "the caller cancelled the call", f"the telephone: {cancelled['why']}")
    found.note(f"rang for {answered['setup_seconds']:.1f} s, then voicemail")
    _left(bench, found, DID(2), "102", talk_seconds=25)
    return found.outcome()


@proof("recording: a marked extension", "119", weight=6)
def recording(bench: Bench) -> Outcome:
    """An inbound caller is told first; both sides are in the file; it is no one's but the PBX's and root's."""
    found = Findings()
    before = set(bench.pbx.recordings())
    with bench.phone("119") as office, bench.call_in(DID(19), bench.caller(), expect=OFFICE_TONE) as outside:
        found.good("caller", outside.result())
        found.good("office", office.result())
    made = soon(lambda: set(bench.pbx.recordings()) - before)
    if found.expect(made, "there is no recording"):
        content = bench.pbx.read(min(made))
        heard = {tone: seconds_within(content, tone) for tone in (OFFICE_TONE, CARRIER_TONE)}
        name = min(made).rpartition("/")[2]
        found.note(f"{name}: {heard[OFFICE_TONE]:.1f} s office, {heard[CARRIER_TONE]:.1f} s caller")
        found.expect(min(heard.values()) >= 0.5, "a side is missing in it")
        mode = bench.pbx.shell(f"stat -c '%a' '{min(made)}'").strip()
        found.expect(mode in ("640", "600", "660"), f"its mode is {mode}")
    return found.outcome()


@proof("recording: not without a mark", "128")
def unmarked(bench: Bench) -> Outcome:
    """A call of an extension that is not marked is not recorded."""
    found = Findings()
    with bench.phone("128") as office, bench.call_in(DID(28), bench.caller(), expect=OFFICE_TONE) as outside:
        found.good("caller", outside.result())
        found.good("office", office.result())
    marked = [path for path in bench.pbx.recordings() if DID(28).lstrip("+") in path]
    found.expect(not marked, f"recorded: {marked}")
    found.note("no file")
    return found.outcome()
