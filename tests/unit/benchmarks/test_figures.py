# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The middle of several runs, and what ansible-playbook says at its end."""

from __future__ import annotations

import pytest

from benchmarks.figures import Recap, Spread, changed_tasks, ratio, recap

OUTPUT = """
TASK [PLAY RECAP is not here : ok=9    changed=9    unreachable=0    failed=0    skipped=9]

PLAY RECAP *********************************************************************
bookworm                   : ok=3    changed=1    unreachable=0    failed=0    skipped=0    rescued=0    ignored=0
pbx1                       : ok=12   changed=0    unreachable=0    failed=0    skipped=4    rescued=0    ignored=0
"""


def test_a_slow_run_does_not_move_the_middle() -> None:
    assert Spread.of([3.0, 1.0, 100.0, 2.0, 2.5]) == Spread(2.5, 1.0, 100.0)
    assert Spread(2.5449, 1.0, 99.999).rounded(2) == {"median": 2.54, "low": 1.0, "high": 100.0}


def test_what_was_measured_in_turns_is_compared_in_turns() -> None:
    # The machine was slow in the second round, for both.
    assert ratio([2.0, 20.0, 2.2], [1.0, 10.0, 1.0]) == Spread(2.0, 2.0, 2.2)


def test_rounds_that_are_missing_are_noticed() -> None:
    with pytest.raises(ValueError, match=r"longer|shorter"):
        ratio([1.0, 2.0], [1.0])


def test_the_recap_is_the_last_thing_said() -> None:
    assert recap(OUTPUT) == {"bookworm": Recap(3, 1, 0), "pbx1": Recap(12, 0, 4)}


def test_a_run_that_broke_off_has_no_recap() -> None:
    assert recap("ERROR! the playbook could not be found") == {}


def test_what_has_changed_is_named_once() -> None:
    output = """
TASK [firewall : Put the rules into force] ****
changed: [pbx1]
changed: [bookworm]
TASK [firewall : Look] ****
ok: [pbx1]
RUNNING HANDLER [firewall : Restart it] ****
changed: [pbx1]
"""
    assert changed_tasks(output) == ["firewall : Put the rules into force", "firewall : Restart it"]
