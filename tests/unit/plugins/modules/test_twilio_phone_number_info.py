# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""twilio_phone_number_info: what is selected, and how few requests that takes."""

from __future__ import annotations

from typing import Any

import pytest
from twilio_network import NUMBERS, World

NAME = "twilio_phone_number_info"
DOMAIN = "acme-hq.pstn.twilio.com"


@pytest.fixture
def account(world: World) -> World:
    """Three numbers, of which one is on a trunk."""
    world.run("twilio_trunk", friendly_name="hq", domain_name=DOMAIN, phone_numbers=NUMBERS[:1])
    world.run("twilio_phone_number", phone_number=NUMBERS[1], friendly_name="fax")
    return world


@pytest.mark.parametrize(
    ("options", "found", "requests"),
    [
        ({}, [0, 1, 2], 2),
        ({"include_trunk_names": False}, [0, 1, 2], 1),
        ({"phone_number": NUMBERS[2]}, [2], 1),
        ({"phone_number": "+1202555*10"}, [0, 1, 2], 2),
        ({"phone_number": "0102"}, [1], 1),
        ({"phone_number": "999"}, [], 1),
        ({"friendly_name": "fax"}, [1], 1),
        ({"friendly_name": "fa"}, [], 1),
        ({"trunk": "hq"}, [0], 2),
        ({"trunk": DOMAIN}, [0], 2),
        ({"trunk": ""}, [1, 2], 1),
        ({"trunk": "hq", "friendly_name": "fax"}, [], 2),
    ],
)
def test_selection(account: World, options: dict[str, Any], found: list[int], requests: int) -> None:
    result = account.run(NAME, **options)
    assert [number["phone_number"] for number in result["phone_numbers"]] == [NUMBERS[index] for index in found]
    assert (result["api_requests"], result["changed"]) == (requests, False)


def test_by_sid(account: World) -> None:
    sid = account.numbers[NUMBERS[0]]
    result = account.run(NAME, sid=sid)
    assert [number["sid"] for number in result["phone_numbers"]] == [sid]
    assert account.run(NAME, sid=sid, friendly_name="fax")["phone_numbers"] == []
    assert account.run(NAME, sid="PN" + "0" * 32)["phone_numbers"] == []
    trunk = result["phone_numbers"][0]["trunk_sid"]
    assert account.run(NAME, trunk=trunk)["phone_numbers"] == result["phone_numbers"]


def test_trunks_are_named(account: World) -> None:
    assert [number["trunk"] for number in account.run(NAME)["phone_numbers"]] == ["hq", "", ""]
    assert "trunk" not in account.run(NAME, include_trunk_names=False)["phone_numbers"][0]


def test_it_is_what_the_module_returns(account: World) -> None:
    read = account.run(NAME, include_trunk_names=False)["phone_numbers"]
    assert read == [account.run("twilio_phone_number", phone_number=number)["phone_number"] for number in NUMBERS]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"sid": "x"}, "sid: 'x' is not a SID"),
        ({"phone_number": "12-34"}, "phone_number: '12-34' is not a part of a number"),
        ({"friendly_name": ""}, "friendly_name: '' is empty"),
        ({"trunk": "acme.pstn.ashburn.twilio.com"}, "names an edge"),
    ],
)
def test_bad_input_is_refused_before_the_first_request(world: World, options: dict[str, Any], message: str) -> None:
    assert message in world.run(NAME, **options)["msg"]
    assert world.journal() == []


def test_a_trunk_that_does_not_exist_is_named(account: World) -> None:
    assert account.run(NAME, trunk="hqq")["msg"].startswith(
        "trunk: there is no trunk 'hqq' in the account. Did you mean"
    )
