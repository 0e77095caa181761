# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access lists, credential lists and addresses as entries of a set: many in one plan, each error with its place."""

from __future__ import annotations

from collections.abc import Sequence
from types import ModuleType
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from twilio_cases.address import HQ
from twilio_cases.credential_list import users
from twilio_network import ACCOUNT, TOKEN, World

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.api import Api
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.errors import TwilioError
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import (
    access_lists,
    addresses,
    credential_lists,
)
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.http import HttpClient, RetryPolicy
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import COMMON_SPEC, Task
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.sdk import SdkClient

HANDLERS = [access_lists, credential_lists, addresses]
each_handler = pytest.mark.parametrize("handler", HANDLERS, ids=lambda handler: handler.__name__.rpartition(".")[2])


def make_task(world: World, *, check: bool = False) -> Task:
    policy = RetryPolicy(retries=0, delay=0.0, max_delay=0.0)
    http = HttpClient(world, None, connect_timeout=1.0, read_timeout=1.0, policy=policy, sleep=world.pauses.append)
    return Task(
        {"account_sid": ACCOUNT, "concurrency": 4},
        check,
        Api(SdkClient(ACCOUNT, TOKEN, http_client=http), http, ACCOUNT),
    )


def entry(handler: ModuleType, **options: Any) -> dict[str, Any]:
    """Return an entry as Ansible would hand it over, with everything that was not given."""
    result = ArgumentSpecValidator({**handler.OPTIONS, "state": {"default": "present"}}).validate(options)
    assert result.error_messages == []
    return dict(result.validated_parameters)


def converge(task: Task, wanted: Sequence[tuple[ModuleType, dict[str, Any]]]) -> tuple[list[Any], list[dict[str, Any]]]:
    """Do with a set of entries what a module for sets does."""
    found = []
    for number, (handler, options) in enumerate(wanted):
        handler.validate_one(options, f"set[{number}].")
    for number, (handler, options) in enumerate(wanted):
        found.append(handler.current(task, options, f"set[{number}]."))
    task.directory.prefetch(
        [need for (handler, options), current in zip(wanted, found) for need in handler.needs(options, current)]
    )
    nodes = [
        handler.node(task, options, current, f"set[{number}].", f"key {number}")
        for number, ((handler, options), current) in enumerate(zip(wanted, found))
    ]
    __, afters, changes = task.converge_all(nodes)
    return afters, changes


def whole_set() -> list[tuple[ModuleType, dict[str, Any]]]:
    return [
        (access_lists, entry(access_lists, friendly_name="office", ip_addresses=[{"ip_address": "203.0.113.1"}])),
        (access_lists, entry(access_lists, friendly_name="branch", ip_addresses=[{"ip_address": "203.0.113.2"}])),
        (credential_lists, entry(credential_lists, friendly_name="staff", credentials=users("a", "b"))),
        (credential_lists, entry(credential_lists, friendly_name="crew", credentials=[])),
        (addresses, entry(addresses, **HQ)),
        (addresses, entry(addresses, **{**HQ, "friendly_name": "cafe"}, auto_correct_address=True)),
    ]


def test_a_set_is_one_plan_and_each_list_is_read_once(world: World) -> None:
    predicted, __ = converge(make_task(world, check=True), whole_set())
    assert world.writes() == []
    made, changes = converge(make_task(world), whole_set())
    assert [record["friendly_name"] for record in predicted] == [record["friendly_name"] for record in made]
    assert len(changes) == len(world.writes()) == 10
    again = make_task(world)
    afters, changes = converge(again, whole_set())
    assert (afters, changes) == (made, [])
    assert again.api.requests_sent == 3 + 4, "three kinds, and the members of four lists"
    gone = [(handler, {**options, "state": "absent"}) for handler, options in whole_set()]
    assert converge(make_task(world), gone)[0] == [None] * 6
    assert converge(make_task(world), gone)[1] == []


@each_handler
def test_no_option_of_an_entry_is_one_that_all_modules_have(handler: ModuleType) -> None:
    assert not {"state", *COMMON_SPEC} & set(handler.OPTIONS)
    assert "sid" in handler.OPTIONS


@each_handler
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "set[3].friendly_name is missing, and so is sid; give one of them."),
        ({"friendly_name": " "}, "set[3].friendly_name: ' ' is empty"),
        ({"sid": "hello"}, "set[3].sid: 'hello' is not a SID"),
    ],
)
def test_what_identifies_an_entry_is_judged(handler: ModuleType, options: dict[str, Any], message: str) -> None:
    with pytest.raises(TwilioError) as refused:
        handler.validate_one(entry(handler, **options), "set[3].")
    assert str(refused.value).startswith(message)


@pytest.mark.parametrize(
    ("handler", "options", "place"),
    [
        (access_lists, {"ip_addresses": [{"ip_address": "::1"}]}, "set[0].ip_addresses[0].ip_address: "),
        (access_lists, {"ip_addresses": [{"ip_address": "203.0.113.1", "friendly_name": ""}]},
         "set[0].ip_addresses[0].friendly_name: "),
        (access_lists, {"ip_addresses": [{"ip_address": "203.0.113.1"}] * 2}, "set[0].ip_addresses[1].ip_address: "),
        (access_lists, {"purge_ip_addresses": True}, "set[0].purge_ip_addresses: True needs ip_addresses"),
        (credential_lists, {"credentials": [{"username": "a b"}]}, "set[0].credentials[0].username: "),
        (credential_lists, {"credentials": [{"username": "a", "password": "weak"}]}, "set[0].credentials[0].password "),
        (credential_lists, {"credentials": [{"username": "a"}]}, "set[0].credentials[0].password is missing"),
        (credential_lists, {"purge_credentials": True}, "set[0].purge_credentials: True needs credentials"),
        (addresses, {"city": ""}, "set[0].city: "),
        (addresses, {"customer_name": "x" * 65}, "set[0].customer_name: "),
        (addresses, {"iso_country": "us"}, "set[0].iso_country: "),
        (addresses, {"city": "X"}, "set[0].customer_name is missing"),
    ],
)  # fmt: skip
def test_an_error_has_its_place(world: World, handler: ModuleType, options: dict[str, Any], place: str) -> None:
    with pytest.raises(TwilioError) as refused:
        converge(make_task(world), [(handler, entry(handler, friendly_name="new", **options))])
    assert str(refused.value).startswith(place)
    assert world.writes() == []


@each_handler
def test_a_sid_of_nothing_has_its_place(world: World, handler: ModuleType) -> None:
    prefix = {access_lists: "AL", credential_lists: "CL", addresses: "AD"}[handler]
    with pytest.raises(TwilioError) as refused:
        converge(make_task(world), [(handler, entry(handler, sid=prefix + "0" * 32))])
    assert str(refused.value).startswith("set[0].sid: there is no ")


@each_handler
def test_a_name_that_is_taken_has_its_place(world: World, handler: ModuleType) -> None:
    more = HQ if handler is addresses else {}
    named = [(handler, entry(handler, **{**more, "friendly_name": name})) for name in ("first", "second")]
    made, __ = converge(make_task(world), named)
    with pytest.raises(TwilioError) as refused:
        converge(make_task(world), [(handler, entry(handler, sid=made[0]["sid"], friendly_name="second"))])
    assert str(refused.value).startswith("set[0].friendly_name: More than one ")
    assert all(record["sid"] in str(refused.value) for record in made)


def test_a_full_list_has_its_place(world: World) -> None:
    full = [{"ip_address": f"203.0.113.{host}"} for host in range(100)]
    converge(make_task(world), [(access_lists, entry(access_lists, friendly_name="office", ip_addresses=full))])
    more = entry(access_lists, friendly_name="office", ip_addresses=[{"ip_address": "198.51.100.1"}])
    with pytest.raises(TwilioError) as refused:
        converge(make_task(world), [(access_lists, more)])
    assert str(refused.value).startswith("set[0].ip_addresses: '101 members' are more than the 100")
    assert "set set[0].purge_ip_addresses to true" in str(refused.value)


def test_an_address_whose_numbers_leave_it_may_go(world: World) -> None:
    task = make_task(world)
    converge(task, [(addresses, entry(addresses, **HQ))])
    sid = make_task(world).directory.records(addresses.ADDRESS)[0]["sid"]
    number, other = list(world.numbers)[:2]
    for owned in (number, other):
        world.post(f"/2010-04-01/Accounts/{{account}}/IncomingPhoneNumbers/{world.numbers[owned]}.json", AddressSid=sid)
    task = make_task(world)
    current = addresses.current(task, entry(addresses, sid=sid))
    assert current is not None
    addresses.check_unused(task, current, leaving=[number, other])
    with pytest.raises(TwilioError) as refused:
        addresses.check_unused(task, current, leaving=[number], prefix="set[0].")
    assert str(refused.value).startswith(f"set[0].state: the address 'acme-hq' ({sid}) is used by {other}. First")
