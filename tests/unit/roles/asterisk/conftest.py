# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of ansible-playbook renders every case of the tests: a start of Ansible costs more than all the cases."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from cases import PROBLEMS, RENDERED, office

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


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return for each case its problems and its files."""
    folder = tmp_path_factory.mktemp("asterisk")
    out = folder / "out"
    out.mkdir()
    hosts: dict[str, dict[str, Any]] = {}
    for kind, cases in (("rendered", RENDERED), ("problem", PROBLEMS)):
        for name, case in cases.items():
            description = copy.deepcopy(office())
            case.change(description)
            hosts[f"{kind}_{name}"] = description | {"render": kind == "rendered", "out": str(out)}
    (folder / "inventory.json").write_text(json.dumps(inventory(hosts)), encoding="utf-8")
    done = playbook(
        ["-i", str(folder / "inventory.json"), str(Path(__file__).with_name("render.yml")), "-f", "4"], folder / "home"
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in out.glob("*.json")}
