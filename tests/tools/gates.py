# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run quality gates and say of each how it ended.

    gates.py lint unit          those two
    gates.py --report FILE …    write names, results and seconds as JSON as well

A gate is a list of commands; the first that fails ends it. A command that cannot be started fails its gate: nothing
is skipped. The exit code is 0 only when every gate passed.

There is one exception, and it is never silent: no FreeSWITCH can be installed from the registries, so its Molecule
scenario needs a ready one, FREESWITCH_PREFIX (a directory) or FREESWITCH_IMAGE (a root file system). Where neither is
given the scenario is NOT RUN: neither passed nor failed, named with its reason in the summary and in the report.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
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

# Each is a folder of molecule/. The last one takes a FreeSWITCH that is there.
SCENARIOS = ["default", "ground", "asterisk", "freeswitch"]
READY_FREESWITCH = ("FREESWITCH_PREFIX", "FREESWITCH_IMAGE")

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
    "molecule": [["molecule", "test", "--scenario-name", name] for name in SCENARIOS],
}  # fmt: skip


@dataclass
class Result:
    """How a gate ended. ran: how many commands were started; not_run: those that were not, with the reason."""

    failed: bool
    seconds: float
    ran: int = 0
    not_run: list[str] = field(default_factory=list)

    @property
    def passed(self) -> bool:
        """What did not run at all has not passed."""
        return not self.failed and self.ran > 0

    @property
    def verdict(self) -> str:
        missing = f"NOT RUN: {'; '.join(self.not_run)}" if self.not_run else ""
        if self.failed:
            return "FAILED"
        return (f"passed; {missing}" if missing else "passed") if self.ran else missing


def commands(name: str) -> Commands:
    """Return the commands of a gate. SCENARIO in the environment leaves one of Molecule's."""
    wanted = os.environ.get("SCENARIO")
    if name == "molecule" and wanted:
        return [["molecule", "test", "--scenario-name", wanted]]
    return GATES[name]


def cannot_run(command: list[str]) -> str:
    """Return why a command is not run, empty for every command but the one that needs a FreeSWITCH nobody gave."""
    if command[0] != "molecule" or command[-1] != "freeswitch":
        return ""
    if any(os.environ.get(variable) for variable in READY_FREESWITCH):
        return ""
    return f"scenario freeswitch, for want of a ready FreeSWITCH ({' or '.join(READY_FREESWITCH)})"


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


def run_gate(name: str) -> Result:
    """Run one gate."""
    start = time.monotonic()
    failed = False
    ran = 0
    not_run: list[str] = []
    for command in commands(name):
        reason = cannot_run(command)
        if reason:
            print(f"[{name}] NOT RUN: {reason}", flush=True)
            not_run.append(reason)
            continue
        ran += 1
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
            failed = True
            break
    result = Result(failed, time.monotonic() - start, ran, not_run)
    print(f"gate {name}: {result.verdict} in {result.seconds:.1f} s\n", flush=True)
    return result


def summary(results: dict[str, Result]) -> list[str]:
    """Return the lines that end a run of several gates."""
    lines = [f"gate {name:<12} {one.seconds:7.1f} s  {one.verdict}" for name, one in results.items()]
    passed, failed = sum(one.passed for one in results.values()), sum(one.failed for one in results.values())
    not_run = [reason for one in results.values() for reason in one.not_run]
    lines.append(f"all gates in {sum(one.seconds for one in results.values()):.1f} s")
    ending = f"gates: {passed} passed, {failed} failed"
    return [*lines, f"{ending}; NOT RUN: {'; '.join(not_run)}" if not_run else ending]


def main() -> int:
    parser = argparse.ArgumentParser(description="Run quality gates.")
    parser.add_argument("gates", nargs="+", choices=sorted(GATES), metavar="GATE", help=", ".join(sorted(GATES)))
    parser.add_argument("--report", type=Path, help="write the results there as JSON")
    arguments = parser.parse_args()
    results = {name: run_gate(name) for name in arguments.gates}
    if len(results) > 1:
        print("\n".join(summary(results)))
    if arguments.report:
        arguments.report.parent.mkdir(parents=True, exist_ok=True)
        rows = [
            {
                "gate": name,
                "passed": one.passed,
                "failed": one.failed,
                "not_run": one.not_run,
                "seconds": round(one.seconds, 1),
            }
            for name, one in results.items()
        ]
        arguments.report.write_text(json.dumps(rows, indent=2) + "\n", encoding="utf-8")
    return 1 if any(one.failed for one in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
