# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command `probe`: one request, and what came back."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Any

from lab.subscriber.agent import Agent, Hop, renew
from lab.subscriber.call import PATIENCE
from lab.subscriber.dialog import Dialog
from lab.subscriber.events import Stop, StoppedError
from lab.subscriber.message import Request, Response
from lab.subscriber.sdp import Describer
from lab.subscriber.transaction import ClientTransaction, TransactionTimeoutError
from lab.subscriber.uri import NameAddr, SipError, SipUri

METHODS = ("OPTIONS", "REGISTER", "INVITE")
_DISCARD_PORT = 9  # named in the offer of an INVITE probe, which wants no audio


@dataclass(frozen=True)
class ProbeOptions:
    """What to send where. Without `expect_code` any 2xx is ok."""

    method: str
    uri: str
    target: SipUri
    sender: NameAddr
    transport: str = "UDP"
    expect_code: int | None = None
    headers: tuple[tuple[str, str], ...] = ()


async def probe(agent: Agent, options: ProbeOptions, stop: Stop) -> dict[str, Any]:
    """Send the request (again with credentials when challenged and given), return the result."""
    why: str | None = None
    response: Response | None = None
    try:
        hop = await agent.hop(options.target, options.transport)
        request = _build(agent, options, hop)
        tried: set[int] = set()
        while True:
            client = agent.send(request, hop)
            response = await _final(agent, client, hop, stop)
            agent.reporter.emit("response", code=response.code, reason=response.reason)
            if not agent.auth.learn(response, tried):
                break
            renew(request)
        if options.method == "INVITE" and response.code < 300:
            await _hang_up(agent, request, response, hop)
    except (StoppedError, TransactionTimeoutError, SipError) as error:
        why = str(error)
    if response is not None:
        expected = options.expect_code
        if expected is None:
            why = None if response.code < 300 else f"refused: {response.code} {response.reason}".rstrip()
        else:
            why = None if response.code == expected else f"expected {expected}, got {response.code}"
    return {
        "ok": why is None,
        "why": why,
        "code": response.code if response else None,
        "reason": response.reason if response else None,
        "headers": response.headers.as_dict() if response else {},
        "body": response.body.decode("utf-8", "replace") if response else "",
    }


def _build(agent: Agent, options: ProbeOptions, hop: Hop) -> Request:
    to = options.sender if options.method == "REGISTER" else NameAddr(options.uri)
    request = agent.build(options.method, options.uri, options.sender, to, hop.transport)
    for name, value in options.headers:
        request.headers.add(name, value)
    if options.method == "INVITE":
        request.headers.add("Content-Type", "application/sdp")
        request.body = Describer(agent.stack.local[0], _DISCARD_PORT, ["PCMU", "PCMA"]).offer()
    if options.method == "REGISTER":
        request.headers.add("Expires", "60")
    return request


async def _final(agent: Agent, client: ClientTransaction, hop: Hop, stop: Stop) -> Response:
    try:
        return await stop.guard(client.final())
    except StoppedError:
        if client.request.method == "INVITE" and client.proceeding:
            agent.stack.cancel(client, hop.transport, hop.address)
            # The answer to the cancelled INVITE is acknowledged by its transaction; a late 200 is beyond a probe.
            await asyncio.wait([asyncio.ensure_future(client.final())], timeout=PATIENCE)
        raise


async def _hang_up(agent: Agent, request: Request, response: Response, first: Hop) -> None:
    """The INVITE was answered: acknowledge and end the call."""
    dialog = Dialog.from_response(request, response, request.headers.get("Contact") or "")
    hop = await agent.hop(dialog.next_hop, first.transport)
    agent.stack.send_ack(dialog.ack(request.cseq[0]), hop.transport, hop.address)
    await asyncio.wait([asyncio.ensure_future(agent.transact(dialog.request("BYE"), hop, dialog))], timeout=PATIENCE)
