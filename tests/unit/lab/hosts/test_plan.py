# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The address plan agrees with the contract in tests/lab/README.md."""

from __future__ import annotations

import ipaddress

import pytest

from lab.hosts import ipv6
from lab.hosts.errors import LabError
from lab.hosts.plan import LABS, mac, make_plan, pbx_count


def test_the_addresses_are_those_of_the_contract():
    plan = make_plan("demo", 2)
    assert {name: host.address for name, host in plan.hosts.items()} == {
        "carrier": "198.18.0.10",
        "pstn": "198.18.128.10",
        "phone": "198.18.20.10",
        "rogue": "198.18.66.66",
        "pbx1": "198.18.10.10",
        "pbx2": "198.18.10.11",
    }
    assert plan.gateway == "198.18.0.1"
    assert plan.base_url == "http://198.18.0.10:8080"
    assert plan.edge_addresses("ashburn") == ("198.18.1.0", "198.18.1.1", "198.18.1.2", "198.18.1.3")
    assert plan.edge_addresses("umatilla") == ("198.18.2.0", "198.18.2.1", "198.18.2.2", "198.18.2.3")
    assert plan.hosts["carrier"].extra == plan.edge_addresses("ashburn") + plan.edge_addresses("umatilla")
    assert plan.network == "dialtone-demo"
    assert plan.container("pbx1") == "dialtone-demo-pbx1"


def test_both_labs_can_run_at_once():
    plans = [make_plan(name) for name in LABS]
    networks = [ipaddress.ip_network(subnet) for plan in plans for subnet in (plan.subnet, plan.nat_subnet)]
    for index, network in enumerate(networks):
        assert not any(network.overlaps(other) for other in networks[index + 1 :])
    assert len({bridge for plan in plans for bridge in plan.bridges}) == 2 * len(plans)


@pytest.mark.parametrize("name", LABS)
def test_no_address_can_be_somebody_elses(name):
    # RFC 2544 and RFC 6598: neither is routed.
    unrouted = [ipaddress.ip_network(network) for network in ("198.18.0.0/15", "100.64.0.0/10")]
    for host in make_plan(name, 10).hosts.values():
        for address in (host.address, *host.extra):
            assert any(ipaddress.ip_address(address) in network for network in unrouted)


@pytest.mark.parametrize("name", LABS)
def test_bridge_names_fit_the_kernels_limit(name):
    assert all(len(bridge) <= 15 for bridge in make_plan(name).bridges)


def test_a_remade_host_keeps_its_hardware_address():
    first, second = make_plan("demo", 10), make_plan("demo", 3)
    assert mac(first.hosts["pbx3"].address) == mac(second.hosts["pbx3"].address) == "02:00:c6:12:0a:0c"
    addresses = [address for host in first.hosts.values() for address in (host.address, host.nat_address) if address]
    assert len({mac(address) for address in addresses}) == len(addresses)


def test_the_way_out_has_fixed_addresses_for_those_that_need_it():
    hosts = make_plan("demo", 2).hosts
    assert {name: host.nat_address for name, host in hosts.items() if host.nat_address} == {
        "carrier": "10.198.18.9",
        "pbx1": "10.198.18.10",
        "pbx2": "10.198.18.11",
    }


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("production",), "There is no lab 'production': the address plan knows demo, molecule"),
        (("demo", 0), "0 PBX hosts are not possible: use 1 to 10"),
        (("demo", 11), "11 PBX hosts are not possible"),
    ],
)
def test_what_is_not_in_the_plan_is_named(arguments, words):
    with pytest.raises(LabError, match=words):
        make_plan(*arguments)


def test_unknown_hosts_and_edges_are_named_with_the_known_ones():
    plan = make_plan("demo")
    with pytest.raises(LabError, match="no host 'pbx2' in the lab 'demo': it has carrier, pstn, phone, rogue, pbx1"):
        plan.host("pbx2")
    with pytest.raises(LabError, match="no edge 'dublin' in the lab: use ashburn or umatilla"):
        plan.edge_addresses("dublin")


@pytest.mark.parametrize(
    ("hosts", "count"), [([], 1), (["carrier", "pbx1"], 1), (["pbx1", "pbx3", "pbx2"], 3), (["pbx0", "pbxx"], 1)]
)
def test_pbx_count(hosts, count):
    assert pbx_count(hosts) == count


@pytest.mark.parametrize("name", LABS)
def test_a_pbx_behind_nat_is_one_more_and_changes_nothing_else(name):
    plan, without = make_plan(name, 2, nat=True), make_plan(name, 2)
    assert {key: host for key, host in plan.hosts.items() if key in without.hosts} == without.hosts
    router, pbx = plan.hosts["router"], plan.hosts["pbxnat"]
    assert router.address == pbx.address == f"{plan.prefix}.10.20", "the public address is the router's"
    assert (pbx.login, pbx.behind_nat, router.behind_nat) == (f"{plan.inside_prefix}.10", True, False)
    assert plan.pbx_hosts == without.pbx_hosts
    assert [host.name for host in plan.machines] == ["pbx1", "pbx2", "pbxnat"]
    assert len(plan.inside_bridge) <= 15
    inside = ipaddress.ip_network(plan.inside_subnet)
    others = [make_plan(other) for other in LABS]
    networks = [subnet for other in others for subnet in (other.subnet, other.nat_subnet)]
    networks += [other.inside_subnet for other in others if other.name != name]
    assert not any(inside.overlaps(ipaddress.ip_network(network)) for network in networks)


@pytest.mark.parametrize("name", LABS)
def test_the_other_debian_releases_are_more_hosts_and_change_nothing_else(name):
    plan, without = make_plan(name, 2, ground=True), make_plan(name, 2)
    assert {key: host for key, host in plan.hosts.items() if key in without.hosts} == without.hosts
    assert plan.pbx_hosts == without.pbx_hosts
    assert not without.ground
    assert without.ground_hosts == []
    assert [(host.name, host.suite) for host in plan.ground_hosts] == [
        ("pbx1", ""),
        ("bookworm", "bookworm"),
        ("trixie", "trixie"),
    ]
    assert plan.hosts["bookworm"].address == f"{plan.prefix}.10.31"
    assert plan.hosts["trixie"].nat_address == f"{plan.nat_prefix}.32"


def test_ipv6_addresses_are_private_and_each_labs_own():
    plans = [make_plan(name, ground=True) for name in LABS]
    networks = [ipaddress.ip_network(plan.subnet6) for plan in plans]
    assert len(set(networks)) == len(LABS)
    assert all(network.subnet_of(ipaddress.ip_network("fc00::/7")) for network in networks)
    for plan, network in zip(plans, networks, strict=True):
        for host in ipv6.hosts(plan):
            own = [ipaddress.ip_interface(one) for one in ipv6.addresses(plan, host)]
            assert all(one.ip in network for one in own if one.version == 6)
            assert sum(one.version == 6 for one in own) >= 1
    assert make_plan("demo").address6("198.18.128.10") == "fdc6:12:0:0::128:10"


def test_a_machine_has_its_ipv6_address_after_a_reboot_too():
    plan = make_plan("demo", nat=True, ground=True)
    assert "multi-user.target.wants" in ipv6.commands(plan, plan.hosts["trixie"])
    assert "systemd" not in ipv6.commands(plan, plan.hosts["rogue"])
    assert "198.18.20.11/16" in ipv6.commands(plan, plan.hosts["phone"])
    assert not {"router", "pbxnat"} & {host.name for host in ipv6.hosts(plan)}
