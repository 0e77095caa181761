# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the firewall lets in follows from the description, and nothing is open that no call needs."""

from __future__ import annotations

import time
from typing import Any

import pytest
from firewall_hosts import built, host, service, trunk

MONITOR = {"voice_management_networks": ["198.51.100.0/24"]}


def sets(plan: dict[str, Any]) -> dict[str, list[str]]:
    return {entry["name"]: entry["elements"] for entry in plan["sets"]}


def test_a_host_that_is_no_pbx_is_open_to_management_alone() -> None:
    plan = built(MONITOR)
    assert plan["ports"] == {"tcp": ["22 : goto ssh"], "udp": ["68 : goto dhcp4", "546 : goto dhcp6"]}
    assert plan["media"] == {"ports": "", "untracked": False}
    assert plan["sip"]["listeners"] == []
    assert sets(plan) == {
        "blocked4": [],
        "blocked6": [],
        "management4": ["198.51.100.0/24"],
        "management6": [],
    }
    assert not [name for name in plan["counters"] if "sip" in name or "media" in name or "ntp" in name]


def test_a_pbx_is_open_to_what_its_trunks_and_telephones_need() -> None:
    plan = built(host(voice_time_server=True, firewall_metrics_ports=[9100, 9090]))
    assert plan["ports"] == {
        "tcp": ["22 : goto ssh", "5061 : goto sip_tls", "9090 : goto metrics", "9100 : goto metrics"],
        "udp": ["68 : goto dhcp4", "123 : goto ntp", "546 : goto dhcp6", "5060 : goto sip_udp"],
    }
    assert plan["sip"]["listeners"] == [
        {"chain": "sip_udp", "carrier": True, "phones": True},
        {"chain": "sip_tls", "carrier": False, "phones": True},
    ]
    assert (plan["sip"]["phones"], plan["sip"]["phones_tcp"]) == (True, True)
    assert plan["media"] == {"ports": "10000-19999", "untracked": False}
    found = sets(plan)
    assert found["media4"] == ["168.86.128.0/18", "192.0.2.0/24"]
    assert found["media6"] == found["phones6"] == ["2001:db8:1::/64"]
    assert "54.172.60.0/30" in found["carrier4"]
    assert "208.78.112.64/31" not in found["carrier4"]
    assert "carrier6" not in found


@pytest.mark.parametrize(
    ("transport", "port"),
    [
        ("udp", ("udp", "5060 : goto sip_udp")),
        ("tcp", ("tcp", "5060 : goto sip_tcp")),
        ("tls", ("tcp", "5061 : goto sip_tls")),
    ],
)
def test_the_carrier_comes_in_by_the_transport_of_a_trunk(transport: str, port: tuple[str, str]) -> None:
    plan = built({**trunk(transport=transport), "voice_extensions": []})
    assert plan["sip"]["listeners"] == [{"chain": f"sip_{transport}", "carrier": True, "phones": False}]
    assert port[1] in plan["ports"][port[0]]
    assert (plan["sip"]["phones"], plan["sip"]["phones_tcp"]) == (False, False)
    assert "phones4" not in sets(plan)
    assert sets(plan)["media4"] == ["168.86.128.0/18"]


@pytest.mark.parametrize("direction", ["both", "inbound", "outbound"])
def test_the_carrier_comes_in_whatever_the_direction(direction: str) -> None:
    # A request within a call can come after the connection tracking has forgotten who began it.
    assert built(trunk(direction=direction))["sip"]["listeners"][0]["carrier"]


def test_telephones_without_a_trunk() -> None:
    plan = built(host(voice_trunks=[]))
    assert [(entry["carrier"], entry["phones"]) for entry in plan["sip"]["listeners"]] == [(False, True), (False, True)]
    assert "carrier4" not in sets(plan)
    assert sets(plan)["media4"] == ["192.0.2.0/24"]
    assert "accepted_sip_carrier" not in plan["counters"]


def test_private_edges_come_in_where_a_trunk_names_one() -> None:
    found = sets(built(trunk(edges=["ashburn-ix", "ashburn"])))["carrier4"]
    assert "208.78.112.64/31" in found
    assert "208.78.112.66" in found
    assert "67.213.136.64/31" not in found
    own = {"signalling": {"lab": ["203.0.113.0/30"]}}
    assert sets(built({**trunk(edges=["lab"]), "voice_carrier_networks": own}))["carrier4"] == ["203.0.113.0/30"]


def test_ports_follow_from_the_description() -> None:
    plan = built(host(voice_sip_port=5080, voice_sip_tls_port=5443, voice_rtp_start=20000, voice_rtp_end=20999))
    assert "5080 : goto sip_udp" in plan["ports"]["udp"]
    assert "5443 : goto sip_tls" in plan["ports"]["tcp"]
    assert plan["media"]["ports"] == "20000-20999"


def test_services_have_their_own_networks_or_those_of_management() -> None:
    plan = built(
        host(
            firewall_services=[
                service(ports=["8080", "8000-8010"], networks=["203.0.113.0/25", "203.0.113.128/25", "2001:db8::7"]),
                service("snmp", protocol="udp", ports=[161]),
            ]
        )
    )
    assert {"8000-8010 : goto service_web", "8080 : goto service_web"} <= set(plan["ports"]["tcp"])
    assert "161 : goto service_snmp" in plan["ports"]["udp"]
    assert plan["services"] == [
        {"chain": "ssh", "counter": "ssh", "protocol": "tcp", "networks": "management"},
        {"chain": "service_web", "counter": "service_web", "protocol": "tcp", "networks": "service_web"},
        {"chain": "service_snmp", "counter": "service_snmp", "protocol": "udp", "networks": "management"},
    ]
    assert sets(plan)["service_web4"] == ["203.0.113.0/24"]
    assert sets(plan)["service_web6"] == ["2001:db8::7"]
    assert {"accepted_service_web", "dropped_service_snmp"} <= set(plan["counters"])


def test_a_misspelt_variable_is_a_warning_and_another_roles_is_not() -> None:
    plan = built(MONITOR | {"firewall_ssh_port": [2222], "firewall_allowed_tcp_ports": [80], "firewall_enabled": True})
    assert plan["warnings"] == [
        "firewall_ssh_port: this role has no such variable, so it has no effect: did you mean 'firewall_ssh_ports'?"
    ]


def test_sets_are_the_same_however_networks_are_written() -> None:
    written = built(
        {"voice_management_networks": ["198.51.100.128/25", "2001:DB8:0::/64", "198.51.100.0/25", "192.0.2.1/32"]}
    )
    assert sets(written)["management4"] == ["192.0.2.1", "198.51.100.0/24"]
    assert sets(written)["management6"] == ["2001:db8::/64"]


@pytest.mark.parametrize(("rate", "burst", "seconds"), [(100, 500, 10), (10, 500, 51), (100, 100, 10), (7, 100, 16)])
def test_a_source_is_not_forgotten_before_its_burst_has_come_back(rate: int, burst: int, seconds: int) -> None:
    sip = built(host(firewall_sip_rate=rate, firewall_sip_burst=burst))["sip"]
    assert sip["timeout"] == seconds
    assert sip["timeout"] * rate > burst
    assert sip["timeout"] * sip["connection_rate"] > sip["connection_burst"]


EVERY = {"voice_rtp_start": 1024, "voice_rtp_end": 65535, "voice_sip_port": 1000, "voice_sip_tls_port": 1001}
CALLS = {"voice_dialplan": {"limits": {"calls": 0}}}
TELEPHONES = [{"extension": str(number), "secret": "x", "transport": "udp"} for number in range(10000, 20000)]


@pytest.mark.parametrize(
    ("variables", "most"),
    [
        # What Linux has anyway is enough.
        (MONITOR, 262144),
        (host(), 262144),
        # 64,512 ports are enough for 16,128 calls: 8 flows each; 4 for each telephone; and the host's own; all twice.
        (host(**EVERY, **CALLS), 2 * (8 * 16128 + 4 * 3 * 2 + 16384)),
        (host(**{**EVERY, "voice_rtp_end": 32767}, **CALLS, firewall_untracked_media=True), 262144),
        # As many calls come in as may go out.
        (host(**EVERY, voice_dialplan={"limits": {"calls": 8000}}), 2 * (8 * 16000 + 4 * 3 * 2 + 16384)),
        (host(voice_extensions=TELEPHONES, voice_contacts_per_extension=5), 2 * (8 * 60 + 4 * 5 * 10000 + 16384)),
        (host(firewall_conntrack_max=500000), 500000),
        (host(firewall_conntrack_max="20000"), 20000),
    ],
)  # fmt: skip
def test_connections_to_track_follow_from_calls_and_telephones(variables: dict[str, Any], most: int) -> None:
    assert built(variables)["conntrack"] == {"max": most, "buckets": most}


def test_ten_thousand_networks_take_a_moment() -> None:
    many = [f"10.{number // 256}.{number % 256}.0/25" for number in range(10_000)]
    begun = time.process_time()
    plan = built(host(voice_phone_networks=many))
    assert sets(plan)["phones4"] == many
    assert time.process_time() - begun < 20
