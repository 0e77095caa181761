# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the proofs of an office."""

from __future__ import annotations

from lab.proof.bench import Bench
from lab.proof.registry import REGISTRY
from lab.proofs import Proof, in_order, side_by_side
from lab.report import Report


def run(proofs: list[Proof], bench: Bench, report: Report) -> bool:
    """Run the phases in their order; return whether every proof held."""
    bench.begin()
    for phase in REGISTRY.phases:
        mine = [one for one in proofs if one.phase == phase]
        if not mine:
            continue
        report.heading(phase.capitalize())
        if phase == "calls":
            with bench.outside():
                side_by_side(mine, bench, report)
        else:
            in_order(mine, bench, report)
    return report.ok
