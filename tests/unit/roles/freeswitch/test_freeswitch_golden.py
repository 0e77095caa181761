# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The golden calls, as the rendered dial plan routes them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from freeswitch_offices import GOLDEN

from freeswitch.evaluate import Pbx, golden, ways

CASES = [(name, place) for name, office in GOLDEN.items() for place in range(len(office["cases"]))]


def written(name: str, place: int) -> str:
    case = GOLDEN[name]["cases"][place]
    who = "-".join(str(value) for value in case["from"].values())
    return f"{name}-{place}-{who}-{case['dial']}"


@pytest.mark.parametrize(("name", "place"), CASES, ids=[written(*each) for each in CASES])
def test_golden_call(name: str, place: int, rendered: dict[str, Any], pbxs: dict[str, Pbx]) -> None:
    office = GOLDEN[name]
    case = office["cases"][place]
    at = datetime.fromisoformat(case.get("at", office["at"]))
    steps, caller = golden(pbxs[f"golden_{name}"], rendered[f"golden_{name}"]["plan"], case, at)
    assert ways(steps) == case["route"]
    if "caller" in case:
        assert caller == case["caller"]
