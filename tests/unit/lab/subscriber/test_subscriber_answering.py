# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The called side, and what comes outside of calls, against a peer that speaks word for word."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable
from typing import Any

import pytest
from subscriber_bench import AUDIO, SDP, Bench, code_of, header

from lab.subscriber.incoming import Reaction


async def connect(one: Bench, **options: Any) -> tuple[asyncio.Task[dict[str, Any]], str]:
    """Call the telephone; return its task and the To header with its tag."""
    task = one.answerer(**options)
    one.say("INVITE", "Content-Type: application/sdp", body=AUDIO)
    answer = await one.peer.hear("SIP/2.0 200")
    to = header(answer, "To")
    one.say("ACK", to=to)
    return task, to


def test_requests_outside_of_calls(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        for method, code in (("OPTIONS", 200), ("NOTIFY", 489), ("MESSAGE", 405), ("BYE", 481), ("CANCEL", 481)):
            one.say(method)
            answer = await one.peer.hear()
            assert code_of(answer) == code, method
            if code in (200, 405):
                assert "INVITE" in header(answer, "Allow")
        one.say("BYE", to="<sip:101@x>;tag=unknown")
        assert code_of(await one.peer.hear()) == 481
        one.say("OPTIONS", "Require: 100rel")
        answer = await one.peer.hear()
        assert (code_of(answer), header(answer, "Unsupported")) == (420, "100rel")

    bench(test)


def test_garbage_is_reported_and_survived(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        one.peer.say("\n\n", one.address)
        one.peer.say("HELLO\n\n", one.address)
        one.say("OPTIONS")
        assert code_of(await one.peer.hear()) == 200
        assert [event["event"] for event in one.events] == ["malformed"]
        assert "not the start of a SIP message" in one.events[0]["why"]

    bench(test)


@pytest.mark.parametrize(
    ("line", "body", "code"),
    [
        ("Content-Type: application/sdp", "nonsense", 400),
        ("Content-Type: application/sdp", AUDIO.replace("0 101", "18 101"), 488),
        ("Content-Type: application/sdp", AUDIO.replace("AVP", "SAVP"), 488),
    ],
)
def test_offers_that_cannot_be_answered(bench: Callable[..., None], line: str, body: str, code: int) -> None:
    async def test(one: Bench) -> None:
        one.answerer()
        one.say("INVITE", line, body=body)
        answer = await one.peer.hear(f"SIP/2.0 {code}")
        assert header(answer, "Warning").startswith("399 ")

    bench(test)


def test_inside_a_call(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        task, to = await connect(one)
        for seq, (method, code) in enumerate((("INFO", 405), ("NOTIFY", 489), ("OPTIONS", 200), ("UPDATE", 200)), 2):
            one.say(method, to=to, seq=seq)
            assert code_of(await one.peer.hear()) == code, method
        one.say("INFO", to=to, seq=2)
        assert code_of(await one.peer.hear()) == 500, "an old CSeq"
        one.say("BYE", to=to, seq=7)
        assert code_of(await one.peer.hear()) == 200
        result = await task
        assert not result["ok"]
        assert "no audio arrived" in result["why"]
        assert result["calls"][0]["ended_by"] == "them"

    bench(test)


def test_reinvite_is_answered_and_hold_stops_our_audio(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        task, to = await connect(one)
        one.say("INVITE", to=to, seq=2, body=SDP.format(port=11, direction="sendonly"))
        answer = await one.peer.hear("SIP/2.0 200")
        assert "a=recvonly" in answer
        one.say("ACK", to=to, seq=2)
        one.say("INVITE", to=to, seq=3, body=SDP.format(port=11, direction="sendonly"))
        again = await one.peer.hear("SIP/2.0 200")
        assert re.findall("o=.*", again) == re.findall("o=.*", answer), "the same description has the same version"
        one.say("ACK", to=to, seq=3)
        one.say("INVITE", to=to, seq=4, body=SDP.format(port=11, direction="sendrecv").replace("0 101", "3"))
        assert code_of(await one.peer.hear("SIP/2.0 4")) == 488
        one.say("BYE", to=to, seq=5)
        await task
        moved = [event for event in one.events if event["event"] == "renegotiated"]
        assert [(event["remote_media"], event["direction"]) for event in moved] == [("127.0.0.1:11", "recvonly")] * 2

    bench(test)


def test_a_late_offer_is_answered_in_the_ack(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        task = one.answerer()
        one.say("INVITE")
        answer = await one.peer.hear("SIP/2.0 200")
        assert "m=audio" in answer
        to = header(answer, "To")
        one.say("ACK", to=to, body=SDP.format(port=one.peer.port, direction="sendrecv"))
        # Our own audio reaches the port named in the ACK: RTP version 2, payload type 0 with the marker bit.
        rtp = await asyncio.wait_for(one.peer.audio.get(), 2)
        assert rtp[:2] == b"\x80\x80"
        one.say("BYE", to=to, seq=2)
        assert (await task)["calls"][0]["remote_media"] == f"127.0.0.1:{one.peer.port}"

    bench(test)


def test_a_200_is_repeated_until_the_ack_and_then_the_call_is_ended(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        task = one.answerer()
        one.say("INVITE", body=AUDIO)
        for __ in range(3):
            await one.peer.hear("SIP/2.0 200")
        bye = await one.peer.hear("BYE")
        one.reply(bye, 200)
        result = await task
        assert result["why"].startswith("1 of 1 calls failed: no ACK to our 200")
        assert result["calls"][0]["bye_answered"]

    bench(test, t1=0.01)


def test_cancel_while_ringing(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        task = one.answerer(Reaction(ring=5))
        one.say("INVITE", body=AUDIO, branch="z9hG4bKring")
        ringing = await one.peer.hear("SIP/2.0 180")
        one.say("CANCEL", branch="z9hG4bKring")
        answers = {code_of(await one.peer.hear()) for __ in range(2)}
        assert answers == {200, 487}
        one.say("ACK", to=header(ringing, "To"), branch="z9hG4bKring")
        result = await task
        assert result["why"] == "1 of 1 calls failed: the caller cancelled the call"
        assert result["calls"][0]["code"] == 487

    bench(test)


def test_more_calls_than_wanted_are_busy(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        task, to = await connect(one)
        one.say("INVITE", body=AUDIO)
        assert code_of(await one.peer.hear("SIP/2.0 4")) == 486
        one.say("BYE", to=to, seq=2)
        await task

    bench(test)


@pytest.mark.parametrize(("calls", "ok"), [(0, False), (1, True)])
def test_an_open_number_of_calls_needs_one(bench: Callable[..., None], calls: int, ok: bool) -> None:
    async def test(one: Bench) -> None:
        task = one.answerer(Reaction(reject=486), calls=0)
        await asyncio.sleep(0)
        for number in range(calls):
            one.say("INVITE", branch=f"z9hG4bKcall{number}")
            one.say("ACK", to=header(await one.peer.hear("SIP/2.0 486"), "To"), branch=f"z9hG4bKcall{number}")
            while "ended" not in [event["event"] for event in one.events]:
                await asyncio.sleep(0)
        one.stop.set("stopped by SIGTERM")
        result = await task
        assert (result["ok"], len(result["calls"])) == (ok, calls)
        assert ok or result["why"] == "stopped by SIGTERM; 0 of 1 calls came"

    bench(test)


def test_stopping_ends_the_call_with_bye(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        task, __ = await connect(one)
        one.stop.set("stopped by SIGTERM")
        one.reply(await one.peer.hear("BYE"), 200)
        result = await task
        assert not result["ok"]
        assert "stopped by SIGTERM" in result["why"]
        assert result["calls"][0]["ended_by"] == "us"

    bench(test)
