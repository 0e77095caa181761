# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing leaves the SIP network, and only packages and names are fetched over the other."""

from __future__ import annotations

import json
import re

import pytest

from lab.hosts import firewall
from lab.hosts.host import boot_id
from lab.hosts.plan import make_plan
from lab.hosts.store import Store

PLAN = make_plan("demo")


def lines():
    text = firewall.rules(PLAN, frozenset({443, 80, 3142}), "192.0.2.53")
    return [line.strip() for line in text.splitlines() if "addr" in line]


def test_the_sip_network_is_shut_before_anything_is_let_through():
    rules = lines()
    assert rules[0] == "ip saddr 198.18.0.0/16 ip daddr 198.18.0.0/16 accept"
    assert rules[1:3] == ["ip saddr 198.18.0.0/16 counter drop", "ip daddr 198.18.0.0/16 counter drop"]


def test_the_way_out_lets_only_downloads_and_names_through():
    outward = [line for line in lines() if line.startswith("ip saddr 10.198.18.0/24")]
    assert outward == [
        "ip saddr 10.198.18.0/24 ip daddr 192.0.2.53 meta l4proto { tcp, udp } th dport 53 accept",
        "ip saddr 10.198.18.0/24 tcp dport { 80, 443, 3142 } accept",
        "ip saddr 10.198.18.0/24 counter drop",
    ]


def test_the_table_replaces_its_predecessor_in_one_transaction():
    text = firewall.rules(PLAN, frozenset({80}), "192.0.2.53")
    assert re.findall(r"^(table|delete table) ip (\w+)", text, re.MULTILINE) == [
        ("table", "dialtone_demo"),
        ("delete table", "dialtone_demo"),
        ("table", "dialtone_demo"),
    ]


def test_removing_takes_the_labs_rules_and_nobody_elses(monkeypatch):
    saved = [
        "-P FORWARD ACCEPT",
        "-A FORWARD -s 198.18.0.0/16 -d 198.18.0.0/16 -m comment --comment dialtone-demo -j ACCEPT",
        "-A POSTROUTING -s 10.198.18.0/24 -j NETAVARK-0A3513E80A583",
        "-A POSTROUTING -s 10.198.19.0/24 -j NETAVARK-BBA1FAF18B469",
        '-A NETAVARK_FORWARD -s 10.88.0.0/16 -m comment --comment "somebody else" -j ACCEPT',
    ]
    commands = []

    def run(argv, **__):
        commands.append(" ".join(argv))
        out = "\n".join(saved) if argv[-1] == "-S" and "filter" in argv else ""
        return type("Done", (), {"stdout": out, "returncode": 0})()

    monkeypatch.setattr(firewall, "run", run)
    firewall.remove(PLAN)
    removed = [command for command in commands if " -D " in command or " -X " in command]
    assert removed == [
        "iptables -w -t filter -D FORWARD -s 198.18.0.0/16 -d 198.18.0.0/16 -m comment --comment dialtone-demo "
        "-j ACCEPT",
        "iptables -w -t filter -D POSTROUTING -s 10.198.18.0/24 -j NETAVARK-0A3513E80A583",
        "iptables -w -t filter -X NETAVARK-0A3513E80A583",
    ]


NETAVARK = {
    "4": "-N NETAVARK_FORWARD\n-A FORWARD -m comment --comment x -j NETAVARK_FORWARD\n",
    "5": (
        "-N NETAVARK_FORWARD\n-N NETAVARK_INPUT\n-N NETAVARK_ISOLATION_2\n-N NETAVARK_ISOLATION_3\n"
        "-A INPUT -m comment --comment x -j NETAVARK_INPUT\n"
        "-A FORWARD -m comment --comment x -j NETAVARK_FORWARD\n"
        "-A NETAVARK_FORWARD -m conntrack --ctstate INVALID -j DROP\n"
        "-A NETAVARK_ISOLATION_3 -j NETAVARK_ISOLATION_2\n"
    ),
}


def restored(monkeypatch, tmp_path, rules):
    """Return the commands that `restore` runs on a machine that had no rule before the lab and has these now."""
    store = Store(tmp_path)
    store.footprint_file.write_text(json.dumps({"boot": boot_id(), "ip_forward": "1", "netavark": False}))
    commands = []

    def run(argv, **__):
        commands.append(" ".join(argv))
        chain = argv[-1] if argv[-2] == "-S" else ""
        out = "".join(line for line in rules.splitlines(True) if not chain or line.split()[1] == chain)
        return type("Done", (), {"stdout": out if "nat" not in argv else "", "returncode": 0})()

    monkeypatch.setattr(firewall, "run", run)
    firewall.restore(store)
    return commands


@pytest.mark.parametrize("podman", ["4", "5"])
def test_the_last_lab_takes_every_chain_that_podman_made(monkeypatch, tmp_path, podman):
    commands = restored(monkeypatch, tmp_path, NETAVARK[podman])
    for line in NETAVARK[podman].splitlines():
        if line.startswith("-N "):
            chain = line.split()[1]
            assert f"iptables -w -t filter -F {chain}" in commands
            assert f"iptables -w -t filter -X {chain}" in commands
        elif not line.startswith("-A NETAVARK"):
            assert f"iptables -w -t filter -D {line.removeprefix('-A ')}" in commands


@pytest.mark.parametrize("podman", ["4", "5"])
def test_chains_in_which_somebody_elses_network_is_stay(monkeypatch, tmp_path, podman):
    commands = restored(monkeypatch, tmp_path, NETAVARK[podman] + "-A NETAVARK_FORWARD -s 10.88.0.0/16 -j ACCEPT\n")
    assert not [command for command in commands if " -S" not in command]


@pytest.mark.parametrize(("before", "deleted"), [([], True), (["table ip filter"], False)])
def test_a_table_that_iptables_made_for_the_lab_goes_when_it_is_empty(monkeypatch, tmp_path, before, deleted):
    store = Store(tmp_path)
    known = {"boot": boot_id(), "ip_forward": "1", "netavark": False, "tables": before}
    store.footprint_file.write_text(json.dumps(known))
    commands = []

    def run(argv, **__):
        commands.append(" ".join(argv))
        printed = "table ip filter\n" if argv[0] == "nft" else "-P INPUT ACCEPT\n-P FORWARD ACCEPT\n"
        return type("Done", (), {"stdout": printed, "returncode": 0})()

    monkeypatch.setattr(firewall, "run", run)
    firewall.restore(store)
    assert ("nft delete table ip filter" in commands) is deleted
    assert "nft delete table ip nat" not in commands


def test_the_inside_network_is_reached_through_its_router_alone():
    plan = make_plan("demo", nat=True)
    text = firewall.rules(plan, frozenset({80}), "192.0.2.53")
    rules = [line.strip() for line in text.splitlines() if "dt-demo-in" in line or "10.198.118" in line]
    assert rules == [
        "iifname dt-demo-in oifname dt-demo-in accept",
        "ip saddr 10.198.118.0/24 counter drop",
        "ip daddr 10.198.118.0/24 counter drop",
    ]
    assert text.index(rules[0]) < text.index("ip saddr 198.18.0.0/16 ip daddr"), "bridged packets carry its addresses"
    assert "10.198.118" not in firewall.rules(PLAN, frozenset({80}), "192.0.2.53")
