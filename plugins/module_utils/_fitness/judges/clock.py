# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges on the clock. Pure. Private."""

from __future__ import annotations

from ..findings import FAIL, OK, UNKNOWN, WARN, Finding, judged
from .case import Case

GOOD = {
    "tsc",
    "kvm-clock",
    "arch_sys_counter",
    "hyperv_clocksource_tsc_page",
    "hyperv_clocksource_msr",
    "xen",
    "tod",
    "timebase",
}
SLOW = {"acpi_pm", "hpet", "pit"}


def clock(case: Case) -> list[Finding]:
    kernel, chrony = case.after["kernel"], case.after["chrony"]
    figures = {"kernel": kernel, "chrony": chrony}
    kept = bool((kernel and kernel["synchronised"]) or (chrony and chrony["synchronised"]))
    if not kept:
        return [
            judged(
                "clock", WARN, "not synchronised",
                case.says("Nobody keeps the clock: call records, certificates and logs drift away from the rest "
                          "of the world."),
                "Use the role dialtone.voice.time_sync, or another NTP client.", figures=figures,
            )
        ]  # fmt: skip
    if chrony and chrony["synchronised"]:
        offset, value = chrony["offset_ms"], f"{chrony['offset_ms']:.3f} ms off (chrony, stratum {chrony['stratum']})"
    else:
        offset, value = kernel["maxerror_ms"], f"synchronised, at most {kernel['maxerror_ms']:.0f} ms off"
    verdict = case.limits["clock_offset_ms"].grade(offset)
    if verdict != OK and not (chrony and chrony["synchronised"]):
        verdict = WARN  # a bound, not a measurement
    reason = case.says("Records of this host and of the carrier cannot be laid beside each other.")
    remedy = "See what the NTP client says of its sources (chronyc sources, timedatectl timesync-status)."
    return [judged("clock", verdict, value, reason, remedy, figures=figures)]


def source(case: Case) -> list[Finding]:
    name = case.after
    if name in GOOD:
        return [judged("clocksource", OK, name)]
    if name in SLOW:
        reason = "Each look at the clock leaves the processor and takes about a microsecond; media looks often."
        return [
            judged(
                "clocksource",
                WARN,
                name,
                case.says(reason),
                "Find out why tsc or kvm-clock was given up (dmesg | grep -i clocksource).",
            )
        ]
    if "jiffies" in name:
        reason = "The clock moves in steps of milliseconds: packets cannot be sent evenly."
        return [
            judged(
                "clocksource",
                FAIL,
                name,
                case.says(reason),
                "Boot without clocksource=, and use a machine with a working timer.",
            )
        ]
    return [judged("clocksource", UNKNOWN, name, "This source is not known here.")]


def timezone(case: Case) -> list[Finding]:
    name, wanted = case.after, case.wanted.timezone
    if wanted and name != wanted:
        reason = f"The host is in {name}, not {wanted}: opening hours and times in records follow the host."
        return [judged("timezone", WARN, name, reason, f"timedatectl set-timezone {wanted}, then restart the PBX.")]
    return [judged("timezone", OK, name)]
