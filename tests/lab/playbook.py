# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run one of the collection's playbooks against a lab and say how it ended."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
HOME = ROOT / ".cache" / "ansible"  # Ansible's own files, which would else be in ~/.ansible

_RECAP = re.compile(r"^(?P<host>\S+)\s+: ok=\d+\s+changed=(?P<changed>\d+)\s")
_HEADING = re.compile(r"^(?:PLAY|TASK|RUNNING HANDLER) \[(?P<title>.*?)\]")


@dataclass(frozen=True)
class Run:
    """One run of ansible-playbook.

    returncode: 0 well, 2 a task failed, 4 a host was unreachable (ansible-playbook's own codes).
    changed: changed tasks of each host, from the recap.
    log: file with everything it printed.
    """

    returncode: int
    changed: dict[str, int]
    output: str
    log: Path

    @property
    def total_changed(self) -> int:
        return sum(self.changed.values())

    def tail(self, lines: int = 25) -> str:
        return "\n".join(self.output.splitlines()[-lines:])


def run_playbook(
    playbook: str,
    *,
    inventory: list[Path],
    log: Path,
    options: list[str] | None = None,
    environment: dict[str, str] | None = None,
    progress: Callable[[str], None] = lambda __: None,
) -> Run:
    """Run dialtone.voice.PLAYBOOK. `progress` is told the title of each play and task as it starts."""
    command = [str(ROOT / ".venv" / "bin" / "ansible-playbook"), f"dialtone.voice.{playbook}"]
    for source in inventory:
        command += ["-i", str(source)]
    command += options or []
    env = {
        **os.environ,
        "ANSIBLE_CONFIG": str(ROOT / "tests" / "lab" / "ansible.cfg"),
        "ANSIBLE_HOME": str(HOME),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_FORCE_COLOR": "0",  # Molecule may have set it; it outdoes the other, and hides the recap
        "PYTHONUNBUFFERED": "1",
        **(environment or {}),
    }
    lines: list[str] = []
    changed: dict[str, int] = {}
    log.parent.mkdir(parents=True, exist_ok=True)
    with (
        log.open("w", encoding="utf-8") as file,
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        assert process.stdout is not None
        for line in process.stdout:
            file.write(line)
            lines.append(line)
            if heading := _HEADING.match(line):
                progress(heading["title"])
            if recap := _RECAP.match(line):
                changed[recap["host"]] = int(recap["changed"])
    if process.returncode == 0 and not changed:
        raise RuntimeError(f"the playbook {playbook} ended well, but without a recap of its hosts; see {log}")
    return Run(process.returncode, changed, "".join(lines), log)
