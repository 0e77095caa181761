# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the integration targets of the modules against the emulated Twilio.

    run.py                       every target
    run.py twilio_trunk …        those

A target is a role in targets/ that starts by emptying and seeding the emulator itself. Targets named setup_* only help
others. A target that cannot run has failed. The exit code is 0 only if every target passed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGETS = ROOT / "tests" / "integration" / "targets"
LIMIT = 300  # seconds one target may take; the slowest needs a tenth of that
ACCOUNT = {"twilio_account_sid": "AC" + "0" * 31 + "1", "twilio_auth_token": "0123456789abcdef0123456789abcdef"}


@contextmanager
def emulator() -> Iterator[str]:
    """Run the REST emulator on a free loopback port; give its URL."""
    command = [sys.executable, "-m", "lab.emulator", "--listen", "127.0.0.1:0"]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise RuntimeError(f"the emulator did not start (exit code {process.wait(10)}); see its words above")
        yield json.loads(line)["listening"]
    finally:
        process.terminate()
        process.wait(10)


def playbook(target: str, url: str) -> str:
    """Return a playbook that applies one target; JSON is YAML."""
    play = {
        "name": f"Target {target}",
        "hosts": "localhost",
        "connection": "local",
        "gather_facts": False,
        "vars": {**ACCOUNT, "twilio_base_url": url, "ansible_python_interpreter": sys.executable},
        "roles": [target],
    }
    return json.dumps([play])


def run_target(target: str, url: str, scratch: Path) -> bool:
    """Run one target, show its output if it fails, and return whether it passed."""
    if not (TARGETS / target / "tasks" / "main.yml").is_file():
        print(f"{target}: there is no {TARGETS.relative_to(ROOT)}/{target}/tasks/main.yml", flush=True)
        return False
    book = scratch / f"{target}.yml"
    book.write_text(playbook(target, url), encoding="utf-8")
    settings = scratch / "ansible.cfg"
    settings.write_text("", encoding="utf-8")  # so that no other configuration is found
    env = {name: value for name, value in os.environ.items() if not name.startswith(("TWILIO_", "ANSIBLE_"))}
    env.update(
        ANSIBLE_COLLECTIONS_PATH=str(ROOT / ".venv" / "collections"),
        ANSIBLE_ROLES_PATH=str(TARGETS),
        ANSIBLE_CONFIG=str(settings),
        ANSIBLE_HOME=str(scratch / "ansible"),
        ANSIBLE_LOCALHOST_WARNING="false",
        ANSIBLE_NOCOLOR="true",
        LC_ALL="C.UTF-8",
    )
    command = [str(Path(sys.executable).parent / "ansible-playbook"), "--inventory", "localhost,", str(book)]
    try:
        done = subprocess.run(
            command,
            env=env,
            cwd=scratch,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LIMIT,
            check=False,
        )
        output, passed = done.stdout, done.returncode == 0
    except subprocess.TimeoutExpired as slow:
        words = slow.stdout or b""
        output = words.decode(errors="replace") if isinstance(words, bytes) else words
        output, passed = f"{output}\nended after {LIMIT} s", False
    except OSError as error:
        output, passed = f"could not run {command[0]}: {error.strerror}; run `make setup`", False
    if not passed:
        print(output, flush=True)
    return passed


def main() -> int:
    known = (
        sorted(path.name for path in TARGETS.iterdir() if not path.name.startswith("setup_"))
        if TARGETS.is_dir()
        else []
    )
    parser = argparse.ArgumentParser(description="Run integration targets against the emulated Twilio.")
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=", ".join(known))
    targets = parser.parse_args().targets or known
    failed = 0
    try:
        with emulator() as url, tempfile.TemporaryDirectory(prefix="dialtone-integration-") as scratch:
            for target in targets:
                start = time.monotonic()
                passed = run_target(target, url, Path(scratch))
                failed += not passed
                print(
                    f"target {target:<32} {'passed' if passed else 'FAILED'} in {time.monotonic() - start:.1f} s",
                    flush=True,
                )
    except RuntimeError as error:
        print(error, flush=True)
        failed = len(targets)
    print(f"{len(targets) - failed} passed, {failed} failed")
    return 1 if failed or not targets else 0


if __name__ == "__main__":
    sys.exit(main())
