# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which room may import what, as docs/architecture.md says."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = ROOT / "plugins"
MODULE_LINES = 40
DOCUMENTATION = {"DOCUMENTATION", "EXAMPLES", "RETURN"}


def imports(path: Path) -> Iterator[str]:
    """Yield the full name of everything a file imports; relative names as they are under the collection."""
    package = ["ansible_collections", "dialtone", "voice", *path.relative_to(ROOT).parts[:-1]]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            yield module
            yield from (f"{module}.{alias.name}" for alias in node.names)


def offenders(files: list[Path], forbidden: str) -> list[str]:
    assert files
    return [
        f"{path.relative_to(ROOT)}: {name}" for path in files for name in imports(path) if re.search(forbidden, name)
    ]


@pytest.mark.parametrize(
    ("room", "forbidden"),
    [
        (PLUGINS / "module_utils" / "_voice", r"^ansible\.|_twilio|plugins\.modules|^twilio"),
        (PLUGINS / "module_utils" / "_twilio", r"plugins\.(modules|filter|lookup)"),
        (PLUGINS / "filter", r"_twilio|^twilio"),
        (PLUGINS / "lookup", r"_twilio|^twilio"),
        (PLUGINS / "modules", r"^(twilio|requests|phonenumbers|netaddr|dns)\b"),
        (ROOT / "tests" / "lab", r"ansible_collections|plugins|^ansible\b"),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else "",
)
def test_a_room_imports_only_what_it_may(room: Path, forbidden: str) -> None:
    assert offenders(sorted(room.rglob("*.py")), forbidden) == []


@pytest.mark.parametrize("path", sorted((PLUGINS / "modules").glob("*.py")), ids=lambda path: path.stem)
def test_a_module_is_a_declaration(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    lines = set()
    for node in ast.parse(source).body:
        texts = (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id in DOCUMENTATION
        )
        data = isinstance(node, ast.Assign) and isinstance(node.value, (ast.Dict, ast.Call)) and not texts
        if not texts and not data:
            lines.update(range(node.lineno, (node.end_lineno or node.lineno) + 1))
    code = [number for number in lines if source.splitlines()[number - 1].strip()]
    assert len(code) <= MODULE_LINES


def test_nothing_depends_on_what_is_beside_the_checkout() -> None:
    found = [
        str(path.relative_to(ROOT))
        for folder in ("plugins", "roles", "playbooks", "molecule", "tests", "docs", ".ci")
        for path in sorted((ROOT / folder).rglob("*"))
        if path.is_file() and path != Path(__file__) and b"../shared" in path.read_bytes()
    ]
    assert found == []
