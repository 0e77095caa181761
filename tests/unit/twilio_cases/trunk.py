# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks of twilio_trunk and twilio_trunk_info."""

from __future__ import annotations

from typing import Any

from twilio_faulty import DOMAIN, TRUNK, Scenario, crowded, do, empty_trunk, lists, trunk, urls
from twilio_network import NUMBERS, World

CHANGING: dict[str, list[dict[str, Any]]] = {
    "twilio_trunk": [
        {"friendly_name": "new", "recording": {"mode": "record-from-answer"}, "phone_numbers": [NUMBERS[1]]},
        {
            "friendly_name": "hq",
            "secure": True,
            "origination_urls": [{"sip_url": "sip:a"}],
            "purge_origination_urls": True,
        },
        {"friendly_name": "hq", "phone_numbers": [], "purge_phone_numbers": True, "ip_access_control_lists": ["new"]},
        {"friendly_name": "hq", "state": "absent"},
    ],
}
READING: dict[str, list[dict[str, Any]]] = {"twilio_trunk_info": [{}, {"friendly_name": "hq"}]}


def populate(world: World) -> None:
    do(world, "twilio_ip_access_control_list", friendly_name="hq", ip_addresses=[{"ip_address": "203.0.113.11"}])
    do(
        world, "twilio_trunk", friendly_name="hq", phone_numbers=NUMBERS[:1], ip_access_control_lists=["hq"],
        origination_urls=[{"friendly_name": "pbx", "sip_url": "sip:203.0.113.10"}],
    )  # fmt: skip


PURGES = {f"purge_{name}": True for name in ("ip_access_control_lists", "origination_urls", "phone_numbers")}
NAMELESS = [{"sip_url": "sip:a.example.com"}, {"sip_url": "sip:b.example.com", "enabled": False}]


def two_credential_lists(world: World) -> None:
    trunk(world)
    do(world, "twilio_credential_list", friendly_name="mobiles")


SCENARIOS = [
    Scenario("trunk create", "twilio_trunk", TRUNK, lists),
    Scenario("trunk create by name", "twilio_trunk", {"friendly_name": "hq", "origination_urls": NAMELESS}),
    Scenario(
        "trunk update and purge",
        "twilio_trunk",
        {
            "domain_name": DOMAIN,
            "friendly_name": "hq-2",
            "secure": False,
            "recording": {"trim": "trim-silence"},
            "ip_access_control_lists": ["branch"],
            "origination_urls": [*urls("pbx2", priority=20), *urls("pbx3")],
            "phone_numbers": [NUMBERS[1]],
            **PURGES,
        },
        trunk,
    ),
    Scenario(
        "trunk replace in a full list",
        "twilio_trunk",
        {"friendly_name": "hq", "origination_urls": urls("new", "pbx9"), "purge_origination_urls": True},
        crowded,
    ),
    Scenario(
        "trunk takes a number", "twilio_trunk", {"friendly_name": "hq", "phone_numbers": NUMBERS[1:]}, empty_trunk
    ),
    Scenario("trunk delete", "twilio_trunk", {"domain_name": DOMAIN, "state": "absent"}, trunk),
    Scenario(
        "trunk replaces its credential list",
        "twilio_trunk",
        {"friendly_name": "hq", "credential_lists": ["mobiles"], "purge_credential_lists": True},
        two_credential_lists,
    ),
]
