# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run mypy, strictly, over the plugins under their collection name, the lab, the tests' own packages and the tools."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COLLECTIONS = ROOT / ".venv" / "collections"


def main() -> int:
    env = {
        **os.environ,
        "MYPYPATH": os.pathsep.join([str(COLLECTIONS), str(ROOT / "tests"), str(ROOT / "tests" / "tools")]),
    }
    env.pop("PYTHONPATH", None)  # what mypy finds there it takes for installed packages, and does not check
    mypy = [sys.executable, "-m", "mypy", "--config-file", str(ROOT / "pyproject.toml")]
    runs = [
        [*mypy, "-p", "ansible_collections.dialtone.voice.plugins"],
        [*mypy, "-p", "lab"],
        [*mypy, "-p", "foreign"],
        [*mypy, "-p", "freeswitch"],
        [*mypy, "-p", "benchmarks"],
        [*mypy, *(str(path) for path in sorted((ROOT / "tests" / "tools").glob("*.py")))],
    ]
    # Every run is made, so that one sees all errors at once.
    codes = [subprocess.run(command, cwd=ROOT, env=env, check=False).returncode for command in runs]
    return max(codes)


if __name__ == "__main__":
    sys.exit(main())
