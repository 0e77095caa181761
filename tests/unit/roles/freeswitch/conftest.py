# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of ansible-playbook renders all offices: a start of Ansible costs more than all of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from freeswitch.evaluate import Pbx
from freeswitch.expand import expand
from freeswitch_offices import FACTS, OFFICES, ROOT

ROLE = ROOT / "roles" / "freeswitch"
SITE = "/etc/freeswitch/dialtone-site"


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return plan, gateways, modules and files of each office."""
    folder = tmp_path_factory.mktemp("freeswitch")
    (folder / "out").mkdir()
    (folder / "templates").symlink_to(ROLE / "templates")
    (folder / "render.yml").symlink_to(Path(__file__).with_name("render.yml"))
    shared = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))
    shared |= {
        "ansible_python_interpreter": sys.executable,
        "role": str(ROLE),
        "out": str(folder / "out"),
        "facts": FACTS,
    }
    shared |= {"__freeswitch_verify_carrier": True}
    inventory = {"all": {"vars": shared, "hosts": OFFICES}}
    (folder / "inventory.json").write_text(json.dumps(inventory), encoding="utf-8")
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"),
        "ANSIBLE_CONFIG": str(ROOT / "tests" / "lab" / "ansible.cfg"),
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_NOCOLOR": "1",
        "LC_ALL": "C.UTF-8",
    }
    done = subprocess.run(
        [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "inventory.json", "render.yml", "-f", "4"],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in (folder / "out").glob("*.json")}


@pytest.fixture(scope="session")
def expanded(rendered: dict[str, Any]) -> dict[str, str]:
    """Return what FreeSWITCH would parse, by office."""
    known = {
        "conf_dir": "/conf",
        "certs_dir": "/certs",
        "log_dir": "/log",
        "recordings_dir": "/recordings",
        "event_socket_password": "x",
    }
    return {name: expand(office["files"], known) for name, office in rendered.items()}


@pytest.fixture(scope="session")
def pbxs(expanded: dict[str, str]) -> dict[str, Pbx]:
    return {name: Pbx(text) for name, text in expanded.items()}
