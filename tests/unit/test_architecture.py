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
        (PLUGINS / "module_utils" / "_release", r"_twilio|_voice|plugins\.modules|^(twilio|requests|yaml)\b"),
        (PLUGINS / "module_utils" / "_nftables", r"_twilio|_voice|_release|plugins\.modules|^(twilio|requests|yaml)\b"),
        (PLUGINS / "module_utils" / "_files", r"_twilio|_voice|plugins\.modules|^(twilio|requests|yaml)\b"),
        (
            PLUGINS / "module_utils" / "_fitness",
            r"_twilio|_voice|_release|_nftables|plugins\.modules|^(twilio|requests|yaml|dns)\b",
        ),
        (PLUGINS / "module_utils" / "_clock", r"_twilio|_voice|_release|plugins\.modules|^(twilio|requests|yaml)\b"),
        (PLUGINS / "filter", r"_twilio|^twilio"),
        (PLUGINS / "lookup", r"_twilio|^twilio"),
        # How the engine says that a result would show a secret is the one thing that both sides of Ansible share.
        (PLUGINS / "action", r"_voice|plugins\.modules|_twilio\.(?!secretfile\b)|^(twilio|requests)\b"),
        (PLUGINS / "plugin_utils", r"_twilio|^twilio"),
        (PLUGINS / "modules", r"^(twilio|requests|phonenumbers|netaddr|dns)\b"),
        (ROOT / "tests" / "lab", r"ansible_collections|plugins|^ansible\b"),
    ],
    ids=lambda value: value.name if isinstance(value, Path) else "",
)
def test_a_room_imports_only_what_it_may(room: Path, forbidden: str) -> None:
    assert offenders(sorted(room.rglob("*.py")), forbidden) == []


ENGINE = PLUGINS / "module_utils" / "_twilio"
ENGINE_NAME = "ansible_collections.dialtone.voice.plugins.module_utils._twilio."


def within_engine(path: Path) -> set[str]:
    """Return which files of the engine a file imports, as ``plan`` or ``handlers.trunks``."""
    found = set()
    for name in imports(path):
        parts = name[len(ENGINE_NAME) :].split(".") if name.startswith(ENGINE_NAME) else []
        for length in (1, 2):
            if len(parts) >= length and (ENGINE / Path(*parts[:length])).with_suffix(".py").is_file():
                found.add(".".join(parts[:length]))
    return found


ENGINE_FILES = {
    ".".join(path.relative_to(ENGINE).with_suffix("").parts): path
    for path in sorted(ENGINE.rglob("*.py"))
    if path.name != "__init__.py"
}
# What is pure, and all that it may import of the engine. `errors` and `resource` are words that every file speaks.
PURE = {
    "resource": set[str](),
    "errors": set[str](),
    "postal": set[str](),
    "handlers.readings_codes": set[str](),
    "lookup": {"errors", "resource"},
    "nodes": {"resource"},
    "plan": {"errors", "nodes", "resource"},
    "handlers.account_view": {"directory", "plan", "resource"},
}
# Which handlers may use another subject's handler; all may use what they share.
SHARED_HANDLERS = {
    "handlers.named", "handlers.lists", "handlers.readings_scan", "handlers.readings_period", "handlers.readings_codes",
}  # fmt: skip
ACROSS_SUBJECTS = {
    "handlers.account": {
        "handlers.access_lists", "handlers.account_view", "handlers.addresses", "handlers.credential_lists",
        "handlers.dialing_permissions", "handlers.numbers", "handlers.numbers_emergency", "handlers.trunks",
    },
    "handlers.account_info": {
        "handlers.account", "handlers.account_view", "handlers.dialing_permissions", "handlers.trunks",
    },
    "handlers.numbers": {"handlers.numbers_emergency"},
    "handlers.purchase": {"handlers.numbers", "handlers.numbers_emergency", "handlers.pricing"},
    "handlers.readings_calls": {"handlers.readings_sip"},
}  # fmt: skip


@pytest.mark.parametrize("name", PURE)
def test_what_is_pure_imports_nothing_that_acts(name: str) -> None:
    assert within_engine(ENGINE_FILES[name]) <= PURE[name]
    assert offenders([ENGINE_FILES[name]], r"^(ansible|twilio|requests|socket|http|urllib|time|threading)\b") == []


def test_the_catalog_is_data() -> None:
    catalog = {name: path for name, path in ENGINE_FILES.items() if name.startswith("catalog.")}
    assert catalog
    assert {name: within_engine(path) for name, path in catalog.items()} == {name: {"resource"} for name in catalog}


def test_one_handler_is_one_subject() -> None:
    used = {
        name: {other for other in within_engine(path) if other.startswith("handlers.")} - SHARED_HANDLERS
        for name, path in ENGINE_FILES.items()
        if name.startswith("handlers.")
    }
    assert {name: others for name, others in used.items() if others} == ACROSS_SUBJECTS


def test_the_engine_does_not_know_its_handlers() -> None:
    below = [path for name, path in ENGINE_FILES.items() if not name.startswith("handlers.")]
    assert offenders(below, r"_twilio\.handlers") == []


def test_the_sdk_and_ansible_have_one_door_each() -> None:
    importers = {
        what: {name for name, path in ENGINE_FILES.items() if offenders([path], pattern)}
        for what, pattern in {"sdk": r"^(twilio|requests)\b", "ansible": r"^ansible\."}.items()
    }
    assert importers == {"sdk": {"sdk"}, "ansible": {"mask", "module"}}


@pytest.mark.parametrize("room", ["_release", "_files", "_clock", "_nftables", "_fitness"])
def test_files_and_releases_know_ansible_by_one_door(room: str) -> None:
    files = sorted((PLUGINS / "module_utils" / room).glob("*.py"))
    assert {path.stem for path in files if offenders([path], r"^ansible\.")} == {"module"}


def test_what_decides_about_tables_does_not_touch_the_host() -> None:
    pure = [PLUGINS / "module_utils" / "_nftables" / f"{name}.py" for name in ("errors", "listing", "text")]
    assert offenders(pure, r"^(os|subprocess|socket|time)\b|_nftables\.(host|nft|trial|durable|record|run)\b") == []
    others = sorted((PLUGINS / "module_utils" / "_nftables").glob("*.py"))
    assert {path.stem for path in others if offenders([path], r"^(os|subprocess|shutil|fcntl)\b")} == {"host"}


def test_what_judges_a_host_does_not_touch_it() -> None:
    room = PLUGINS / "module_utils" / "_fitness"
    pure = [
        *sorted((room / "judges").glob("*.py")),
        *(room / f"{name}.py" for name in ("findings", "limits", "report")),
    ]
    assert offenders(pure, r"^(os|subprocess|socket|time|threading)\b|_fitness\.(machine|readers|probes|run)\b") == []
    readers = sorted((room / "readers").glob("*.py"))
    assert offenders(readers, r"^(subprocess|shutil|threading|time)\b|_fitness\.(judges|probes|run)\b") == []


def test_nothing_is_imported_in_a_circle() -> None:
    waiting = {name: within_engine(path) for name, path in ENGINE_FILES.items()}
    while free := [name for name, needs in waiting.items() if not needs & set(waiting)]:
        for name in free:
            del waiting[name]
    assert waiting == {}


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


def test_no_role_reads_private_variables_of_another() -> None:
    roles = sorted(path.name for path in (ROOT / "roles").iterdir() if path.is_dir())
    assert "firewall" in roles
    found = []
    for path in sorted((ROOT / "roles").rglob("*")):
        role = path.relative_to(ROOT / "roles").parts[0]
        if path.suffix not in {".yml", ".j2"} or not path.is_file():
            continue
        text = path.read_text(encoding="utf-8")
        others = {f"__{other}_" for other in roles if other != role and not role.startswith(f"{other}_")}
        found += [f"{path.relative_to(ROOT)}: {name}" for name in sorted(others) if name in text]
    assert found == []
