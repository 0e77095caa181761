# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The list of checks: what each reads, what it waits for, who judges it. Private."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .findings import Finding
from .judges import clock as clock_judge
from .judges import exposure, network, outside, processor
from .judges import memory as memory_judge
from .judges.case import Case
from .machine import Machine
from .readers import clock, listeners, memory, storage, virtual
from .readers import network as network_reader
from .readers import processor as processor_reader

#: What is measured while the others are sampled; `run` knows how.
TICKS, NAMES, STUN, WRITES = "ticks", "names", "stun", "writes"


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes:
        judge: from readings to findings.
        read: what is looked at; None if it is a probe alone.
        sampled: whether it is looked at again after the time of sampling.
        probe: what is measured meanwhile; empty for nothing.
        machine: whether, in a container, it shows the machine around it.
    """

    judge: Callable[[Case], list[Finding]]
    read: Callable[[Machine], Any] | None = None
    sampled: bool = False
    probe: str = ""
    machine: bool = False


CHECKS = {
    "virtualization": Check(processor.virtualization, virtual.virtualization),
    "cpus": Check(processor.cpus, processor_reader.count),
    "steal": Check(processor.steal, processor_reader.times, sampled=True, machine=True),
    "load": Check(processor.load, processor_reader.load, machine=True),
    "pressure": Check(processor.pressure, processor_reader.pressure, sampled=True, machine=True),
    "tick": Check(processor.tick, probe=TICKS),
    "governor": Check(processor.governor, processor_reader.governors, machine=True),
    "clock": Check(clock_judge.clock, clock.clock, machine=True),
    "clocksource": Check(clock_judge.source, clock.source, machine=True),
    "timezone": Check(clock_judge.timezone, clock.timezone),
    "memory": Check(memory_judge.memory, memory.memory),
    "swap": Check(memory_judge.swap, memory.swap, sampled=True, machine=True),
    "storage": Check(memory_judge.storage, storage.disks, sampled=True, probe=WRITES, machine=True),
    "mtu": Check(network.mtu, network_reader.mtu),
    "interface": Check(network.interface, network_reader.counters, sampled=True),
    "link": Check(network.link, network_reader.links),
    "offloads": Check(network.offloads, network_reader.offloads),
    "ring": Check(network.ring, network_reader.offloads),
    "backlog": Check(network.backlog, network_reader.backlog, sampled=True, machine=True),
    "conntrack": Check(network.conntrack, network_reader.conntrack, sampled=True),
    "udp_buffers": Check(network.sockets, network_reader.sockets, sampled=True),
    "listeners": Check(exposure.listeners, listeners.listeners),
    "dns": Check(outside.names, probe=NAMES),
    "egress": Check(outside.egress, probe=STUN),
}
