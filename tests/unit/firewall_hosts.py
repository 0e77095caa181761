# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts for the tests of the firewall, what is wrong with them, and what follows from them."""

from __future__ import annotations

import copy
import datetime
from pathlib import Path
from typing import Any

import yaml
from voice_offices import OPTIONS

from ansible_collections.dialtone.voice.plugins.module_utils._voice.firewall import plan
from ansible_collections.dialtone.voice.plugins.module_utils._voice.firewall import problems as problems_

ROOT = Path(__file__).resolve().parents[2]
_SPEC = yaml.safe_load((ROOT / "roles/firewall/meta/argument_specs.yml").read_text(encoding="utf-8"))
FIREWALL = _SPEC["argument_specs"]["main"]["options"]
TODAY = "2026-11-24"
HOST: dict[str, Any] = {
    "voice_management_networks": ["198.51.100.0/24", "2001:db8:9::/64"],
    "voice_phone_networks": ["192.0.2.0/24", "2001:db8:1::/64"],
    "voice_trunks": [
        {"name": "acme", "domain_name": "acme.pstn.twilio.com", "edges": ["ashburn"], "transport": "udp"},
    ],
    "voice_extensions": [
        {"extension": "101", "secret": "kJ8_xq2Lw0TzPf5mQa9R", "transport": "udp"},
        {"extension": "102", "secret": "uY7-Zs4Nc1VbRd6oWe3T", "transport": "tls"},
    ],
}


def host(**changes: Any) -> dict[str, Any]:
    return {**copy.deepcopy(HOST), **changes}


def trunk(**changes: Any) -> dict[str, Any]:
    variables = host()
    variables["voice_trunks"][0].update(changes)
    return variables


def service(name: str = "web", **changes: Any) -> dict[str, Any]:
    return {"name": name, "ports": [8080], **changes}


def built(variables: dict[str, Any], today: str = TODAY) -> dict[str, Any]:
    return plan.build(variables, OPTIONS, FIREWALL, datetime.date.fromisoformat(today))


def problems(variables: dict[str, Any]) -> list[str]:
    return problems_.problems(variables, OPTIONS, FIREWALL)
