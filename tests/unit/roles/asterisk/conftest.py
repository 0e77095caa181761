# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of ansible-playbook renders every case of the tests: a start of Ansible costs more than all the cases."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from asterisk_cases import PROBLEMS, RENDERED, office
from asterisk_runs import inventory, playbook


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
