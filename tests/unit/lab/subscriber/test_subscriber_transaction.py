# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Transactions with short timers and a scripted wire."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from lab.subscriber.message import Headers, Request, Response, parse, respond
from lab.subscriber.transaction import ClientTransaction, ServerTransaction, Timers, TransactionTimeoutError
from lab.subscriber.transport import Framer
from lab.subscriber.uri import SipError

FAST = Timers(t1=0.0025, t2=0.01, t4=0.01)


def request(method: str) -> Request:
    return Request(
        Headers(
            [
                ("Via", "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx"),
                ("Route", "<sip:192.0.2.9;lr>"),
                ("From", "<sip:a@x>;tag=1"),
                ("To", "<sip:b@x>"),
                ("Call-ID", "c"),
                ("CSeq", f"3 {method}"),
            ]
        ),
        b"",
        method,
        "sip:b@x",
    )


class Wire:
    """What was sent, and a way to wait for more of it."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.over = asyncio.Event()
        self._more = asyncio.Event()

    def send(self, data: bytes) -> None:
        self.sent.append(data.decode())
        self._more.set()

    async def count(self, number: int) -> None:
        while len(self.sent) < number:
            self._more.clear()
            await asyncio.wait_for(self._more.wait(), 2)

    def starts(self) -> list[str]:
        return [text.split("\r\n")[0] for text in self.sent]


def client(method: str, wire: Wire, reliable: bool = False) -> ClientTransaction:
    transaction = ClientTransaction(request(method), wire.send, reliable, FAST, wire.over.set)
    transaction.start()
    return transaction


def server(method: str, wire: Wire, reliable: bool = False) -> ServerTransaction:
    return ServerTransaction(request(method), wire.send, reliable, FAST, wire.over.set)


def run(test: Callable[[Wire], Awaitable[Any]]) -> None:
    async def inside() -> None:
        await asyncio.wait_for(test(Wire()), 5)

    asyncio.run(inside())


def answer(code: int, method: str = "INVITE") -> Response:
    return respond(request(method), code, tag="t")


def test_invite_is_repeated_until_a_provisional() -> None:
    async def test(wire: Wire) -> None:
        transaction = client("INVITE", wire)
        await wire.count(3)
        transaction.receive(answer(180))
        seen = len(wire.sent)
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(wire.count(seen + 1), 0.1)
        transaction.receive(answer(200))
        assert [(await transaction.next_response()).code for __ in range(2)] == [180, 200]

    run(test)


def test_invite_without_any_answer_gives_up() -> None:
    async def test(wire: Wire) -> None:
        with pytest.raises(TransactionTimeoutError, match=r"no final response to INVITE in 0\.16 s"):
            await client("INVITE", wire).final()
        assert len(wire.sent) in (6, 7)  # at 0, 1, 3, 7, 15, 31 and, unless the machine is late, 63 times T1
        assert wire.over.is_set()

    run(test)


def test_a_refusal_is_acknowledged_each_time_it_comes() -> None:
    async def test(wire: Wire) -> None:
        transaction = client("INVITE", wire)
        for __ in range(3):
            transaction.receive(answer(486))
        assert (await transaction.final()).code == 486
        acks = [parse(text.encode()) for text in wire.sent[1:]]
        assert len(acks) == 3
        ack = acks[0]
        assert isinstance(ack, Request)
        assert (ack.method, ack.cseq, ack.via.branch, ack.recipient.tag) == ("ACK", (3, "ACK"), "z9hG4bKx", "t")
        assert ack.headers.lines("Route") == ["<sip:192.0.2.9;lr>"]

    run(test)


def test_a_repeated_2xx_repeats_our_ack() -> None:
    async def test(wire: Wire) -> None:
        acks: list[int] = []
        transaction = client("INVITE", wire)
        transaction.receive(answer(200))
        transaction.repeat(lambda: acks.append(1))
        transaction.receive(answer(200))
        transaction.receive(answer(200))
        assert len(acks) == 2
        assert len(wire.sent) == 1

    run(test)


def test_other_requests_go_on_being_repeated_slowly_after_a_provisional() -> None:
    async def test(wire: Wire) -> None:
        transaction = client("OPTIONS", wire)
        transaction.receive(answer(100, "OPTIONS"))
        with pytest.raises(TransactionTimeoutError):
            await transaction.final()
        assert 5 < len(wire.sent) < 20  # every T2 = 4 T1 over 64 T1

    run(test)


def test_nothing_is_repeated_over_tcp() -> None:
    async def test(wire: Wire) -> None:
        with pytest.raises(TransactionTimeoutError):
            await client("BYE", wire, reliable=True).final()
        assert len(wire.sent) == 1

    run(test)


def test_a_2xx_is_repeated_until_its_ack_even_over_tcp() -> None:
    async def test(wire: Wire) -> None:
        transaction = server("INVITE", wire, reliable=True)
        transaction.respond(answer(200))
        await wire.count(3)
        transaction.acknowledged()
        assert await transaction.wait_ack()
        transaction.receive(request("INVITE"))
        assert len(wire.sent) == 3

    run(test)


def test_a_missing_ack_is_noticed() -> None:
    async def test(wire: Wire) -> None:
        transaction = server("INVITE", wire)
        transaction.respond(answer(486))
        assert not await transaction.wait_ack()
        assert len(wire.sent) > 5

    run(test)


def test_the_ack_of_a_refusal_ends_its_repetition() -> None:
    async def test(wire: Wire) -> None:
        transaction = server("INVITE", wire)
        transaction.respond(answer(486))
        ack = request("ACK")
        transaction.receive(ack)
        assert await transaction.wait_ack()
        assert len(wire.sent) == 1

    run(test)


def test_a_repeated_request_gets_the_last_response_again() -> None:
    async def test(wire: Wire) -> None:
        transaction = server("INVITE", wire)
        transaction.receive(request("INVITE"))
        transaction.respond(answer(180))
        transaction.receive(request("INVITE"))
        transaction.respond(answer(486))
        transaction.respond(answer(200))  # too late: a second final response must not leave
        transaction.receive(request("INVITE"))
        assert [start.split()[1] for start in wire.starts()] == ["180", "180", "486", "486"]

    run(test)


def test_a_stream_is_cut_into_messages_wherever_it_breaks() -> None:
    one = answer(200).serialise()
    two = Request(request("INVITE").headers, b"v=0\r\n\r\nx", "INVITE", "sip:b@x").serialise()
    stream = b"\r\n\r\n" + one + two + b"\r\n" + one
    for size in (1, 7, 100, len(stream)):
        framer = Framer()
        messages = [message for at in range(0, len(stream), size) for message in framer.feed(stream[at : at + size])]
        assert messages == [one, two, one]


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"INVITE sip:b@x SIP/2.0\r\nVia: x\r\n\r\n", "without Content-Length"),
        (b"x" * 70000, "no end of header"),
        (b"A b SIP/2.0\r\nl: 99999999\r\n\r\n", "more than 65535"),
    ],
)
def test_a_stream_that_cannot_be_cut_is_an_error(data: bytes, complaint: str) -> None:
    with pytest.raises(SipError, match=complaint):
        Framer().feed(data)
