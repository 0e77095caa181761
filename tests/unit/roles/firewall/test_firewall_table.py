# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of packets by the table that the role writes. That the kernel does the same is proven in the lab."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from firewall_hosts import host, service
from table_walk import Packet, Table, rendered, table

CARRIER, MEDIA, PHONE, ADMIN, STRANGER = "54.172.60.1", "168.86.128.1", "192.0.2.7", "198.51.100.7", "203.0.113.66"
PHONE6, ADMIN6, STRANGER6 = "2001:db8:1::7", "2001:db8:9::7", "2001:db8:ffff::7"
OFFICE = host(
    voice_time_server=True,
    firewall_metrics_ports=[9100],
    firewall_services=[service(networks=["192.0.2.128/25"]), service("snmp", protocol="udp", ports=[161])],
    firewall_blocked_networks=["192.0.2.66", "198.51.100.66", "168.86.128.66", "54.172.60.2", "2001:db8:1::66"],
)
HOSTS: dict[str, dict[str, Any]] = {
    "office": OFFICE,
    "untracked": {**OFFICE, "firewall_untracked_media": True},
    "monitor": {"voice_management_networks": ["198.51.100.0/24"]},
    "quiet": host(firewall_log_rate=0, voice_trunks=[]),
    "carrier alone": host(voice_extensions=[]),
}
TABLE = table(OFFICE)
UNTRACKED = table(HOSTS["untracked"])
UDP, TCP = Packet(), Packet(protocol="tcp")


def fate(packet: Packet, of: Table = TABLE) -> str:
    """Return the verdict with the counter that counted it, such as ``accept media``."""
    verdict, counted = of.fate(packet)
    (counter,) = counted
    word, __, reason = counter.partition("_")
    assert word == {"accept": "accepted", "drop": "dropped"}[verdict]
    return f"{verdict} {reason}"


def cases(protocol: str, to: int, **fates: str) -> list[tuple[Packet, str]]:
    sources = {
        "carrier": CARRIER,
        "media": MEDIA,
        "phone": PHONE,
        "admin": ADMIN,
        "phone6": PHONE6,
        "admin6": ADMIN6,
        "stranger": STRANGER,
        "stranger6": STRANGER6,
    }
    usual = fates.pop("otherwise")
    return [
        (Packet(source, protocol, to), fates.get(name, usual).replace("_", " ", 1)) for name, source in sources.items()
    ]


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        *cases(
            "udp",
            5060,
            carrier="accept_sip_carrier",
            phone="accept_sip_phones",
            phone6="accept_sip_phones",
            otherwise="drop_sip",
        ),
        *cases("tcp", 5060, otherwise="drop_other"),
        *cases("tcp", 5061, phone="accept_sip_phones", phone6="accept_sip_phones", otherwise="drop_sip"),
        *cases("udp", 10000, media="accept_media", phone="accept_media", phone6="accept_media", otherwise="drop_media"),
        *cases("udp", 19999, media="accept_media", phone="accept_media", phone6="accept_media", otherwise="drop_media"),
        *cases("udp", 20000, otherwise="drop_other"),
        *cases("tcp", 12000, otherwise="drop_other"),
        *cases("tcp", 22, admin="accept_ssh", admin6="accept_ssh", otherwise="drop_ssh"),
        *cases("tcp", 9100, admin="accept_metrics", admin6="accept_metrics", otherwise="drop_metrics"),
        *cases("udp", 161, admin="accept_service_snmp", admin6="accept_service_snmp", otherwise="drop_service_snmp"),
        *cases("udp", 123, phone="accept_ntp", phone6="accept_ntp", otherwise="drop_ntp"),
        *cases("tcp", 8080, otherwise="drop_service_web"),
        (Packet("192.0.2.129", "tcp", 8080), "accept service_web"),
        *cases("tcp", 80, otherwise="drop_other"),
        *cases("sctp", 0, otherwise="drop_other"),
        (Packet("10.0.0.1", to=68, sport=67), "accept dhcp"),
        (Packet("10.0.0.1", to=68), "drop other"),
        (Packet("fe80::1", to=546, sport=547), "accept dhcp"),
        (Packet(STRANGER6, to=546, sport=547), "drop other"),
        (Packet(to=137, to_everybody=True), "drop broadcast"),
        (Packet(to=5060, interface="lo"), "accept loopback"),
    ],
)
def test_who_may_begin_what(packet: Packet, expected: str) -> None:
    assert fate(packet) == expected


@pytest.mark.parametrize("source", [STRANGER, STRANGER6, CARRIER, ADMIN])
def test_what_the_host_began_is_answered(source: str) -> None:
    for packet in (
        replace(UDP, source=source, to=33000),
        replace(TCP, source=source, to=22),
        replace(UDP, source=source, to=5060),
    ):
        assert fate(replace(packet, state="established", reply=True)) == "accept replies"
    # Media in its range has the first say, and comes in as well.
    assert fate(replace(UDP, source=source, to=12000, state="established", reply=True)) == "accept media"


def test_connections_that_exist() -> None:
    """Whether a source that is not in the networks any more goes on."""
    gone = {"source": STRANGER, "state": "established"}
    assert fate(replace(TCP, to=22, **gone)) == "accept ssh"  # type: ignore[arg-type]
    assert fate(replace(TCP, to=9100, **gone)) == "accept metrics"  # type: ignore[arg-type]
    assert fate(replace(TCP, to=8080, **gone)) == "accept service_web"  # type: ignore[arg-type]
    assert fate(replace(UDP, to=12000, **gone)) == "accept media"  # type: ignore[arg-type]
    assert fate(replace(UDP, to=5060, **gone)) == "drop sip"  # type: ignore[arg-type]
    assert fate(replace(TCP, to=5061, **gone)) == "drop sip"  # type: ignore[arg-type]
    assert fate(replace(UDP, to=161, **gone)) == "drop service_snmp"  # type: ignore[arg-type]
    assert fate(replace(UDP, to=123, **gone)) == "drop ntp"  # type: ignore[arg-type]


@pytest.mark.parametrize("source", [MEDIA, PHONE, PHONE6])
def test_calls_go_on_when_the_media_range_moves(source: str) -> None:
    moved = {**OFFICE, "voice_rtp_start": 20000, "voice_rtp_end": 20999}
    call = Packet(source, to=12000, state="established")
    assert fate(call, table(moved)) == "accept media"
    assert fate(replace(call, state="new"), table(moved)) == "drop other"
    # Ports below are no media's.
    assert fate(replace(call, to=1023), table(moved)) == "drop other"
    assert fate(call, table({**moved, "firewall_untracked_media": True})) == "drop other"
    assert fate(call, table(HOSTS["monitor"])) == "drop other"


@pytest.mark.parametrize("source", ["192.0.2.66", "198.51.100.66", "168.86.128.66", "54.172.60.2", "2001:db8:1::66"])
@pytest.mark.parametrize("state", ["new", "established", "related", "invalid", "untracked"])
@pytest.mark.parametrize("reply", [False, True])
def test_blocked_networks_are_out_in_every_case(source: str, state: str, reply: bool) -> None:
    for of in (TABLE, UNTRACKED):
        for protocol, to in (("udp", 5060), ("udp", 12000), ("tcp", 22), ("tcp", 5061), ("icmp", 0), ("icmpv6", 0)):
            packet = Packet(source, protocol, to, state=state, reply=reply, kind="echo-request")
            assert fate(packet, of) == "drop blocked"
    # The host to itself, whatever its address.
    assert fate(Packet(source, to=5060, interface="lo")) == "accept loopback"


def test_what_makes_no_sense_is_dropped() -> None:
    assert fate(replace(TCP, source=ADMIN, to=22, state="invalid")) == "drop invalid"
    assert fate(replace(UDP, source=PHONE, to=5060, state="invalid")) == "drop invalid"
    assert fate(Packet(protocol="icmp", kind="destination-unreachable", state="invalid")) == "drop invalid"


@pytest.mark.parametrize("protocol", ["icmp", "icmpv6"])
def test_control_messages(protocol: str) -> None:
    source = STRANGER if protocol == "icmp" else STRANGER6
    echo = Packet(source, protocol, kind="echo-request")
    assert fate(echo) == "accept echo"
    assert fate(replace(echo, over="limit")) == "drop echo"
    # Errors about connections in either direction.
    for reply in (False, True):
        assert fate(replace(echo, kind="destination-unreachable", state="related", reply=reply)) == "accept icmp_errors"
    assert fate(replace(echo, kind="destination-unreachable")) == "drop other"
    assert fate(replace(echo, kind="timestamp-request")) == "drop other"


def test_neighbours_are_let_in_from_the_link_alone() -> None:
    for kind in ("nd-neighbor-solicit", "nd-neighbor-advert", "nd-router-advert"):
        packet = Packet("fe80::1", "icmpv6", kind=kind, hops=255, state="untracked", to_everybody=True)
        assert fate(packet) == "accept neighbours"
        assert fate(replace(packet, hops=254)) == "drop broadcast"
    listening = Packet("fe80::1", "icmpv6", kind="mld-listener-query", hops=1, to_everybody=True)
    assert fate(listening) == "accept neighbours"
    assert fate(replace(listening, source=STRANGER6)) == "drop broadcast"


@pytest.mark.parametrize("source", [PHONE, PHONE6])
def test_a_telephone_has_its_limit_whoever_spoke_first(source: str) -> None:
    """After a start the PBX asks telephones before they say anything, so that theirs are the replies."""
    answer = Packet(source, to=5060, state="established", reply=True)
    assert fate(answer) == "accept sip_phones"
    assert fate(replace(answer, over="sip_rate")) == "drop sip_rate"


def test_redirects_are_refused() -> None:
    """Whoever may send them gets the packets of calls."""
    for protocol, kind in (("icmp", "redirect"), ("icmpv6", "nd-redirect")):
        packet = Packet(STRANGER if protocol == "icmp" else "fe80::1", protocol, kind=kind, hops=255, state="related")
        for of in (TABLE, UNTRACKED):
            assert fate(packet, of) == "drop other"


@pytest.mark.parametrize("source", [PHONE, PHONE6])
def test_a_telephone_that_sends_too_much_loses_its_own_packets(source: str) -> None:
    packet = Packet(source, to=5060)
    assert fate(replace(packet, over="sip_rate")) == "drop sip_rate"
    assert fate(replace(packet, source=CARRIER, over="sip_rate")) == "accept sip_carrier"
    assert fate(replace(packet, over="no room in sip_rate")) == "drop sip_crowd"
    connection = Packet(source, "tcp", 5061)
    assert fate(replace(connection, over="sip_rate")) == "drop sip_rate"
    for meter in ("sip_connecting", "sip_connected"):
        assert fate(replace(connection, over=meter)) == "drop sip_connections"
        assert fate(replace(connection, over=f"no room in {meter}")) == "drop sip_crowd"
        assert fate(replace(connection, over=meter, state="established")) == "accept sip_phones"


def test_media_past_the_connection_tracking() -> None:
    for source in (MEDIA, PHONE, PHONE6):
        assert UNTRACKED.fate(Packet(source, to=12000), "prerouting")[0] == "notrack"
        assert fate(Packet(source, to=12000, state="untracked"), UNTRACKED) == "accept media"
        assert UNTRACKED.fate(Packet(source, to=5060), "prerouting")[0] == "policy"
    # The answer to somebody else's connection that happens to have such a port is none of the firewall's business.
    assert UNTRACKED.fate(Packet(STRANGER, to=12000), "prerouting")[0] == "policy"
    for state in ("new", "established", "untracked"):
        assert fate(Packet(STRANGER, to=12000, state=state), UNTRACKED) == "drop media"
    # An error about a packet that is not tracked makes no sense to the connection tracking.
    for protocol in ("icmp", "icmpv6"):
        assert (
            fate(Packet(protocol=protocol, kind="destination-unreachable", state="invalid"), UNTRACKED)
            == "accept icmp_errors"
        )
    assert "prerouting" not in TABLE.chains


def test_a_host_without_calls_is_closed_but_for_management() -> None:
    monitor = table(HOSTS["monitor"])
    for to in (5060, 5061, 12000, 123):
        assert fate(Packet(PHONE, to=to), monitor) == "drop other"
    assert fate(Packet(ADMIN, "tcp", 22), monitor) == "accept ssh"
    assert fate(Packet(STRANGER, "tcp", 22), monitor) == "drop ssh"


@pytest.mark.parametrize("variables", HOSTS.values(), ids=HOSTS)
def test_the_parts_of_the_table_fit_together(variables: dict[str, Any]) -> None:
    found = table(variables)
    rules = [rule for chain in found.chains.values() for rule in chain]
    text = "\n".join(rules) + "\n".join(entry for entries in found.maps.values() for entry in entries)
    assert {*re.findall(r"(?:goto|jump) (\w+)", text)} == {*found.chains} - {"input", "prerouting", "output"}
    assert {*re.findall(r"counter name (\w+)", text)} == {*found.counters}
    assert found.counters == sorted({*found.counters})
    assert {*re.findall(r"@(\w+)", text)} == {*found.sets, *found.maps}
    assert found.text.count("{") == found.text.count("}")
    assert len(re.findall("policy drop;", found.text)) == 1
    assert "helper" not in found.text


def test_refused_packets_are_logged_with_a_limit() -> None:
    assert TABLE.chains["refused"] == ['limit rate 30/minute burst 30 packets log prefix "dialtone-drop: "', "drop"]
    assert table(HOSTS["quiet"]).chains["refused"] == ["drop"]
    assert TABLE.text.count("log prefix") == 1


def test_no_rule_is_added_by_more_networks() -> None:
    many = [f"10.{number // 256}.{number % 256}.0/25" for number in range(10_000)]
    grown = {
        **OFFICE,
        "voice_phone_networks": many,
        "firewall_blocked_networks": [f"172.16.{low}.0/25" for low in range(256)],
    }
    found = table(grown)
    assert found.chains == TABLE.chains
    assert found.sets["phones4"] == many
    assert len(rendered(grown)) < 1_000_000
