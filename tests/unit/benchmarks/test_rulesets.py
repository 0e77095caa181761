# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmark of the firewall compares."""

from __future__ import annotations

import ipaddress
import json

import pytest

from benchmarks.rulesets import FEW, MANY, linear, playbook, strangers, telephones, values


@pytest.mark.parametrize("count", [FEW, MANY])
def test_no_two_telephones_can_become_one_interval(count: int) -> None:
    numbers = sorted(int(ipaddress.IPv4Address(address)) for address in telephones(count))
    assert len(set(numbers)) == count
    assert all(later - earlier > 1 for earlier, later in zip(numbers, numbers[1:]))


def test_nothing_leaves_the_range_for_benchmarks() -> None:
    allowed = ipaddress.IPv4Network("198.18.0.0/15")
    assert all(ipaddress.IPv4Address(address) in allowed for address in [*telephones(MANY), *strangers(MANY)])


def test_few_telephones_are_spread_over_the_range_of_many() -> None:
    many = telephones(MANY)
    assert set(telephones(FEW)) <= set(many)
    assert [many.index(address) for address in telephones(FEW)] == list(range(0, MANY, MANY // FEW))


def test_strangers_are_no_telephones() -> None:
    assert not set(strangers(MANY)) & set(telephones(MANY))


def test_a_linear_set_has_a_rule_for_each_entry_and_service() -> None:
    rules = linear(["198.18.0.1", "198.18.0.5"]).splitlines()
    for address in ("198.18.0.1", "198.18.0.5"):
        assert [line.split(" udp dport ")[1] for line in rules if f"ip saddr {address} " in line] == [
            "5060 counter name passed accept",
            "10000-20000 counter name passed accept",
        ]
    assert len(linear(telephones(MANY)).splitlines()) - len(linear([]).splitlines()) == 2 * MANY


def test_a_linear_set_lets_open_connections_through_first_and_drops_last() -> None:
    rules = [line.strip() for line in linear(telephones(FEW)).splitlines() if line.strip(" }")]
    chain = rules[rules.index("chain input {") + 2 :]
    assert chain[0] == "ct state established,related counter name passed accept"
    assert chain[-1] == "counter name dropped drop"


def test_variables_of_one_question_replace_the_others() -> None:
    assert values(["198.18.0.1"], firewall_untracked_media=True)["firewall_untracked_media"] is True
    assert values(["198.18.0.1"])["voice_phone_networks"] == ["198.18.0.1"]


def test_the_playbook_renders_each_case_once() -> None:
    [play] = json.loads(playbook(["case0", "case1"], "dialtone.voice.firewall_plan", "/role/table.nft.j2", "/scratch"))
    [task] = play["tasks"]
    assert task["loop"] == ["case0", "case1"]
    assert task["ansible.builtin.copy"]["content"].startswith("table inet dialtone_firewall {\n")
