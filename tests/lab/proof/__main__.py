# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command line of the proofs: `python -m lab.proof --name molecule --pbx asterisk`."""

from __future__ import annotations

import argparse
import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

from lab.hosts import preflight
from lab.hosts.errors import LabError
from lab.hosts.plan import LABS
from lab.lab import Lab
from lab.proof.bench import Bench
from lab.proof.changes import restore
from lab.proof.pbx import PBXS
from lab.proof.registry import REGISTRY
from lab.proof.runner import run
from lab.report import Report

# The modules with proofs; each puts its own into the list.
for subject in "alone changes ground inbound nat outbound registration transfer trunks voicemail".split():  # noqa: SIM905
    importlib.import_module(f"lab.proof.{subject}")

DOMAINS = [f"acme-hq{kind}.pstn.twilio.com" for kind in ("", "-secure", "-digest")]


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m lab.proof", description="Prove a deployed office by calls.")
    top.add_argument("--name", default="molecule", choices=sorted(LABS), help="which lab (default: molecule)")
    top.add_argument("--pbx", default="asterisk", choices=sorted(PBXS), help="what runs on pbx1 (default: asterisk)")
    top.add_argument("--only", nargs="+", default=[], metavar="TEXT", help="proofs with one of these in their name")
    top.add_argument("--phase", nargs="+", default=list(REGISTRY.phases), choices=REGISTRY.phases, help="default: all")
    top.add_argument("--report", type=Path, help="write what was found there, as JSON")
    top.add_argument("--leave", action="store_true", help="leave the host as the last proof has left it")
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
        preflight.become_root("lab.proof")
        lab = Lab(options.name)
        report = Report()
        # Proofs that run side by side call oftener than an office; what the limit does is a proof of the emulator's.
        lab.control().post("settings", {"trunk_cps": dict.fromkeys(DOMAINS, 100)})
        bench = Bench(lab, lab.control(), PBXS[options.pbx](lab))
        run(proofs, bench, report)
        if bench.in_force and not options.leave:
            print(restore(bench).summary or "The office is what it was.")
    except LabError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    if options.report:
        report.facts = {"pbx": options.pbx, "lab": options.name}
        report.write(options.report)
    failed = sum(not step.ok for step in report.steps)
    print(f"{options.pbx}: {len(report.steps) - failed} proofs hold, {failed} do not; {report.seconds:.0f} s")
    return 0 if report.ok else 1


if __name__ == "__main__":
    sys.exit(main())
