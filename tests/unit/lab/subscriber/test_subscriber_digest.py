# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Digest authentication against the examples of the RFCs, and what it refuses."""

from __future__ import annotations

import hashlib
import re

import pytest

from lab.subscriber.digest import Challenge, Credentials, choose
from lab.subscriber.uri import SipError

MUFASA = "http-auth@example.org"
NONCE_7616 = "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"


def md5(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


def response_of(value: str) -> str:
    match = re.search(r'response="([0-9a-f]+)"', value)
    assert match is not None
    return match[1]


@pytest.mark.parametrize(
    ("algorithm", "expected"),
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_the_examples_of_rfc_7616(algorithm: str, expected: str) -> None:
    challenge = Challenge.parse(
        f'Digest realm="{MUFASA}", qop="auth, auth-int", algorithm={algorithm}, nonce="{NONCE_7616}",'
        ' opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"'
    )
    value = Credentials("Mufasa", "Circle of Life").authorise(
        challenge, "GET", "/dir/index.html", cnonce="f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    )
    assert response_of(value) == expected
    assert "qop=auth, nc=00000001" in value
    assert 'opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"' in value


def test_the_example_of_rfc_2617() -> None:
    challenge = Challenge.parse(
        'Digest realm="testrealm@host.com", qop="auth,auth-int", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093",'
        ' opaque="5ccc069c403ebaf9f0171e9517f40e41"'
    )
    value = Credentials("Mufasa", "Circle Of Life").authorise(challenge, "GET", "/dir/index.html", cnonce="0a4f113b")
    assert response_of(value) == "6629fae49393a05397450978507c4ef1"


def test_a_challenge_without_qop_gets_the_old_form() -> None:
    value = Credentials("101", "p").authorise(Challenge.parse('Digest realm="r",nonce="n"'), "REGISTER", "sip:x")
    ha1, ha2 = md5("101:r:p"), md5("REGISTER:sip:x")
    assert response_of(value) == md5(f"{ha1}:n:{ha2}")
    assert "qop" not in value
    assert "cnonce" not in value


def test_session_variant() -> None:
    challenge = Challenge.parse('Digest realm="r",nonce="n",algorithm=MD5-sess,qop="auth"')
    value = Credentials("u", "p").authorise(challenge, "INVITE", "sip:x", cnonce="c")
    first = md5("u:r:p")
    ha1 = md5(f"{first}:n:c")
    ha2 = md5("INVITE:sip:x")
    assert response_of(value) == md5(f"{ha1}:n:00000001:c:auth:{ha2}")


def test_the_nonce_count_rises_with_each_use_of_a_nonce() -> None:
    credentials = Credentials("u", "p")
    first, other = (Challenge("r", nonce, qop=("auth",)) for nonce in ("n1", "n2"))
    counts = [
        re.search("nc=([0-9a-f]{8})", credentials.authorise(challenge, "BYE", "sip:x"))[1]  # type: ignore[index]
        for challenge in (first, first, other)
    ]
    assert counts == ["00000001", "00000002", "00000001"]


def test_the_strongest_usable_challenge_is_chosen() -> None:
    lines = [
        'Digest realm="r", nonce="1", algorithm=MD5',
        'Digest realm="r", nonce="2", algorithm=SHA-512-256',
        'Digest realm="r", nonce="3", algorithm=SHA-256, stale=TRUE',
    ]
    assert (choose(lines).nonce, choose(lines).stale) == ("3", True)
    assert choose(lines[:2]).nonce == "1"


@pytest.mark.parametrize(
    ("lines", "complaint"),
    [
        ([], "no challenge"),
        (['Basic realm="r"'], "'Basic' is not supported"),
        (['Digest realm="r"'], "lacks realm or nonce"),
        (['Digest realm="r", nonce="n", algorithm=AKAv1-MD5'], "AKAV1-MD5 is not supported"),
        (['Digest realm="r", nonce="n", qop="auth-int"'], "only auth"),
    ],
)
def test_unusable_challenges_are_named(lines: list[str], complaint: str) -> None:
    with pytest.raises(SipError, match=complaint):
        choose(lines)


def test_the_password_is_not_in_the_representation() -> None:
    assert "s3cret" not in repr(Credentials("101", "s3cret"))


def test_quotes_in_names_are_escaped() -> None:
    value = Credentials('a"b\\', "p").authorise(Challenge("r", "n"), "INVITE", "sip:x")
    assert 'username="a\\"b\\\\"' in value
