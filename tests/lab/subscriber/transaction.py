# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Client and server transactions (RFC 3261 section 17, with the Accepted state of RFC 6026)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Callable

from lab.subscriber.message import Headers, Request, Response

Send = Callable[[bytes], None]


@dataclass(frozen=True)
class Timers:
    """The base timers in seconds (RFC 3261 17.1.1.1)."""

    t1: float = 0.5
    t2: float = 4.0
    t4: float = 5.0

    @property
    def limit(self) -> float:
        """When a transaction gives up (timers B, F, H): 64 times T1."""
        return 64 * self.t1


class TransactionTimeoutError(Exception):
    """No final response, or no ACK, in time."""


class _Resender:
    """Sends bytes again at growing intervals until stopped."""

    def __init__(self, send: Callable[[], None], first: float, longest: float) -> None:
        self._send = send
        self._interval = first
        self._longest = longest
        self._handle = asyncio.get_running_loop().call_later(first, self._again)

    def _again(self) -> None:
        self._send()
        self._interval = min(self._interval * 2, self._longest)
        self._handle = asyncio.get_running_loop().call_later(self._interval, self._again)

    def at_longest(self) -> None:
        """From the next time on use the longest interval (non-INVITE, after a provisional response)."""
        self._interval = self._longest

    def stop(self) -> None:
        self._handle.cancel()


def ack_for(request: Request, response: Response) -> Request:
    """The ACK of an INVITE transaction to a non-2xx response (17.1.1.3)."""
    headers = Headers()
    headers.add("Via", request.headers.values("Via")[0])
    for route in request.headers.lines("Route"):
        headers.add("Route", route)
    headers.add("From", request.headers.get("From") or "")
    headers.add("To", response.headers.get("To") or "")
    headers.add("Call-ID", request.call_id)
    headers.add("CSeq", f"{request.cseq[0]} ACK")
    headers.add("Max-Forwards", "70")
    return Request(headers, b"", "ACK", request.uri)


def cancel_for(request: Request) -> Request:
    """The CANCEL of an INVITE (9.1)."""
    headers = Headers()
    headers.add("Via", request.headers.values("Via")[0])
    for route in request.headers.lines("Route"):
        headers.add("Route", route)
    headers.add("From", request.headers.get("From") or "")
    headers.add("To", request.headers.get("To") or "")
    headers.add("Call-ID", request.call_id)
    headers.add("CSeq", f"{request.cseq[0]} CANCEL")
    headers.add("Max-Forwards", "70")
    return Request(headers, b"", "CANCEL", request.uri)


class ClientTransaction:
    """One request of ours. `next_response` yields its responses; the first final one is the last."""

    def __init__(self, request: Request, send: Send, reliable: bool, timers: Timers, done: Callable[[], None]) -> None:
        self.request = request
        self.timers = timers
        self._invite = request.method == "INVITE"
        self._send = send
        self._reliable = reliable
        self._done = done
        self._data = request.serialise()
        self.proceeding = False  # a provisional response came
        self._queue: asyncio.Queue[Response | TransactionTimeoutError] = asyncio.Queue()
        self._final: Response | None = None
        self._again: Callable[[], None] | None = None
        self._resender: _Resender | None = None
        self._limit: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Send the request and keep sending it as the timers say."""
        self._send(self._data)
        if not self._reliable:
            longest = self.timers.limit if self._invite else self.timers.t2
            self._resender = _Resender(lambda: self._send(self._data), self.timers.t1, longest)
        self._limit = asyncio.get_running_loop().call_later(self.timers.limit, self._give_up)

    async def next_response(self) -> Response:
        """Wait for the next response. Raises TransactionTimeoutError."""
        item = await self._queue.get()
        if isinstance(item, TransactionTimeoutError):
            raise item
        return item

    async def final(self) -> Response:
        """Wait for the final response. Raises TransactionTimeoutError."""
        while True:
            response = await self.next_response()
            if response.code >= 200:
                return response

    def repeat(self, send_ack: Callable[[], None]) -> None:
        """Call this for each further copy of the 2xx, whose ACK was lost."""
        self._again = send_ack

    def receive(self, response: Response) -> None:
        """Take a response from the network."""
        if self._final is not None:
            if self._invite and response.code >= 300:
                self._acknowledge(response)
            elif self._invite and response.code >= 200 and self._again is not None:
                self._again()
            return
        if response.code < 200:
            self.proceeding = True
            if self._invite:
                self._stop()  # an INVITE that was heard of may ring for as long as the layer above lets it
            elif self._resender is not None:
                self._resender.at_longest()
        else:
            self._final = response
            self._stop()
            linger = self.timers.limit if self._invite else self.timers.t4
            asyncio.get_running_loop().call_later(linger, self._done)
            if self._invite and response.code >= 300:
                self._acknowledge(response)
        self._queue.put_nowait(response)

    def _acknowledge(self, response: Response) -> None:
        self._send(ack_for(self.request, response).serialise())

    def _stop(self) -> None:
        if self._resender is not None:
            self._resender.stop()
        if self._limit is not None and (self._invite or self._final is not None):
            self._limit.cancel()

    def fail(self, why: str) -> None:
        """There is no way to the other side."""
        if self._final is not None:
            return
        if self._resender is not None:
            self._resender.stop()
        if self._limit is not None:
            self._limit.cancel()
        self._queue.put_nowait(TransactionTimeoutError(why))
        self._done()

    def _give_up(self) -> None:
        self.fail(f"no final response to {self.request.method} in {self.timers.limit:g} s")


class ServerTransaction:
    """One request of the other side, and our responses to it."""

    def __init__(self, request: Request, send: Send, reliable: bool, timers: Timers, done: Callable[[], None]) -> None:
        self.request = request
        self.timers = timers
        self._invite = request.method == "INVITE"
        self._send = send
        self._reliable = reliable
        self._done = done
        self._last: bytes | None = None
        self._final: int | None = None
        self._resender: _Resender | None = None
        self._limit: asyncio.TimerHandle | None = None
        self._acked: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    @property
    def final(self) -> int | None:
        """The code of the final response, None while there is none."""
        return self._final

    def respond(self, response: Response) -> None:
        """Send a response; finals to INVITE are repeated until the ACK. After a final one further ones are dropped."""
        if self._final is not None:
            return
        self._last = response.serialise()
        self._send(self._last)
        if response.code < 200:
            return
        self._final = response.code
        loop = asyncio.get_running_loop()
        if not self._invite:
            loop.call_later(0 if self._reliable else self.timers.limit, self._done)
            return
        # A 2xx is repeated over TCP as well: its ACK comes end to end (13.3.1.4).
        if response.code < 300 or not self._reliable:
            self._resender = _Resender(self._repeat, self.timers.t1, self.timers.t2)
        self._limit = loop.call_later(self.timers.limit, self._settle, False)

    def receive(self, request: Request) -> None:
        """Take a copy of the request, or the ACK of a non-2xx."""
        if request.method == "ACK":
            self._settle(True)
        elif not (self._invite and self._acked.done()):
            self._repeat()

    def acknowledged(self) -> None:
        """The ACK of our 2xx came (it is matched by dialog, not by branch)."""
        self._settle(True)

    async def wait_ack(self) -> bool:
        """Wait for the ACK of our final response; False when it never came."""
        return await asyncio.shield(self._acked)

    def _repeat(self) -> None:
        if self._last is not None:
            self._send(self._last)

    def _settle(self, acked: bool) -> None:
        if self._acked.done() or self._final is None:
            return
        if self._resender is not None:
            self._resender.stop()
        if self._limit is not None:
            self._limit.cancel()
        self._acked.set_result(acked)
        # Stay a while to swallow further copies of the INVITE and of the ACK (timers I and L).
        asyncio.get_running_loop().call_later(self.timers.limit, self._done)
