# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import json
from pathlib import Path

import pytest

from lab.hosts.errors import LabError
from lab.report import NARROWEST, QUIET_SECONDS, Outcome, Report


def test_a_step_is_a_line_and_an_entry(tmp_path: Path) -> None:
    out = io.StringIO()
    report = Report(out)
    report.facts = {"api_requests": {"first_run": 7}}
    assert report.step("inbound", lambda: Outcome(True, "heard it", {"code": 200}))
    report.write(tmp_path / "below" / "report.json")
    document = json.loads((tmp_path / "below" / "report.json").read_text())
    assert document["ok"] is True
    assert document["api_requests"] == {"first_run": 7}
    assert document["steps"][0]["name"] == "inbound"
    assert document["steps"][0]["ok"] is True
    assert document["steps"][0]["evidence"] == {"code": 200}
    assert document["steps"][0]["seconds"] >= 0
    assert "ok" in out.getvalue()
    assert "heard it" in out.getvalue()


def test_a_step_that_raises_is_a_failed_step() -> None:
    report = Report(io.StringIO())

    def breaks() -> Outcome:
        raise RuntimeError("the emulator does not answer")

    assert not report.step("check", breaks)
    assert not report.ok
    assert report.steps[0].evidence == {"error": "the emulator does not answer"}


def test_one_failure_fails_the_report_and_no_step_is_no_success() -> None:
    report = Report(io.StringIO())
    assert not report.ok
    report.step("one", lambda: Outcome(True))
    assert report.ok
    report.step("two", lambda: Outcome(False))
    report.step("three", lambda: Outcome(True))
    assert not report.ok


def test_progress_is_written_to_a_file_only_when_it_has_been_quiet_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("lab.report.time.monotonic", lambda: now)
    out = io.StringIO()
    report = Report(out)
    report.progress("Read the trunk")
    assert out.getvalue() == ""
    now += QUIET_SECONDS
    report.progress("Install Asterisk")
    report.progress("Write pjsip.conf")
    assert out.getvalue().split() == ["...", "Install", "Asterisk"]


def test_what_is_wrong_with_the_lab_is_said_without_the_name_of_an_exception() -> None:
    out = io.StringIO()

    def breaks() -> Outcome:
        raise LabError("The disk is full: make room.")

    assert not Report(out).step("machines", breaks)
    assert "The disk is full: make room." in out.getvalue()
    assert "LabError" not in out.getvalue()


def test_a_long_summary_is_folded_under_its_column() -> None:
    out = io.StringIO()
    Report(out).step("apply", lambda: Outcome(True, "word " * 40 + "\nTASK [as it was printed]"))
    lines = out.getvalue().splitlines()
    assert all(len(line) <= NARROWEST for line in lines)
    assert len({line.index("word") for line in lines[:-1]}) == 1
    assert lines[-1].strip() == "TASK [as it was printed]"
