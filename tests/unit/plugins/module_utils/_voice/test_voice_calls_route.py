# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reference evaluator: the golden calls, and what holds for every plan."""

from __future__ import annotations

import pytest
from golden_calls import FILES, Case, cases, description, planned
from voice_offices import problems

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
