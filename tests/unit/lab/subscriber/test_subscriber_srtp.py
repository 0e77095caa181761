# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SRTP: published vectors, forged and repeated packets, and what is agreed on in session descriptions."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lab.subscriber.sdp import Describer, Security, Session, choose
from lab.subscriber.srtp import SUITES, AesCtr, Crypto, SrtpContext, SrtpError, derive
from lab.subscriber.uri import SipError

KEY = bytes.fromhex("E1F97A0D3E018BE0D64FA32C06DE41390EC675AD498AFEEBB6960B3AABE6")  # RFC 3711 B.3
S80, S32 = "AES_CM_128_HMAC_SHA1_80", "AES_CM_128_HMAC_SHA1_32"
BOTH = ("PCMU", "PCMA")


def packet(sequence: int, ssrc: int = 0xCAFEBABE, payload: bytes = b"\xab" * 16) -> bytes:
    return (
        bytes.fromhex("800f")
        + sequence.to_bytes(2, "big")
        + bytes.fromhex("decafbad")
        + ssrc.to_bytes(4, "big")
        + payload
    )


def pair(suite: str = S80) -> tuple[SrtpContext, SrtpContext]:
    crypto = Crypto(1, suite, KEY)
    return SrtpContext(crypto), SrtpContext(crypto)


def test_key_stream_of_rfc_3711_b2() -> None:
    cipher = AesCtr(bytes.fromhex("2B7E151628AED2A6ABF7158809CF4F3C"))
    salt = "F0F1F2F3F4F5F6F7F8F9FAFBFCFD"
    start = cipher.apply(bytes.fromhex(f"{salt}0000"), bytes(48)).hex().upper()
    assert start == "E03EAD0935C95E80E166B16DD92B4EB4D23513162B02D0F72A43A2FE4A5F97AB41E95B3BB0A2E8DD477901E4FCA894C0"
    end = cipher.apply(bytes.fromhex(f"{salt}FEFF"), bytes(48)).hex().upper()
    assert end == "EC8CDF7398607CB0F2D21675EA9EA1E4362B7C3C6773516318A077D7FC5073AE6A2CC3787889374FBEB4C81B17BA6C44"


def test_session_keys_of_rfc_3711_b3() -> None:
    assert derive(KEY, 0, 16).hex().upper() == "C61E7A93744F39EE10734AFE3FF7A087"
    assert derive(KEY, 2, 14).hex().upper() == "30CBBC08863D8C85D49DB34A9AE1"
    assert derive(KEY, 1, 94).hex().upper() == (
        "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCEE049646C43D9327AD175578EF722709863"
        "71C10C9A369AC2F94A8C5FBCDDDC256D6E919A48B610EF17C2041E474035766B68642C59BBFC2F34DB60DBDFB2"
    )


def test_a_packet_as_libsrtp_protects_it() -> None:
    """The reference packet of libsrtp's own validation, made with the key of RFC 3711 B.3."""
    here, there = pair()
    sealed = here.protect(packet(0x1234))
    assert sealed.hex() == "800f1234decafbadcafebabe4e55dc4ce79978d88ca4d215949d2402b78d6acc99ea179b8dbb"
    assert there.open(sealed) == packet(0x1234)
    short, __ = pair(S32)
    assert short.protect(packet(0x1234)).hex() == sealed.hex()[: 2 * (12 + 16 + 4)]


@pytest.mark.parametrize("suite", SUITES)
def test_numbers_that_begin_anew_and_packets_out_of_order(suite: str) -> None:
    here, there = pair(suite)
    numbers = [number % 65536 for number in range(65500, 65600)]
    sealed = [here.protect(packet(number)) for number in numbers]
    sealed[30], sealed[40] = sealed[40], sealed[30]  # across the roll-over
    assert [there.open(one)[2:4] for one in sealed] == [one[2:4] for one in sealed]


def test_forged_and_repeated_packets_are_told_apart() -> None:
    here, there = pair()
    first = here.protect(packet(1))
    for position in (1, 5, 14, len(first) - 1):
        changed = bytearray(first)
        changed[position] ^= 1
        with pytest.raises(SrtpError, match="forged"):
            there.open(bytes(changed))
    there.open(first)
    with pytest.raises(SrtpError, match="replayed"):
        there.open(first)
    for number in range(2, 100):
        there.open(here.protect(packet(number)))
    with pytest.raises(SrtpError, match="replayed"):
        there.open(first)  # too old to tell
    with pytest.raises(SrtpError, match="forged"):
        there.open(b"\x80\x00" + bytes(12))
    with pytest.raises(SrtpError, match="forged"):
        SrtpContext(Crypto(1, S80, KEY[::-1])).open(first)


@given(st.binary(max_size=200))
def test_any_bytes_are_refused_without_harm(data: bytes) -> None:
    __, there = pair()
    with pytest.raises(SrtpError):
        there.open(b"\x90" + data)


def test_every_stream_has_its_own_numbers() -> None:
    here, there = pair()
    for ssrc in (1, 2):
        assert there.open(here.protect(packet(7, ssrc))) == packet(7, ssrc)


# -- session descriptions ---------------------------------------------------------------------------------------------

INLINE = "inline:" + "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVphYmNk"


def offer(protocol: str, *crypto: str) -> bytes:
    lines = ["v=0", "o=- 1 1 IN IP4 192.0.2.1", "s=-", "c=IN IP4 192.0.2.1", "t=0 0", f"m=audio 4000 {protocol} 0 101"]
    lines += [f"a=crypto:{value}" for value in crypto] + ["a=rtpmap:101 telephone-event/8000"]
    return "\r\n".join(lines).encode()


def test_keys_in_offers() -> None:
    crypto = Crypto.parse(f"1 {S80} {INLINE}")
    assert crypto is not None
    assert (crypto.tag, crypto.suite, len(crypto.key)) == (1, S80, 30)
    assert Crypto.parse(f"2 {S80.lower()} {INLINE}|2^31") is not None, "a lifetime may stand there"
    for other in (
        f"1 F8_128_HMAC_SHA1_80 {INLINE}",
        f"1 {S80} {INLINE}|2^31|1:1",
        f"1 {S80} {INLINE} UNENCRYPTED_SRTP",
    ):
        assert Crypto.parse(other) is None, other
    for broken in (f"x {S80} {INLINE}", S80, f"1 {S80} inline:QUJD", f"1 {S80} inline:***"):
        with pytest.raises(SipError):
            Crypto.parse(broken)
    assert "QUJD" not in repr(crypto)


def test_what_is_accepted() -> None:
    require, wish, never = Security("require"), Security("offer"), Security()
    secure, plain = offer("RTP/SAVP", f"1 {S32} {INLINE}", f"2 {S80} {INLINE}"), offer("RTP/AVP")
    chosen = choose(Session.parse(secure), BOTH, require)
    assert chosen.crypto is not None
    assert (chosen.crypto.tag, chosen.crypto.suite) == (2, S80), "the first suite that is ours"
    assert choose(Session.parse(secure), BOTH, wish).crypto is not None
    assert choose(Session.parse(plain), BOTH, wish).crypto is None
    assert choose(Session.parse(offer("RTP/AVP", f"1 {S80} {INLINE}")), BOTH, wish).crypto is not None
    assert choose(Session.parse(offer("RTP/AVP", f"1 {S80} {INLINE}")), BOTH, never).crypto is None
    for body, security, why in (
        (plain, require, "audio over RTP/AVP is not supported, only RTP/SAVP"),
        (secure, never, "audio over RTP/SAVP is not supported, only RTP/AVP"),
        (offer("RTP/SAVP"), require, "no common SRTP suite: wanted one of AES_CM_128_HMAC_SHA1_80, offered none"),
        (offer("RTP/SAVP", f"1 {S32} {INLINE}"), require, "offered AES_CM_128_HMAC_SHA1_32"),
    ):
        with pytest.raises(SipError, match=why):
            choose(Session.parse(body), BOTH, security)


def test_what_is_offered_and_answered() -> None:
    describer = Describer("192.0.2.7", 20000, BOTH, Security("require", (S80, S32)))
    text = describer.offer().decode()
    assert "m=audio 20000 RTP/SAVP 0 8 101\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:" in text
    assert "\r\na=crypto:2 AES_CM_128_HMAC_SHA1_32 inline:" in text
    assert text == describer.offer().decode(), "the keys stay for as long as the call lasts"

    answer = choose(Session.parse(offer("RTP/SAVP", f"2 {S32} {INLINE}")), BOTH, describer.security)
    assert answer.crypto is not None
    assert str(describer.key_for(answer.crypto, answered=True)) in text
    with pytest.raises(SipError, match="the answer takes the key 7"):
        describer.key_for(Crypto(7, S32, KEY), answered=True)

    wish = Describer("192.0.2.7", 20000, BOTH, Security("offer"))
    assert "RTP/AVP 0 8 101\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80" in wish.offer().decode()
    session = Session.parse(offer("RTP/SAVP", f"9 {S80} {INLINE}"))
    chosen = choose(session, BOTH, wish.security)
    chosen.offered = session
    assert chosen.crypto is not None
    chosen.local_crypto = wish.key_for(chosen.crypto, answered=False)
    assert "m=audio 20000 RTP/SAVP 0 101\r\na=crypto:9 AES_CM_128_HMAC_SHA1_80 inline:" in wish.answer(chosen).decode()
    assert "RTP/SAVP" in wish.offer().decode(), "a re-INVITE does not fall back"
    plain = Describer("192.0.2.7", 20000, BOTH)
    assert "crypto" not in plain.offer().decode()
    assert session.summary() == {
        "address": "192.0.2.1", "port": 4000, "protocol": "RTP/SAVP", "codecs": ["PCMU", "TELEPHONE-EVENT"],
        "direction": "sendrecv", "ptime": None, "crypto": [S80],
    }  # fmt: skip
