# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

from pathlib import Path

from lab import playbook


def fake_ansible(folder: Path, text: str, code: int) -> None:
    program = folder / ".venv" / "bin" / "ansible-playbook"
    program.parent.mkdir(parents=True)
    program.write_text(f"#!/bin/sh\necho \"$@\"\ncat <<'E'\n{text}\nE\nexit {code}\n")
    program.chmod(0o755)


def test_the_recap_and_the_exit_code_are_read(tmp_path: Path, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(playbook, "ROOT", tmp_path)
    fake_ansible(
        tmp_path,
        "PLAY [The office] ***\nTASK [dialtone.voice.asterisk : Configure] ***\nPLAY RECAP ***\n"
        "localhost  : ok=5    changed=2    unreachable=0    failed=0    skipped=1\n"
        "pbx1       : ok=9    changed=11   unreachable=0    failed=1    skipped=0",
        2,
    )
    told: list[str] = []
    run = playbook.run_playbook(
        "site",
        inventory=[Path("office")],
        log=tmp_path / "logs" / "x.log",
        options=["--check"],
        progress=told.append,
    )
    assert run.returncode == 2
    assert run.changed == {"localhost": 2, "pbx1": 11}
    assert run.total_changed == 13
    assert told == ["The office", "dialtone.voice.asterisk : Configure"]
    assert "dialtone.voice.site -i office --check" in run.output
    assert (tmp_path / "logs" / "x.log").read_text() == run.output
    assert run.tail(1).startswith("pbx1")
