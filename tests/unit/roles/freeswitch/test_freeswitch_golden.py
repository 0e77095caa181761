# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The golden calls, as the rendered dial plan routes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from freeswitch.evaluate import Pbx, golden, ways
from freeswitch_offices import GOLDEN

from ansible_collections.dialtone.voice.plugins.module_utils._voice.calls.route import route_key

CASES = [(name, place) for name, office in GOLDEN.items() for place in range(len(office["cases"]))]


def written(name: str, place: int) -> str:
    case = GOLDEN[name]["cases"][place]
    who = "-".join(str(value) for value in case["from"].values())
    return f"{name}-{place}-{who}-{case['dial']}"


def expected(plan: dict[str, Any], case: dict[str, Any], at: datetime) -> list[dict[str, Any]]:
    """Return the route of a case. Where a menu takes no extensions, the first of several digits is a key by itself."""
    menu = next((entry for entry in plan["menus"] if entry["slug"] == case.get("menu")), None)
    if menu is None or menu["dial_extensions"] or len(str(case["key"])) == 1:
        return list(case["route"])
    source = {"kind": "carrier", "caller": case["from"]["carrier"]}
    first = route_key(plan, source, case["dial"], at, menu=menu["slug"], key=case["key"][0])
    return ways(first.as_list())


@pytest.mark.parametrize(("name", "place"), CASES, ids=[written(*each) for each in CASES])
def test_golden_call(name: str, place: int, rendered: dict[str, Any], pbxs: dict[str, Pbx]) -> None:
    office = GOLDEN[name]
    case = office["cases"][place]
    at = datetime.fromisoformat(case.get("at", office["at"]))
    plan = rendered[f"golden_{name}"]["plan"]
    steps, caller = golden(pbxs[f"golden_{name}"], plan, case, at)
    assert ways(steps) == expected(plan, case, at)
    if "caller" in case:
        assert caller == case["caller"]
