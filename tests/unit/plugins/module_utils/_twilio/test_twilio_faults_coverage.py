# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The systematic faults strike every kind of change that every module is able to make."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest
from twilio_collected import CHANGING, POPULATE, SCENARIOS
from twilio_network import World, run_module

MODULES = Path(__file__).resolve().parents[5] / "plugins" / "modules"
CREATE, UPDATE, DELETE = "create", "update", "delete"
LISTED = {
    "IP access control list": (CREATE, UPDATE, DELETE),
    "IP address": (CREATE, UPDATE, DELETE),
}
USERS = {
    "credential list": (CREATE, UPDATE, DELETE),
    "credential": (CREATE, UPDATE, DELETE),
}
ADDRESSES = {"address": (CREATE, UPDATE, DELETE)}
TRUNKS = {
    "trunk": (CREATE, UPDATE, DELETE),
    "recording": (UPDATE,),
    "origination URL": (CREATE, UPDATE, DELETE),
    "IP access control list of the trunk": (CREATE, DELETE),
    "credential list of the trunk": (CREATE, DELETE),
}
COUNTRIES = {"country": (UPDATE,)}
# The kinds of change that each module that writes is able to make: those of the plan, resource by resource.
ABLE: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "twilio_address": ADDRESSES,
    "twilio_api_key": {"API key": (CREATE, UPDATE, DELETE)},
    "twilio_credential_list": USERS,
    "twilio_dialing_permissions": {**COUNTRIES, "dialing permissions": (UPDATE,)},
    "twilio_ip_access_control_list": LISTED,
    "twilio_phone_number": {
        "phone number": (CREATE, UPDATE, DELETE),
        "phone number of the trunk": (DELETE,),  # being put on a trunk is an update of the number
    },
    "twilio_subaccount": {"subaccount": (CREATE, UPDATE)},  # closing it is an update
    "twilio_trunk": {**TRUNKS, "phone number of the trunk": (CREATE, DELETE)},
    "twilio_trunk_region": {"trunk region": (UPDATE,)},
    "twilio_voice_account": {
        **LISTED,
        **USERS,
        **ADDRESSES,
        **TRUNKS,
        **COUNTRIES,
        "phone number": (UPDATE,),  # it neither buys nor releases
        "phone number of the trunk": (DELETE,),
        "dialing permissions": (UPDATE,),
    },
}
Kinds = dict[str, set[tuple[str, str]]]


@pytest.fixture(scope="module")
def struck() -> Kinds:
    """The kinds of change that the scenarios make, by module; each scenario's run without faults makes them."""
    kinds: Kinds = defaultdict(set)
    for scenario in SCENARIOS:
        world = World()
        world.restart(scenario.store())
        result = run_module(scenario.module, world, **scenario.task(world.context.store))
        kinds[scenario.module].update((change["action"], change["resource"]) for change in result["changes"])
    return kinds


def able(module: str) -> set[tuple[str, str]]:
    return {(action, label) for label, actions in ABLE[module].items() for action in actions}


def test_every_module_that_writes_is_told_here() -> None:
    written = {path.stem for path in MODULES.glob("twilio_*.py")} - {path.stem for path in MODULES.glob("*_info.py")}
    assert set(ABLE) == written


@pytest.mark.parametrize("module", ABLE)
def test_every_kind_of_change_is_struck_by_faults(struck: Kinds, module: str) -> None:
    assert able(module) - struck[module] == set(), "no scenario makes these changes"


@pytest.mark.parametrize("module", ABLE)
def test_no_kind_of_change_is_missing_above(struck: Kinds, module: str, world: World) -> None:
    for populate in POPULATE:
        populate(world)
    made = set(struck[module])
    for options in CHANGING[module]:
        result = world.run(module, check=True, **options)
        made.update((change["action"], change["resource"]) for change in result["changes"])
    # A secret's own file is no request.
    assert {kind for kind in made if "file" not in kind[1]} - able(module) == set()


def test_a_subaccount_goes_through_every_status_under_faults() -> None:
    passed = set()
    for scenario in SCENARIOS:
        if scenario.module == "twilio_subaccount":
            world = World()
            world.restart(scenario.store())
            before = {sid: account.status for sid, account in world.context.store.accounts.items()}
            run_module(scenario.module, world, **scenario.task(world.context.store))
            after = world.context.store.accounts
            passed.update((before.get(sid), account.status) for sid, account in after.items())
    assert {
        (None, "active"),
        (None, "suspended"),
        ("active", "suspended"),
        ("suspended", "active"),
        ("active", "closed"),
        ("suspended", "closed"),
    } <= passed
