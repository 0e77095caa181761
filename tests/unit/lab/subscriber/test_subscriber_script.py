# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Transfers, holding, and news of waiting messages, word for word."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from subscriber_bench import AUDIO, OPTIONS, SDP, Bench, code_of, header

from lab.subscriber.media import Plan
from lab.subscriber.script import Moment, Script, Transfer
from lab.subscriber.uri import NameAddr, SipUri
from lab.subscriber.waiting import MessageWaiting

SILENT = replace(OPTIONS, plan=Plan(440, 0, 0.2))
NOTIFY = ("Event: refer", "Content-Type: message/sipfrag")


async def connected(one: Bench) -> str:
    """Answer the telephone's INVITE and return it."""
    invite = await one.peer.hear("INVITE")
    one.reply(invite, 200, f"Contact: <sip:peer@127.0.0.1:{one.peer.port}>", body=AUDIO)
    await one.peer.hear("ACK")
    return invite


async def notify(one: Bench, invite: str, code: int, seq: int, state: str = "active") -> None:
    body = f"SIP/2.0 {code} So It Is\n"
    one.say_inside(invite, "NOTIFY", *NOTIFY, f"Subscription-State: {state}", seq=seq, body=body)
    assert code_of(await one.peer.hear("SIP/2.0")) == 200


def transferring(one: Bench, expect_code: int | None = None, **more: object) -> Script:
    to = NameAddr(f"sip:102@127.0.0.1:{one.peer.port}")
    return Script(transfer=Transfer(to, Moment(0.05), expect_code=expect_code, **more))  # type: ignore[arg-type]


def test_a_blind_transfer(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        task = one.caller(replace(SILENT, script=transferring(one)))
        invite = await connected(one)
        refer = await one.peer.hear("REFER")
        assert header(refer, "Refer-To") == f"<sip:102@127.0.0.1:{one.peer.port}>"
        assert header(refer, "Referred-By") == "<sip:101@x>"
        one.reply(refer, 202)
        await notify(one, invite, 100, 1)
        await notify(one, invite, 200, 2, "terminated;reason=noresource")
        one.reply(await one.peer.hear("BYE"), 200)
        result = await task
        assert (result["ok"], result["why"], result["ended_by"]) == (True, None, "us")
        transfer = result["transfer"]
        assert (transfer["code"], transfer["notified"], transfer["outcome"]) == (202, [100, 200], 200)

    bench(test)


def test_a_pbx_that_hangs_up_at_once(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        task = one.caller(replace(SILENT, script=transferring(one)))
        invite = await connected(one)
        one.reply(await one.peer.hear("REFER"), 202)
        one.say_inside(invite, "BYE")
        assert code_of(await one.peer.hear("SIP/2.0")) == 200
        await notify(one, invite, 200, 2)
        result = await task
        assert (result["ok"], result["why"], result["ended_by"]) == (True, None, "them")
        assert result["transfer"]["notified"] == [200]

    bench(test)


@pytest.mark.parametrize(("expected", "why"), [(None, "the transfer was refused: 603 Said So"), (603, None)])
def test_a_transfer_that_is_refused(bench: Callable[..., None], expected: int | None, why: str | None) -> None:
    async def test(one: Bench) -> None:
        task = one.caller(replace(SILENT, script=transferring(one, expected)))
        await connected(one)
        one.reply(await one.peer.hear("REFER"), 603)
        one.reply(await one.peer.hear("BYE"), 200)
        result = await task
        assert (result["why"], result["transfer"]["outcome"]) == (why, 603)

    bench(test)


@pytest.mark.parametrize(
    ("expected", "why"),
    [(None, "the transfer was refused: 403 Said So"), (403, None), (486, "expected the transfer to")],
)
def test_a_transfer_that_fails_later(bench: Callable[..., None], expected: int | None, why: str | None) -> None:
    async def test(one: Bench) -> None:
        task = one.caller(replace(SILENT, script=transferring(one, expected)))
        invite = await connected(one)
        one.reply(await one.peer.hear("REFER"), 202)
        await notify(one, invite, 403, 1, "terminated")
        one.reply(await one.peer.hear("BYE"), 200)
        result = await task
        assert result["ok"] is (why is None)
        assert why is None or result["why"].startswith(why)

    bench(test)


def test_an_attended_transfer(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        proxy = SipUri("127.0.0.1", port=one.peer.port)
        task = one.caller(replace(SILENT, script=transferring(one, attended=True, proxy=proxy)))
        first = await connected(one)
        hold = await one.peer.hear("INVITE")
        assert header(hold, "Call-ID") == header(first, "Call-ID")
        assert "a=sendonly" in hold
        one.reply(
            hold, 200, f"Contact: <sip:peer@127.0.0.1:{one.peer.port}>", body=SDP.format(port=9, direction="recvonly")
        )
        await one.peer.hear("ACK")
        second = await connected(one)
        assert header(second, "To") == f"<sip:102@127.0.0.1:{one.peer.port}>"
        refer = await one.peer.hear("REFER")
        assert header(refer, "Call-ID") == header(first, "Call-ID")
        local = header(second, "From").partition("tag=")[2]
        dialog = header(second, "Call-ID").replace("@", "%40")
        assert header(refer, "Refer-To") == (
            f"<sip:peer@127.0.0.1:{one.peer.port}?Replaces={dialog}%3Bto-tag%3Dpeer%3Bfrom-tag%3D{local}>"
        )
        one.reply(refer, 202)
        await notify(one, first, 200, 1, "terminated")
        one.say_inside(second, "BYE")
        assert code_of(await one.peer.hear("SIP/2.0")) == 200
        one.reply(await one.peer.hear("BYE"), 200)
        result = await task
        assert (result["ok"], result["why"]) == (True, None)
        consultation = result["transfer"]["consultation"]
        assert (consultation["connected"], consultation["ended_by"]) == (True, "them")

    bench(test)


def test_an_attended_transfer_to_somebody_busy(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        proxy = SipUri("127.0.0.1", port=one.peer.port)
        task = one.caller(replace(SILENT, script=transferring(one, attended=True, proxy=proxy)))
        await connected(one)
        hold = await one.peer.hear("INVITE")
        one.reply(
            hold, 200, f"Contact: <sip:peer@127.0.0.1:{one.peer.port}>", body=SDP.format(port=9, direction="recvonly")
        )
        one.reply(await one.peer.hear("INVITE sip:102"), 486)
        one.reply(await one.peer.hear("BYE"), 200)
        result = await task
        assert result["why"] == "the consultation call failed: the call was refused: 486 Said So"

    bench(test)


def test_a_hold_that_crosses_theirs_is_tried_again(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        script = Script(hold_at=Moment(), hold_seconds=0.1)
        task = one.caller(replace(SILENT, script=script))
        invite = await connected(one)
        crossing = await one.peer.hear("INVITE")
        one.say_inside(invite, "INVITE", body=AUDIO)
        assert code_of(await one.peer.hear("SIP/2.0")) == 491
        one.reply(crossing, 491)
        for direction, answer in (("sendonly", "recvonly"), ("sendrecv", "sendrecv")):
            again = await one.peer.hear("INVITE")
            assert f"a={direction}" in again
            body = SDP.format(port=9, direction=answer)
            one.reply(again, 200, f"Contact: <sip:peer@127.0.0.1:{one.peer.port}>", body=body)
            await one.peer.hear("ACK")
        one.reply(await one.peer.hear("BYE"), 200)
        result = await task
        assert (result["why"], result["hold_codes"]) == (None, [200, 200])

    bench(test)


SUMMARY = "Messages-Waiting: yes\nMessage-Account: sip:*97@pbx\nVoice-Message: 2/1 (0/0)\n"


def test_message_summaries_are_read() -> None:
    assert MessageWaiting.parse(SUMMARY.encode()) == MessageWaiting(True, 2, 1)
    assert MessageWaiting.parse(b"messages-waiting: no\r\n") == MessageWaiting(False)
    assert MessageWaiting.parse(b"\xff") == MessageWaiting(False)


def test_messages_that_the_pbx_tells_of_unasked(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        task = one.answerer(messages=2)
        one.say("NOTIFY", "Event: message-summary", body=SUMMARY.replace("2/1", "1/1"))
        assert code_of(await one.peer.hear("SIP/2.0")) == 200
        one.say("NOTIFY", "Event: message-summary", seq=2, body=SUMMARY)
        result = await task
        assert (result["ok"], result["message_waiting"]) == (True, {"waiting": True, "new": 2, "old": 1})
        told = [event["new"] for event in one.events if event["event"] == "message_waiting"]
        assert told == [1, 2]

    bench(test)


def test_messages_that_are_asked_for(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        registrar = SipUri("127.0.0.1", port=one.peer.port)
        task = one.answerer(aor="sip:101@pbx", registrar=registrar, subscribe=True, messages=2)
        register = await one.peer.hear("REGISTER")
        one.reply(register, 200, f"Contact: {header(register, 'Contact')}")
        subscribe = await one.peer.hear("SUBSCRIBE sip:101@pbx")
        assert header(subscribe, "Event") == "message-summary"
        one.reply(subscribe, 200, "Expires: 300")
        one.say_inside(subscribe, "NOTIFY", "Event: message-summary", "Subscription-State: active", body=SUMMARY)
        assert code_of(await one.peer.hear("SIP/2.0")) == 200
        register = await one.peer.hear("REGISTER")
        one.reply(register, 200, f"Contact: {header(register, 'Contact')}")
        assert (await task)["why"] is None

    bench(test)


def test_a_mailbox_that_cannot_be_asked_about(bench: Callable[..., None]) -> None:
    async def test(one: Bench) -> None:
        registrar = SipUri("127.0.0.1", port=one.peer.port)
        task = one.answerer(aor="sip:101@pbx", registrar=registrar, subscribe=True)
        register = await one.peer.hear("REGISTER")
        one.reply(register, 200, f"Contact: {header(register, 'Contact')}")
        one.reply(await one.peer.hear("SUBSCRIBE"), 489)
        register = await one.peer.hear("REGISTER")
        one.reply(register, 200, f"Contact: {header(register, 'Contact')}")
        assert "SUBSCRIBE was answered 489" in (await task)["why"]

    bench(test)
