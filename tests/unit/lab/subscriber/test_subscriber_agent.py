# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One telephone in this process, and a peer that speaks to it word for word."""

from __future__ import annotations

import asyncio
import hashlib
import io
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from lab.subscriber.agent import Agent
from lab.subscriber.answering import Answerer, AnswerOptions
from lab.subscriber.call import CallOptions
from lab.subscriber.digest import Credentials
from lab.subscriber.events import Reporter, Stop
from lab.subscriber.incoming import Reaction
from lab.subscriber.media import Plan
from lab.subscriber.outgoing import OutgoingCall, Target
from lab.subscriber.probing import ProbeOptions, probe
from lab.subscriber.stack import Stack
from lab.subscriber.transaction import Timers
from lab.subscriber.uri import NameAddr, SipUri

OPTIONS = CallOptions(Plan(440, 523, 0.2), "127.0.0.1")
SDP = "v=0\no=- 1 1 IN IP4 127.0.0.1\ns=-\nc=IN IP4 127.0.0.1\nt=0 0\nm=audio {port} RTP/AVP 0 101\na={direction}\n"
AUDIO = SDP.format(port=9, direction="sendrecv")


class Bench:
    """A telephone, a peer, and what the telephone reported."""

    def __init__(self, peer: Any, credentials: Credentials | None, t1: float) -> None:
        self.peer = peer
        self.stack = Stack(Timers(t1=t1))
        self.log = io.StringIO()
        self.agent = Agent(self.stack, Reporter(self.log), "101", credentials)
        self.stop = Stop()
        self.address = ("127.0.0.1", 0)
        self._branch = 0

    @property
    def events(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.getvalue().splitlines()]

    def answerer(self, reaction: Reaction | None = None, **options: Any) -> asyncio.Task[dict[str, Any]]:
        answerer = Answerer(self.agent, AnswerOptions(OPTIONS, reaction or Reaction(), **options), self.stop)
        return asyncio.ensure_future(answerer.run())

    def caller(self, **target: Any) -> asyncio.Task[dict[str, Any]]:
        to = NameAddr(f"sip:b@127.0.0.1:{self.peer.port}")
        return asyncio.ensure_future(
            OutgoingCall(self.agent, OPTIONS, Target(NameAddr("sip:101@x"), to, **target), self.stop).run()
        )

    def say(
        self, method: str, *lines: str, to: str = "<sip:101@x>", seq: int = 1, body: str = "", branch: str = ""
    ) -> None:
        """Send a request; a new branch unless given."""
        if not branch:
            self._branch += 1
            branch = f"z9hG4bK{self._branch}"
        head = [
            f"{method} sip:101@127.0.0.1 SIP/2.0",
            f"Via: SIP/2.0/UDP 127.0.0.1:{self.peer.port};branch={branch};rport",
            "From: <sip:peer@x>;tag=peer",
            f"To: {to}",
            "Call-ID: talk",
            f"CSeq: {seq} {method}",
            f"Contact: <sip:peer@127.0.0.1:{self.peer.port}>",
            *lines,
        ]
        self.peer.say("\n".join(head) + f"\n\n{body}", self.address)

    def reply(self, request: str, code: int, *lines: str, body: str = "") -> None:
        """Answer a request of the telephone."""
        kept = [line for line in request.split("\n") if re.match("(Via|From|To|Call-ID|CSeq|Record-Route):", line)]
        kept = [line + ";tag=peer" if line.startswith("To:") and "tag=" not in line else line for line in kept]
        self.peer.say("\n".join([f"SIP/2.0 {code} Said So", *kept, *lines]) + f"\n\n{body}", self.address)


@pytest.fixture
def bench(open_peer: Callable[[], Awaitable[Any]]) -> Callable[..., None]:
    """Run a coroutine function with a Bench."""

    def run(test: Callable[[Bench], Awaitable[None]], credentials: Credentials | None = None, t1: float = 0.5) -> None:
        async def inside() -> None:
            one = Bench(await open_peer(), credentials, t1)
            one.address = await one.stack.open(("127.0.0.1", 0))
            try:
                await asyncio.wait_for(test(one), 10)
            finally:
                await one.stack.close()
                one.peer.close()

        asyncio.run(inside())

    return run


def header(message: str, name: str) -> str:
    match = re.search(rf"^{name}: (.*)$", message, re.MULTILINE)
    assert match is not None, f"no {name} in {message}"
    return match[1]


def code_of(message: str) -> int:
    return int(message.split()[1])


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
        for method, code in (("OPTIONS", 200), ("NOTIFY", 405), ("MESSAGE", 405), ("BYE", 481), ("CANCEL", 481)):
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
        for seq, (method, code) in enumerate((("INFO", 405), ("NOTIFY", 405), ("OPTIONS", 200), ("UPDATE", 200)), 2):
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
        rtp, _ = await asyncio.wait_for(audio(one), 2)
        assert rtp[:2] == b"\x80\x80"
        one.say("BYE", to=to, seq=2)
        assert (await task)["calls"][0]["remote_media"] == f"127.0.0.1:{one.peer.port}"

    async def audio(one: Bench) -> tuple[bytes, Any]:
        received: asyncio.Future[tuple[bytes, Any]] = asyncio.get_running_loop().create_future()
        plain = one.peer.datagram_received

        def take(data: bytes, addr: Any) -> None:
            if data[0] >> 6 != 2:
                plain(data, addr)
            elif not received.done():
                received.set_result((data, addr))

        one.peer.datagram_received = take
        return await received

    bench(test)


def test_a_200_is_repeated_until_the_ack_and_then_the_call_is_ended(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        task = one.answerer()
        one.say("INVITE", body=AUDIO)
        for _ in range(3):
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
        answers = {code_of(await one.peer.hear()) for _ in range(2)}
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
        task, _ = await connect(one)
        one.stop.set("stopped by SIGTERM")
        one.reply(await one.peer.hear("BYE"), 200)
        result = await task
        assert not result["ok"]
        assert "stopped by SIGTERM" in result["why"]
        assert result["calls"][0]["ended_by"] == "us"

    bench(test)


CHALLENGE = 'WWW-Authenticate: Digest realm="pbx", nonce="n{0}", qop="auth", algorithm=MD5'


def check_digest(request: str, method: str, nonce: str) -> None:
    """Recompute the digest independently of the telephone's code."""
    fields = dict(re.findall(r'(\w+)="?([^",]+)"?', header(request, "(?:Proxy-)?Authorization")))
    assert (fields["username"], fields["nonce"]) == ("101", nonce)

    def md5(text: str) -> str:
        return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()

    ha1, ha2 = md5("101:pbx:s3cret"), md5(f"{method}:{fields['uri']}")
    assert fields["response"] == md5(f"{ha1}:{nonce}:{fields['nc']}:{fields['cnonce']}:auth:{ha2}")


def test_registration_with_challenge_refresh_and_removal(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        task = one.answerer(aor="sip:101@pbx.example", registrar=SipUri("127.0.0.1", port=one.peer.port))
        first = await one.peer.hear("REGISTER sip:pbx.example SIP/2.0")
        one.reply(first, 401, CHALLENGE.format(1))
        second = await one.peer.hear("REGISTER")
        check_digest(second, "REGISTER", "n1")
        assert int(header(second, "CSeq").split()[0]) == int(header(first, "CSeq").split()[0]) + 1
        assert header(second, "Call-ID") == header(first, "Call-ID")
        one.reply(second, 423, "Min-Expires: 3600")
        third = await one.peer.hear("REGISTER")
        assert header(third, "Expires") == "3600"
        one.reply(third, 200, f"Contact: {header(third, 'Contact').partition(';')[0]};expires=1800")
        while "registered" not in [event["event"] for event in one.events]:
            await asyncio.sleep(0)
        assert one.events[-1]["expires"] == 1800
        one.stop.set("enough")
        last = await one.peer.hear("REGISTER")
        assert header(last, "Expires") == "0"
        one.reply(last, 401, CHALLENGE.format(2).replace("qop", "stale=true, qop"))
        last = await one.peer.hear("REGISTER")
        check_digest(last, "REGISTER", "n2")
        one.reply(last, 200)
        result = await task
        assert result["why"] == "enough; 0 of 1 calls came"
        assert one.events[-1] == {**one.events[-1], "event": "unregistered", "ok": True}
        assert "s3cret" not in one.log.getvalue()

    bench(test, Credentials("101", "s3cret"))


def test_a_200_without_our_binding_is_no_registration(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        task = one.answerer(aor="sip:101@pbx", registrar=SipUri("127.0.0.1", port=one.peer.port))
        one.reply(await one.peer.hear("REGISTER"), 200, "Contact: <sip:202@192.0.2.9>;expires=60", "Expires: 300")
        result = await task
        assert result["why"].startswith("cannot register: the registrar answered 200 but lists no binding of ours")

    bench(test)


def test_wrong_password_is_not_tried_twice(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        task = one.answerer(aor="sip:101@pbx", registrar=SipUri("127.0.0.1", port=one.peer.port))
        for number in (1, 2):
            one.reply(await one.peer.hear("REGISTER"), 401, CHALLENGE.format(number))
        result = await task
        assert result["why"] == "cannot register: the registrar answered 401 Said So; 0 of 1 calls came"

    bench(test, Credentials("101", "wrong"))


def test_a_call_is_authenticated_routed_and_ended_along_its_route(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        task = one.caller(headers=(("P-Asserted-Identity", "<sip:+12025550101@x>"),))
        first = await one.peer.hear("INVITE")
        assert header(first, "P-Asserted-Identity") == "<sip:+12025550101@x>"
        one.reply(first, 407, CHALLENGE.format(1).replace("WWW", "Proxy"))
        await one.peer.hear("ACK")
        second = await one.peer.hear("INVITE")
        check_digest(second, "INVITE", "n1")
        one.reply(second, 183, body=AUDIO)
        route = f"Record-Route: <sip:127.0.0.1:{one.peer.port};lr>"
        answer = (route, "Contact: <sip:gw@10.255.255.1:5070>", "X-Twilio-CallSid: CA1")
        one.reply(second, 200, *answer, body=AUDIO)
        ack = await one.peer.hear("ACK sip:gw@10.255.255.1:5070")
        assert header(ack, "Route") == f"<sip:127.0.0.1:{one.peer.port};lr>"
        one.reply(second, 200, *answer, body=AUDIO)
        assert await one.peer.hear("ACK") == ack, "a repeated 200 gets the same ACK again"
        one.stop.set("long enough")
        bye = await one.peer.hear("BYE sip:gw@10.255.255.1:5070")
        assert header(bye, "Route") == header(ack, "Route")
        one.reply(bye, 200)
        result = await task
        assert (result["code"], result["provisional"], result["bye_answered"]) == (200, [183], True)
        assert result["headers"]["X-Twilio-CallSid"] == "CA1"
        assert result["why"].startswith("long enough; no audio arrived; expected 523 Hz")
        assert result["setup_seconds"] < 5

    bench(test, Credentials("101", "s3cret"))


@pytest.mark.parametrize(("expected", "ok"), [(403, True), (400, False), (None, False)])
def test_a_refusal_is_judged_by_its_code(bench: Callable[..., None], expected: int | None, ok: bool) -> None:
    async def test(one: Bench) -> None:
        task = one.caller(expect_code=expected)
        one.reply(await one.peer.hear("INVITE"), 403, "X-Twilio-Error: 32201 Authentication failure")
        await one.peer.hear("ACK")
        result = await task
        assert (result["ok"], result["code"], result["reason"]) == (ok, 403, "Said So")
        assert result["headers"]["X-Twilio-Error"] == "32201 Authentication failure"
        assert ok or str(expected or "403 Said So") in result["why"]

    bench(test)


def test_cancel_waits_for_a_provisional(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        task = one.caller(cancel_after=0.0, expect_code=487)
        invite = await one.peer.hear("INVITE")
        assert await one.peer.hear() == invite, "no CANCEL before the other side was heard of"
        one.reply(invite, 180)
        cancel = await one.peer.hear("CANCEL")
        assert header(cancel, "Via") == header(invite, "Via")
        one.reply(cancel, 200)
        one.reply(invite, 487)
        assert (await task)["ok"]

    bench(test, t1=0.1)


def test_an_answer_that_crosses_the_cancel_is_hung_up(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        task = one.caller()
        invite = await one.peer.hear("INVITE")
        one.reply(invite, 180)
        while not any(event["event"] == "provisional" for event in one.events):
            await asyncio.sleep(0)
        one.stop.set("stopped by SIGTERM")
        await one.peer.hear("CANCEL")
        one.reply(invite, 200, f"Contact: <sip:b@127.0.0.1:{one.peer.port}>", body=AUDIO)
        await one.peer.hear("ACK")
        one.reply(await one.peer.hear("BYE"), 200)
        assert not (await task)["ok"]

    bench(test)


@pytest.mark.parametrize(("answer", "why"), [("", "no session description"), ("v=0\ns=-\n", "no audio stream")])
def test_an_answer_without_audio_is_hung_up(bench: Callable[..., None], answer: str, why: str) -> None:
    async def test(one: Bench) -> None:
        task = one.caller()
        invite = await one.peer.hear("INVITE")
        one.reply(invite, 200, f"Contact: <sip:b@127.0.0.1:{one.peer.port}>", body=answer)
        await one.peer.hear("ACK")
        one.reply(await one.peer.hear("BYE"), 200)
        assert why.replace("no session", "without a session") in (await task)["why"]

    bench(test)


def test_probe(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        target = SipUri("127.0.0.1", port=one.peer.port)
        register = ProbeOptions("REGISTER", "sip:acme.pstn.twilio.com", target, NameAddr("sip:a@x"), expect_code=405)
        task = asyncio.ensure_future(probe(one.agent, register, one.stop))
        one.reply(await one.peer.hear("REGISTER sip:acme.pstn.twilio.com"), 405, "X-Twilio-Error: 32210 no")
        result = await task
        assert (result["ok"], result["code"], result["headers"]["X-Twilio-Error"]) == (True, 405, "32210 no")

        invite = ProbeOptions("INVITE", "sip:b@x", target, NameAddr("sip:a@x"))
        task = asyncio.ensure_future(probe(one.agent, invite, one.stop))
        one.reply(await one.peer.hear("INVITE"), 200, f"Contact: <sip:b@127.0.0.1:{one.peer.port}>")
        await one.peer.hear("ACK")
        one.reply(await one.peer.hear("BYE"), 200)
        assert (await task)["ok"]

        one.stop.after(0.1, "the timeout is over")
        options = ProbeOptions("OPTIONS", "sip:x", target, NameAddr("sip:a@x"))
        result = await probe(one.agent, options, one.stop)
        assert (result["ok"], result["why"], result["code"]) == (False, "the timeout is over", None)

    bench(test)
