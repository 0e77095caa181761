# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks of twilio_ip_access_control_list and twilio_ip_access_control_list_info."""

from __future__ import annotations

from typing import Any

from twilio_faulty import Held, Scenario, access_list, addresses, do
from twilio_network import World

CHANGING: dict[str, list[dict[str, Any]]] = {
    "twilio_ip_access_control_list": [
        {"friendly_name": "new", "ip_addresses": [{"ip_address": "203.0.113.1"}]},
        {"friendly_name": "office", "ip_addresses": [{"ip_address": "203.0.113.99"}], "purge_ip_addresses": True},
        {"friendly_name": "office", "ip_addresses": addresses(96, 97, 98, 99), "merge": True},
        {"friendly_name": "spare", "state": "absent"},
    ],
}
READING: dict[str, list[dict[str, Any]]] = {
    "twilio_ip_access_control_list_info": [{}, {"friendly_name": "office"}, {"include_addresses": False}]
}


def populate(world: World) -> None:
    do(world, "twilio_ip_access_control_list", friendly_name="office", ip_addresses=[{"ip_address": "203.0.113.10"}])
    do(world, "twilio_ip_access_control_list", friendly_name="spare")


SCENARIOS = [
    Scenario(
        "access list create",
        "twilio_ip_access_control_list",
        {"friendly_name": "office", "ip_addresses": addresses(1, 2, 3)},
    ),
    Scenario(
        "access list update and purge",
        "twilio_ip_access_control_list",
        {
            "friendly_name": "office",
            "ip_addresses": [{"ip_address": "203.0.113.2", "friendly_name": "renamed"}, *addresses(4)],
            "purge_ip_addresses": True,
        },
        access_list,
    ),
    Scenario(
        "access list merge",
        "twilio_ip_access_control_list",
        {
            "friendly_name": "office",
            "ip_addresses": [{"ip_address": f"203.0.113.{host}"} for host in range(8)],
            "merge": True,
            "purge_ip_addresses": True,
        },
        access_list,
    ),
    Scenario(
        "access list delete",
        "twilio_ip_access_control_list",
        {"friendly_name": "office", "state": "absent"},
        access_list,
    ),
    Scenario(
        "access list rename",
        "twilio_ip_access_control_list",
        {"sid": Held("AL", "office"), "friendly_name": "renamed", "ip_addresses": addresses(4)},
        access_list,
    ),
]
