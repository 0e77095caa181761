# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judging options: every refusal names the option, the value and the remedy."""

from __future__ import annotations

import re

import netaddr
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.dialtone.voice.plugins.module_utils._twilio import validate as check
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.errors import InvalidInputError
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.lookup import close, is_sid


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("2001:db8::1", "IPv4 only"),
        ("203.0.113.300", "write it like 203.0.113.10"),
        ("203.0.113", "write it like"),
        ("10", "write it like"),
        ("pbx.example.com", "write it like"),
        ("203.0.113.0/33", "write it like"),
        ("203.0.113.0/255.255.255.0", "write it like"),
        ("0.0.0.0/0", "whole Internet.*silently stores it as a /32.*List the public addresses"),
        ("203.0.113.10/28", r"write 203\.0\.113\.0/28 for the network or 203\.0\.113\.10/32 for the address"),
        ("10.1.2.3", "RFC 1918.*allow_private"),
        ("192.168.0.0/24", "RFC 1918"),
        ("172.31.255.255", "RFC 1918"),
        ("100.64.1.1", "RFC 6598"),
        ("127.0.0.1", "loopback"),
        ("169.254.1.1", "link-local"),
        ("198.18.10.10", "RFC 2544"),
        ("224.0.0.1", "multicast"),
        ("255.255.255.255", "reserved"),
        ("0.0.0.0", "this network"),
        ("128.0.0.0/1", "contains"),
    ],
)
def test_bad_networks(value: str, remedy: str) -> None:
    with pytest.raises(InvalidInputError, match=rf"^ip: '{value}' .*{remedy}"):
        check.network("ip", value, allow_private=False)


def test_good_networks_are_written_one_way() -> None:
    assert check.network("ip", "203.0.113.10", allow_private=False) == "203.0.113.10/32"
    assert check.network("ip", "198.51.100.0/28", allow_private=False) == "198.51.100.0/28"
    assert check.network("ip", "198.18.10.10", allow_private=True) == "198.18.10.10/32"
    with pytest.raises(InvalidInputError):
        check.network("ip", "0.0.0.0/0", allow_private=True)


def test_overlaps() -> None:
    check.disjoint("x[{}]", ["203.0.113.0/25", "203.0.113.128/25"])
    with pytest.raises(InvalidInputError, match=r"^x\[1\]: '203.0.113.7/32' overlaps entry 0"):
        check.disjoint("x[{}]", ["203.0.113.0/24", "203.0.113.7/32"])
    with pytest.raises(InvalidInputError, match=r"^x\[2\]: .*is the same as entry 1"):
        check.disjoint("x[{}]", ["198.51.100.1/32", "203.0.113.7/32", "203.0.113.7/32"])
    check.disjoint("x[{}]", ["203.0.113.0/24", "203.0.113.7/32"], ["office", "office"])
    with pytest.raises(InvalidInputError, match=r"^x\[1\]: .* overlaps entry 0 .* give both the same name"):
        check.disjoint("x[{}]", ["203.0.113.0/24", "203.0.113.7/32"], ["office", None])


@given(st.lists(st.tuples(st.integers(0, 2**32 - 1), st.integers(1, 32)), max_size=12))
def test_merging_lets_in_exactly_the_same_addresses(blocks: list[tuple[int, int]]) -> None:
    networks = [str(netaddr.IPNetwork((address, length)).cidr) for address, length in blocks]
    merged = check.merge(networks)
    assert netaddr.IPSet(merged) == netaddr.IPSet(networks)
    assert "0.0.0.0/0" not in merged
    assert len(merged) <= max(len(networks), 1)
    check.disjoint("x[{}]", merged)
    assert check.merge(merged) == merged


def test_merging_everything_keeps_two_halves() -> None:
    assert check.merge(["128.0.0.0/1", "0.0.0.0/1"]) == ["0.0.0.0/1", "128.0.0.0/1"]
    assert check.merge(["203.0.113.1/32", "203.0.113.0/32", "203.0.113.2/31"]) == ["203.0.113.0/30"]


@pytest.mark.parametrize("value", [None, "", "acme-hq.pstn.twilio.com", "a.b2.pstn.twilio.com"])
def test_good_domains(value: str | None) -> None:
    check.domain_name("domain_name", value)


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("acme.example.com", "does not end in .pstn.twilio.com; write it like"),
        ("acme.pstn.ashburn.twilio.com", "names an edge; the trunk's own domain is acme.pstn.twilio.com"),
        ("Acme.pstn.twilio.com", "lower case"),
        ("acme_hq.pstn.twilio.com", "other characters"),
        ("-acme.pstn.twilio.com", "other characters"),
        (".pstn.twilio.com", "other characters"),
        ("a..b.pstn.twilio.com", "other characters"),
        ("pstn.twilio.com", "does not end in"),
    ],
)
def test_bad_domains(value: str, remedy: str) -> None:
    with pytest.raises(InvalidInputError, match=rf"^domain_name: '{re.escape(value)}' .*{remedy}"):
        check.domain_name("domain_name", value)


@pytest.mark.parametrize(
    "value",
    ["sip:203.0.113.10", "sip:pbx.example.com:5061;transport=tls", "sip:main@pbx.example.com;edge=dublin?X-a=b",
     "SIP:pbx.example.com;transport=UDP"],
)  # fmt: skip
def test_good_sip_urls(value: str) -> None:
    check.sip_url("u", value)


@pytest.mark.parametrize(
    ("value", "remedy"),
    [
        ("sips:pbx.example.com;x=y", "write sip:pbx.example.com;transport=tls"),
        ("pbx.example.com", "write it like sip:"),
        ("tel:+12025550101", "write it like sip:"),
        ("sip:", "write it like sip:"),
        ("sip:pbx example.com", "write it like sip:"),
        ("sip:-bad.example.com", "write it like sip:"),
        ("sip:pbx.example.com:0", "port outside 1 to 65535"),
        ("sip:pbx.example.com:70000", "port outside 1 to 65535"),
        ("sip:pbx.example.com;transport=sctp", "asks for transport 'sctp'; Twilio knows udp, tcp and tls"),
        ("sip:203.0.113.300", "has a host 203.0.113.300 that is neither a name nor an IPv4 address"),
        ("sip:5060", "has a host 5060 that is neither"),
        ("sip:user:secret@pbx.example.com", "has a password, which Twilio takes in no SIP URL; leave it out"),
        ("sip:pbx.example.com;x=é", "write it like sip:"),
        (f"sip:{'x' * 252}", "has 256 characters; Twilio takes at most 255"),
    ],
)
def test_bad_sip_urls(value: str, remedy: str) -> None:
    with pytest.raises(InvalidInputError, match=rf"^u: '{re.escape(value)}' .*{remedy}"):
        check.sip_url("u", value)


@pytest.mark.parametrize(
    "value", ["2025550101", "+1 202 555 0101", "+0123456789", "+123", "hello", "+1202555010112345"]
)
def test_bad_numbers(value: str) -> None:
    with pytest.raises(InvalidInputError, match=r"is not a number in E.164; write a plus"):
        check.e164("phone_number", value)


def test_good_numbers() -> None:
    check.e164("phone_number", "+12025550101")
    check.e164("phone_number", None)


def test_names() -> None:
    check.text("n", None, 3)
    check.text("n", "abc", 3)
    check.text("n", "", 3, empty=True)
    with pytest.raises(InvalidInputError, match=r"^n: 'abcd' has 4 characters; Twilio takes at most 3"):
        check.text("n", "abcd", 3)
    with pytest.raises(InvalidInputError, match=r"^n: ' ' is empty; give a name"):
        check.text("n", " ", 3)


def test_sids() -> None:
    check.sid("s", None, "TK")
    check.sid("s", "", "TK", empty=True)
    check.sid("s", "TK" + "0a" * 16, "TK")
    for bad in ("", "TK", "PN" + "0" * 32, "TK" + "g" * 32):
        with pytest.raises(InvalidInputError, match="it begins with TK"):
            check.sid("s", bad, "TK")
    assert not is_sid("TK" + "0" * 33, "TK")


@pytest.mark.parametrize(
    "value", ["example.com", "ftp://example.com", "https://", "https://exa mple.com/", "https://[::1", "sip:a"]
)
def test_bad_web_urls(value: str) -> None:
    with pytest.raises(InvalidInputError, match=r"^u: .*write it like https://example.com/voice"):
        check.web_url("u", value)


@pytest.mark.parametrize("value", ["https://a:70000/", "https://a:0/", "https://user:pa/ss@example.com/"])
def test_web_urls_with_a_bad_port(value: str) -> None:
    with pytest.raises(InvalidInputError, match="has no valid port; in a user name or password write / as %2F"):
        check.web_url("u", value)


def test_good_web_urls() -> None:
    for value in (None, "", "https://example.com/voice?x=1", "http://user:secret@example.com/"):
        check.web_url("u", value)


def test_ranges_and_lengths() -> None:
    check.between("w", None, 1, 2)
    check.between("w", 2, 1, 2)
    with pytest.raises(InvalidInputError, match=r"^w: 0 is outside 1 to 65535"):
        check.between("w", 0, 1, 65535)
    check.at_most("l", None, 1)
    check.at_most("l", ["a"], 1)
    with pytest.raises(InvalidInputError, match=r"^l: '2 entries' are more than the 1"):
        check.at_most("l", ["a", "b"], 1)


def test_close_names_ignore_case() -> None:
    assert close("acme-HQ", ["Acme-hq", "other", "", "acme-h"]) == ["Acme-hq", "acme-h"]
    assert close("acme", []) == []
