# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder of releases to try things on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from ansible_collections.dialtone.voice.plugins.module_utils._release.run import Run
from ansible_collections.dialtone.voice.plugins.modules import config_release

EFFECTS = {"restart": ["modules.conf"], "reload": ["*.conf"], "prompts": ["sounds/*"]}


def options(**given: Any) -> dict[str, Any]:
    """Return all options of the module, with its defaults."""
    return {name: given.get(name, option.get("default")) for name, option in config_release.SPEC.items()}


class Place:
    """A path to install at, and what one can ask of it."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "conf"
        self.store = folder / "conf.releases"

    def run(self, planned: bool = False, **given: Any) -> dict[str, Any]:
        given = {"path": str(self.path), "effects": EFFECTS, **given}
        return Run(options(**given), planned).result()

    def install(self, *, planned: bool = False, **files: str) -> dict[str, Any]:
        """Install text files; two underscores stand for a full stop."""
        return self.run(planned, files={name.replace("__", "."): text for name, text in files.items()})

    def commit(self, **given: Any) -> dict[str, Any]:
        return self.run(state="committed", **given)

    def roll_back(self, **given: Any) -> dict[str, Any]:
        return self.run(state="rolled_back", **given)

    def files(self) -> dict[str, str]:
        """Return what a program sees that reads the path."""
        return {
            str(file.relative_to(self.path)): file.read_text(encoding="utf-8")
            for file in sorted(self.path.rglob("*"))
            if file.is_file()
        }

    def stored(self) -> list[str]:
        """Return what is in the store, without the number and time of releases."""
        return sorted(path.name for path in self.store.iterdir())


def start_module(check: bool = False, diff: bool = False, before: str = "", **given: Any) -> subprocess.Popen[str]:
    """Start the module in a process of its own, as Ansible does, with what is to be done before it."""
    arguments = {"ANSIBLE_MODULE_ARGS": {**given, "_ansible_check_mode": check, "_ansible_diff": diff}}
    program = (
        "import sys; from ansible.module_utils import basic; basic._ANSIBLE_ARGS = sys.stdin.buffer.read();"
        "basic._ANSIBLE_PROFILE = 'legacy';"
        f"sys.path[:0] = {sys.path!r};"
        "from ansible_collections.dialtone.voice.plugins.modules.config_release import main\n"
        f"{before}\nmain()"
    )
    pipe = subprocess.PIPE
    process = subprocess.Popen([sys.executable, "-c", program], stdin=pipe, stdout=pipe, stderr=pipe, text=True)
    assert process.stdin
    process.stdin.write(json.dumps(arguments))
    process.stdin.close()
    process.stdin = None
    return process


def run_module(**given: Any) -> dict[str, Any]:
    """Run the module in a process of its own, and return its result."""
    out, complaints = start_module(**given).communicate(timeout=60)
    assert out, complaints
    result: dict[str, Any] = json.loads(out)
    return result
