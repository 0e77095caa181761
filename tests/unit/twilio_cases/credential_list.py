# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks of twilio_credential_list and twilio_credential_list_info."""

from __future__ import annotations

from typing import Any

from twilio_faulty import Held, Scenario, do
from twilio_network import World

MODULE = "twilio_credential_list"


def users(*names: str) -> list[dict[str, Any]]:
    """Return entries, each with a password of its own."""
    return [{"username": name, "password": f"Secret-0-{name}-word"} for name in names]


CHANGING: dict[str, list[dict[str, Any]]] = {
    MODULE: [
        {"friendly_name": "new", "credentials": users("pbx-a")},
        {"friendly_name": "staff", "credentials": users("pbx-c"), "purge_credentials": True},
        {"friendly_name": "staff", "credentials": [{"username": "pbx-a", "state": "absent"}]},
        {"friendly_name": "unused users", "state": "absent"},
    ],
}
READING: dict[str, list[dict[str, Any]]] = {
    f"{MODULE}_info": [{}, {"friendly_name": "staff"}, {"include_credentials": False}]
}
SECRETS = ("password",)


def populate(world: World) -> None:
    staff(world)
    do(world, MODULE, friendly_name="unused users")


def staff(world: World) -> None:
    do(world, MODULE, friendly_name="staff", credentials=users("pbx-a", "pbx-b"))


SCENARIOS = [
    Scenario("credential list create", MODULE, {"friendly_name": "staff", "credentials": users("pbx-a", "pbx-b")}),
    Scenario(
        "credential list update and remove",
        MODULE,
        {"friendly_name": "staff", "credentials": [*users("pbx-c"), {"username": "pbx-a", "state": "absent"}]},
        staff,
    ),
    Scenario(
        "credential list purge",
        MODULE,
        {"friendly_name": "staff", "credentials": [*users("pbx-c"), {"username": "pbx-b"}], "purge_credentials": True},
        staff,
    ),
    Scenario("credential list delete", MODULE, {"friendly_name": "staff", "state": "absent"}, staff),
    Scenario(
        "credential list rename",
        MODULE,
        {"sid": Held("CL", "staff"), "friendly_name": "renamed", "credentials": users("pbx-c")},
        staff,
    ),
    Scenario(
        "credential list passwords",
        MODULE,
        {
            "friendly_name": "staff",
            "credentials": [{**user, "password": "Another-0-word"} for user in users("pbx-a", "pbx-b")],
            "update_password": "always",
        },
        staff,
        repeats=True,
    ),
]
