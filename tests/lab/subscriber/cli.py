# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line: `python3 -m lab.subscriber answer|call|probe …`. README.md here describes it."""

from __future__ import annotations

import argparse
import asyncio
import signal
import sys
from collections.abc import Awaitable, Sequence
from typing import Any

from lab.subscriber.agent import Agent
from lab.subscriber.answering import Answerer, AnswerOptions
from lab.subscriber.arguments import parse_arguments
from lab.subscriber.call import CallOptions
from lab.subscriber.digest import Credentials
from lab.subscriber.events import Reporter, Stop
from lab.subscriber.incoming import Reaction
from lab.subscriber.load import Load
from lab.subscriber.media import Plan
from lab.subscriber.outgoing import OutgoingCall, Target
from lab.subscriber.probing import ProbeOptions, probe
from lab.subscriber.script import Script, Transfer
from lab.subscriber.sdp import Security
from lab.subscriber.stack import Stack
from lab.subscriber.transport import TlsSettings
from lab.subscriber.uri import NameAddr, SipUri


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command. Returns 0 when its result is ok, else 1; exits with 2 on a usage error."""
    arguments = parse_arguments(sys.argv[1:] if argv is None else argv)
    return asyncio.run(_run(arguments, Reporter(sys.stdout)))


async def _run(arguments: argparse.Namespace, reporter: Reporter) -> int:
    stop = Stop()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set, f"stopped by {number.name}")
    stop.after(arguments.timeout, f"the timeout of {arguments.timeout:g} s is over")
    stack = Stack(tls=_tls(arguments))
    credentials = Credentials(arguments.username, arguments.password) if arguments.username else None
    stack.external = arguments.external
    agent = Agent(stack, reporter, _contact_user(arguments), credentials)
    try:
        host, port = await stack.open(arguments.listen)
    except OSError as error:
        listen = f"{arguments.listen[0]}:{arguments.listen[1]}"
        reason = error.strerror or str(error)
        why = f"cannot listen on {listen}: {reason}; choose another --listen or end what holds the port"
        reporter.emit("result", ok=False, why=why)
        return 1
    reporter.emit("listening", address=f"{host}:{port}", transports=stack.transports)
    commands = {"answer": _answer, "call": _call, "probe": _probe}
    try:
        result = await commands[arguments.command](arguments, agent, stop)
    finally:
        await stack.close()
    reporter.emit("result", **result)
    return 0 if result["ok"] else 1


def _contact_user(arguments: argparse.Namespace) -> str:
    """The user part of our Contact: that of our own address, so that a PBX's log reads well."""
    own = getattr(arguments, "register", None) or getattr(arguments, "sender", None)
    if isinstance(own, NameAddr) and own.uri.startswith("sip"):
        return SipUri.parse(own.uri).user or "subscriber"
    return "subscriber"


def _tls(arguments: argparse.Namespace) -> TlsSettings | None:
    if arguments.transport != "TLS":
        return None
    return TlsSettings(arguments.ca, arguments.insecure, arguments.tls_name, arguments.certificate, arguments.key)


def _transfer(arguments: argparse.Namespace) -> Transfer | None:
    if arguments.refer_to is None:
        return None
    if arguments.command == "call":
        sender, proxy = arguments.sender, arguments.proxy
        if proxy is None:  # who is asked is reached the way that the first call goes
            whole = SipUri.parse(arguments.recipient.uri)
            proxy = SipUri(whole.host, port=whole.port, params=whole.params)
    else:
        sender, proxy = arguments.register, arguments.registrar
    return Transfer(
        to=arguments.refer_to,
        moment=arguments.refer_after,
        attended=arguments.attended,
        expect=arguments.consult_expect or 0,
        expect_code=arguments.expect_refer,
        sender=sender,
        proxy=proxy,
        transport=arguments.transport,
    )


def _options(arguments: argparse.Namespace) -> CallOptions:
    expect, *then = arguments.expect or (0,)
    script = Script(
        keys=arguments.dtmf or "",
        keys_at=arguments.dtmf_after,
        hold_at=arguments.hold_after,
        hold_seconds=arguments.hold_seconds,
        transfer=_transfer(arguments),
        talk_seconds=arguments.talk_seconds,
    )
    return CallOptions(
        plan=Plan(arguments.tone or 0, expect, arguments.hear_seconds, tuple(then)),
        security=Security(arguments.srtp, arguments.srtp_suites),
        script=script,
        address=arguments.listen[0],
        external=arguments.external or "",
        rtp_ports=arguments.rtp_ports,
        codecs=arguments.codecs,
        hangup_by=arguments.who,
    )


def _answer(arguments: argparse.Namespace, agent: Agent, stop: Stop) -> Awaitable[dict[str, Any]]:
    options = AnswerOptions(
        call=_options(arguments),
        reaction=Reaction(arguments.reject, arguments.ring_seconds),
        calls=arguments.calls,
        aor=arguments.register.uri if arguments.register else None,
        registrar=arguments.registrar,
        transport=arguments.transport,
        subscribe=arguments.mwi,
        messages=arguments.expect_messages,
    )
    return Answerer(agent, options, stop).run()


def _call(arguments: argparse.Namespace, agent: Agent, stop: Stop) -> Awaitable[dict[str, Any]]:
    target = Target(
        sender=arguments.sender,
        recipient=arguments.recipient,
        proxy=arguments.proxy,
        transport=arguments.transport,
        headers=tuple(arguments.header),
        expect_code=arguments.expect_code,
        cancel_after=arguments.cancel_after,
    )
    options = _options(arguments)
    if arguments.calls > 1:
        return Load(agent, options, target, stop).run(arguments.calls, arguments.cps)
    return OutgoingCall(agent, options, target, stop).run()


def _probe(arguments: argparse.Namespace, agent: Agent, stop: Stop) -> Awaitable[dict[str, Any]]:
    options = ProbeOptions(
        method=arguments.method,
        uri=str(arguments.uri),
        target=arguments.target,
        sender=arguments.sender or NameAddr(f"sip:probe@{arguments.listen[0]}"),
        transport=arguments.transport,
        expect_code=arguments.expect_code,
        headers=tuple(arguments.header),
    )
    return probe(agent, options, stop)
