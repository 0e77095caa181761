# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad input is refused with a sentence that names option, value and remedy; sound input is not refused."""

from __future__ import annotations

from typing import Any

import pytest
from asterisk_cases import PROBLEMS, RENDERED, SECRETS, TRUNK_PASSWORD


@pytest.mark.parametrize("name", sorted(name for name, case in PROBLEMS.items() if case.expect))
def test_bad_input_is_named(rendered: dict[str, Any], name: str) -> None:
    problems = rendered[f"problem_{name}"]["problems"]
    matching = [one for one in problems if all(words in one for words in PROBLEMS[name].expect)]
    assert len(matching) == 1, problems
    assert matching[0].endswith(".")


def test_a_sound_office_has_no_problem(rendered: dict[str, Any]) -> None:
    assert rendered["problem_sound"]["problems"] == []
    assert rendered["problem_sound_source"]["problems"] == []
    for name in set(RENDERED) - {"hostile"}:
        assert rendered[f"rendered_{name}"]["problems"] == []


def test_no_problem_shows_a_secret(rendered: dict[str, Any]) -> None:
    told = " ".join(problem for case in rendered.values() for problem in case["problems"])
    assert told
    assert not [secret for secret in (*SECRETS.values(), TRUNK_PASSWORD) if secret in told]
