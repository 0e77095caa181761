# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Conditions of the roles have a truth value: since ansible-core 2.19 a list in their place ends the run.

Such a condition works as long as the list is empty, or something before it decides, so that tests on tidy hosts pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

ROLES = Path(__file__).resolve().parents[3] / "roles"
_LIST = re.compile(r"\| list\s*(?:-?\}\})\s*$")
#: What may follow a list to make it a truth value, or a part of one: a comparison, a filter, another list.
_JUDGED = re.compile(r"\s*(?:[!=]=|\||\+|is\b|\[)")


def lists(role: Path) -> set[str]:
    """Return the private variables of a role that are lists."""
    file = role / "vars" / "main.yml"
    found = yaml.safe_load(file.read_text(encoding="utf-8")) if file.exists() else {}
    return {name for name, value in (found or {}).items() if isinstance(value, list) or _LIST.search(str(value))}


def conditions(tasks: Any) -> Iterator[str]:
    for task in tasks if isinstance(tasks, list) else []:
        when = task.get("when", [])
        yield from (str(one) for one in (when if isinstance(when, list) else [when]))
        for inside in ("block", "rescue", "always"):
            yield from conditions(task.get(inside))


def bare(condition: str, names: set[str]) -> list[str]:
    """Return the lists that stand in a condition as if they were true or false."""
    return [
        match[0]
        for match in re.finditer(r"\b__\w+\b(?!\.)", condition)
        if match[0] in names
        and not _JUDGED.match(condition[match.end() :])
        and not re.search(r"\bin $", condition[: match.start()])
    ]


@pytest.mark.parametrize("role", sorted(path.name for path in ROLES.iterdir() if (path / "tasks").is_dir()))
def test_no_list_stands_for_true_or_false(role: str) -> None:
    names = lists(ROLES / role)
    wrong = {
        f"{file.name}: {condition}": found
        for file in sorted((ROLES / role / "tasks").glob("*.yml"))
        for condition in conditions(yaml.safe_load(file.read_text(encoding="utf-8")))
        if (found := bare(condition, names))
    }
    assert wrong == {}, "compare with [], or take the length"


def test_the_test_sees_lists() -> None:
    names = lists(ROLES / "time_sync")
    assert "__time_sync_rivals" in names
    assert bare("not installed or __time_sync_rivals or x", names) == ["__time_sync_rivals"]
    assert bare("__time_sync_rivals | length > 0 and 'x' in __time_sync_rivals", names) == []
    assert bare("a and __time_sync_rivals + __time_sync_steppers", names) == ["__time_sync_steppers"]
