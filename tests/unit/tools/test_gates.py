# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gate passes, fails, or names what of it did not run. Only one thing ever does not run."""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def gates() -> ModuleType:
    spec = importlib.util.spec_from_file_location("gates", ROOT / "tests" / "tools" / "gates.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["gates"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def started(gates: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """Remembers the commands in place of running them; one whose last word is `bad` fails, `missing` is not there."""
    seen: list[list[str]] = []

    def run(command: list[str], **__: object) -> subprocess.CompletedProcess[str]:
        seen.append(command)
        if command[-1] == "missing":
            raise FileNotFoundError(2, "No such file or directory")
        return subprocess.CompletedProcess(command, int(command[-1] == "bad"))

    monkeypatch.setattr(gates.subprocess, "run", run)
    for variable in ("SCENARIO", *gates.READY_FREESWITCH):
        monkeypatch.delenv(variable, raising=False)
    return seen


def test_without_a_freeswitch_its_scenario_is_not_run_and_the_gate_says_so(
    gates: ModuleType, started: list[list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    result = gates.run_gate("molecule")
    assert [command[-1] for command in started] == ["default", "ground", "asterisk"]
    assert result.passed
    assert "NOT RUN: scenario freeswitch" in result.verdict
    assert "FREESWITCH_PREFIX" in capsys.readouterr().out
    assert "NOT RUN: scenario freeswitch" in gates.summary({"molecule": result})[-1]


@pytest.mark.parametrize("variable", ["FREESWITCH_PREFIX", "FREESWITCH_IMAGE"])
def test_with_one_it_runs(
    gates: ModuleType, started: list[list[str]], monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    monkeypatch.setenv(variable, "/opt/freeswitch")
    result = gates.run_gate("molecule")
    assert [command[-1] for command in started] == ["default", "ground", "asterisk", "freeswitch"]
    assert result.verdict == "passed"
    assert not result.not_run


def test_alone_it_is_neither_passed_nor_failed(
    gates: ModuleType, started: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SCENARIO", "freeswitch")
    result = gates.run_gate("molecule")
    assert not started
    assert not result.passed
    assert not result.failed
    assert result.verdict.startswith("NOT RUN: ")
    assert gates.summary({"molecule": result})[-1].startswith("gates: 0 passed, 0 failed; NOT RUN: ")


def test_one_scenario_alone(gates: ModuleType, started: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCENARIO", "asterisk")
    assert gates.run_gate("molecule").passed
    assert [command[-1] for command in started] == ["asterisk"]


@pytest.mark.parametrize("last", ["bad", "missing"])
def test_what_fails_or_cannot_start_fails_its_gate(
    gates: ModuleType, started: list[list[str]], monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    monkeypatch.setitem(gates.GATES, "docs", [["program", last], ["program", "fine"]])
    result = gates.run_gate("docs")
    assert result.verdict == "FAILED"
    assert not result.not_run
    assert len(started) == 1


@pytest.mark.usefixtures("started")
def test_nothing_else_is_ever_not_run(gates: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    every = [command for commands in gates.GATES.values() for command in commands]
    assert [command for command in every if gates.cannot_run(command)] == [
        ["molecule", "test", "--scenario-name", "freeswitch"]
    ]
    monkeypatch.setenv("SCENARIO", "asterisk")
    assert not gates.cannot_run(gates.commands("molecule")[0])


@pytest.mark.usefixtures("started")
def test_a_scenario_that_fails_is_no_less_failed_beside_one_that_did_not_run(
    gates: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        gates.GATES, "molecule", [["molecule", "test", "--scenario-name", name] for name in ("freeswitch", "bad")]
    )
    result = gates.run_gate("molecule")
    assert result.verdict == "FAILED"
    assert result.not_run


@pytest.mark.usefixtures("started")
def test_the_report_says_it_too(gates: ModuleType, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    report = tmp_path / "gates.json"
    monkeypatch.setattr(sys, "argv", ["gates.py", "--report", str(report), "molecule", "docs"])
    assert gates.main() == 0
    rows = json.loads(report.read_text(encoding="utf-8"))
    assert rows[0]["gate"] == "molecule"
    assert "scenario freeswitch" in rows[0]["not_run"][0]
    assert rows[1]["not_run"] == []


def test_every_scenario_is_one_of_the_gate(gates: ModuleType) -> None:
    folders = {path.parent.name for path in (ROOT / "molecule").glob("*/molecule.yml")}
    assert folders == set(gates.SCENARIOS)
