# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running ansible-playbook from the role's tests."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[4]
ROLE = ROOT / "roles" / "asterisk"
PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")


def playbook(arguments: list[str], home: Path) -> subprocess.CompletedProcess[str]:
    """Run ansible-playbook with this checkout's collection and nobody's settings."""
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"),
        "ANSIBLE_CONFIG": str(ROOT / "tests" / "lab" / "ansible.cfg"),
        "ANSIBLE_HOME": str(home),
        "ANSIBLE_NOCOLOR": "1",
        "LC_ALL": "C.UTF-8",
    }
    return subprocess.run(
        [str(PLAYBOOK), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def inventory(hosts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return an inventory in which the role's defaults are the weakest variables, as they are in a role."""
    shared = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))
    shared |= {"ansible_python_interpreter": sys.executable, "role": str(ROLE)}
    return {"all": {"vars": shared, "hosts": hosts}}
