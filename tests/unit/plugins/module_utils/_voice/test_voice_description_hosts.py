# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the description needs to know of the PBX hosts."""

from __future__ import annotations

import pytest
from voice_offices import ADDRESSES, OPTIONS, accounts, hosts, office, trunk

from ansible_collections.dialtone.voice.plugins.module_utils._voice import description


def test_no_host_is_a_problem() -> None:
    assert description.problems([], OPTIONS) == ["The group voice_pbx has no host: put the PBXs of the office into it."]


def test_public_addresses_are_needed_where_they_are_derived() -> None:
    entries = hosts(office())
    del entries[1]["voice_public_address"]
    found = description.problems(entries, OPTIONS)
    assert [problem.split(":", maxsplit=1)[0] for problem in found] == [
        "voice_trunks[0].authentication.addresses",
        "voice_trunks[0].origination",
    ]
    assert all("pbx2 has no voice_public_address: set it for the host" in problem for problem in found)


def test_public_addresses_are_not_needed_where_everything_is_written_out() -> None:
    variables = trunk(
        authentication={"addresses": ["203.0.113.0/28"]}, origination=[{"sip_url": "sip:pbx.example.com"}]
    )
    entries = hosts(variables)
    for entry in entries:
        del entry["voice_public_address"]
    assert description.problems(entries, OPTIONS) == []


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("192.168.1.5", "'192.168.1.5' is private, RFC 1918"),
        ("198.18.10.10", "'198.18.10.10' is for benchmarks"),
        ("203.0.113.0/28", "'203.0.113.0/28' is a network: write one address."),
        ("pbx1.example.com", "'pbx1.example.com' is not an IPv4 address"),
        ("127.0.0.1", "'127.0.0.1' is loopback"),
        ("224.0.0.1", "'224.0.0.1' is multicast"),
    ],
)
def test_public_addresses_that_are_none(address: str, sentence: str) -> None:
    entries = hosts(office(), count=1)
    entries[0]["voice_public_address"] = address
    found = description.problems(entries, OPTIONS)
    assert any(problem.startswith("voice_public_address of pbx1: ") and sentence in problem for problem in found)


def test_a_lab_may_use_private_addresses() -> None:
    entries = hosts(office(voice_allow_private_addresses=True), count=1)
    entries[0]["voice_public_address"] = "198.18.10.10"
    assert description.problems(entries, OPTIONS) == []
    assert accounts(entries)[0]["options"]["ip_access_control_lists"][0]["allow_private"] is True


def test_two_hosts_behind_one_address_need_two_ports() -> None:
    entries = hosts(office())
    entries[1]["voice_public_address"] = ADDRESSES[0]
    found = description.problems(entries, OPTIONS)
    assert len(found) == 1
    assert "pbx1 and pbx2 have the same voice_public_address '203.0.113.10' and port" in found[0]
    entries[1]["voice_sip_port"] = 5080
    assert description.problems(entries, OPTIONS) == []
    derived = accounts(entries)[0]["options"]
    assert derived["ip_access_control_lists"][0]["ip_addresses"] == [
        {"ip_address": "203.0.113.10", "friendly_name": "pbx1, pbx2"}
    ]
    assert [url["sip_url"] for url in derived["trunks"][0]["origination_urls"]] == [
        "sip:203.0.113.10:5060",
        "sip:203.0.113.10:5080",
    ]


def test_more_hosts_than_twilio_takes_urls() -> None:
    entries = [{"name": f"pbx{last}", "voice_public_address": f"203.0.113.{last}", **office()} for last in range(1, 12)]
    found = description.problems(entries, OPTIONS)
    assert len(found) == 1
    assert "11 hosts are in voice_pbx and Twilio takes 10 URLs: write it out" in found[0]


def test_who_manages_the_hosts_and_where_telephones_are_has_to_be_said() -> None:
    silent = office()
    del silent["voice_management_networks"], silent["voice_phone_networks"]
    assert [problem.partition(":")[0] for problem in description.problems(hosts(silent), OPTIONS)] == [
        "voice_management_networks",
        "voice_phone_networks",
    ]
    found = description.problems(hosts({**silent, "voice_extensions": [], "voice_numbers": []}), OPTIONS)
    assert [problem.partition(":")[0] for problem in found] == ["voice_management_networks"]


def test_without_the_firewall_nobody_has_to_be_named() -> None:
    silent = office(voice_ground=["voice_host", "time_sync"])
    del silent["voice_management_networks"], silent["voice_phone_networks"]
    assert description.problems(hosts(silent), OPTIONS) == []
    found = description.problems(hosts({**silent, "voice_time_server": True}), OPTIONS)
    assert [problem.partition(":")[0] for problem in found] == ["voice_time_server"]
    assert description.problems(hosts({**silent, "voice_time_server": True, "voice_ground": []}), OPTIONS) == []


def test_networks_are_judged_whether_they_are_needed_or_not() -> None:
    found = description.problems(hosts(office(voice_management_networks=["192.0.2.1/24"], voice_ground=[])), OPTIONS)
    assert found == [
        "voice_management_networks[0]: '192.0.2.1/24' is an address inside a network: write the network 192.0.2.0/24, "
        "or the address 192.0.2.1."
    ]


def test_hosts_of_one_office_may_be_managed_from_elsewhere() -> None:
    entries = hosts(office())
    entries[1]["voice_management_networks"] = ["203.0.113.128/28"]
    assert description.problems(entries, OPTIONS) == []
    entries[1]["voice_management_networks"] = ["::/0"]
    (found,) = description.problems(entries, OPTIONS)
    assert found.startswith("voice_management_networks of pbx2: '::/0' lets the whole Internet try passwords: name ")
