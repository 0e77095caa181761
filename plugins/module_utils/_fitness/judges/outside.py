# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges on name servers and on the address that others see. Pure. Private."""

from __future__ import annotations

from typing import Any

from ..findings import FAIL, OK, UNKNOWN, WARN, Finding, judged, worst
from .case import Case


def _median(values: list[float]) -> float:
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def names(case: Case) -> list[Finding]:
    if not case.probed:
        reason = "/etc/resolv.conf names no server: no name is resolved, the carrier's neither."
        return [
            judged("dns", FAIL, "no name server", reason, "Name one in /etc/resolv.conf, or in the network's settings.")
        ]
    servers = list(case.probed)
    return [_server(case, server, case.probed[server], server == servers[0]) for server in servers]


def _server(case: Case, server: str, found: dict[str, Any], first: bool) -> Finding:
    times, silent, codes = found["times"], found["silent"], found["codes"]
    asked = len(times) + silent
    serious = FAIL if first else WARN
    figures = {
        "median_ms": round(_median(times), 2) if times else None,
        "worst_ms": max(times, default=None),
        "asked": asked,
        **found,
    }
    if not times:
        why = found["error"] or f"None of {asked} questions was answered."
        after = (
            "Every lookup waits for it first, 5 seconds as a rule."
            if first
            else "It is of no help when the others fail."
        )
        return judged(
            "dns",
            serious,
            "no answer",
            f"{why} {after}",
            "Put it in order, or take it out of /etc/resolv.conf.",
            server,
            figures,
        )
    median = figures["median_ms"]
    value = f"median {median:.1f} ms of {len(times)} answers" + (f", {silent} lost" if silent else "")
    verdicts, reasons, remedies = [case.limits["dns_ms"].grade(median)], [], []
    if verdicts[0] != OK:
        reasons.append(
            "Names of the carrier are looked up while a call is set up, and SIP repeats its requests after 500 ms."
        )
        remedies.append("Use a name server nearby, or a caching one on the host.")
    if silent:
        verdicts.append(WARN)
        reasons.append(f"{silent} of {asked} questions were not answered.")
        remedies.append("Look for loss on the way to it.")
    for code, asked_names in sorted(codes.items()):
        verdicts.append(WARN if code == "NXDOMAIN" or not first else FAIL)
        reasons.append(f"{code} for {', '.join(sorted(set(asked_names)))}.")
        remedies.append("Correct the name, or use a server that resolves it.")
    return judged("dns", worst(verdicts), value, " ".join(reasons), " ".join(dict.fromkeys(remedies)), server, figures)


def egress(case: Case) -> list[Finding]:
    found, problems, servers = case.probed["seen"], case.probed["problems"], case.probed["servers"]
    if not found:
        reason = " ".join(problems) or f"No answer from {', '.join(servers)}."
        remedy = "Let UDP out to port 3478 and its answers in, or name other servers in stun_servers."
        return [judged("egress", UNKNOWN, "", reason, remedy, figures={"answers": []})]
    one = found[0]
    local, mapped = one["local"], one["mapped"]
    translated = local[0] != mapped[0]
    value = f"{mapped[0]}, its own is {local[0]}" if translated else f"{mapped[0]}, not translated"
    notes = _notes(case, found, translated)
    reason = " ".join(text for __, text, ___ in notes)
    remedy = " ".join(dict.fromkeys(text for __, ___, text in notes))
    return [
        judged(
            "egress",
            worst([OK, *(verdict for verdict, __, ___ in notes)]),
            value,
            reason,
            remedy,
            figures={"answers": found},
        )
    ]


def _notes(case: Case, found: list[dict[str, Any]], translated: bool) -> list[tuple[str, str, str]]:
    """(verdict, reason, remedy) of everything that is to be said."""
    seen = sorted({one["mapped"][0] for one in found})
    wanted = case.wanted.public_address
    notes = []
    if len(seen) > 1:
        notes.append(
            (WARN, f"There are several ways out: {', '.join(seen)}.", "Let SIP and audio leave by one address.")
        )
    if wanted and wanted not in seen:
        text = f"The carrier sees {' or '.join(seen)}, not {wanted}: it refuses calls out, and audio goes nowhere."
        notes.append(
            (FAIL, text, f"Set voice_public_address to {seen[0]}, or correct routing and address translation.")
        )
    if translated and not wanted:
        text = "The host is behind address translation, and is not known to have been told its address."
        notes.append(
            (WARN, text, f"Set voice_public_address to {seen[0]} if this is where the carrier is to send calls.")
        )
    if len({tuple(one["mapped"]) for one in found}) > len(seen):
        text = (
            "Each destination sees another port: audio that the carrier sends to the port it was told does not arrive."
        )
        notes.append((WARN, text, "Translate the address one to one, ports unchanged."))
    elif translated and any(one["mapped"][1] != one["local"][1] for one in found):
        text = "The translation changes ports, while a PBX tells the carrier the ports that it has itself."
        notes.append((WARN, text, "Translate the address one to one, ports unchanged."))
    if any(one["plain"] and one["plain"] != one["mapped"] for one in found):
        text = "Something on the way rewrites addresses inside packets."
        notes.append((WARN, text, "Switch off SIP ALG and the like in the router."))
    return notes
