# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference evaluator: the golden calls, and what holds for every plan."""

from __future__ import annotations

import random
from datetime import datetime, timezone
from typing import Any

import pytest
from golden_calls import FILES, Case, cases, description, planned
from voice_offices import OPTIONS, problems

from ansible_collections.dialtone.voice.plugins.module_utils._voice import dialplan
from ansible_collections.dialtone.voice.plugins.module_utils._voice.calls import plan, targets
from ansible_collections.dialtone.voice.plugins.module_utils._voice.calls import route as routes

PLANS = {file: planned(file) for file in FILES}
CASES = [(file, case) for file in FILES for case in cases(file)]


def route(file: str, case: Case) -> routes.Route:
    if case.menu:
        return routes.route_key(PLANS[file], case.source, case.dialled, case.at, menu=case.menu, key=case.key)
    return routes.route(PLANS[file], case.source, case.dialled, case.at)


def test_there_are_golden_calls() -> None:
    assert {"us", "gb", "de"} <= set(FILES)
    assert len(CASES) >= 60
    names = [case.name for __, case in CASES]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("file", FILES)
def test_golden_offices_have_no_problems(file: str) -> None:
    assert problems(description(file)) == []


@pytest.mark.parametrize(("file", "case"), CASES, ids=[case.name for __, case in CASES])
def test_golden_calls(file: str, case: Case) -> None:
    found = route(file, case)
    assert found.as_list() == case.route
    if case.caller is not None:
        assert found.caller == case.caller


NOON = datetime(2026, 11, 23, 17, tzinfo=timezone.utc)


def offices(seed: int) -> dict[str, Any]:
    """Return an office whose destinations lead anywhere, but in no circle."""
    dice = random.Random(seed)  # noqa: S311
    variables = description("us")
    # Who shows which number is left to chance as well.
    variables["voice_dialplan"]["emergency"]["address_required"] = False
    names = {
        kind: [entry["name"] for entry in variables["voice_destinations"][listed]]
        for kind, listed in targets.LISTS.items()
    }
    order = [(kind, name) for kind in names for name in names[kind]]
    order += [("extension", entry["extension"]) for entry in variables["voice_extensions"]]
    dice.shuffle(order)

    def later(place: int) -> dict[str, str]:
        possible = [*order[place + 1 :], ("voicemail", "101"), ("hangup", "busy")]
        return dict([dice.choice(possible[:3] if dice.random() < 0.8 else possible)])

    for place, (kind, name) in enumerate(order):
        if kind == "extension":
            (entry,) = [each for each in variables["voice_extensions"] if each["extension"] == name]
            entry["allow"] = dice.sample(["national", "toll_free", "premium_rate"], dice.randrange(4))
            entry.pop("countries", None)
        else:
            (entry,) = [each for each in variables["voice_destinations"][targets.LISTS[kind]] if each["name"] == name]
        entry["otherwise"] = later(place)
        for option in {"during", "on_holiday"} & set(entry):
            entry[option] = later(place)
        for key in entry.get("keys", {}):
            entry["keys"][key] = dict([dice.choice(order)])
    for entry in variables["voice_numbers"]:
        entry["destination"] = dict([dice.choice(order)])
    return variables


@pytest.mark.parametrize("seed", range(40))
def test_what_holds_for_every_office(seed: int) -> None:
    found = plan.build(offices(seed), OPTIONS)
    owned = {entry["number"] for entry in found["numbers"]}
    outside = {entry["number"] for entry in found["external"]}
    ways = [
        routes.route(found, {"kind": "carrier", "caller": "+13015550123"}, entry["number"], NOON)
        for entry in found["numbers"]
    ]
    ways += [
        routes.route_key(found, {"kind": "carrier", "caller": ""}, "+12025550105", NOON, menu=menu["slug"], key=key)
        for menu in found["menus"]
        for key in menu["keys"]
    ]
    for way in ways:
        # The carrier leads out only to where the description says, and every call ends within the limit.
        sent = [step for step in way.steps if isinstance(step, routes.Send)]
        assert all(step.number in outside and not step.emergency for step in sent)
        assert all(step.caller_id in owned for step in sent)
        assert 1 <= len(way.steps) <= found["hops"] + 1
    for entry in found["extensions"]:
        source = {"kind": "extension", "extension": entry["extension"]}
        for number in found["emergency"]["numbers"]:
            way = routes.route(found, source, number, NOON)
            assert [(step.number, step.emergency, step.anonymous) for step in way.steps] == [(number, True, False)] * 2
            assert {step.caller_id for step in way.steps} == {entry["emergency_caller_id"]}
        for each in found["dialable"]:
            assert len(routes.route(found, source, each["extension"], NOON).steps) <= found["hops"] + 1
        (step,) = routes.route(found, source, "3015550123", NOON).steps
        rules = next(policy["rules"] for policy in found["policies"] if policy["name"] == entry["policy"])
        allowed = dialplan.first_match("+13015550123", rules)
        assert isinstance(step, routes.Send) is (allowed is not None and allowed["action"] == "allow")


def test_the_eleventh_destination_of_a_call_that_nobody_took_is_refused() -> None:
    variables = description("de")
    secret = "aB3dE5gH7jK9mN{place:02}"
    variables["voice_extensions"] = [
        {
            "extension": f"{30 + place}",
            "secret": secret.format(place=place),
            "otherwise": {"extension": f"{31 + place}"},
        }
        for place in range(12)
    ]
    variables["voice_extensions"][-1]["otherwise"] = {"hangup": "declined"}
    variables["voice_destinations"] = {}
    variables["voice_mailboxes"] = []
    variables["voice_numbers"] = [{**variables["voice_numbers"][0], "destination": {"extension": "30"}}]
    found = plan.build(variables, OPTIONS)
    way = routes.route(found, {"kind": "carrier", "caller": ""}, "+493023125101", NOON).as_list()
    assert [step["do"] for step in way] == ["ring"] * 10 + ["refuse"]
    assert way[-1] == {"do": "refuse", "code": 483}
    assert routes.route(found, {"kind": "extension", "extension": "30"}, "32", NOON).as_list()[-1]["code"] == 603


def test_a_menu_counts_the_destinations_before_it() -> None:
    source = {"kind": "carrier", "caller": ""}
    way = routes.route_key(PLANS["us"], source, "+12025550105", NOON, menu="main", key="1", passed=10)
    assert way.as_list() == [{"do": "end"}]


def test_without_a_way_out_nothing_goes_out() -> None:
    variables = description("de")
    variables["voice_trunks"][0]["direction"] = "inbound"
    variables["voice_dialplan"]["allow"] = []
    found = plan.build(variables, OPTIONS)
    assert found["emergency_trunks"] == []
    (step,) = routes.route(found, {"kind": "extension", "extension": "11"}, "112", NOON).as_list()
    assert step == {"do": "refuse", "code": 503}
