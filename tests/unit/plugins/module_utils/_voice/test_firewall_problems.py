# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps a host from having its firewall is found before anything is changed, all at once, with its remedy."""

from __future__ import annotations

import time
from typing import Any

import pytest
from firewall_hosts import HOST, built, host, problems, service, trunk

from ansible_collections.dialtone.voice.plugins.module_utils._voice.firewall.plan import FirewallPlanError

MANAGEMENT = "voice_management_networks"
PHONES = "voice_phone_networks"
BLOCKED = "firewall_blocked_networks"
NETWORKS: list[tuple[list[Any], str]] = [
    (["192.0.2.1/24"], "[0]: '192.0.2.1/24' is an address inside a network: write the network 192.0.2.0/24, or the "),
    (["2001:db8::1/64"], "[0]: '2001:db8::1/64' is an address inside a network: write the network 2001:db8::/64, or"),
    (["::ffff:192.0.2.0/120"], "[0]: '::ffff:192.0.2.0/120' is an IPv4 network written as IPv6, with which no packet "),
    (["::ffff:192.0.2.7"], "comes: write 192.0.2.7."),
    (["192.0.2.7", "192.0.2.7"], "[1]: '192.0.2.7' is there twice: remove one."),
    (["192.0.2.7", "192.0.2.7/32"], "[1]: '192.0.2.7/32' is the same as '192.0.2.7': remove one."),
    (["fe80::1%eth0"], "[0]: 'fe80::1%eth0' names an interface, which a network does not have: write one such as "),
    (["office"], "[0]: 'office' is neither a network nor an address: write one such as 192.0.2.0/24 or 2001:db8::/64."),
    (["192.0.2.0/33"], "[0]: '192.0.2.0/33' is neither a network nor an address: write one such as "),
    (["0.0.0.0"], "[0]: '0.0.0.0' is nobody's address: write 0.0.0.0/0 for everybody, or the network that is meant."),
    (["::"], "[0]: '::' is nobody's address: write ::/0 for everybody"),
    ([7], "[0]: '7' is not text: write it in quotes."),
]
CASES: list[tuple[dict[str, Any], str, str]] = [
    # Management
    (host(voice_management_networks=[]), f"{MANAGEMENT}: it is empty", "[198.51.100.0/24]"),
    (host(voice_management_networks=["0.0.0.0/0"]), f"{MANAGEMENT}: '0.0.0.0/0' lets the whole", "name the networks"),
    (host(voice_management_networks=["::/0"]), f"{MANAGEMENT}: '::/0' lets the whole", "name the networks"),
    (host(voice_management_networks=["0.0.0.0/1", "128.0.0.0/1"]), f"{MANAGEMENT}: '0.0.0.0/0' lets the whole", "name"),
    (host(firewall_ssh_ports=[]), "firewall_ssh_ports: it is empty, so nobody could manage", "such as [22]"),
    (host(firewall_ssh_ports=[0]), "firewall_ssh_ports[0]: '0' is not a port", "from 1 to 65535"),
    (host(firewall_metrics_ports=[65536]), "firewall_metrics_ports[0]: '65536' is not a port", "from 1 to 65535"),
    # Telephones
    (host(voice_phone_networks=[]), f"{PHONES}: it is empty, but there are extensions", "[0.0.0.0/0, '::/0']"),
    (
        host(voice_phone_networks=[], voice_extensions=[], voice_time_server=True),
        f"voice_time_server: it is true, but {PHONES} is empty",
        "or write false",
    ),
    # Ports
    (host(voice_rtp_start=10001), "voice_rtp_start: 10001 to 19999", "use an even start"),
    (host(voice_sip_port=12000), "voice_sip_port: 12000 is in the media range", "move one"),
    (host(voice_sip_port=5061), "voice_sip_tls_port: 5061 is voice_sip_port too", "its own"),
    (host(voice_sip_port=70000), "voice_sip_port: 70000 is outside 1 to 65535", "choose"),
    (host(firewall_ssh_ports=[22, 22]), "firewall_ssh_ports: 22 and 22 are the same port", "remove one"),
    (
        host(firewall_ssh_ports=[5061]),
        "firewall_ssh_ports: TCP port 5061 of SSH is that of SIP over TLS too (5061, voice_sip_tls_port)",
        "its own",
    ),
    (host(firewall_metrics_ports=[22]), "firewall_ssh_ports: TCP port 22 of SSH is that of metrics too", "its own"),
    (
        host(firewall_services=[service("turn", protocol="udp", ports=["3478", "19000-20000"])]),
        "firewall_services[0].ports: UDP port 19000-20000 of 'turn' is that of media too (10000-19999, voice_rtp",
        "its own",
    ),
    (
        host(voice_time_server=True, firewall_services=[service("ntp", protocol="udp", ports=[123])]),
        "UDP port 123 of 'ntp' is that of the time too (123, voice_time_server)",
        "its own",
    ),
    (host(firewall_services=[service(protocol="udp", ports=[68])]), "that of DHCP too (68, which is always", "its own"),
    (
        host(firewall_untracked_media=True, voice_rtp_end=40001),
        "firewall_untracked_media: voice_rtp_end is 40001, but from 32768 on are ports of the host's own connections",
        "end the range below 32768",
    ),
    # Services
    (host(firewall_services=[service("Web server")]), "firewall_services[0].name: 'Web server' cannot", "a-z, 0-9"),
    (host(firewall_services=[service(), service(ports=[1])]), "[1].name: 'web' is the name of firewall", "its own"),
    (host(firewall_services=[service(ports=["9-8"])]), "firewall_services[0].ports[0]: '9-8' is neither", "8000-8010"),
    (host(firewall_services=[service(ports=[True])]), "firewall_services[0].ports[0]: 'True' is neither", "9100"),
    (host(firewall_services=[service(ports=[])]), "firewall_services[0].ports: it is empty", "at least one"),
    (host(firewall_services=[service(networks=[])]), "firewall_services[0].networks: it is empty", "leave it out"),
    (host(firewall_services=[service(networks=["x"])]), "firewall_services[0].networks[0]: 'x' is neither", "write"),
    (host(firewall_services=[{"name": "web"}]), "firewall_services[0].ports: it is missing", "set it"),
    (host(firewall_services=[service(port=1)]), "firewall_services[0].port: no such option", "'ports'"),
    # The carrier
    (trunk(edges=["us1"]), "voice_trunks[0].edges[0]: 'us1' is not an edge", "'ashburn'"),
    (
        host(voice_carrier_networks={"signalling": {"lab": ["192.0.2.1/24"]}}),
        "voice_carrier_networks.signalling.lab: '192.0.2.1/24' is not an IPv4 network",
        "write it as",
    ),
    (host(voice_carrier_networks={"as_of": "2026-13-01"}), "as_of: '2026-13-01' is not a date", "YYYY-MM-DD"),
    # What is blocked
    (
        host(firewall_blocked_networks=["198.51.0.0/16"]),
        f"{BLOCKED}: '198.51.0.0/16' shuts out 198.51.100.0/24 of {MANAGEMENT}, those who manage the host",
        "block a smaller network",
    ),
    (
        host(firewall_blocked_networks=["198.51.100.0/25", "198.51.100.128/25"]),
        f"{BLOCKED}: '198.51.100.0/24' shuts out 198.51.100.0/24 of {MANAGEMENT}",
        "block a smaller network",
    ),
    (host(firewall_blocked_networks=["2001:db8::/32"]), "shuts out 2001:db8:9::/64 of", "block a smaller network"),
    (host(firewall_blocked_networks=["192.0.2.0/24"]), f"shuts out 192.0.2.0/24 of {PHONES}, telephones", "smaller"),
    (host(firewall_blocked_networks=["168.0.0.0/8"]), "shuts out 168.86.128.0/18 of voice_carrier", "carrier's media"),
    (
        host(firewall_blocked_networks=["0.0.0.0/1"]),
        "shuts out 54.172.60.0/30, 54.244.51.0/30, 54.171.127.192/30 and 4 more of voice_carrier_networks.sig",
        "carrier's calls",
    ),
    # Numbers
    (host(firewall_sip_rate=0), "firewall_sip_rate: 0 is outside 1 to 100000", "choose"),
    (host(firewall_confirm_seconds=5), "firewall_confirm_seconds: 5 is outside 10 to 600", "choose"),
    (host(firewall_log_rate=-1), "firewall_log_rate: -1 is outside 0 to", "choose"),
    (host(firewall_conntrack_max=100), "firewall_conntrack_max: '100' is not possible", "write auto, or a number"),
    (host(firewall_conntrack_max="many"), "firewall_conntrack_max: 'many' is not possible", "write auto"),
]


@pytest.mark.parametrize(("variables", "what", "remedy"), CASES, ids=[case[1] for case in CASES])
def test_a_problem_names_path_value_and_remedy(variables: dict[str, Any], what: str, remedy: str) -> None:
    found = problems(variables)
    assert any(what in problem and remedy in problem for problem in found), found
    assert len(found) == len(set(found))
    with pytest.raises(FirewallPlanError) as caught:
        built(variables)
    assert str(caught.value) == " ".join(found)


@pytest.mark.parametrize("variable", [MANAGEMENT, PHONES, BLOCKED])
@pytest.mark.parametrize(("networks", "sentence"), NETWORKS, ids=[case[1] for case in NETWORKS])
def test_networks_are_judged_alike_everywhere(variable: str, networks: list[Any], sentence: str) -> None:
    found = problems(host(**{variable: networks}))
    assert any(problem.startswith(variable) and sentence in problem for problem in found), found


@pytest.mark.parametrize("variable", [MANAGEMENT, PHONES, BLOCKED, "firewall_ssh_ports"])
def test_a_list_that_is_none_is_one_problem(variable: str) -> None:
    """What follows from its being unread is not said: not that it is empty, nor that nobody would come in."""
    found = problems(host(**{variable: "192.0.2.0/24"}, connection={"client": "198.51.100.7", "port": 22}))
    assert found == [f"{variable}: it is not a list: write one entry to a line, each after a hyphen."]


def test_a_sound_host_has_no_problems() -> None:
    assert problems(HOST) == []
    assert problems({MANAGEMENT: ["198.51.100.0/24"]}) == []
    assert problems(host(voice_phone_networks=["0.0.0.0/0", "::/0"])) == []
    assert (
        problems(host(firewall_ssh_ports=[], firewall_services=[service("ssh", ports=[22], networks=["::/0"])])) == []
    )
    assert problems(host(firewall_conntrack_max="300000", firewall_services=[service(ports=["80", "8000-8010"])])) == []
    assert problems(host(firewall_blocked_networks=["192.0.2.128/25"])) == []
    # The carrier and telephones are nothing to a host without calls.
    assert problems({MANAGEMENT: ["198.51.100.0/24"], BLOCKED: ["168.0.0.0/8", "192.0.2.0/24"]}) == []
    # A listener that is not needed takes no port.
    assert problems({MANAGEMENT: ["198.51.100.0/24"], "firewall_services": [service(ports=[5060, 5061])]}) == []


def test_all_problems_at_once() -> None:
    found = problems({"voice_phone_networks": ["x"], "firewall_ssh_ports": [], "firewall_icmp_rate": 0})
    assert [problem.split(":")[0] for problem in found] == [
        "voice_phone_networks[0]",
        "voice_management_networks",
        "firewall_ssh_ports",
        "firewall_icmp_rate",
    ]


def test_no_sentence_holds_a_secret() -> None:
    variables = host(voice_phone_networks=[])
    variables["voice_extensions"][0]["secret"] = 4711081512345
    assert not any("4711081512345" in problem for problem in problems(variables))


def run(client: str, port: Any = 22, **changes: Any) -> list[str]:
    return problems(host(**changes, connection={"client": client, "port": port}))


def test_this_run_would_still_come_in() -> None:
    for client in ("198.51.100.7", "::ffff:198.51.100.7", "2001:db8:9::7"):
        assert run(client) == []
        assert run(client, "22") == []
    assert run("198.51.100.7", 2222, firewall_ssh_ports=[22, 2222]) == []
    assert run("203.0.113.7", 8080, firewall_services=[service(networks=["203.0.113.0/24"])]) == []
    assert run("fe80::7%eth0", voice_management_networks=["fe80::/64"]) == []
    # A run that does not come by SSH, such as one in a container.
    assert problems(host(connection={})) == problems(host(connection=None)) == run("") == []


@pytest.mark.parametrize(
    ("found", "sentence"),
    [
        (
            run("203.0.113.7"),
            f"{MANAGEMENT}: 203.0.113.7, from which this run comes, is in none of them: add its network",
        ),
        (run("203.0.113.7", None), f"{MANAGEMENT}: 203.0.113.7, from which this run comes, is in none of them"),
        (run("198.51.100.7", 2222), "firewall_ssh_ports: this run comes in by port 2222, which is not among [22]: add"),
        (
            run("203.0.113.7", 8080, firewall_services=[service(networks=["192.0.2.0/24"])]),
            "firewall_services[0].networks: 203.0.113.7, from which this run comes, is in none of them",
        ),
        (
            run("198.51.100.7", firewall_blocked_networks=["198.51.100.0/28"]),
            f"{BLOCKED}: '198.51.100.0/28' holds 198.51.100.7, from which this run comes: take it out of the list",
        ),
    ],
)
def test_a_run_that_would_shut_itself_out_is_refused(found: list[str], sentence: str) -> None:
    (problem,) = found
    assert problem.startswith(sentence)
    assert problem.endswith("(firewall_refuse_lock_out: false tries it nevertheless).")


def test_a_lock_out_can_be_tried_on_purpose() -> None:
    assert run("203.0.113.7", 2222, firewall_refuse_lock_out=False) == []
    assert run("198.51.100.7", firewall_blocked_networks=["198.51.100.7"], firewall_refuse_lock_out=False) == []


def test_ten_thousand_networks_are_judged_at_once() -> None:
    many = [f"10.{number // 256}.{number % 256}.0/25" for number in range(10_000)]
    others = [f"10.{number // 256}.{number % 256}.128/25" for number in range(10_000)]
    begun = time.process_time()
    assert problems(host(voice_phone_networks=many, firewall_blocked_networks=others)) == []
    # Each network held against each other one would take minutes.
    assert time.process_time() - begun < 20
