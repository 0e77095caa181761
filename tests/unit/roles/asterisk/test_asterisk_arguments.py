# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role's argument spec, its defaults and its README say the same."""

from __future__ import annotations

import re
from typing import Any

import yaml
from asterisk_runs import ROLE


def load(name: str) -> Any:
    return yaml.safe_load((ROLE / name).read_text(encoding="utf-8"))


def options() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = load("meta/argument_specs.yml")["argument_specs"]["main"]["options"]
    return found


def test_the_spec_has_the_defaults() -> None:
    own = {name: option["default"] for name, option in options().items() if name.startswith("asterisk_")}
    assert own == load("defaults/main.yml")


def test_everything_else_is_of_the_description() -> None:
    assert not [name for name in options() if not name.startswith(("asterisk_", "voice_"))]


def test_the_readme_names_every_variable_of_the_role() -> None:
    readme = (ROLE / "README.md").read_text(encoding="utf-8")
    table = {name for row in re.findall(r"^\| (`.*?) \|", readme, re.MULTILINE) for name in re.findall(r"`(\w+)`", row)}
    assert table == set(load("defaults/main.yml"))
