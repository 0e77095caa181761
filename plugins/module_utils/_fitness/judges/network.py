# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges on network cards and the kernel's network work. Pure. Private."""

from __future__ import annotations

from ..findings import FAIL, OK, WARN, Finding, judged, unknown
from .case import Case

_LOST = (
    "rx_errors", "tx_errors", "rx_dropped", "tx_dropped", "rx_missed_errors", "rx_over_errors", "rx_fifo_errors",
    "rx_crc_errors", "tx_carrier_errors", "collisions",
)  # fmt: skip
MANY = 10_000  # packets; below, a share says little


def mtu(case: Case) -> list[Finding]:
    name, size = case.after["name"], case.after["mtu"]
    verdict = case.limits["mtu_bytes"].grade(size)
    reason, remedy = "", ""
    if verdict != OK:
        reason = "SIP over UDP in large requests is cut into fragments here, and firewalls drop fragments."
        remedy = f"Set the MTU of {name} to what the network carries, mostly 1500; or use TCP or TLS for trunks."
    return [judged("mtu", verdict, f"{size} bytes", reason, remedy, name, {"mtu": size})]


def interface(case: Case) -> list[Finding]:
    found = []
    for name, after in case.after.items():
        before = case.before.get(name, after)
        lost = {key: after[key] - before[key] for key in _LOST if after[key] > before[key]}
        # An error is often counted twice, in its kind and in the sum: the greatest is near the truth.
        now = max(lost.values(), default=0)
        packets = max(1, sum(after[key] - before[key] for key in ("rx_packets", "tx_packets")))
        ever = {key: after[key] for key in _LOST if after[key]}
        total = max(1, after["rx_packets"] + after["tx_packets"])
        boot = 100 * max(ever.values(), default=0) / total
        limit = case.limits["lost_percent"]
        verdict = WARN if now else OK
        # One packet among few is a share that says nothing.
        if now > 1 and limit.grade(100 * now / packets) == FAIL:
            verdict = FAIL
        if verdict == OK and total >= MANY and limit.grade(boot) != OK:
            verdict = WARN
        value = f"{now} lost while sampled, {boot:.3f} % since it came up"
        kinds = ", ".join(f"{key} {number}" for key, number in sorted((lost or ever).items()))
        found.append(
            judged(
                "interface", verdict, value,
                f"The card or its driver loses packets ({kinds}): audio has gaps before the network is even reached.",
                f"rx_dropped may be packets that nobody wanted. For others see ethtool -S {name}, the cable, "
                "the switch and the ring.",
                name, {"sampled": lost, "since_up": ever, "packets": total},
            )
        )  # fmt: skip
    return found or [unknown("interface", "No network card shows its counters.")]


def link(case: Case) -> list[Finding]:
    found = []
    for name, one in case.after.items():
        speed, duplex = one["speed"], one["duplex"]
        if duplex == "half":
            reason = "Half duplex: sending and receiving collide, and packets come late or are lost."
            found.append(
                judged("link", FAIL, "half duplex", reason, "Let both ends negotiate, card and switch.", name, one)
            )
        elif speed is None:
            found.append(unknown("link", "The card tells no speed. Virtual ones often do not.", name))
        else:
            verdict = case.limits["link_mbit"].grade(speed)
            reason = (
                "A hundred calls take 9 Mbit/s each way; a backup on the same link takes the rest."
                if verdict != OK
                else ""
            )
            remedy = "Look for a bad cable or a switch port that is set by hand."
            value = f"{speed} Mbit/s" + (f", {duplex} duplex" if duplex else "")
            found.append(judged("link", verdict, value, reason, remedy, name, one))
    return found


def offloads(case: Case) -> list[Finding]:
    found = []
    for name, one in case.after.items():
        if one["lro"] is None and one["gro"] is None:
            found.append(unknown("offloads", "The driver does not tell.", name))
            continue
        bad = bool(one["lro"]) and one["forwards"]
        value = ", ".join(
            f"{key.upper()} {'on' if one[key] else 'off'}" for key in ("lro", "gro") if one[key] is not None
        )
        found.append(
            judged(
                "offloads", WARN if bad else OK, value,
                "The machine forwards packets, and LRO joins those of TCP so that they cannot be taken apart again.",
                f"ethtool -K {name} lro off", name, one,
            )
        )  # fmt: skip
    return found


def ring(case: Case) -> list[Finding]:
    found = []
    for name, one in case.after.items():
        if not one["ring_max"]:
            found.append(unknown("ring", "The driver tells no size. Virtual cards often have none.", name))
            continue
        small = one["ring"] < 256 and one["ring"] < one["ring_max"]
        reason = "So few packets wait in the card until a processor comes; a short stall loses the rest."
        remedy = f"ethtool -G {name} rx {min(1024, one['ring_max'])}"
        value = f"{one['ring']} of {one['ring_max']} packets, {one['queues']} queues"
        found.append(judged("ring", WARN if small else OK, value, reason, remedy, name, one))
    return found


def backlog(case: Case) -> list[Finding]:
    dropped, squeezed, packets = case.delta("dropped"), case.delta("squeezed"), case.delta("packets")
    share = 100 * dropped / max(1, packets)
    limit = case.limits["lost_percent"]
    verdict = (FAIL if dropped > 1 and limit.grade(share) == FAIL else WARN) if dropped else OK
    if verdict == OK and limit.grade(100 * case.after["dropped"] / max(1, case.after["packets"])) != OK:
        verdict = WARN
    return [
        judged(
            "backlog", verdict, f"{dropped} dropped while sampled, {case.after['dropped']} since boot",
            case.says("The kernel took packets from the card and had no room to keep them."),
            "Raise net.core.netdev_max_backlog (role dialtone.voice.voice_host), and spread receive queues over "
            "processors.",
            figures={"dropped": dropped, "squeezed": squeezed, "packets": packets},
        )
    ]  # fmt: skip


def conntrack(case: Case) -> list[Finding]:
    if case.after is None:
        return [judged("conntrack", OK, "not in use")]
    used, most, ever = (case.after[key] for key in ("used", "max", "dropped"))
    percent = 100 * used / max(1, most)
    dropped = max(0, ever - case.before["dropped"]) if case.before else 0
    verdict = FAIL if dropped > 0 else case.limits["conntrack_percent"].grade(percent)
    if verdict == OK and ever:
        verdict = WARN
    return [
        judged(
            "conntrack", verdict,
            f"{used} of {most} ({percent:.0f} %), {ever} dropped since boot, {dropped} while sampled",
            "When the table of connections is full, new calls and their audio are dropped.",
            "Raise net.netfilter.nf_conntrack_max (role dialtone.voice.firewall), and look for who opens so "
            "many (conntrack -S, -L).",
            figures={**case.after, "percent": round(percent, 1)},
        )
    ]  # fmt: skip


def sockets(case: Case) -> list[Finding]:
    lost, unsent, received = case.delta("lost"), case.delta("unsent"), case.delta("received")
    limit = case.limits["lost_percent"]
    share = 100 * lost / max(1, lost + received)
    ever = 100 * case.after["lost"] / max(1, case.after["lost"] + case.after["received"])
    verdict = OK
    if lost or unsent:
        verdict = FAIL if limit.grade(share) == FAIL else WARN
    elif limit.grade(ever) != OK:
        verdict = WARN
    return [
        judged(
            "udp_buffers", verdict, f"{lost} lost while sampled ({share:.2f} %), {ever:.3f} % since boot",
            "Packets reached the host, but no program fetched them in time, so its buffer ran over.",
            "See tick and load for why it was late; raise net.core.rmem_default and rmem_max (role "
            "dialtone.voice.voice_host).",
            figures={
                "lost": lost, "unsent": unsent, "received": received,
                "percent": round(share, 3), "boot_percent": round(ever, 4),
            },
        )
    ]  # fmt: skip
