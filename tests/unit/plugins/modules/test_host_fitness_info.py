# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module host_fitness_info in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.dialtone.voice.plugins.module_utils._fitness.checks import CHECKS
from ansible_collections.dialtone.voice.plugins.module_utils._fitness.limits import DEFAULTS
from ansible_collections.dialtone.voice.plugins.modules import host_fitness_info

FINDING = {"check", "subject", "verdict", "value", "reason", "remedy", "figures"}


def run(check_mode: bool = False, **params: Any) -> tuple[int, dict[str, Any]]:
    arguments = {
        "ANSIBLE_MODULE_ARGS": {
            "checks": ["cpus", "memory", "listeners"], "_ansible_check_mode": check_mode, **params,
        }
    }  # fmt: skip
    done = subprocess.run(
        [sys.executable, "-W", "ignore", host_fitness_info.__file__],
        input=json.dumps(arguments),
        env={"PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.returncode, json.loads(done.stdout)


def test_documentation_says_what_the_options_are() -> None:
    documented = yaml.safe_load(host_fitness_info.DOCUMENTATION)["options"]
    assert {
        name: {key: value for key, value in option.items() if key != "description"}
        for name, option in documented.items()
    } == host_fitness_info.SPEC


def test_documentation_names_every_check_and_threshold() -> None:
    described = yaml.safe_load(host_fitness_info.DOCUMENTATION)["options"]
    for option, names in (("checks", CHECKS), ("thresholds", DEFAULTS)):
        text = " ".join(described[option]["description"])
        assert [name for name in names if f"V({name})" not in text] == []


def test_the_guide_names_every_check_and_threshold() -> None:
    guide = (Path(__file__).resolve().parents[4] / "docs" / "fitness.md").read_text(encoding="utf-8")
    assert [name for name in (*CHECKS, *DEFAULTS) if f"`{name}`" not in guide] == []
    table = guide.split("## Thresholds")[1].splitlines()
    for name, limit in DEFAULTS.items():
        row = next(line for line in table if line.startswith(f"| `{name}` |"))
        assert [cell.strip() for cell in row.split("|")[2:4]] == [f"{limit.warn:g}", f"{limit.fail:g}"]


def test_documentation_says_what_is_returned() -> None:
    documented = yaml.safe_load(host_fitness_info.RETURN)
    code, result = run()
    assert code == 0
    assert set(result) == set(documented) | {"changed", "invocation"}
    assert result["changed"] is False
    assert all(set(one) == FINDING == set(documented["findings"]["contains"]) for one in result["findings"])
    assert {one["check"] for one in result["findings"]} == {"cpus", "memory", "listeners"}


def test_it_runs_here_with_every_check_and_ends_in_time() -> None:
    code, result = run(checks=[], seconds=1, nameservers=["127.0.0.1"], stun_servers=["127.0.0.1:9"])
    assert code == 0
    assert list(dict.fromkeys(one["check"] for one in result["findings"])) == list(CHECKS)
    assert result["seconds"] < 10
    assert all(one["value"] for one in result["findings"] if one["verdict"] == "ok")


def test_bad_input_is_refused_with_a_sentence() -> None:
    code, result = run(checks=["colour"])
    assert code == 1
    assert result["msg"].startswith("checks has 'colour': use some of ")


@pytest.mark.parametrize("check_mode", [True, False])
def test_writes_are_timed_where_the_user_says_and_not_in_check_mode(tmp_path: Path, check_mode: bool) -> None:
    code, result = run(check_mode, checks=["storage"], seconds=1, storage_path=str(tmp_path))
    assert code == 0
    assert any("small writes" in one["value"] for one in result["findings"]) is not check_mode
    assert list(tmp_path.iterdir()) == []
