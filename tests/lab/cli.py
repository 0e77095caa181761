# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of the lab: `python -m lab COMMAND --name demo|molecule`."""

from __future__ import annotations

import argparse
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from lab.alone import alone
from lab.hosts import preflight
from lab.hosts.plan import LABS, MAX_PBX
from lab.lab import Lab, LabError


def _progress(text: str) -> None:
    print(f"  {text}", flush=True)


def up(lab: Lab, options: argparse.Namespace) -> int:
    started = time.monotonic()
    lab.up(
        progress=_progress, pbx=options.pbx, with_freeswitch=options.freeswitch, nat=options.nat, ground=options.ground
    )
    print(f"The lab '{lab.name}' is up after {time.monotonic() - started:.1f} s; inventory: {lab.inventory}")
    return 0


def down(lab: Lab, options: argparse.Namespace) -> int:
    with alone(lab.name):
        lab.down(keep_images=options.keep_images, progress=_progress)
    print(f"The lab '{lab.name}' is gone{', its images are kept' if options.keep_images else ''}.")
    return 0


def reset(lab: Lab, __: argparse.Namespace) -> int:
    try:
        lab.reset()
    except RuntimeError as error:
        raise LabError(f"The emulator does not answer ({error}): run `python -m lab up --name {lab.name}`.") from error
    print("The emulator is back to its seeded state.")
    return 0


def status(lab: Lab, __: argparse.Namespace) -> int:
    rows = lab.status()
    for row in rows:
        print(f"{row['host']:<10}{row['address']:<16}{row['state']}")
    return 0 if all(row["state"] == "running" for row in rows) else 3


def run_in(lab: Lab, options: argparse.Namespace) -> int:
    argv = options.argv[1:] if options.argv[:1] == ["--"] else options.argv
    process = lab.popen(options.host, argv, stdin=None, stdout=None, stderr=None)
    try:
        return process.wait()
    except KeyboardInterrupt:
        process.terminate()
        try:
            return process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            process.kill()
            return process.wait()


def logs(lab: Lab, options: argparse.Namespace) -> int:
    print(lab.logs(options.host, options.lines), end="")
    return 0


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m lab", description="An emulated carrier and the machines around it.")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    def command(name: str, action: Callable[[Lab, argparse.Namespace], int], text: str) -> argparse.ArgumentParser:
        found = commands.add_parser(name, help=text, description=text)
        found.add_argument("--name", default="demo", choices=sorted(LABS), help="which lab (default: demo)")
        found.set_defaults(action=action)
        return found

    start = command("up", up, "Start the lab, or complete it.")
    start.add_argument(
        "--pbx", type=int, metavar="N", help=f"number of PBX hosts, 1 to {MAX_PBX} (default: as it is, else 1)"
    )
    start.add_argument(
        "--freeswitch",
        action=argparse.BooleanOptionalAction,
        help="PBX hosts with the FreeSWITCH of FREESWITCH_PREFIX or FREESWITCH_IMAGE (default: as it is, else bare)",
    )
    start.add_argument(
        "--nat",
        action=argparse.BooleanOptionalAction,
        help="one more PBX host, behind a router that translates addresses (default: as it is, else none)",
    )
    start.add_argument(
        "--ground",
        action=argparse.BooleanOptionalAction,
        help="one more host of each older Debian release, and IPv6 (default: as it is, else none)",
    )
    command("down", down, "Remove the lab and what it left on the machine.").add_argument(
        "--keep-images", action="store_true", help="keep the images for the next `up`"
    )
    command("reset", reset, "Put the emulator back to its seeded state.")
    command("status", status, "List the hosts; exit code 3 if one does not run.")
    inside = command("exec", run_in, "Run a program on a host.")
    inside.add_argument("host")
    inside.add_argument("argv", nargs=argparse.REMAINDER, metavar="-- PROGRAM …")
    seen = command("logs", logs, "Show what a host has printed.")
    seen.add_argument("host")
    seen.add_argument("--lines", type=int, default=200, help="how many lines from the end (default: 200)")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    options = parser().parse_args(arguments)
    try:
        if options.command != "reset":
            preflight.become_root("lab")
        return int(options.action(Lab(options.name), options))
    except LabError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nInterrupted. The same command again completes it; `down` removes what there is.", file=sys.stderr)
        return 130
