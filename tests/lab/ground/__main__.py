# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of the proofs of the ground: `python -m lab.ground --name molecule`."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from lab.ground.bench import Bench
from lab.ground.registry import REGISTRY
from lab.ground.runner import run
from lab.hosts import preflight
from lab.hosts.errors import LabError
from lab.hosts.plan import LABS
from lab.lab import Lab
from lab.report import Report

SUBJECTS = [
    "strangers",
    "firewall",
    "removal",
    "trial",
    "nft_table",
    "neighbours",
    "host",
    "reboot",
    "fitness",
    "clock",
]

for subject in SUBJECTS:
    importlib.import_module(f"lab.ground.{subject}")


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m lab.ground", description="Prove what stands below a PBX.")
    top.add_argument("--name", default="molecule", choices=sorted(LABS), help="which lab (default: molecule)")
    top.add_argument("--host", nargs="+", default=[], help="only on these hosts (default: one of each Debian release)")
    top.add_argument("--only", nargs="+", default=[], metavar="TEXT", help="proofs with one of these in their name")
    top.add_argument("--phase", nargs="+", default=list(REGISTRY.phases), choices=REGISTRY.phases, help="default: all")
    top.add_argument("--report", type=Path, help="write what was found there, as JSON")
    top.add_argument("--list", action="store_true", help="show the proofs and what each proves")
    return top


def main(arguments: Sequence[str] | None = None) -> int:
    top = parser()
    options = top.parse_args(arguments)
    try:
        proofs = [one for one in REGISTRY.chosen(options.only) if one.phase in options.phase]
    except ValueError as error:
        top.error(str(error))
    if options.list:
        for one in proofs:
            print(f"{one.phase:<8} {one.name:<44} {one.sentence}")
        return 0
    try:
        preflight.become_root("lab.ground")
        lab = Lab(options.name)
        if not lab.plan.ground:
            raise LabError(f"The lab has no hosts for this: run `python -m lab up --name {options.name} --ground`.")
        bench = Bench(lab, options.host)
        report = Report()
        run(proofs, bench, report)
    except LabError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if options.report:
        report.facts = {"lab": options.name, "hosts": [site.name for site in bench.sites]}
        report.write(options.report)
    failed = sum(not step.ok for step in report.steps)
    print(f"ground: {len(report.steps) - failed} proofs hold, {failed} do not; {report.seconds:.0f} s")
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
