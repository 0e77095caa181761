# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module host_files in a process of its own: results, check mode, and nothing secret in them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.dialtone.voice.plugins.modules import host_files

SECRET = "zebra-4711-zebra"
PROGRAM = (
    "import sys; from ansible.module_utils import basic; basic._ANSIBLE_ARGS = sys.stdin.buffer.read();"
    "basic._ANSIBLE_PROFILE = 'legacy';"
    f"sys.path[:0] = {sys.path!r};"
    "from ansible_collections.dialtone.voice.plugins.modules.host_files import main\nmain()"
)


def run_module(files: dict[str, Any], check: bool = False, diff: bool = False) -> dict[str, Any]:
    arguments = {"ANSIBLE_MODULE_ARGS": {"files": files, "_ansible_check_mode": check, "_ansible_diff": diff}}
    ended = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input=json.dumps(arguments), capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert SECRET not in ended.stdout + ended.stderr
    result: dict[str, Any] = json.loads(ended.stdout)
    return result


def test_documentation_says_what_the_options_are() -> None:
    documented = yaml.safe_load(host_files.DOCUMENTATION)["options"]
    assert {
        name: {key: value for key, value in option.items() if key not in ("description", "suboptions")}
        for name, option in documented.items()
    } == host_files.SPEC


def test_check_mode_says_what_a_run_does(tmp_path: Path) -> None:
    files = {
        f"{tmp_path}/a/b": {"content": "new\n", "validate": "grep -q new %s"},
        f"{tmp_path}/key": {"content": SECRET, "secret": True},
    }
    predicted = run_module(files, check=True, diff=True)
    assert not list(tmp_path.iterdir())
    done = run_module(files, diff=True)
    assert done == predicted
    assert done["changed"]
    assert done["written"] == list(files)
    assert done["directories"] == [f"{tmp_path}/a"]
    again = run_module(files)
    documented = set(yaml.safe_load(host_files.RETURN))
    assert set(again) == documented | {"changed", "invocation"}
    assert not again["changed"]


def test_an_error_shows_no_content(tmp_path: Path) -> None:
    result = run_module({f"{tmp_path}/key": {"content": SECRET, "secret": True, "validate": "sh -c 'cat %s; exit 1'"}})
    assert result["failed"]
    assert "was not accepted" in result["msg"]
    assert not list(tmp_path.iterdir())
