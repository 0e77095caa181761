# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Twilio's networks: the dated list, its override, and the hosts derived from names."""

from __future__ import annotations

import datetime
import ipaddress
from typing import Any

import pytest

from ansible_collections.dialtone.voice.plugins.module_utils._voice import edges, errors

LAB = {"signalling": {"ashburn": ["198.18.1.0/30"], "umatilla": ["198.18.2.0/30"]}, "media": ["198.18.128.0/18"]}


def test_the_list_is_dated_and_its_networks_do_not_overlap() -> None:
    datetime.date.fromisoformat(edges.AS_OF)
    networks = [ipaddress.IPv4Network(cidr) for edge in edges.DEFAULT.edges for cidr in edges.DEFAULT.of_edge(edge)] + [
        ipaddress.IPv4Network(cidr) for cidr in edges.DEFAULT.media
    ]
    assert all(network.is_global for network in networks)
    for place, network in enumerate(networks):
        assert not any(network.overlaps(other) for other in networks[:place])


def test_private_edges_have_three_addresses_each() -> None:
    for edge in edges.DEFAULT.private:
        assert sum(ipaddress.IPv4Network(cidr).num_addresses for cidr in edges.DEFAULT.of_edge(edge)) == 3


def test_calls_may_come_from_every_public_edge_unless_edges_are_named() -> None:
    everything = edges.signalling_networks(edges.DEFAULT)
    assert len(everything) == 8
    assert "54.172.60.0/30" in everything
    assert not set(edges.signalling_networks(edges.DEFAULT, ["london-ix"])) & set(everything)
    assert edges.signalling_networks(edges.DEFAULT, ["umatilla", "umatilla"]) == ["54.244.51.0/30"]
    assert len(edges.signalling_networks(edges.DEFAULT, include_private=True)) == 8 + 16


def test_a_text_is_no_list_of_edges() -> None:
    with pytest.raises(errors.UnknownEdgeError, match=r"write \['ashburn'\]"):
        edges.signalling_networks(edges.DEFAULT, "ashburn")


@pytest.mark.parametrize(
    ("edge", "sentence"),
    [
        ("ashbrun", "did you mean 'ashburn'"),
        ("us1", "it is the old name of 'ashburn'"),
        ("sao_paulo", "did you mean 'sao-paulo'"),
        ("Dublin", "did you mean 'dublin'"),
        ("mars", "'mars' is not an edge: Known are ashburn, umatilla, dublin"),
        (None, "'None' is not an edge"),
    ],
)
def test_an_unknown_edge_is_an_error_that_lists_the_known_ones(edge: Any, sentence: str) -> None:
    with pytest.raises(errors.UnknownEdgeError, match=sentence) as caught:
        edges.DEFAULT.of_edge(edge)
    assert "sao-paulo-ix." in str(caught.value)


def test_an_override_replaces_what_it_names_and_nothing_else() -> None:
    known = edges.networks(LAB)
    assert known.edges == ("ashburn", "umatilla")
    assert edges.signalling_networks(known) == ["198.18.1.0/30", "198.18.2.0/30"]
    assert known.media == ("198.18.128.0/18",)
    assert (known.as_of, known.source) == ("", "voice_carrier_networks")
    media_only = edges.networks({"media": ["192.0.2.0/24"], "as_of": datetime.date(2026, 11, 1)})
    assert media_only.as_of == "2026-11-01"
    assert media_only.signalling == edges.DEFAULT.signalling
    assert media_only.private == edges.DEFAULT.private
    assert edges.networks({}) is edges.networks(None) is edges.DEFAULT
    assert edges.networks({"signalling": {"x": ["192.0.2.0/24"]}}).media == edges.DEFAULT.media


@pytest.mark.parametrize(
    ("override", "sentence"),
    [
        (["x"], "is not a dictionary: write signalling, media and as_of"),
        ({"signaling": {}}, "voice_carrier_networks.signaling: no such option"),
        ({"signalling": ["192.0.2.0/24"]}, "voice_carrier_networks.signalling: .*write EDGE"),
        ({"signalling": {"ashburn": "192.0.2.0/24"}}, r"signalling.ashburn: '192.0.2.0/24' is not a list"),
        ({"signalling": {"ashburn": []}}, "signalling.ashburn: it is empty"),
        ({"signalling": {"Ash burn": ["192.0.2.0/24"]}}, "'Ash burn' cannot be an edge's name"),
        ({"signalling": {"ashburn": ["192.0.2.1/24"]}}, "'192.0.2.1/24' is not an IPv4 network"),
        ({"media": ["2001:db8::/32"]}, "media: '2001:db8::/32' is not an IPv4 network"),
        ({"media": [{}]}, "media: '{}' is not an IPv4 network"),
        ({"media": ["192.0.2.0/24"], "as_of": "yesterday"}, "as_of: 'yesterday' is not a date"),
    ],
)
def test_a_wrong_override_is_refused(override: Any, sentence: str) -> None:
    with pytest.raises(errors.VoiceError, match=sentence):
        edges.networks(override)


def test_the_host_of_an_edge() -> None:
    assert edges.termination_host("acme.pstn.twilio.com", "ashburn") == "acme.pstn.ashburn.twilio.com"
    assert edges.termination_host("acme.pstn.twilio.com", "london-ix") == "acme.pstn.london-ix.twilio.com"
    assert edges.termination_host("a.b.pstn.twilio.com", "dublin") == "a.b.pstn.dublin.twilio.com"
    with pytest.raises(errors.UnknownEdgeError):
        edges.termination_host("acme.pstn.twilio.com", "dublin", LAB)


@pytest.mark.parametrize(
    ("domain", "sentence"),
    [
        ("", "is not a domain name"),
        (None, "'None' is not a domain name"),
        ("acme", "does not end in .pstn.twilio.com"),
        ("acme.sip.twilio.com", "does not end in .pstn.twilio.com"),
        ("Acme.pstn.twilio.com", "has capital letters: write 'acme.pstn.twilio.com'"),
        ("acme.pstn.ashburn.twilio.com", "names an edge: write 'acme.pstn.twilio.com'"),
        ("ac_me.pstn.twilio.com", "use a-z, 0-9 and hyphens"),
        ("-acme.pstn.twilio.com", "use a-z, 0-9 and hyphens"),
        ("pstn.twilio.com", "does not end in .pstn.twilio.com"),
        ("acme.pstn.twilio.com\n", "does not end"),
    ],
)
def test_what_is_no_domain_of_a_trunk(domain: Any, sentence: str) -> None:
    assert sentence in str(edges.domain_problem(domain))
    with pytest.raises(errors.VoiceError):
        edges.termination_host(domain, "ashburn")
