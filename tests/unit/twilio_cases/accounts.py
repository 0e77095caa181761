# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks of twilio_subaccount, twilio_api_key and their info twins."""

from __future__ import annotations

from typing import Any

from twilio_faulty import Held, Scenario, do
from twilio_network import ACCOUNT, TOKEN, World

from lab.emulator.seed import seed

SUB, KEY = "twilio_subaccount", "twilio_api_key"
HIDDEN = {"_ansible_no_log": True}  # as Ansible tells a module that the task has no_log: true

CHANGING: dict[str, list[dict[str, Any]]] = {
    SUB: [
        {"friendly_name": "new"},
        {"friendly_name": "new", "status": "suspended", "return_auth_token": True, **HIDDEN},
        {"friendly_name": "branch", "status": "suspended"},
        {"friendly_name": "branch", "state": "absent", "close": True},
    ],
    KEY: [
        {"friendly_name": "new", **HIDDEN},
        {"friendly_name": "old", "state": "absent"},
    ],
}
READING: dict[str, list[dict[str, Any]]] = {
    f"{SUB}_info": [{}, {"friendly_name": "branch"}, {"status": ["closed"]}],
    f"{KEY}_info": [{}, {"friendly_name": "old"}],
}


def populate(world: World) -> None:
    do(world, SUB, friendly_name="branch")
    do(world, KEY, friendly_name="old", **HIDDEN)


def closed(world: World) -> None:
    """Make a subaccount that is closed."""
    do(world, SUB, friendly_name="branch")
    do(world, SUB, friendly_name="branch", state="absent", close=True)


def namesakes(world: World) -> None:
    """Make a subaccount, and a closed one of the same name."""
    closed(world)
    do(world, SUB, friendly_name="branch")


def two_keys(world: World) -> None:
    for name in ("old", "other"):
        do(world, KEY, friendly_name=name, **HIDDEN)


SEEDED = "SK" + "5" * 32


def known_key(world: World) -> None:
    """Make a key whose SID is known, because only by its SID can one be renamed."""
    two_keys(world)
    key = {"sid": SEEDED, "secret": "not0used0by0any0task", "type": "main"}
    seed(
        world.context,
        {"accounts": [{"sid": ACCOUNT, "auth_token": TOKEN, "friendly_name": "Tests", "api_keys": [key]}]},
    )


def suspended(world: World) -> None:
    """Make a subaccount that rests."""
    do(world, SUB, friendly_name="branch", status="suspended")


SCENARIOS = [
    Scenario("subaccount create", SUB, {"friendly_name": "branch"}, closed),
    Scenario("subaccount create suspended", SUB, {"friendly_name": "branch", "status": "suspended"}),
    Scenario("subaccount suspend", SUB, {"friendly_name": "branch", "status": "suspended"}, namesakes),
    Scenario("subaccount close", SUB, {"friendly_name": "branch", "state": "absent", "close": True}, namesakes),
    Scenario("key create", KEY, {"friendly_name": "new", **HIDDEN}, two_keys),
    Scenario("key rename", KEY, {"sid": SEEDED, "friendly_name": "renamed"}, known_key),
    Scenario("key delete", KEY, {"friendly_name": "old", "state": "absent"}, two_keys),
    Scenario("subaccount rename", SUB, {"sid": Held("AC", "branch"), "friendly_name": "renamed"}, namesakes),
    Scenario("subaccount reactivate", SUB, {"friendly_name": "branch", "status": "active"}, suspended),
    Scenario(
        "subaccount close suspended", SUB, {"friendly_name": "branch", "state": "absent", "close": True}, suspended
    ),
]
