# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What becomes of the bursts."""

from __future__ import annotations

from typing import Any

import pytest

from benchmarks import firewall
from benchmarks.firewall import CALLS, DROP, LINEAR_FEW, LINEAR_MANY, SETS_FEW, SETS_MANY, STRANGERS
from benchmarks.packets import NONE


def burst(sent: int, passed: int, seconds: float = 0.1) -> dict[str, float]:
    return {"sent": sent, "passed": passed, "seconds": seconds}


def test_the_own_time_of_rules_is_what_they_add() -> None:
    rates = {
        NONE: {f"{CALLS} 10": [burst(1000, 1000, 0.001)]},
        SETS_FEW: {f"{CALLS} 10": [burst(1000, 1000, 0.0015)]},
    }
    [cell] = firewall.cells(rates)
    assert cell.rates == [pytest.approx(1000 / 0.0015)]
    assert cell.own == [pytest.approx(500)]


def test_what_is_dropped_is_compared_with_what_is_dropped_at_once() -> None:
    rates = {DROP: {STRANGERS: [burst(1000, 0, 0.001)]}, LINEAR_FEW: {STRANGERS: [burst(1000, 0, 0.003)]}}
    [cell] = firewall.cells(rates)
    assert cell.own == [pytest.approx(2000)]


@pytest.mark.parametrize(("kind", "passed"), [(f"{CALLS} 10", 999), (STRANGERS, 1)])
def test_rules_that_are_wrong_are_not_measured(kind: str, passed: int) -> None:
    with pytest.raises(SystemExit, match="took the wrong way"):
        firewall.cells({SETS_FEW: {kind: [burst(1000, passed)]}})


def test_many_networks_are_compared_with_few() -> None:
    made = [
        firewall.Cell(SETS_FEW, CALLS, [200.0, 100.0]),
        firewall.Cell(SETS_MANY, CALLS, [180.0, 90.0]),
        firewall.Cell(LINEAR_FEW, CALLS, [200.0, 100.0]),
        firewall.Cell(LINEAR_MANY, CALLS, [2.0, 1.0]),
    ]
    found = {row["rules"]: row["rate_many_to_few"]["median"] for row in firewall.compare(made)}
    assert found == {"the role": 0.9, "a rule each": 0.01}


def test_every_rule_set_is_asked_only_what_it_answers() -> None:
    """Senders that are in 10,000 networks are strangers to 10, so the two never get the other's."""
    files: dict[str, str] = dict.fromkeys(
        (DROP, SETS_FEW, SETS_MANY, firewall.UNTRACKED_FEW, firewall.UNTRACKED_MANY, LINEAR_FEW, LINEAR_MANY), "x"
    )
    work: dict[str, Any] = firewall.job(files, runs=2)
    asked = {step["rules"]: step["traffic"] for step in work["plan"]}
    assert not [name for name in asked[SETS_FEW] if name.endswith("10000")]
    assert asked[SETS_FEW] == asked[LINEAR_FEW]
    assert asked[SETS_MANY] == asked[LINEAR_MANY]
    # Whatever is asked anywhere is measured without rules, or with a rule that drops, in the same run.
    everything = {name for rules, names in asked.items() for name in names}
    assert everything == set(asked[NONE]) | set(asked[DROP]) == set(work["traffic"])
    assert all(len(names) == len(set(names)) for names in asked.values())
    assert work["rounds"] == 2 * firewall.ROUNDS
