# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges on processors. Pure. Private."""

from __future__ import annotations

from ..findings import FAIL, OK, WARN, Finding, judged, worst
from .case import Case


def cpus(case: Case) -> list[Finding]:
    online, quota = case.after["online"], case.after["quota"]
    usable = min(online, quota) if quota else online
    verdict = case.limits["cpus"].grade(usable)
    reason, remedy = "", ""
    if verdict != OK:
        reason = "Audio, signalling and the kernel's network work share too few processors, and wait for each other."
        remedy = "Give the machine two processors or more."
    elif quota:
        verdict = WARN
        reason = "A quota stops all threads for the rest of each period once it is used up, in the middle of a call."
        remedy = "Replace the quota by a number of processors, or by a weight."
    return [judged("cpus", verdict, f"{usable:g}", reason, remedy, figures={"online": online, "quota": quota})]


def steal(case: Case) -> list[Finding]:
    spent, stolen = case.delta("all"), case.delta("steal")
    now = 100 * stolen / spent if spent else 0.0
    boot = 100 * case.after["steal"] / case.after["all"] if case.after["all"] else 0.0
    limit = case.limits["steal_percent"]
    verdict = limit.grade(now)
    if verdict == OK and limit.grade(boot) != OK:
        verdict = WARN
    return [
        judged(
            "steal", verdict, f"{now:.1f} % (since boot {boot:.1f} %)",
            case.says("The hypervisor lets the machine wait while it has work to do: audio comes in bursts."),
            "Move to a host that is not overbooked, or to an instance with its own processors (no burstable type).",
            figures={"percent": round(now, 2), "boot_percent": round(boot, 2)},
        )
    ]  # fmt: skip


def load(case: Case) -> list[Finding]:
    averages, processors = case.after["averages"], case.after["online"]
    each = averages[1] / max(1, processors)
    verdict = case.limits["load_per_cpu"].grade(each)
    return [
        judged(
            "load", verdict, f"{each:.2f} per processor (5 minutes)",
            case.says("Threads that send audio have to queue for a processor."),
            "Find out what is busy (top, ps), and move it elsewhere or give the machine more processors.",
            figures={"averages": averages, "cpus": processors},
        )
    ]  # fmt: skip


_WAITS = {"cpu": "a processor", "memory": "memory to be freed", "io": "a disk"}
_HELPS = {
    "cpu": "Move other work elsewhere, or give the machine more processors.",
    "memory": "Give the machine more memory, or move other work elsewhere.",
    "io": "Move recordings and other writers to a faster disk.",
}


def pressure(case: Case) -> list[Finding]:
    found = []
    for name in ("cpu", "memory", "io"):
        now = case.delta(name, "total") / 1e4 / case.seconds if case.seconds else 0.0
        value = max(now, case.after[name]["minute"])
        verdict = case.limits[f"pressure_{name}_percent"].grade(value)
        reason = case.says(f"For so much of the time at least one program waited for {_WAITS[name]}.")
        found.append(
            judged(
                "pressure", verdict, f"{value:.1f} % of the time", reason, _HELPS[name], name,
                {"percent": round(now, 2), "minute_percent": case.after[name]["minute"]},
            )
        )  # fmt: skip
    return found


def tick(case: Case) -> list[Finding]:
    found = case.probed
    verdict = worst(
        (case.limits["tick_late_ms"].grade(found["late_ms"]), case.limits["tick_worst_ms"].grade(found["worst_ms"]))
    )
    return [
        judged(
            "tick", verdict, f"99 of 100 within {found['late_ms']:.1f} ms, worst {found['worst_ms']:.1f} ms late",
            "A timer of 10 ms woke up so late. Audio is sent every 20 ms by such timers: this is jitter before "
            "any network.",
            "See steal, load and pressure for the cause; if they are good, look for a busy hypervisor or power saving.",
            figures=found,
        )
    ]  # fmt: skip


def governor(case: Case) -> list[Finding]:
    names, driver = case.after["governors"], case.after["driver"]
    # The drivers of newer processors mean by powersave what others mean by ondemand.
    own = driver.startswith(("intel_pstate", "amd-pstate", "amd_pstate"))
    slow = [name for name in names if name == "conservative" or (name == "powersave" and not own)]
    reason = "The clock rate stays low, or rises slowly: what comes in waits for it."
    remedy = "Use the governor performance (role dialtone.voice.voice_host), or schedutil."
    value = ", ".join(names) + (f" ({driver})" if driver else "")
    return [judged("governor", WARN if slow else OK, value, case.says(reason), remedy, figures=case.after)]


_EMULATED = "The processor is emulated in software, many times too slow."
_DESKTOP = "It is made for desktops: its timers stall under load."
_SERVER = "Use KVM, VMware or Hyper-V for a PBX."
_KINDS = {
    "qemu": (FAIL, _EMULATED, "Switch on KVM for this machine."),
    "bochs": (FAIL, _EMULATED, "Use a machine with virtualization."),
    "oracle": (WARN, _DESKTOP, _SERVER),
    "parallels": (WARN, _DESKTOP, _SERVER),
    "wsl": (FAIL, "The subsystem of Windows sleeps with its desktop, behind a NAT.", "Use a machine of its own."),
    "openvz": (
        WARN,
        "Kernel, firewall and limits are the provider's.",
        "Use a virtual machine with a kernel of its own.",
    ),
}


def virtualization(case: Case) -> list[Finding]:
    container, vm = case.after["container"], case.after["vm"]
    value = " in ".join(kind for kind in (container, vm) if kind) or "none"
    if container and container not in _KINDS:
        verdict, reason = (
            WARN,
            "In a container kernel, clock and disks belong to the machine around it, and so do most settings.",
        )
        remedy = "Judge and prepare the machine around it as well."
    else:
        verdict, reason, remedy = _KINDS.get(container or vm, (OK, "", ""))
    return [judged("virtualization", verdict, value, reason, remedy, figures=case.after)]
