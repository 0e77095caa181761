# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the benchmark of the firewall compares: the role's own rules, and the same written as one rule per entry."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Sequence
from typing import Any

FEW, MANY = 10, 10_000
SIP, MEDIA = 5060, 10_000
CARRIER = "203.0.113.0/24"
MANAGEMENT = "192.0.2.10"
# The highest the role takes: what is measured is the way through the limits, not what they hold back.
SIP_RATE, SIP_BURST = 100_000, 1_000_000
# A network in use: four telephones' addresses apart, so that no two entries can be merged into one.
_FIRST, _STEP = int(ipaddress.IPv4Address("198.18.0.1")), 4

DROP_ALL = "table inet dropped {\n  chain input {\n    type filter hook input priority filter; drop\n  }\n}\n"


def telephones(count: int) -> list[str]:
    """Return addresses of telephones, from all over the range that MANY of them fill."""
    return [str(ipaddress.IPv4Address(_FIRST + _STEP * (MANY // count) * index)) for index in range(count)]


def strangers(count: int) -> list[str]:
    """Return addresses of nobody, each between two telephones of MANY, where a search ends last."""
    return [str(ipaddress.IPv4Address(int(ipaddress.IPv4Address(address)) + 2)) for address in telephones(count)]


def values(phones: Sequence[str], **firewall: Any) -> dict[str, Any]:
    """Return a host's variables for the role: a PBX with a trunk and telephones at these addresses."""
    trunk = {"name": "acme", "domain_name": "acme.pstn.twilio.com", "edges": ["ashburn"], "transport": "udp"}
    return {
        "voice_management_networks": [MANAGEMENT],
        "voice_phone_networks": list(phones),
        "voice_carrier_networks": {"signalling": {"ashburn": [CARRIER]}, "media": [CARRIER], "as_of": "2026-11-01"},
        "voice_trunks": [trunk],
        "voice_extensions": [{"extension": "101", "name": "Reception", "secret": "none", "transport": "udp"}],
        "firewall_sip_rate": SIP_RATE,
        "firewall_sip_burst": SIP_BURST,
        **firewall,
    }


def linear(phones: Sequence[str]) -> str:
    """Return the same policy as people and simple tools write it: a rule for each address and service.

    Connections that exist are let through first, as in every such file. It has no limits per address, so it does less.
    """
    media, allowed = f"{MEDIA}-20000", [MANAGEMENT, CARRIER]
    rules = [
        "ct state established,related counter name passed accept",
        "ct state invalid counter name dropped drop",
        'iifname "lo" accept',
        "meta l4proto { icmp, ipv6-icmp } accept",
        f"ip saddr {allowed[0]} tcp dport 22 counter name passed accept",
    ]
    for network in [allowed[1], *phones]:
        rules.append(f"ip saddr {network} udp dport {SIP} counter name passed accept")
        rules.append(f"ip saddr {network} udp dport {media} counter name passed accept")
    body = "\n".join(f"    {rule}" for rule in [*rules, "counter name dropped drop"])
    return (
        "table inet linear {\n  counter passed { }\n  counter dropped { }\n"
        f"  chain input {{\n    type filter hook input priority filter; policy accept;\n{body}\n  }}\n}}\n"
    )


def playbook(cases: Sequence[str], filter_name: str, template: str, folder: str) -> str:
    """Return a playbook that renders the role's template as the role does; FOLDER/CASE.json has a host's variables."""
    # Everything goes through the real filter and template: what is measured is what a host gets.
    plan = f"(lookup('ansible.builtin.file', '{folder}/' ~ item ~ '.json') | from_json | {filter_name})"
    inside = f"lookup('ansible.builtin.template', '{template}', template_vars={{'plan': {plan}}})"
    content = "table inet dialtone_firewall {\n{{ " + inside + " }}\n}\n"
    task = {
        "ansible.builtin.copy": {"content": content, "dest": f"{folder}/{{{{ item }}}}.nft", "mode": "0600"},
        "loop": list(cases),
    }
    return json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": [task]}])
