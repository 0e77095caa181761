# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the demo does about an earlier one, and when it is cut short itself. The lab is a stand-in."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest

from lab import demo
from lab.report import Report


class FakeLab:
    network = "198.18.0.0/16"

    def __init__(self, state: Path) -> None:
        self.state = state
        self.calls: list[str] = []

    def discard(self, host: str) -> None:
        self.calls.append(f"discard {host}")

    def up(self, progress: Callable[[str], None]) -> None:
        self.calls.append("up")
        progress("starting everything")

    def reset(self) -> None:
        self.calls.append("reset")

    def hosts(self) -> dict[str, str]:
        return {}

    def control(self) -> None:
        return None


@pytest.fixture
def lab(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeLab:
    state = tmp_path / "state"
    state.mkdir()
    fake = FakeLab(state)
    monkeypatch.setattr(demo, "Lab", lambda __: fake)
    monkeypatch.setattr(demo, "REPORT", tmp_path / "report.json")
    monkeypatch.setattr(demo.Demo, "run", lambda __: True)
    return fake


def interrupted(__: object) -> bool:
    raise KeyboardInterrupt


def test_a_demo_that_ended_leaves_the_machines_to_the_next(lab: FakeLab) -> None:
    assert demo.prove(Report(io.StringIO())) == 0
    assert demo.prove(Report(io.StringIO())) == 0
    assert lab.calls == ["up", "reset"] * 2


def test_after_one_that_was_cut_short_the_pbx_is_made_anew_and_said(
    lab: FakeLab, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(demo.Demo, "run", interrupted)
        with pytest.raises(KeyboardInterrupt):
            demo.prove(Report(io.StringIO()))
    assert (tmp_path / "report.json").exists()
    lab.calls.clear()
    out = io.StringIO()
    assert demo.prove(Report(out)) == 0
    assert lab.calls == ["discard pbx1", "up", "reset"]
    assert "making pbx1 anew" in out.getvalue()
    assert "starting everything" in out.getvalue()


def test_ctrl_c_is_a_sentence_and_an_exit_code(
    lab: FakeLab, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(demo, "become_root", lambda __: None)
    monkeypatch.setattr(demo.Demo, "run", interrupted)
    assert demo.main() == 130
    assert "Interrupted. `make demo` goes on from here" in capsys.readouterr().err
    assert lab.calls == ["up", "reset"]
