# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module nft_table as Ansible sees it: documentation, and the one exit."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from nftables_cases import OLD, Machine

from ansible_collections.dialtone.voice.plugins.modules import nft_table


def run_module(**given: Any) -> dict[str, Any]:
    """Run the module in a process of its own, as Ansible does."""
    program = (
        "import sys; from ansible.module_utils import basic; basic._ANSIBLE_ARGS = sys.stdin.buffer.read();"
        f"basic._ANSIBLE_PROFILE = 'legacy'; sys.path[:0] = {sys.path!r};"
        "from ansible_collections.dialtone.voice.plugins.modules.nft_table import main; main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], input=json.dumps({"ANSIBLE_MODULE_ARGS": given}),
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    result: dict[str, Any] = json.loads(done.stdout)
    return result


def test_documentation_says_what_the_options_are() -> None:
    documented = yaml.safe_load(nft_table.DOCUMENTATION)["options"]
    assert {
        name: {key: value for key, value in option.items() if key != "description"}
        for name, option in documented.items()
    } == nft_table.SPEC


def test_documentation_says_what_is_returned(tmp_path: Path) -> None:
    machine = Machine(tmp_path)
    documented = yaml.safe_load(nft_table.RETURN)
    assert set(machine.call(rules=OLD, confirm_seconds=60)) - {"changed", "diff", "notes"} == set(documented)
    machine.fire()
    told = machine.call(rules=OLD)["rolled_back"]
    assert told is not None
    assert set(told) == set(documented["rolled_back"]["contains"])


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"name": "a-b", "rules": OLD}, "name: 'a-b' is no name for a table."),
        ({"name": "a", "rules": "}\nflush ruleset\n"}, "rules, line 1: this brace closes more"),
        ({"name": "a"}, "state is present but all of the following are missing: rules"),
    ],
)
def test_what_is_wrong_is_one_sentence_and_the_rules_are_not_repeated(given: dict[str, str], words: str) -> None:
    result = run_module(**given)
    assert result["failed"] is True
    assert words in result["msg"]
    assert OLD not in json.dumps(result)
