# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SIP text: URIs, name-addr values, messages."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.subscriber.message import Headers, Request, Response, parse, respond, warning
from lab.subscriber.uri import NameAddr, SipError, SipUri, Via, split_quoted

WORD = st.text(string.ascii_letters + string.digits + "-._~", min_size=1, max_size=12)
HOST = st.one_of(
    st.builds(lambda *parts: ".".join(map(str, parts)), *[st.integers(0, 255)] * 4),
    st.builds(lambda a, b: f"{a}.{b}.example", *[st.text(string.ascii_lowercase, min_size=1, max_size=8)] * 2),
    st.just("[2001:db8::7]"),
)
PARAMS = st.dictionaries(st.text(string.ascii_lowercase, min_size=1, max_size=8), st.none() | WORD, max_size=3)
URI = st.builds(
    SipUri,
    HOST,
    user=st.none() | WORD.map(lambda text: "+" + text),
    port=st.none() | st.integers(1, 65535),
    scheme=st.sampled_from(["sip", "sips"]),
    params=PARAMS,
    headers=st.none() | WORD.map(lambda text: f"X-a={text}"),
)
DISPLAY = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, blacklist_characters="\x7f"), max_size=15)
NAME_ADDR = st.builds(NameAddr, URI.map(str), DISPLAY.map(str.strip), PARAMS)
VALUE = st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF), max_size=30).map(str.strip)

BASE = {"Via": "SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx", "From": "<sip:a@x>;tag=1", "To": "<sip:b@x>", "Call-ID": "c"}


def text_of(start: str, *lines: str, cseq: str = "1 INVITE", body: str = "") -> bytes:
    base = [f"{name}: {value}" for name, value in BASE.items()]
    return "\r\n".join([start, *base, f"CSeq: {cseq}", *lines, "", body]).encode()


@given(URI)
def test_uri_round_trip(uri: SipUri) -> None:
    assert SipUri.parse(str(uri)) == uri


@given(NAME_ADDR)
def test_name_addr_round_trip(value: NameAddr) -> None:
    assert NameAddr.parse(str(value)) == value


@given(st.lists(NAME_ADDR, min_size=1, max_size=4))
def test_values_of_one_line_are_told_apart(values: list[NameAddr]) -> None:
    line = ", ".join(map(str, values))
    assert [NameAddr.parse(part) for part in split_quoted(line, ",")] == values


@given(
    st.lists(st.tuples(st.sampled_from(["X-Twilio-CallSid", "Subject", "X-a"]), VALUE), max_size=5),
    st.binary(max_size=100),
    st.integers(0, 2**31 - 1),
)
def test_request_round_trip(extra: list[tuple[str, str]], body: bytes, number: int) -> None:
    items = [*BASE.items(), ("CSeq", f"{number} INFO"), *extra]
    request = Request(Headers(items), body, "INFO", "sip:b@x")
    assert parse(request.serialise()) == request


@given(st.integers(100, 699), VALUE, st.binary(max_size=50))
def test_response_round_trip(code: int, reason: str, body: bytes) -> None:
    response = Response(Headers([*BASE.items(), ("CSeq", "1 INVITE")]), body, code, reason)
    assert parse(response.serialise()) == response


@given(st.binary(max_size=300) | st.binary(max_size=200).map(lambda tail: text_of("INVITE sip:b@x SIP/2.0") + tail))
def test_noise_is_read_or_refused_but_never_breaks_the_parser(data: bytes) -> None:
    try:
        message = parse(data)
    except SipError:
        return
    assert message.cseq[0] >= 0


def test_addr_spec_form_leaves_parameters_to_the_header() -> None:
    value = NameAddr.parse("sip:a@x.example;tag=77")
    assert (value.uri, value.tag) == ("sip:a@x.example", "77")


def test_tel_uri_is_kept_as_text() -> None:
    assert NameAddr.parse('"Bob; <x>" <tel:+12025550101>;screen=yes') == NameAddr(
        "tel:+12025550101", "Bob; <x>", {"screen": "yes"}
    )


@pytest.mark.parametrize(
    "text", ["", "sip:", "tel:+1", "sip:a@", "sip:a@x:0", "sip:a@x:70000", "sip:a@x y", "sip:a b@@x y"]
)
def test_not_a_sip_uri(text: str) -> None:
    with pytest.raises(SipError):
        SipUri.parse(text)


def test_what_servers_write_in_fact() -> None:
    data = (
        b"\r\n\r\nINVITE sip:+12025550101@198.51.100.7 SIP/2.0\n"
        b"v: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1, SIP / 2.0 / TCP 10.0.0.1;branch=z9hG4bK2\n"
        b"v: SIP/2.0/UDP [2001:db8::1]:5070;branch=z9hG4bK3\n"
        b"Record-Route: <sip:192.0.2.1;lr;ftag=1>\n ,<sip:10.0.0.9;lr>\n"
        b'f: "A, B" <sip:+12025550100@x>;tag=1\nt: <sip:b@x>\ni: id\nCSEQ:  7   INVITE\n'
        b"x-twilio-callsid: CA1\nl: 4\n\nv=0\nrest"
    )
    request = parse(data)
    assert isinstance(request, Request)
    assert [Via.parse(value).branch for value in request.headers.values("Via")] == ["z9hG4bK1", "z9hG4bK2", "z9hG4bK3"]
    assert request.headers.values("Record-Route") == ["<sip:192.0.2.1;lr;ftag=1>", "<sip:10.0.0.9;lr>"]
    assert request.cseq == (7, "INVITE")
    assert request.sender.display == "A, B"
    assert request.headers.as_dict()["X-Twilio-CallSid"] == "CA1"
    assert request.body == b"v=0\n"


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"hello", "start of a SIP message"),
        (text_of("INVITE sip:b@x SIP/3.0"), "start of a SIP message"),
        (text_of("INVITE sip:b@x SIP/2.0", "no colon here"), "not a header line"),
        (text_of("INVITE sip:b@x SIP/2.0", "Content-Length: 9", body="v=0"), "says 9 bytes, the body has 3"),
        (text_of("INVITE sip:b@x SIP/2.0", "Content-Length: x"), "not a number"),
        (text_of("INVITE sip:b@x SIP/2.0", cseq="1 BYE"), "CSeq names BYE"),
        (text_of("INVITE sip:b@x SIP/2.0", cseq="one INVITE"), "not a number and a method"),
        (text_of("INVITE sip:b@x SIP/2.0").replace(b"Call-ID: c\r\n", b""), "no Call-ID"),
        (text_of("INVITE sip:b@x SIP/2.0").replace(b"UDP 192.0.2.1", b"UDP"), "not a Via"),
    ],
)
def test_malformed_messages_are_refused_with_the_reason(data: bytes, complaint: str) -> None:
    with pytest.raises(SipError, match=complaint):
        parse(data)


def test_a_line_break_cannot_be_smuggled_into_a_header() -> None:
    with pytest.raises(SipError, match="line break"):
        Request(Headers([("X-a", "1\r\nX-b: 2")]), b"", "INVITE", "sip:b@x").serialise()


def test_a_response_copies_what_it_must() -> None:
    request = parse(text_of("INVITE sip:b@x SIP/2.0", "Record-Route: <sip:192.0.2.9;lr>"))
    assert isinstance(request, Request)
    ringing = respond(request, 180, tag="mine")
    assert ringing.recipient.tag == "mine"
    assert ringing.headers.lines("Record-Route") == ["<sip:192.0.2.9;lr>"]
    refused = respond(request, 403)
    assert (refused.reason, refused.headers.lines("Record-Route"), refused.recipient.tag) == ("Forbidden", [], None)
    assert [refused.headers.get(name) for name in BASE] == list(BASE.values())


def test_reports_hide_digest_credentials() -> None:
    headers = Headers(
        [("authorization", "Digest response=1"), ("Proxy-Authorization", "Digest response=2"), ("Via", "a")]
    )
    headers.add("v", "b")
    assert headers.as_dict() == {"Authorization": "(hidden)", "Proxy-Authorization": "(hidden)", "Via": "a, b"}


@given(st.text(max_size=300))
def test_a_warning_is_always_a_well_formed_header(text: str) -> None:
    value = warning(text)
    assert value.startswith('399 dialtone-lab "')
    assert value.count('"') == 2
    assert value.isascii()
    assert value.isprintable()
