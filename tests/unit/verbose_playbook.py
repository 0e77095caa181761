# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Playbooks with all that Ansible can be made to say, for tests that look for secrets in it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any


def run_verbosely(
    folder: Path, tasks: Sequence[Mapping[str, Any]], keywords: Mapping[str, Any] | None = None, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run tasks on localhost with -vvv and --diff.

    Args:
        folder: where the playbook and the log are written.
        tasks: what to run.
        keywords: more keywords of the play.
        environment: more variables of Ansible's environment.

    Returns:
        The process; its ``stdout`` has the standard error and the log file as well.
    """
    play = {
        "hosts": "localhost", "connection": "local", "gather_facts": False,
        "vars": {"ansible_python_interpreter": sys.executable}, **(keywords or {}), "tasks": tasks,
    }  # fmt: skip
    (folder / "play.yml").write_text(json.dumps([play]), encoding="utf-8")
    collections = next(path for path in sys.path if (Path(path) / "ansible_collections/dialtone/voice").exists())
    done = subprocess.run(
        [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "localhost,", "-vvv", "--diff", "play.yml"],
        env={
            **{name: value for name, value in os.environ.items() if not name.startswith(("TWILIO_", "ANSIBLE_"))},
            "ANSIBLE_COLLECTIONS_PATH": collections,
            "ANSIBLE_HOME": str(folder / "ansible"),
            "ANSIBLE_LOG_PATH": str(folder / "log"),
            "ANSIBLE_DISPLAY_TRACEBACK": "error",
            "ANSIBLE_INJECT_INVOCATION": "true",  # off by default since ansible-core 2.21, on before
            "ANSIBLE_NOCOLOR": "1",
            **environment,
        },
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    done.stdout += done.stderr + (folder / "log").read_text(encoding="utf-8")
    return done


def judged(task: Mapping[str, Any], failing: bool) -> list[Mapping[str, Any]]:
    """Return a task that has to end well or has to fail, with what insists on that.

    A failure is ignored, not denied by ``failed_when``: so ansible-core 2.18 shows its traceback, too.
    """
    if not failing:
        return [task]
    insist = {"ansible.builtin.assert": {"that": ["result is failed"], "quiet": True}}
    return [{**task, "register": "result", "ignore_errors": True}, insist]
