# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every role's argument spec says what its defaults are, and every variable has its role's prefix."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[3]
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir() if path.is_dir())


def options(role: str) -> dict[str, Any]:
    text = (ROOT / "roles" / role / "meta" / "argument_specs.yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)["argument_specs"]["main"]["options"]
    return found


def defaults(role: str) -> dict[str, Any]:
    file = ROOT / "roles" / role / "defaults" / "main.yml"
    return (yaml.safe_load(file.read_text(encoding="utf-8")) or {}) if file.exists() else {}


def described(role: str, name: str) -> bool:
    """Say whether a variable is one of the description's, and not one of a role whose own name begins as they do."""
    return name.startswith("voice_") and not name.startswith(f"{role}_")


def test_there_are_roles() -> None:
    assert "voice_description" in ROLES


@pytest.mark.parametrize("role", ROLES)
def test_spec_and_defaults_agree(role: str) -> None:
    own = {
        name: option["default"]
        for name, option in options(role).items()
        if "default" in option and not described(role, name)
    }
    assert own == defaults(role)


@pytest.mark.parametrize("role", ROLES)
def test_every_option_has_a_type_and_a_description_at_every_depth(role: str) -> None:
    def walk(level: dict[str, Any], path: str) -> None:
        for name, option in level.items():
            assert option.get("type"), f"{path}{name}"
            assert option.get("description"), f"{path}{name}"
            assert not (option.get("required") and "default" in option), f"{path}{name}"
            walk(option.get("options", {}), f"{path}{name}.")

    walk(options(role), "")


@pytest.mark.parametrize("role", ROLES)
def test_variables_have_a_prefix(role: str) -> None:
    for name in options(role):
        assert name.startswith((f"{role}_", "voice_")), name


def test_the_description_is_defined_in_one_role_only() -> None:
    known = set(options("voice_description"))
    for role in ROLES:
        assert {name for name in options(role) if described(role, name)} <= known


def test_the_documentation_names_every_variable() -> None:
    text = (ROOT / "docs" / "description.md").read_text(encoding="utf-8")

    def walk(level: dict[str, Any]) -> None:
        for name, option in level.items():
            assert f"`{name}`" in text, name
            walk(option.get("options", {}))

    walk(options("voice_description"))
