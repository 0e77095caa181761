# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks of twilio_dialing_permissions and twilio_dialing_permissions_info."""

from __future__ import annotations

from typing import Any

from twilio_faulty import Held, Scenario, do
from twilio_network import World

NAME = "twilio_dialing_permissions"
CHANGING: dict[str, list[dict[str, Any]]] = {
    NAME: [
        {"low_risk": ["DE"]},
        {"low_risk": ["FR"], "purge": False},
        {"low_risk": ["US", "LV"], "high_risk_special": [], "high_risk_tollfraud": ["LV"]},
        {"low_risk": []},
    ],
}
READING: dict[str, list[dict[str, Any]]] = {"twilio_dialing_permissions_info": [{}, {"iso_codes": ["DE"]}]}


def risky(world: World) -> None:
    """Let too much be open."""
    do(world, NAME, low_risk=["US", "LV", "GB"], high_risk_special=["LV"], high_risk_tollfraud=["LV"])


BRANCH = {"account_sid": Held("AC", "branch"), "auth_token": Held("AC", "branch", "auth_token")}
CLOSED: dict[str, Any] = {"low_risk": [], "high_risk_special": [], "high_risk_tollfraud": []}


def branch(world: World) -> None:
    """Make a subaccount that inherits its permissions."""
    do(world, "twilio_subaccount", friendly_name="branch")


def independent(world: World) -> None:
    """Make a subaccount with permissions of its own."""
    branch(world)
    login = {name: held.look_up(world.context.store) for name, held in BRANCH.items()}
    do(world, NAME, **login, inheritance=False, **CLOSED)


SCENARIOS = [
    Scenario("permissions open", NAME, {"low_risk": ["DE", "FR"], "purge": False}),
    Scenario("permissions open and close", NAME, {"low_risk": ["US", "DE"], "high_risk_tollfraud": []}, risky),
    Scenario(
        "permissions close all", NAME, {"low_risk": [], "high_risk_special": [], "high_risk_tollfraud": []}, risky
    ),
    Scenario("permissions on their own", NAME, {**BRANCH, "inheritance": False, **CLOSED, "low_risk": ["FR"]}, branch),
    Scenario("permissions inherited", NAME, {**BRANCH, "inheritance": True}, independent),
]
