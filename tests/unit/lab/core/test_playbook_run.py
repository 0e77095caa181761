# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a playbook run has changed is read from its recap, whoever started it, and never taken for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import playbook

OFFICE = Path(__file__).resolve().parents[4] / "docs" / "examples" / "office"


def test_the_recap_is_read_where_colour_is_forced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANSIBLE_FORCE_COLOR", "1")
    run = playbook.run_playbook("description", inventory=[OFFICE], log=tmp_path / "log")
    assert run.changed == {"localhost": 0}, run.tail()


def test_a_run_without_a_recap_is_no_run_that_changed_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(playbook, "ROOT", tmp_path)
    program = tmp_path / ".venv" / "bin" / "ansible-playbook"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho nothing to see\n", encoding="utf-8")
    program.chmod(0o755)
    with pytest.raises(RuntimeError, match="without a recap"):
        playbook.run_playbook("site", inventory=[], log=tmp_path / "log")
