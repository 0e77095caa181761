# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every request of every kind of task goes wrong in every way: nothing is duplicated, nothing lost, all converges.

For each scenario a run without faults gives the measure. Then, for each of its requests and each fault, the task
starts again from the same account. A run that reports success must have reached the state of the measure, and the next
run must change nothing; a run that fails must say so in a structured way, and one further run must reach that state.
Over both runs exactly those objects are created and deleted that the measure creates and deletes, each once.

A 429 after the commit is not among the faults: Twilio's 429 means that the request was not processed.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from twilio_collected import SCENARIOS
from twilio_faulty import (
    EmptyObject,
    KillAfter,
    KillBefore,
    KilledError,
    Lag,
    ProxyPage,
    Scenario,
    Trouble,
    Unreachable,
    made_and_removed,
    snapshot,
    things,
)
from twilio_network import TOKEN, World, run_module

from lab.emulator.store import Store

RETRIES = 3  # the default of 5 would only make the persistent faults longer
FOREVER = None

Network = Callable[[World, int], Trouble]


@dataclass(frozen=True)
class Measure:
    """The run without faults: the account before it and after it, and the methods of its requests."""

    scenario: Scenario
    options: dict[str, Any]
    world: World
    start: Store
    methods: list[str]
    pauses: list[float]
    only_once: list[bool]  # whether Twilio would refuse to do it again
    end: Any
    kept: set[tuple[str, ...]]
    counted: Any
    changes: list[dict[str, Any]]
    secret: bool  # whether it returns a secret

    def run(self, network: Any = None) -> dict[str, Any]:
        """Run the task on a network, by default on the world itself."""
        options: dict[str, Any] = {"concurrency": 1, "retries": RETRIES, **self.options}
        return run_module(self.scenario.module, network or self.world, retry_delay=1, retry_max_delay=30, **options)


@functools.cache
def measure(index: int) -> Measure:
    scenario = SCENARIOS[index]
    world = World()
    start = scenario.store()
    options = scenario.task(start)
    world.restart(start)
    before = things(world.context.store)
    bare = Measure(scenario, options, world, start, [], [], [], None, set(), None, [], secret=False)
    result = bare.run()
    assert result["changed"], result
    kept = before & things(world.context.store)
    methods = [entry["method"] for entry in world.journal()]
    only_once = [
        not entry["path"].endswith(("OriginationUrls", "/Addresses.json", "/Accounts.json", "/Keys.json"))
        and (not entry["path"].endswith("/v1/Trunks") or "DomainName" in entry["params"])
        for entry in world.journal()
    ]
    pauses = [*world.pauses]
    end, counted = snapshot(world), made_and_removed(world)
    secret = bool(result.get("secret"))
    return Measure(
        scenario, options, world, start, methods, pauses, only_once, end, kept, counted, result["changes"], secret
    )


def converges(case: str, known: Measure, first: dict[str, Any] | None) -> None:
    """Judge the first run by what it said (None: it was killed), and run the task again, without faults."""
    world = known.world
    assert known.kept <= things(world.context.store), f"{case}: something was lost"
    excess = made_and_removed(world) - known.counted
    assert not excess, f"{case}: {excess} on top of what the run without faults does"
    finished = first is not None and not first.get("failed")
    if first is not None and not finished:
        assert first["msg"], case
        assert {"status", "code", "message", "more_info", "applied"} <= set(first["failure"]), f"{case}: {first}"
        assert first["changed"] == bool(first["failure"]["applied"]), case
        assert TOKEN not in json.dumps(first), case
        assert "Traceback" not in json.dumps(first), case
    elif finished:
        assert snapshot(world) == known.end, f"{case}: reported success"
        assert bool(first.get("secret")) == known.secret, f"{case}: the secret is lost"
    world.heal()
    if not finished:
        again = known.run()
        assert not again.get("failed"), f"{case}: {again}"
        assert snapshot(world) == known.end, case
        assert known.kept <= things(world.context.store), f"{case}: something was lost in the second run"
        counted = made_and_removed(world)
        assert counted == known.counted, (
            f"{case}: {counted - known.counted} too much, {known.counted - counted} missing"
        )
    writes = world.writes()
    last = known.run()
    if known.scenario.repeats:
        assert (last.get("failed"), last["changes"]) == (None, known.changes), f"{case}: {last}"
        assert snapshot(world) == known.end, f"{case}: the last run"
        return
    assert (last.get("failed"), last["changed"], last["changes"]) == (None, False, []), f"{case}: {last}"
    assert world.writes() == writes, f"{case}: the last run sent something"


def each_request(index: int) -> Iterator[tuple[Measure, int]]:
    """Start afresh for each request of the run without faults."""
    known = measure(index)
    for position in range(len(known.methods)):
        known.world.restart(known.start)
        yield known, position


BRIEF: dict[str, dict[str, Any]] = {
    "429": {"kind": "status", "status": 429},
    "429 Retry-After": {"kind": "status", "status": 429, "retry_after": 7},
    "429 burst": {"kind": "status", "status": 429, "code": 20429, "times": RETRIES},
    **{
        f"{status} {when}": {"kind": "status", "status": status, "when": when}
        for status in (500, 502, 503, 504)
        for when in ("before", "after")
    },
    **{
        f"{kind} {when}": {"kind": kind, "when": when}
        for kind in ("reset", "timeout", "malformed")
        for when in ("before", "after")
    },
    "503 twice": {"kind": "status", "status": 503, "times": 2},
    "reset twice after": {"kind": "reset", "when": "after", "times": 2},
}
each_scenario = pytest.mark.parametrize("index", range(len(SCENARIOS)), ids=[scenario.name for scenario in SCENARIOS])


@each_scenario
@pytest.mark.parametrize("fault", BRIEF)
def test_a_brief_fault_is_survived(index: int, fault: str) -> None:
    for known, position in each_request(index):
        case = f"{known.scenario.name}, request {position}, {fault}"
        known.world.fault(None, "", skip=position, **BRIEF[fault])
        first = known.run()
        assert not first.get("failed"), f"{case}: {first}"
        if "retry_after" in BRIEF[fault]:
            # Beside it there are only the pauses of waiting for something to settle.
            pauses = [*known.world.pauses]
            pauses.remove(BRIEF[fault]["retry_after"])
            assert set(pauses) <= set(known.pauses), case
        converges(case, known, first)


UNTIL_EXHAUSTED: dict[str, dict[str, Any]] = {
    "429": {"kind": "status", "status": 429},
    "503 before": {"kind": "status", "status": 503},
    "503 after": {"kind": "status", "status": 503, "when": "after"},
    "reset before": {"kind": "reset"},
    "reset after": {"kind": "reset", "when": "after"},
    "malformed after": {"kind": "malformed", "when": "after"},
}
LASTING: dict[str, dict[str, Any]] = {
    **{
        f"{name}, {times or 'for ever'}": {**fault, "times": times}
        for name, fault in UNTIL_EXHAUSTED.items()
        for times in (RETRIES + 1, FOREVER)
    },
    "401 for ever": {"kind": "status", "status": 401, "times": FOREVER},
    "400": {"kind": "status", "status": 400},
    "403": {"kind": "status", "status": 403},
    "404 of a proxy": {"kind": "status", "status": 404, "code": 1},
    "409": {"kind": "status", "status": 409},
}


@each_scenario
@pytest.mark.parametrize("fault", LASTING)
def test_after_a_lasting_fault_the_next_run_converges(index: int, fault: str) -> None:
    for known, position in each_request(index):
        known.world.fault(None, "", skip=position, **LASTING[fault])
        first = known.run()
        case = f"{known.scenario.name}, request {position}, {fault}"
        if LASTING[fault].get("times", 1) is FOREVER:
            assert first["failed"], case
        converges(case, known, first)


TROUBLES: dict[str, Network] = {
    "unreachable": Unreachable,
    "proxy page": ProxyPage,
    **{f"lag {looks}": functools.partial(Lag, looks=looks) for looks in (1, 4)},
    "lag 1 and answer lost": functools.partial(Lag, looks=1, lost=True),
}


@each_scenario
@pytest.mark.parametrize("trouble", TROUBLES)
def test_what_the_network_does_is_survived(index: int, trouble: str) -> None:
    for known, position in each_request(index):
        first = known.run(TROUBLES[trouble](known.world, position))
        case = f"{known.scenario.name}, request {position}, {trouble}"
        assert not first.get("failed"), f"{case}: {first}"
        converges(case, known, first)


@each_scenario
def test_a_lag_that_lasts_fails_and_the_next_run_converges(index: int) -> None:
    for known, position in each_request(index):
        first = known.run(Lag(known.world, position, looks=100))
        converges(f"{known.scenario.name}, request {position}, lag 100", known, first)


@each_scenario
def test_what_twilio_refuses_to_make_twice_survives_a_long_lag(index: int) -> None:
    """The answer is lost, looking finds nothing yet, and the second attempt is refused because the first was made."""
    for known, position in each_request(index):
        if known.methods[position] == "POST" and known.only_once[position]:
            first = known.run(Lag(known.world, position, looks=2, lost=True))
            case = f"{known.scenario.name}, request {position}, lag 2 and answer lost"
            assert not first.get("failed"), f"{case}: {first}"
            converges(case, known, first)


@each_scenario
def test_json_that_is_not_the_object_is_not_believed(index: int) -> None:
    """A write is looked after and survives; a read that makes no sense ends the run, before it changes anything."""
    for known, position in each_request(index):
        first = known.run(EmptyObject(known.world, position))
        case = f"{known.scenario.name}, request {position}, empty object"
        if known.methods[position] == "GET":
            assert "is base_url right?" in first["msg"], case
        else:
            assert not first.get("failed"), f"{case}: {first}"
        converges(case, known, first)


@each_scenario
def test_json_of_somebody_else_does_not_make_a_write_done(index: int) -> None:
    for known, position in each_request(index):
        if known.methods[position] == "POST":
            first = known.run(EmptyObject(known.world, position, done=False))
            case = f"{known.scenario.name}, request {position}, empty object of somebody else"
            assert not first.get("failed"), f"{case}: {first}"
            converges(case, known, first)


@each_scenario
@pytest.mark.parametrize("kill", [KillBefore, KillAfter])
def test_after_a_death_the_next_run_converges(index: int, kill: Callable[[World, int], Trouble]) -> None:
    for known, position in each_request(index):
        with pytest.raises(KilledError):
            known.run(kill(known.world, position))
        converges(f"{known.scenario.name}, request {position}, {kill}", known, None)


@each_scenario
@pytest.mark.parametrize("fault", ["503 after", "reset after", "429 burst"])
def test_requests_at_once_are_survived_as_well(index: int, fault: str) -> None:
    """With several requests under way the positions are not the same every time, what must hold is."""
    for known, position in each_request(index):
        known.world.fault(None, "", skip=position, **BRIEF[fault])
        first = run_module(known.scenario.module, known.world, retry_delay=1, concurrency=8, **known.options)
        converges(f"{known.scenario.name}, request {position}, {fault}, at once", known, first)
