# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run quality gates and say of each how it ended.

    gates.py lint unit          those two
    gates.py --report FILE …    write names, results and seconds as JSON as well

A gate is a list of commands; the first that fails ends it. A command that cannot be started fails its gate: nothing
is skipped. The exit code is 0 only when every gate passed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv" / "bin"
PYTHON = str(VENV / "python")

# Paths of the code that is checked for style and types.
CODE = ["plugins", "tests"]

# The systematic and the random faults of the Twilio modules.
FAULTS = [
    "tests/unit/plugins/module_utils/_twilio/test_twilio_faults.py",
    "tests/unit/plugins/modules/test_twilio_random_faults.py",
]

Commands = list[list[str]]

LIMIT = 1800  # seconds for one command; what takes longer hangs, and would use up the whole time of a CI run

GATES: dict[str, Commands] = {
    "lint": [
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        [PYTHON, "tests/tools/typing_gate.py"],
        ["yamllint", "--strict", "."],
        ["shellcheck", "tests/tools/bootstrap.sh", ".ci/run"],
        ["ansible-lint", "--offline"],
        ["antsibull-changelog", "lint"],
    ],
    # Measuring coverage makes the thousands of faults slow, and they cover what the others do.
    "unit": [
        [
            PYTHON, "-m", "pytest", "-q", "tests/unit", *(f"--ignore={path}" for path in FAULTS),
            "--cov=ansible_collections.dialtone.voice.plugins.module_utils",
            "--cov-branch", "--cov-report=term-missing:skip-covered", "--cov-fail-under=90",
        ],
        [PYTHON, "-m", "pytest", "-q", *FAULTS],
    ],
    "docs": [[PYTHON, "tests/tools/docs.py"]],
    "sanity": [[PYTHON, "tests/tools/sanity.py"]],
    "integration": [[PYTHON, "tests/integration/run.py"]],
    "foreign": [[PYTHON, "-m", "pytest", "-q", "tests/foreign/unit"], [PYTHON, "-m", "foreign"]],
    "molecule": [["molecule", "test", "--scenario-name", os.environ.get("SCENARIO", "default")]],
}  # fmt: skip


def environment() -> dict[str, str]:
    """Return the environment of the gates: our tools first, our collection and nobody else's."""
    env = dict(os.environ)
    env.update(
        PATH=os.pathsep.join([str(VENV), env.get("PATH", "")]),
        LC_ALL="C.UTF-8",
        PYTHONPATH=os.pathsep.join([str(ROOT / "tests"), str(ROOT / ".venv" / "collections")]),
        PYTHONDONTWRITEBYTECODE="1",
        ANSIBLE_COLLECTIONS_PATH=str(ROOT / ".venv" / "collections"),
        ANSIBLE_CONFIG=str(ROOT / "tests" / "lab" / "ansible.cfg"),
        ANSIBLE_HOME=str(ROOT / ".cache" / "ansible"),
    )
    return env


def run_gate(name: str) -> tuple[bool, float]:
    """Run one gate. Return whether it passed, and its seconds."""
    start = time.monotonic()
    passed = True
    for command in GATES[name]:
        print(f"[{name}] {' '.join(command)}", flush=True)
        try:
            code = subprocess.run(command, cwd=ROOT, env=environment(), check=False, timeout=LIMIT).returncode
        except subprocess.TimeoutExpired:
            print(f"[{name}] {command[0]} did not end within {LIMIT / 60:.0f} minutes and was killed", flush=True)
            code = 124
        except OSError as error:
            print(f"[{name}] could not run {command[0]}: {error.strerror}; run `make setup`", flush=True)
            code = 127
        if code != 0:
            print(f"[{name}] failed with exit code {code}: {' '.join(command)}", flush=True)
            passed = False
            break
    seconds = time.monotonic() - start
    print(f"gate {name}: {'passed' if passed else 'FAILED'} in {seconds:.1f} s\n", flush=True)
    return passed, seconds


def main() -> int:
    parser = argparse.ArgumentParser(description="Run quality gates.")
    parser.add_argument("gates", nargs="+", choices=sorted(GATES), metavar="GATE", help=", ".join(sorted(GATES)))
    parser.add_argument("--report", type=Path, help="write the results there as JSON")
    arguments = parser.parse_args()
    results = {name: run_gate(name) for name in arguments.gates}
    if len(results) > 1:
        for name, (passed, seconds) in results.items():
            print(f"gate {name:<12} {'passed' if passed else 'FAILED':<7} {seconds:7.1f} s")
        total = sum(seconds for passed, seconds in results.values())
        failed = sum(not passed for passed, seconds in results.values())
        print(f"all gates in {total:.1f} s")
        print(f"gates: {len(results) - failed} passed, {failed} failed")
    else:
        failed = sum(not passed for passed, seconds in results.values())
    if arguments.report:
        arguments.report.parent.mkdir(parents=True, exist_ok=True)
        rows = [
            {"gate": name, "passed": passed, "seconds": round(seconds, 1)}
            for name, (passed, seconds) in results.items()
        ]
        arguments.report.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
