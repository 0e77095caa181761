# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Random tasks one after the other on one account, and much goes wrong: several faults in a run, also in a row.

The faults of test_twilio_faults.py strike one request each. Here they strike together: the look-up after a lost answer
fails as well, the second attempt is lost too, the process dies on top of it. What must hold after every request and
after every run is told by :class:`Watch` and by the test.
"""

from __future__ import annotations

import copy
import functools
import threading
from collections import Counter
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st
from twilio_cases.voice_account import PASSWORD, STREET
from twilio_faulty import DOMAIN, FOR_SALE, KilledError, addresses, snapshot, urls
from twilio_network import NUMBERS, World, run_module

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.http import AnswerLostError, NotSentError, Reply
from lab.emulator.store import Record, Store

Task = tuple[str, dict[str, Any]]
Service = dict[str, tuple[bool, bool]]

# -- the network --------------------------------------------------------------------------------------------------

FAULTS = ["unreachable", "429", "503", "503 after", "reset", "reset after", "page after", "kill", "kill after"]


def names(store: Store) -> Counter[tuple[str, str, str]]:
    """Return how many objects there are of each kind, holder and name."""

    def name(record: Record) -> str:
        fields = ("domain_name", "phone_number", "friendly_name", "ip_address", "username")
        return str(next((record.data[field] for field in fields if record.data.get(field)), record.key))

    kinds = ("TK", "AL", "CL", "AD", "OU", "IP", "CR", "SK", "PN", "TK/AL", "TK/CL")
    counted = Counter((kind, record.parent, name(record)) for kind in kinds for record in store.all(kind))
    counted.update(
        ("AC", "", account.friendly_name) for account in store.accounts.values() if account.status == "active"
    )
    return counted


def service(store: Store) -> Service:
    """Return for each trunk whether it authenticates and whether it knows where calls go."""
    members = Counter(record.parent for kind in ("TK/AL", "TK/CL") for record in store.all(kind))
    in_use = Counter(url.parent for url in store.all("OU") if url.data["enabled"])
    return {trunk.sid: (bool(members[trunk.sid]), bool(in_use[trunk.sid])) for trunk in store.all("TK")}


class Watch:
    """A network with faults by the number of the request; it looks at the account after each one that took effect."""

    def __init__(self, world: World, faults: dict[int, str]) -> None:
        self.world, self.faults = world, faults
        self.pauses = world.pauses
        self.count = -1
        self.dead = False
        self.lock = threading.Lock()
        self.before = names(world.context.store)
        self.owned = {number.sid for number in world.context.store.all("PN")}
        self.seen = [service(world.context.store)]

    def send(self, method: str, url: str, **rest: Any) -> Reply:
        with self.lock:
            self.count += 1
            fault, when = (*self.faults.get(self.count, "none").split(), "before")[:2]
            if self.dead:
                raise KilledError
            reply = None
            if fault == "none" or when == "after":
                reply = self.world.send(method, url, **rest)
                self.look(method)
            if fault == "kill":
                self.dead = True
                raise KilledError
        if fault == "unreachable":
            raise NotSentError("no connection: refused")
        if fault == "reset":
            raise AnswerLostError("the connection was lost")
        if fault == "page":
            return Reply(200, "<html>Please wait</html>")
        return reply if fault == "none" and reply is not None else Reply(int(fault), "")

    def look(self, method: str) -> None:
        if method == "GET":
            return
        store = self.world.context.store
        twice = {name: count for name, count in names(store).items() if count > max(1, self.before[name])}
        assert not twice, f"made twice: {twice}"
        assert self.owned <= {number.sid for number in store.all("PN")}, "a number was given back"
        self.seen.append(service(store))

    def judge(self) -> None:
        """A trunk that was in service before and is now was so after every request."""
        first, last = self.seen[0], self.seen[-1]
        for trunk in first.keys() & last.keys():
            for part, what in enumerate(("authentication", "a place for calls")):
                if first[trunk][part] and last[trunk][part]:
                    assert all(look[trunk][part] for look in self.seen), f"{trunk} was without {what}"


# -- the tasks ----------------------------------------------------------------------------------------------------

LISTS, USERS, SITES, TRUNKS = ["hall", "roof"], ["desk", "lobby"], ["site", "annex"], [DOMAIN, "lab.pstn.twilio.com"]
HIDDEN = {"_ansible_no_log": True}
BOOL = st.booleans()


def some(values: list[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.sampled_from(values), unique_by=str)


def fields(required: dict[str, Any], **optional: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    fixed = {
        name: value if isinstance(value, st.SearchStrategy) else st.just(value) for name, value in required.items()
    }
    return st.fixed_dictionaries(fixed, optional=optional)


LIST = fields(
    {"friendly_name": st.sampled_from(LISTS), "purge_ip_addresses": BOOL, "ip_addresses": some(addresses(1, 2, 3))}
)
LOGIN = [{"username": name, "password": PASSWORD} for name in ("pbx1", "pbx2")]
USER = fields({"friendly_name": st.sampled_from(USERS), "purge_credentials": BOOL, "credentials": some(LOGIN)})
ADDRESS = fields(
    {"friendly_name": st.sampled_from(SITES), **STREET, "street": st.sampled_from(["7 Oak Avenue", "1 Elm"])}
)
TRUNK = fields(
    {
        "domain_name": st.sampled_from(TRUNKS),
        "purge_ip_access_control_lists": BOOL,
        "purge_credential_lists": BOOL,
        "purge_origination_urls": BOOL,
        "ip_access_control_lists": some(LISTS),
        "credential_lists": some(["desk"]),
        "origination_urls": some([*urls("a", "b", priority=1), *urls("c", priority=2, enabled=False)]),
    },
    secure=BOOL,
    recording=st.just({"mode": "record-from-answer"}),
)
ABSENT_TRUNK = fields({"domain_name": TRUNKS[1], "state": "absent"})
NUMBER = fields(
    {"phone_number": st.sampled_from(NUMBERS)},
    friendly_name=st.sampled_from(["main", "spare"]),
    trunk=st.sampled_from(["", DOMAIN]),
    address=st.sampled_from(["", "site"]),
    emergency_address=st.sampled_from(["", "site"]),
)


def each(one: st.SearchStrategy[dict[str, Any]], name: str) -> st.SearchStrategy[list[dict[str, Any]]]:
    return st.lists(one, unique_by=lambda entry: entry[name], min_size=1, max_size=3)


ACCOUNT = fields(
    {},
    ip_access_control_lists=each(LIST, "friendly_name"),
    credential_lists=each(USER, "friendly_name"),
    addresses=each(ADDRESS, "friendly_name"),
    trunks=each(TRUNK | ABSENT_TRUNK, "domain_name"),
    phone_numbers=each(NUMBER, "phone_number"),
    dialing_permissions=fields({"low_risk": some(["US", "DE", "FR"]), "purge": BOOL}),
)
SEARCH = {"search": {"country": "US", "area_code": "415"}, "friendly_name": "hotline", "max_price": 2, "purchase": True}
SINGLE: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "twilio_ip_access_control_list": LIST | fields({"friendly_name": st.sampled_from(LISTS), "state": "absent"}),
    "twilio_credential_list": USER | fields({"friendly_name": st.sampled_from(USERS), "state": "absent"}),
    "twilio_address": ADDRESS | fields({"friendly_name": st.sampled_from(SITES), "state": "absent"}),
    "twilio_trunk": TRUNK | ABSENT_TRUNK | fields({"domain_name": DOMAIN, "phone_numbers": some(NUMBERS)}),
    "twilio_phone_number": (
        NUMBER
        | fields({"phone_number": st.sampled_from(NUMBERS), "state": "absent"})
        | fields({"phone_number": FOR_SALE, "purchase": True, "trunk": st.sampled_from(["", DOMAIN])})
        | fields({**SEARCH, "count": st.integers(1, 3)}, trunk=st.just(DOMAIN))
    ),
    "twilio_api_key": fields({"friendly_name": st.sampled_from("xy"), **HIDDEN}, state=st.just("absent")),
    "twilio_subaccount": (
        fields({"friendly_name": "branch", "status": st.sampled_from(["active", "suspended"])})
        | fields({"friendly_name": "branch", "state": "absent", "close": True})
    ),
    "twilio_dialing_permissions": fields({"low_risk": some(["US", "DE"]), "high_risk_tollfraud": []}),
    "twilio_trunk_region": fields({"trunk": DOMAIN, "voice_region": st.sampled_from(["us1", "ie1"])}),
}
WHOLE: st.SearchStrategy[Task] = ACCOUNT.map(lambda options: ("twilio_voice_account", options))
ONE: st.SearchStrategy[Task] = st.one_of(
    *(options.map(functools.partial(lambda name, found: (name, found), name)) for name, options in SINGLE.items())
)
# Bursts: faults at neighbouring requests strike the look-up after a lost answer, and what follows it.
BURST = st.tuples(st.integers(0, 9), st.lists(st.sampled_from(FAULTS), min_size=1, max_size=4))


def by_position(bursts: list[tuple[int, list[str]]]) -> dict[int, str]:
    return {begin + offset: fault for begin, faults in bursts for offset, fault in enumerate(faults)}


TROUBLE = st.lists(BURST, min_size=1, max_size=3).map(by_position)
STEPS = st.lists(st.tuples(WHOLE | ONE, TROUBLE, st.sampled_from([0, 0, 2])), min_size=1, max_size=3)

# -- the test -----------------------------------------------------------------------------------------------------


@functools.cache
def stage() -> tuple[World, World, Store]:
    """Return the world that things happen to, one where nothing goes wrong, and the account to start from."""
    world = World()
    made = world.run(
        "twilio_voice_account",
        ip_access_control_lists=[{"friendly_name": "hall", "ip_addresses": addresses(1)}],
        credential_lists=[{"friendly_name": "desk", "credentials": LOGIN[:1]}],
        addresses=[{"friendly_name": "site", **STREET}],
        trunks=[{"domain_name": DOMAIN, "ip_access_control_lists": ["hall"], "origination_urls": urls("a")}],
        phone_numbers=[{"phone_number": NUMBERS[0], "trunk": DOMAIN}],
    )
    assert made["changed"], made
    return world, World(), copy.deepcopy(world.context.store)


def run(network: Any, task: Task, concurrency: int) -> dict[str, Any] | None:
    """Run a task; None: it was killed."""
    try:
        return run_module(task[0], network, retries=2, concurrency=concurrency, **task[1])
    except KilledError:
        return None


@pytest.mark.parametrize("concurrency", [1, 8])
@settings(max_examples=80, deadline=None, derandomize=True)
@given(STEPS)
def test_whatever_goes_wrong_the_account_converges(
    concurrency: int, steps: list[tuple[Task, dict[int, str], int]]
) -> None:
    world, undisturbed, start = stage()
    world.restart(start)
    for task, faults, lag in steps:
        undisturbed.restart(world.context.store)
        undisturbed.pauses.now = world.pauses.now
        wanted = run(undisturbed, task, concurrency)
        assert wanted is not None
        if wanted.get("failed"):
            event(f"refused: {task[0]}")
            continue
        event(f"{'changes' if wanted['changed'] else 'unchanged'}: {task[0]}")
        # What is new is not found at first, in that very run.
        world.context.settings.read_after_write_requests = lag
        watch = Watch(world, faults)
        first = run(watch, task, concurrency)
        event("killed" if first is None else "failed" if first.get("failed") else "survived")
        watch.faults, watch.dead = {}, False
        world.context.store.fresh.clear()  # nobody starts the next run so soon
        if first is None or first.get("failed"):
            assert first is None or first["changed"] == bool(first["failure"]["applied"]), first
            second = run(watch, task, concurrency)
            assert second is not None
            assert not second.get("failed"), (task, faults, first, second)
        watch.judge()
        assert snapshot(world) == snapshot(undisturbed), (task, faults, first)
        world.context.store.fresh.clear()
        writes = world.writes()
        last = run(world, task, concurrency)
        assert last is not None
        assert (last.get("failed"), last["changed"]) == (None, False), (task, faults, last)
        assert world.writes() == writes
