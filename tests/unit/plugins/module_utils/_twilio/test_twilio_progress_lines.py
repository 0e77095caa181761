# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lines that say how far long work is: when, and what they hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from twilio_network import NUMBERS, World

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.catalog.trunking import TRUNK
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.errors import InvalidInputError
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.nodes import Change
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.progress import FEW, INTERVAL, Progress

CHANGE = Change("create", TRUNK, "", "secret name", 0)


def lines(path: Path, total: int, times: Sequence[float]) -> list[str]:
    """Return what is written when the changes are made at some seconds after the start."""
    now = [0.0]
    with Progress(str(path), clock=lambda: now[0]) as progress:
        for made, moment in enumerate(times, start=1):
            now[0] = moment
            progress.note(made, total, CHANGE)
    return path.read_text(encoding="utf-8").splitlines()


def test_a_line_every_few_seconds_and_one_at_the_end(tmp_path: Path) -> None:
    times = [index * INTERVAL / 10 for index in range(1, FEW + 6)]
    assert lines(tmp_path / "lines", FEW + 5, times) == [
        "10 of 25 changes made (create trunk)",
        "20 of 25 changes made (create trunk)",
        "25 of 25 changes made (create trunk)",
    ]


def test_few_changes_are_over_before_anybody_wonders(tmp_path: Path) -> None:
    slow = [index * INTERVAL * 2 for index in range(1, FEW)]
    assert lines(tmp_path / "lines", FEW - 1, slow) == []


def test_a_line_can_be_read_at_once(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    with Progress(str(path), clock=lambda: 0.0) as progress:
        progress.note(FEW, FEW, CHANGE)
        assert path.read_text(encoding="utf-8") == f"{FEW} of {FEW} changes made (create trunk)\n"


def test_large_counts_are_grouped_and_earlier_lines_stay(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    path.write_text("from an earlier task\n", encoding="utf-8")
    with Progress(str(path), clock=lambda: 0.0) as progress:
        progress.note(1234, 1234, CHANGE)
    assert path.read_text(encoding="utf-8") == "from an earlier task\n1,234 of 1,234 changes made (create trunk)\n"


def test_without_a_file_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with Progress(None) as progress:
        progress.note(FEW, FEW, CHANGE)
    assert [*tmp_path.iterdir()] == []


def test_a_file_that_cannot_be_written_is_refused_before_anything_is_changed(world: World, tmp_path: Path) -> None:
    path = str(tmp_path / "missing" / "lines")
    with pytest.raises(InvalidInputError, match=r"progress_file: .* cannot be written"), Progress(path):
        pass
    failed = world.run("twilio_trunk", friendly_name="hq", phone_numbers=NUMBERS, progress_file=path)
    assert failed["msg"].startswith(f"progress_file: '{path}' cannot be written (No such file or directory); give a")
    assert world.writes() == []
