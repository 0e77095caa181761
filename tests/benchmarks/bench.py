# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection costs, in figures.

    bench.py [--only account,firewall,ground] [--runs 3] [--report .cache/bench.json]

Every figure is the median of the runs, which take turns so that a busy machine slows all of them. Figures are
compared, never judged; but a run that does not do what it should ends the benchmark with 1. What cannot be measured on
this machine is NOT RUN, and the last lines say why.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))

from benchmarks import account, firewall, ground
from benchmarks.figures import NotRunError

SUBJECTS = {"account": account, "firewall": firewall, "ground": ground}


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure what the collection costs.")
    parser.add_argument("--only", default=",".join(SUBJECTS), help=f"subjects (default: {','.join(SUBJECTS)})")
    parser.add_argument("--runs", type=int, default=3, help="runs of each competitor (default: 3)")
    parser.add_argument("--report", type=Path, default=ROOT / ".cache" / "bench.json")
    arguments = parser.parse_args()
    names = [name.strip() for name in arguments.only.split(",")]
    if unknown := [name for name in names if name not in SUBJECTS]:
        parser.error(f"--only: there is no subject '{unknown[0]}'; give some of {', '.join(SUBJECTS)}")
    if arguments.runs < 1:
        parser.error(f"--runs: {arguments.runs} is not a number of runs; give 1 or more")
    start = time.monotonic()
    report: dict[str, Any] = {"date": time.strftime("%Y-%m-%d"), "runs": arguments.runs, "subjects": {}, "not_run": []}
    for name in names:
        subject, begun = SUBJECTS[name], time.monotonic()
        print(f"\n== {name}: {(subject.__doc__ or '').splitlines()[0]}", flush=True)
        with tempfile.TemporaryDirectory(prefix="dialtone-bench-") as scratch:
            try:
                found = subject.measure(arguments.runs, Path(scratch))
            except NotRunError as reason:
                found = {"not_run": [str(reason)]}
        report["not_run"] += [f"{name}: {reason}" for reason in found.pop("not_run", [])]
        report["subjects"][name] = {**found, "seconds": round(time.monotonic() - begun, 1)}
    report["seconds"] = round(time.monotonic() - start, 1)
    arguments.report.parent.mkdir(parents=True, exist_ok=True)
    arguments.report.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(f"\n{report['seconds']} s in all; written to {arguments.report}")
    for sentence in report["not_run"]:
        print(f"NOT RUN {sentence}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
