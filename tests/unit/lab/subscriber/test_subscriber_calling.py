# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Registering, calling and probing, against a peer that speaks word for word."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import Callable

import pytest
from subscriber_bench import AUDIO, Bench, header

from lab.subscriber.digest import Credentials
from lab.subscriber.probing import ProbeOptions, probe
from lab.subscriber.uri import NameAddr, SipUri

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
