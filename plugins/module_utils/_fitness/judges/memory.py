# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges on memory and storage. Pure. Private."""

from __future__ import annotations

from typing import Any

from ..findings import OK, WARN, Finding, judged, unknown
from .case import Case


def memory(case: Case) -> list[Finding]:
    total, available = case.after["total_mib"], case.after["available_mib"]
    percent = 100 * available / total if total else 0.0
    verdict = case.limits["memory_percent"].grade(percent)
    return [
        judged(
            "memory", verdict, f"{available} of {total} MiB available ({percent:.0f} %)",
            "Soon the kernel takes time from programs to free memory, and then ends one: the PBX is a large one.",
            "Give the machine more memory, or stop what is not needed.", figures=case.after,
        )
    ]  # fmt: skip


def swap(case: Case) -> list[Finding]:
    rate = case.delta("in") / case.seconds if case.seconds else 0.0
    verdict = case.limits["swap_pages_per_second"].grade(rate)
    value = f"{case.after['used_mib']} of {case.after['total_mib']} MiB in use, {rate:.0f} pages/s read back"
    return [
        judged(
            "swap", verdict, value if case.after["total_mib"] else "none",
            case.says("Programs wait for the disk to get their own memory back."),
            "Give the machine more memory; vm.swappiness is set by the role dialtone.voice.voice_host.",
            figures={**case.after, "pages_per_second": round(rate, 1)},
        )
    ]  # fmt: skip


_SLOW = "Voicemail, recordings and logs wait for the disk, and a PBX that logs waits with them."
_FASTER = "Move what writes much elsewhere, or use a faster disk; see also pressure io and steal."


def storage(case: Case) -> list[Finding]:
    limit = case.limits["storage_ms"]
    if case.probed is not None:
        worst_ms = case.probed["worst_ms"]
        verdict = limit.grade(worst_ms)
        value = (
            f"{case.probed['writes']} small writes, median {case.probed['median_ms']:.1f} ms, worst {worst_ms:.1f} ms"
        )
        return [judged("storage", verdict, value, case.says(_SLOW), _FASTER, "", case.probed)]
    return [_disk(case, name) for name in case.after]


def _disk(case: Case, name: str) -> Finding:
    before: dict[str, Any] = case.before.get(name, {"ios": 0, "ms": 0})
    after = case.after[name]
    ios, ms = after["ios"] - before["ios"], after["ms"] - before["ms"]
    sampled = ios > 0
    if not sampled:
        ios, ms = after["ios"], after["ms"]
    if ios <= 0:
        return unknown("storage", "It has not been used since boot.", name)
    each = ms / ios
    verdict = case.limits["storage_ms"].grade(each)
    if not sampled and verdict != OK:
        verdict = WARN  # it was so at some time, not now
    when = "while sampled" if sampled else "since boot"
    figures = {"ms": round(each, 2), "ios": ios, "sampled": sampled}
    return judged(
        "storage", verdict, f"{each:.1f} ms for a read or write ({when})", case.says(_SLOW),
        _FASTER, name, figures,
    )  # fmt: skip
