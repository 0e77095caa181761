# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SRV lookups: order, fall-backs and the different ways to fail; against a scripted resolver and a real server."""

from __future__ import annotations

import random
from collections import Counter
from typing import Any

import dns.exception
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.resolver
import dns.rrset
import pytest
from name_server import Zone, answer_to, name_server

from ansible_collections.dialtone.voice.plugins.module_utils._voice import errors, srv

ZONE: Zone = {
    ("_sip._udp.example.com", "SRV"): ["10 0 5060 a.example.com.", "20 0 5070 b.example.com."],
    ("_sips._tcp.example.com", "SRV"): ["0 0 0 ."],
    ("_sip._tcp.example.com", "SRV"): ["0 0 5060 nowhere.example.com."],
    ("a.example.com", "A"): ["192.0.2.1"],
    ("b.example.com", "AAAA"): ["2001:db8::1"],
    ("plain.example.com", "A"): ["192.0.2.9"],
    ("naptr.example.com", "NAPTR"): [
        '20 10 "s" "SIP+D2U" "" _sip._udp.example.com.',
        '10 10 "s" "E2U+x" "" other.example.com.',
        '10 20 "s" "SIP+D2T" "" _sip._tcp.naptr.example.com.',
    ],
    ("_sip._tcp.naptr.example.com", "SRV"): ["0 0 5062 a.example.com."],
}


class Scripted:
    """A resolver without a network: answers from the zone, and remembers what it was asked."""

    def __init__(self, zone: Zone) -> None:
        self.zone = zone
        self.asked: list[tuple[str, str]] = []

    def resolve(self, name: str, kind: str) -> Any:
        self.asked.append((name, kind))
        query = dns.message.make_query(name, kind)
        # Over the wire and back, as a resolver gets it.
        response = dns.message.from_wire(answer_to(query, self.zone).to_wire())
        question = query.question[0]
        if response.rcode() == dns.rcode.NXDOMAIN:
            raise dns.resolver.NXDOMAIN(qnames=[question.name], responses={})
        answer = dns.resolver.Answer(question.name, question.rdtype, question.rdclass, response)  # type: ignore[arg-type]
        if answer.rrset is None:
            raise dns.resolver.NoAnswer(response=response)
        return answer


def test_targets_by_priority_with_their_addresses_and_the_least_ttl() -> None:
    answer = srv.locate("example.com", "udp", Scripted(ZONE))
    assert answer == srv.Answer(
        "_sip._udp.example.com",
        "srv",
        "udp",
        60,
        (
            srv.Target("a.example.com", 5060, 10, 0, ("192.0.2.1",)),
            srv.Target("b.example.com", 5070, 20, 0, ("2001:db8::1",)),
        ),
    )


@pytest.mark.parametrize(("transport", "port"), [("udp", 5060), ("tcp", 5060), ("tls", 5061), ("naptr", 5060)])
def test_a_domain_without_srv_is_its_own_host(transport: str, port: int) -> None:
    answer = srv.locate("plain.example.com", transport, Scripted(ZONE))
    assert answer.source == "address"
    assert answer.targets == (srv.Target("plain.example.com", port, 0, 0, ("192.0.2.9",)),)
    assert answer.ttl == 60


def test_naptr_chooses_the_transport_and_the_name() -> None:
    answer = srv.locate("naptr.example.com", "naptr", Scripted(ZONE))
    assert (answer.transport, answer.name) == ("tcp", "_sip._tcp.naptr.example.com")
    assert answer.targets[0].port == 5062


@pytest.mark.parametrize(
    ("domain", "transport", "error", "sentence"),
    [
        (
            "missing.example.com",
            "udp",
            srv.NameNotFoundError,
            "'missing.example.com' does not exist, or has no address",
        ),
        ("example.com", "tls", srv.NotOfferedError, "does not offer SIP over tls"),
        ("example.com", "tcp", srv.NameNotFoundError, "No target of '_sip._tcp.example.com' has an address"),
        ("example.com", "sctp", srv.LookupFailedError, "'sctp' is not a transport: use udp, tcp, tls or naptr"),
    ],
)
def test_what_cannot_be_found(domain: str, transport: str, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        srv.locate(domain, transport, Scripted(ZONE))


class Failing:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def resolve(self, _name: str, _kind: str) -> Any:
        raise self.error


@pytest.mark.parametrize(
    ("cause", "error", "sentence"),
    [
        (
            dns.resolver.LifetimeTimeout(timeout=1.0, errors=[]),
            srv.LookupTimeoutError,
            "No name server answered in time",
        ),
        (dns.resolver.NoNameservers(), srv.ServerFailedError, "SERVFAIL or REFUSED"),
        (dns.name.LabelTooLong(), srv.LookupFailedError, "cannot be looked up .*: check the name"),
    ],
)
def test_failures_are_told_apart(cause: Exception, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence) as caught:
        srv.locate("example.com", "udp", Failing(cause))
    assert caught.type is error


def test_weights_divide_the_calls_as_rfc_2782_wants() -> None:
    targets = [srv.Target(name, 5060, 1, weight, ()) for name, weight in (("big", 75), ("small", 25), ("none", 0))]
    targets.append(srv.Target("first", 5060, 0, 0, ()))
    chance = random.Random(1)  # noqa: S311
    orders = [[target.host for target in srv.order(targets, chance)] for __ in range(4000)]
    assert all(order[0] == "first" and sorted(order) == ["big", "first", "none", "small"] for order in orders)
    second = Counter(order[1] for order in orders)
    assert 0.70 < second["big"] / 4000 < 0.80
    assert 0.20 < second["small"] / 4000 < 0.30
    assert 0 < second["none"] / 4000 < 0.03


@pytest.mark.parametrize(
    ("text", "address", "port"),
    [
        ("192.0.2.53", "192.0.2.53", 53),
        ("192.0.2.53:5353", "192.0.2.53", 5353),
        ("2001:db8::53", "2001:db8::53", 53),
        ("[2001:db8::53]:5353", "2001:db8::53", 5353),
    ],
)
def test_name_servers_with_and_without_port(text: str, address: str, port: int) -> None:
    resolver = srv.make_resolver([text])
    assert resolver.nameserver_ports == {address: port}


@pytest.mark.parametrize("text", ["dns.example.com", "192.0.2.53:0", "192.0.2.53:70000", "192.0.2.53:x", ""])
def test_what_is_no_name_server(text: str) -> None:
    with pytest.raises(srv.LookupFailedError, match="is not a name server: write an address"):
        srv.make_resolver([text])


def test_a_machine_without_name_server(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(configure: bool) -> None:  # noqa: ARG001
        raise dns.resolver.NoResolverConfiguration

    monkeypatch.setattr(dns.resolver, "Resolver", refuse)
    with pytest.raises(srv.LookupFailedError, match="This machine has no name server"):
        srv.locate("example.com")


def test_over_the_network() -> None:
    with name_server(ZONE) as address:
        answer = srv.locate("example.com", "udp", srv.make_resolver([address], timeout=5.0))
        assert [target.host for target in answer.targets] == ["a.example.com", "b.example.com"]
        with pytest.raises(srv.NameNotFoundError):
            srv.locate("missing.example.com", "udp", srv.make_resolver([address]))
        with pytest.raises(srv.LookupTimeoutError):
            srv.locate("x", "udp", _Renamed(srv.make_resolver([address], timeout=0.3), "silent.example.com"))
        with pytest.raises(srv.ServerFailedError):
            srv.locate("x", "udp", _Renamed(srv.make_resolver([address], timeout=0.5), "servfail.example.com"))


class _Renamed:
    """Asks a real resolver for one name, whatever is looked up."""

    def __init__(self, resolver: Any, name: str) -> None:
        self.resolver, self.name = resolver, name

    def resolve(self, _name: str, kind: str) -> Any:
        return self.resolver.resolve(self.name, kind)


def test_without_dnspython_the_error_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "dns.resolver", None)
    with pytest.raises(errors.MissingLibraryError, match="`pip install dnspython`"):
        srv.locate("example.com")
