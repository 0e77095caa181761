# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Descriptions of offices for the tests, and what is wrong with them and follows from them."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.dialtone.voice.plugins.module_utils._voice import description

ROOT = Path(__file__).resolve().parents[2]
SPEC = yaml.safe_load((ROOT / "roles/voice_description/meta/argument_specs.yml").read_text(encoding="utf-8"))
OPTIONS = SPEC["argument_specs"]["main"]["options"]
SECRETS = ("kJ8_xq2Lw0TzPf5mQa9R", "uY7-Zs4Nc1VbRd6oWe3T")
OFFICE: dict[str, Any] = {
    "voice_country": "US",
    "voice_trunks": [
        {
            "name": "acme-hq-production",
            "domain_name": "acme-hq.pstn.twilio.com",
            "edges": ["ashburn", "umatilla"],
            "transport": "udp",
            "authentication": {"addresses": "auto"},
            "origination": "auto",
        }
    ],
    "voice_numbers": [
        {
            "number": "+12025550101",
            "trunk": "acme-hq-production",
            "owner": "Sales",
            "purpose": "main line",
            "destination": {"extension": "101"},
        },
        {
            "number": "(202) 555-0102",
            "trunk": "acme-hq-production",
            "owner": "Support",
            "purpose": "help desk",
            "destination": {"extension": "102"},
        },
    ],
    "voice_extensions": [
        {"extension": "101", "name": "Reception", "secret": SECRETS[0], "caller_id": "202-555-0101"},
        {"extension": "102", "secret": SECRETS[1]},
    ],
    "voice_dialplan": {
        "allow": ["national", "international"],
        "countries": ["CA"],
        # This office is about the account; where help is sent to is what call_offices.py is about.
        "emergency": {"address_required": False},
    },
    "voice_management_networks": ["198.51.100.0/24"],
    "voice_phone_networks": ["192.0.2.0/24", "2001:db8:1::/64"],
}
ADDRESSES = ("203.0.113.10", "203.0.113.11")


def office(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(OFFICE), **changes}


def hosts(variables: dict[str, Any], count: int = 2, **extra: Any) -> list[dict[str, Any]]:
    return [
        {"name": f"pbx{place + 1}", "voice_public_address": ADDRESSES[place], **copy.deepcopy(variables), **extra}
        for place in range(count)
    ]


def problems(variables: dict[str, Any], **extra: Any) -> list[str]:
    return description.problems(hosts(variables, **extra), OPTIONS)


def trunk(**changes: Any) -> dict[str, Any]:
    variables = office()
    variables["voice_trunks"][0].update(changes)
    return variables


def number(**changes: Any) -> dict[str, Any]:
    variables = office()
    variables["voice_numbers"][0].update(changes)
    return variables


def extension(**changes: Any) -> dict[str, Any]:
    variables = office()
    variables["voice_extensions"][0].update(changes)
    return variables


def two_trunks(**changes: Any) -> dict[str, Any]:
    variables = office()
    second = {**variables["voice_trunks"][0], "name": "other", "domain_name": "other.pstn.twilio.com", **changes}
    variables["voice_trunks"].append(second)
    return variables


def accounts(entries: list[dict[str, Any]], only: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    return description.account_objects(entries, OPTIONS, only)


def options_of(variables: dict[str, Any], count: int = 2) -> dict[str, Any]:
    """Return what the one account of one office is told."""
    (account,) = accounts(hosts(variables, count=count))
    found: dict[str, Any] = account["options"]
    return found


def branch(name: str, place: int) -> dict[str, Any]:
    variables = office()
    variables["voice_trunks"][0].update(name=f"{name}-production", domain_name=f"{name}.pstn.twilio.com")
    for line, entry in enumerate(variables["voice_numbers"], start=1):
        entry.update(number=f"+12025550{place}1{line}", trunk=f"{name}-production")
    variables["voice_extensions"][0]["caller_id"] = f"+12025550{place}11"
    return variables


def branches() -> list[dict[str, Any]]:
    boston, paris = branch("boston", 1), branch("paris", 2)
    return [
        {"name": "b1", "voice_public_address": "203.0.113.1", **boston},
        {"name": "p1", "voice_public_address": "198.51.100.1", **paris},
        {"name": "b2", "voice_public_address": "203.0.113.2", **copy.deepcopy(boston)},
    ]
