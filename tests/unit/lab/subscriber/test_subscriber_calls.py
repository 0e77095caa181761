# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two telephones as processes of their own, calling each other over loopback."""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from typing import Any

import pytest

HEAR = ["--hear-seconds", "0.2"]
PASSWORD = "s3cret-Word-2026"


def answerer(phone: Callable[..., Any], *more: str) -> Any:
    return phone("answer", "--listen", "127.0.0.1:0", *HEAR, "--timeout", "10", *more)


def caller(phone: Callable[..., Any], address: str, *more: str, env: dict[str, str] | None = None) -> Any:
    target = ["--from", '"Tester" <sip:101@lab.example>', "--to", f"sip:+12025550101@{address}"]
    return phone("call", "--listen", "127.0.0.1:0", *target, *HEAR, "--timeout", "10", *more, env=env)


A, B = ["--tone", "440", "--expect", "523"], ["--tone", "523", "--expect", "440"]


@contextmanager
def lossy(target: str, lose: bytes) -> Iterator[tuple[str, list[str]]]:
    """A relay that loses the first datagram beginning with `lose`. Yields its address and what it lost.

    It puts itself into the answerer's Contact, so that ACK and BYE take this way too.
    """
    lost: list[str] = []
    host, port = target.split(":")
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as sock:
        sock.bind(("127.0.0.1", 0))
        sock.settimeout(0.05)
        own = f"127.0.0.1:{sock.getsockname()[1]}"
        over = threading.Event()

        def relay() -> None:
            near: Any = None
            while not over.is_set():
                try:
                    data, source = sock.recvfrom(65535)
                except socket.timeout:
                    continue
                if not lost and data.startswith(lose):
                    lost.append(data.split(b"\r\n")[0].decode())
                elif source == (host, int(port)):
                    sock.sendto(data.replace(f"subscriber@{target}>".encode(), f"subscriber@{own}>".encode()), near)
                else:
                    near = source
                    sock.sendto(data, (host, int(port)))

        thread = threading.Thread(target=relay)
        thread.start()
        try:
            yield own, lost
        finally:
            over.set()
            thread.join()


def test_a_call_with_audio_both_ways(phone: Callable[..., Any]) -> None:
    pairs = []
    for transport, codec, there in (("UDP", "PCMU", answerer(phone, *B)), ("TCP", "PCMA", answerer(phone, *B))):
        header = ["--header", f"X-Twilio-CallSid: CA{transport}"]
        here = caller(phone, there.address, *A, "--transport", transport, "--codecs", codec, *header)
        pairs.append((transport, codec, there, here))
    for pair in pairs:
        check_call(*pair)


def check_call(transport: str, codec: str, there: Any, here: Any) -> None:
    code, result = here.result()
    assert (code, result["ok"], result["why"], result["code"], result["codec"]) == (0, True, None, 200, codec)
    heard = result["heard"]
    assert (heard["frequency"], heard["lost"], heard["ssrcs"]) == (523, 0, 1)
    assert heard["level_dbfs"] == pytest.approx(-12, abs=0.5)
    assert heard["purity"] > 0.98
    assert heard["seconds"] >= 0.2
    assert result["sent_packets"] >= 35, "hear-seconds and half a second more"
    assert result["ended_by"] == "us"
    assert here.names()[:2] == ["listening", "calling"]
    assert here.names()[-4:] == ["answered", "audio", "ended", "result"]

    code, answered = there.result()
    assert (code, answered["ok"], answered["heard"]["frequency"]) == (0, True, 440)
    assert answered["calls"][0]["ended_by"] == "them"
    assert there.names() == ["listening", "incoming", "answered", "audio", "ended", "result"]
    incoming = next(event for event in there.events if event["event"] == "incoming")
    assert incoming["request_uri"] == f"sip:+12025550101@{there.events[0]['address']}"
    assert incoming["headers"]["X-Twilio-CallSid"] == f"CA{transport}"
    assert incoming["from"].startswith('"Tester" <sip:101@lab.example>;tag=')
    assert incoming["sdp"]["codecs"] == [codec, "TELEPHONE-EVENT"]
    assert incoming["transport"] == transport


def test_several_calls_at_once_each_with_its_own_audio(phone: Callable[..., Any]) -> None:
    there = answerer(phone, *B, "--calls", "3", "--who", "callee")
    address = there.address
    callers = [caller(phone, address, *A, "--who", "callee") for __ in range(3)]
    assert [one.result()[0] for one in callers] == [0, 0, 0]
    code, result = there.result()
    assert (code, [call["ok"] for call in result["calls"]]) == (0, [True] * 3)
    assert len({call["local_media"] for call in result["calls"]}) == 3
    assert {call["ended_by"] for call in result["calls"]} == {"us"}


def test_calls_that_come_to_nothing(phone: Callable[..., Any]) -> None:
    """The wrong tone, nobody picking up, nobody there: begun together, for each waits for its timeout.

    The timeout is many times what connecting takes, so that a busy machine does not end a call before it rings.
    """
    wrong, ringing = answerer(phone, "--tone", "659", "--expect", "440"), answerer(phone, *B, "--ring-seconds", "9")
    with closing(socket.socket(socket.AF_INET, socket.SOCK_DGRAM)) as silent:
        silent.bind(("127.0.0.1", 0))
        nowhere = f"127.0.0.1:{silent.getsockname()[1]}"
        callers = [
            caller(phone, address, *A, "--timeout", "3") for address in (wrong.address, ringing.address, nowhere)
        ]
        (hears, heard), (gives_up, unanswered), (is_alone, silence) = (one.result() for one in callers)

    assert (hears, heard["ok"], heard["code"], heard["heard"]["frequency"]) == (1, False, 200, 659)
    assert "expected 523 Hz for 0.2 s, heard 659 Hz" in heard["why"]
    assert wrong.result()[0] == 0, "the other side heard what it expected"

    assert (gives_up, unanswered["code"], 180 in unanswered["provisional"]) == (1, 487, True)
    assert unanswered["why"] == "the timeout of 3 s is over"
    assert unanswered["t"] >= 3
    code, result = ringing.result()
    assert (code, result["calls"][0]["why"]) == (1, "the caller cancelled the call")

    assert (is_alone, silence["code"], silence["heard"]) == (1, None, None)
    assert "the timeout of 3 s is over" in silence["why"]


def test_a_rejected_call(phone: Callable[..., Any]) -> None:
    there = answerer(phone, "--reject", "486")
    code, result = caller(phone, there.address, "--expect-code", "486").result()
    assert (code, result["code"], result["reason"], result["connected"]) == (0, 486, "Busy Here", False)
    assert there.result()[0] == 0
    there = answerer(phone, "--reject", "603")
    code, result = caller(phone, there.address, *A).result()
    assert (code, result["why"]) == (1, "the call was refused: 603 Decline")


def test_a_lost_message_is_repeated(phone: Callable[..., Any]) -> None:
    with ExitStack() as relays:
        calls = []
        answerers = [(what, answerer(phone, *B)) for what in (b"INVITE ", b"SIP/2.0 200 ", b"ACK ", b"BYE ")]
        for what, there in answerers:
            relay, lost = relays.enter_context(lossy(there.address, what))
            calls.append((what, lost, there, caller(phone, relay, *A)))
        for what, lost, there, here in calls:
            code, result = here.result()
            assert (code, result["why"], result["bye_answered"]) == (0, None, True), what
            assert there.result()[0] == 0, what
            assert [text.encode().startswith(what) for text in lost] == [True]


def test_sigterm_hangs_up_and_gives_a_result(phone: Callable[..., Any]) -> None:
    there = answerer(phone, *B, "--hear-seconds", "5")
    here = caller(phone, there.address, *A, "--hear-seconds", "5")
    here.wait_for("answered")
    there.wait_for("answered")
    here.process.send_signal(signal.SIGTERM)
    code, result = here.result()
    assert (code, result["bye_answered"]) == (1, True)
    assert result["why"].startswith("stopped by SIGTERM; expected 523 Hz for 5 s")
    assert there.result()[1]["calls"][0]["ended_by"] == "them"


def test_a_taken_port_is_a_result_that_says_so(phone: Callable[..., Any]) -> None:
    there = answerer(phone, *B)
    address = there.address
    code, result = phone("answer", "--listen", address, *B).result()
    assert code == 1
    assert result["why"].startswith(f"cannot listen on {address}: ")
    assert "choose another --listen" in result["why"]


def test_the_password_is_never_printed(phone: Callable[..., Any]) -> None:
    there = answerer(phone, "--reject", "403")
    argv = ["--username", "101", "--password-env", "SECRET", "--expect-code", "403"]
    here = caller(phone, there.address, *argv, env={"SECRET": PASSWORD})
    assert here.result()[0] == 0
    assert PASSWORD not in str(here.events)
    assert PASSWORD not in str(here.process.args)


def test_usage_errors_exit_with_2(phone: Callable[..., Any]) -> None:
    process = phone("call", "--listen", "127.0.0.1:0").process
    out, err = process.communicate()
    assert (process.returncode, out) == (2, "")
    assert "--from" in err
