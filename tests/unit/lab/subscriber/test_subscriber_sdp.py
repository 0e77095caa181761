# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Session descriptions: reading, offering, answering."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.subscriber.sdp import Describer, Session, choose
from lab.subscriber.uri import SipError

TWILIO = b"""v=0\r
o=root 1 2 IN IP4 168.86.128.9\r
s=Twilio Media Gateway\r
c=IN IP4 168.86.128.9\r
t=0 0\r
m=audio 10766 RTP/AVP 0 8 101\r
a=rtpmap:0 PCMU/8000\r
a=rtpmap:101 telephone-event/8000\r
a=fmtp:101 0-16\r
a=ptime:20\r
a=maxptime:20\r
a=sendrecv\r
"""
BOTH = ("PCMU", "PCMA")


def answer_to(offer: bytes, codecs: tuple[str, ...] = BOTH) -> str:
    session = Session.parse(offer)
    chosen = choose(session, codecs)
    chosen.offered = session
    return Describer("192.0.2.7", 20000, codecs).answer(chosen).decode()


def test_an_offer_as_twilio_makes_it() -> None:
    chosen = choose(Session.parse(TWILIO), BOTH)
    assert (chosen.codec, chosen.payload_type, chosen.event_type) == ("PCMU", 0, 101)
    assert (chosen.address, chosen.port, chosen.direction, chosen.sending) == ("168.86.128.9", 10766, "sendrecv", True)


def test_the_order_of_the_offer_decides_and_our_codecs_limit() -> None:
    assert "m=audio 20000 RTP/AVP 0 101" in answer_to(TWILIO)
    assert "m=audio 20000 RTP/AVP 8 101" in answer_to(TWILIO, ("PCMA",))
    assert "m=audio 20000 RTP/AVP 8 101" in answer_to(TWILIO.replace(b"0 8 101", b"8 0 101"))


def test_payload_numbers_of_the_offer_are_used() -> None:
    offer = (
        TWILIO.replace(b"101", b"96")
        .replace(b"RTP/AVP 0 8", b"RTP/AVP 118 111")
        .replace(b"a=rtpmap:0 PCMU", b"a=rtpmap:111 opus/48000/2\r\na=rtpmap:118 pcma")
    )
    answer = answer_to(offer)
    assert "m=audio 20000 RTP/AVP 118 96" in answer
    assert "a=rtpmap:118 PCMA/8000" in answer


def test_other_streams_are_refused_in_their_place() -> None:
    offer = TWILIO.replace(b"m=audio", b"m=video 5000 RTP/AVP 31\r\nm=audio") + b"m=image 4000 udptl t38\r\n"
    lines = [line for line in answer_to(offer).split("\r\n") if line.startswith("m=")]
    assert lines == ["m=video 0 RTP/AVP 31", "m=audio 20000 RTP/AVP 0 101", "m=image 0 UDPTL t38"]


@pytest.mark.parametrize(
    ("theirs", "ours", "sending"),
    [("sendonly", "recvonly", False), ("recvonly", "sendonly", True), ("inactive", "inactive", False)],
)
def test_hold(theirs: str, ours: str, sending: bool) -> None:
    offer = TWILIO.replace(b"a=sendrecv", f"a={theirs}".encode())
    chosen = choose(Session.parse(offer), BOTH)
    assert (chosen.direction, chosen.sending) == (ours, sending)
    assert f"a={ours}" in answer_to(offer)


def test_hold_in_the_old_way_is_not_sent_to() -> None:
    assert not choose(Session.parse(TWILIO.replace(b"c=IN IP4 168.86.128.9", b"c=IN IP4 0.0.0.0")), BOTH).sending


def test_the_address_of_the_stream_goes_before_that_of_the_session() -> None:
    assert choose(Session.parse(TWILIO + b"c=IN IP4 192.0.2.99\r\n"), BOTH).address == "192.0.2.99"


def test_the_version_rises_only_with_a_change() -> None:
    describer = Describer("192.0.2.7", 20000, BOTH)

    def version(body: bytes) -> int:
        return int(body.decode().split("\r\n")[1].split()[2])

    first, same = version(describer.offer()), version(describer.offer())
    session = Session.parse(TWILIO)
    chosen = choose(session, BOTH)
    chosen.offered = session
    assert [same - first, version(describer.answer(chosen)) - first] == [0, 1]


@pytest.mark.parametrize(
    ("offer", "complaint"),
    [
        (b"hello", "v=0"),
        (b"v=0\r\ns=-\r\n", "no audio"),
        (TWILIO.replace(b"10766", b"0"), "no audio"),
        (TWILIO.replace(b"10766", b"70000"), "above 65535"),
        (TWILIO.replace(b"10766 RTP/AVP 0 8 101", b"x"), "not a media line"),
        (TWILIO.replace(b"c=IN IP4 168.86.128.9\r\n", b""), "no address"),
        (TWILIO.replace(b"c=IN IP4", b"c=IP4"), "not a connection line"),
        (TWILIO.replace(b"RTP/AVP", b"RTP/SAVP"), "RTP/SAVP is not supported"),
        (TWILIO.replace(b"0 8 101", b"18 101"), "no common codec: wanted one of PCMU, PCMA, offered TELEPHONE-EVENT"),
    ],
)
def test_offers_that_cannot_be_taken_are_named(offer: bytes, complaint: str) -> None:
    with pytest.raises(SipError, match=complaint):
        choose(Session.parse(offer), BOTH)


@given(st.sampled_from([BOTH, ("PCMA",), ("PCMA", "PCMU")]), st.integers(1, 65535))
def test_we_understand_our_own_offer(codecs: tuple[str, ...], port: int) -> None:
    chosen = choose(Session.parse(Describer("2001:db8::7", port, codecs).offer()), codecs)
    assert (chosen.codec, chosen.address, chosen.port) == (codecs[0], "2001:db8::7", port)


@given(st.binary(max_size=200))
def test_noise_is_read_or_refused(noise: bytes) -> None:
    try:
        chosen = choose(Session.parse(TWILIO[:90] + noise), BOTH)
    except SipError:
        return
    assert chosen.codec in BOTH
