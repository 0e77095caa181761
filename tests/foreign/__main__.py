# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run the cases and say of each how it ended: `python -m foreign [CASE …]`. The exit code is 0 only when all passed."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
import traceback
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from pathlib import Path

from foreign.cases import CASES
from foreign.certificates import Authority
from foreign.check import same
from foreign.install import Client, InstallError, twilio_cli
from foreign.stand import Stand

AT_ONCE = 2  # cases; each of them runs up to two commands at once


@dataclass(frozen=True)
class Result:
    """How a case ended; `error` is empty where it passed."""

    name: str
    commands: int
    seconds: float
    error: str


def run(name: str, case: Callable[[Stand], None], client: Client, authority: Authority) -> Result:
    """Run one case in a world of its own. What a client found wrong or did in secret fails it as well."""
    start = time.monotonic()
    error = ""
    commands = 0
    try:
        with Stand(client, authority) as stand:
            try:
                case(stand)
                same(stand.complaints(), [], "complaints of the client about answers")
                same(stand.caught(), stand.expected, "attempts to leave this machine")
            finally:
                commands = len(stand.answers)
    except Exception:  # whatever it was: the other cases go on, and the run fails
        error = traceback.format_exc()
    return Result(name, commands, time.monotonic() - start, error)


def main() -> int:
    parser = argparse.ArgumentParser(prog="foreign", description="Hold the emulated carrier to Twilio's own client.")
    parser.add_argument("cases", nargs="*", metavar="CASE", help=f"all by default: {', '.join(CASES)}")
    chosen = parser.parse_args().cases or list(CASES)
    unknown = sorted(set(chosen) - set(CASES))
    if unknown:
        parser.error(f"case {unknown[0]!r} is unknown; known are {', '.join(CASES)}")
    start = time.monotonic()
    try:
        client = twilio_cli()
    except InstallError as error:
        print(f"foreign: {error}", file=sys.stderr)
        return 1
    print(f"twilio-cli {client.version} on {client.command[0]}", flush=True)
    failed = commands = 0
    with tempfile.TemporaryDirectory(prefix="foreign-ca-") as folder, ThreadPoolExecutor(AT_ONCE) as pool:
        authority = Authority(Path(folder))
        running = [pool.submit(run, name, CASES[name], client, authority) for name in chosen]
        for done in as_completed(running):
            result = done.result()
            failed += bool(result.error)
            commands += result.commands
            word = "FAILED" if result.error else "passed"
            print(f"{result.name:<14} {word} {result.commands:3} commands {result.seconds:6.1f} s", flush=True)
            if result.error:
                print(result.error, flush=True)
    seconds = time.monotonic() - start
    print(f"foreign: {len(chosen) - failed} cases passed, {failed} failed, {commands} commands in {seconds:.1f} s")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
