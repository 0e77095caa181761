# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of ansible-playbook works every case out: a start of Ansible costs more than all the cases."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from firewall_runs import CASES, inventory, playbook


@pytest.fixture(scope="session")
def worked_out(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return for each case what the role makes of it."""
    folder = tmp_path_factory.mktemp("firewall")
    out = folder / "out"
    out.mkdir()
    hosts = {name: case | {"out": str(out)} for name, case in CASES.items()}
    (folder / "inventory.json").write_text(json.dumps(inventory(hosts)), encoding="utf-8")
    done = playbook(
        ["-i", str(folder / "inventory.json"), str(Path(__file__).with_name("render.yml"))], folder / "home"
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in out.glob("*.json")}
