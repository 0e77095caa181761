# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network cards, their counters, connection tracking, sockets' losses. Private."""

from __future__ import annotations

import re
from typing import Any

from ..errors import Unreadable
from ..machine import Machine

COUNTERS = (
    "rx_packets", "tx_packets", "rx_errors", "tx_errors", "rx_dropped", "tx_dropped", "rx_missed_errors",
    "rx_over_errors", "rx_fifo_errors", "rx_crc_errors", "tx_carrier_errors", "collisions",
)  # fmt: skip


def routes(machine: Machine) -> tuple[str, set[str]]:
    """The card of the default route (empty without one), and all cards that have a route."""
    default: list[tuple[int, str]] = []
    names = set()
    for line in machine.maybe("/proc/net/route").splitlines()[1:]:
        words = line.split()
        names.add(words[0])
        if words[1] == words[7] == "00000000" and int(words[3], 16) & 1:
            default.append((int(words[6]), words[0]))
    for line in machine.maybe("/proc/net/ipv6_route").splitlines():
        words = line.split()
        if not words[0].startswith(("fe8", "ff")):  # every card has a route to its own link
            names.add(words[9])
        if words[1] == "00" and int(words[0], 16) == 0 and words[9] != "lo":
            default.append((1 << 33 | int(words[5], 16), words[9]))  # after those of IPv4
    return (min(default)[1] if default else ""), names - {"lo"}


def cards(machine: Machine) -> list[str]:
    """The network cards that matter: those of hardware, and those with a route; no bridges to containers."""
    default, routed = routes(machine)
    base = "/sys/class/net"
    found = []
    for name in machine.names(base):
        up = machine.maybe(f"{base}/{name}/operstate") in ("up", "unknown")
        bridge = machine.exists(f"{base}/{name}/bridge") and name != default
        if name != "lo" and up and not bridge and (name in routed or machine.exists(f"{base}/{name}/device")):
            found.append(name)
    if not found:
        raise Unreadable("There is no network card with a route.")
    return found


def mtu(machine: Machine) -> dict[str, Any]:
    """The card of the default route and its MTU."""
    name = routes(machine)[0]
    if not name:
        raise Unreadable("There is no default route.")
    size = machine.number(f"/sys/class/net/{name}/mtu")
    if size is None:
        raise Unreadable(f"The MTU of {name} cannot be read.")
    return {"name": name, "mtu": size}


def counters(machine: Machine) -> dict[str, dict[str, int]]:
    """The counters of each card since it came up."""
    return {
        name: {key: machine.number(f"/sys/class/net/{name}/statistics/{key}") or 0 for key in COUNTERS}
        for name in cards(machine)
        if machine.number(f"/sys/class/net/{name}/statistics/rx_packets") is not None
    }


def links(machine: Machine) -> dict[str, dict[str, Any]]:
    """Speed in Mbit/s and duplex of each card; None and empty where it does not say."""
    found = {}
    for name in cards(machine):
        speed = machine.number(f"/sys/class/net/{name}/speed")
        duplex = machine.maybe(f"/sys/class/net/{name}/duplex")
        found[name] = {"speed": speed if speed and speed > 0 else None, "duplex": duplex if duplex != "unknown" else ""}
    return found


def offloads(machine: Machine) -> dict[str, dict[str, Any]]:
    """What each card says of itself, its queues, and whether the machine forwards packets."""
    forwards = machine.number("/proc/sys/net/ipv4/ip_forward") == 1
    found = {}
    for name in cards(machine):
        base = f"/sys/class/net/{name}"
        queues = len([queue for queue in machine.names(f"{base}/queues") if queue.startswith("rx-")])
        forwarding = forwards or machine.exists(f"{base}/brport")
        found[name] = {**machine.card(name), "queues": queues, "forwards": forwarding}
    return found


def backlog(machine: Machine) -> dict[str, int]:
    """Packets that the kernel took, dropped for want of room, and how often it ran out of time; all processors."""
    rows = [
        [int(word, 16) for word in line.split()[:3]] for line in machine.text("/proc/net/softnet_stat").splitlines()
    ]
    return {"packets": sum(r[0] for r in rows), "dropped": sum(r[1] for r in rows), "squeezed": sum(r[2] for r in rows)}


def conntrack(machine: Machine) -> dict[str, Any] | None:
    """Connections tracked, their limit, and what was dropped for want of room; None where nothing is tracked."""
    base = "/proc/sys/net/netfilter"
    used, most = machine.number(f"{base}/nf_conntrack_count"), machine.number(f"{base}/nf_conntrack_max")
    if used is None or most is None:
        machine.text("/proc/net/snmp")  # if this cannot be read either, nothing is known
        if machine.exists(f"{base}/nf_conntrack_max") or machine.exists("/proc/net/stat/nf_conntrack"):
            raise Unreadable("The kernel tracks connections, but does not say how many.")
        return None
    dropped = 0
    lines = machine.maybe("/proc/net/stat/nf_conntrack").splitlines()
    for line in lines[1:]:
        row = dict(zip(lines[0].split(), line.split()))
        dropped += sum(int(row.get(key, "0"), 16) for key in ("drop", "early_drop"))
    return {"used": used, "max": most, "dropped": dropped}


def sockets(machine: Machine) -> dict[str, int]:
    """UDP over IPv4 and IPv6: datagrams delivered, and lost because a program did not fetch them in time."""
    lines = [line.split() for line in machine.text("/proc/net/snmp").splitlines() if line.startswith("Udp: ")]
    if len(lines) != 2:
        raise Unreadable("/proc/net/snmp does not count UDP.")
    four = dict(zip(lines[0][1:], map(int, lines[1][1:])))
    six = dict(re.findall(r"(?m)^Udp6(\w+)\s+(\d+)$", machine.maybe("/proc/net/snmp6")))
    return {
        "received": four["InDatagrams"] + int(six.get("InDatagrams", 0)),
        "lost": four["RcvbufErrors"] + int(six.get("RcvbufErrors", 0)),
        "unsent": four["SndbufErrors"] + int(six.get("SndbufErrors", 0)),
    }
