# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the proofs of the ground: those of a host on every host at once, never two on the same one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace

from lab.ground.bench import Bench, Site
from lab.ground.registry import REGISTRY
from lab.proofs import Proof, in_order, side_by_side
from lab.report import Outcome, Report


def _uses(proof: Proof, site: Site, alone: bool) -> frozenset[str]:
    return frozenset({f"{site.name}: {use}" for use in proof.uses} | ({site.name} if alone else set()))


def expanded(proof: Proof, bench: Bench) -> list[Proof]:
    """Return the proof for each host, if it is one of a host."""
    if not proof.each:
        return [proof]

    # Packets to a host do not get into each other's way; what changes a host wants it for itself.
    alone = proof.phase != "traffic"

    def on(site: Site) -> Callable[[Bench], Outcome]:
        return lambda __: proof.run(site)

    return [
        replace(proof, name=f"{proof.name} [{site.name}]", run=on(site), uses=_uses(proof, site, alone))
        for site in bench.sites
    ]


def run(proofs: list[Proof], bench: Bench, report: Report) -> bool:
    """Run the phases in their order; return whether every proof held."""
    for phase in REGISTRY.phases:
        mine = [one for one in proofs if one.phase == phase]
        if not mine:
            continue
        report.heading(phase.capitalize())
        with ExitStack() as stack:
            if phase == "traffic":
                bench.trunks()
                stack.enter_context(bench.standins())
            if phase in ("traffic", "state"):
                side_by_side([more for one in mine for more in expanded(one, bench)], bench, report)
                continue
            for one in mine:
                if one.each:
                    side_by_side(expanded(one, bench), bench, report)
                else:
                    in_order([one], bench, report)
    return report.ok
