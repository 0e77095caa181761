# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recorded trees of /proc and /sys for the tests of the host's fitness: a sound host, to be changed file by file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.dialtone.voice.plugins.module_utils._fitness.errors import Unreadable
from ansible_collections.dialtone.voice.plugins.module_utils._fitness.machine import Machine

COUNTERS = (
    "rx_packets", "tx_packets", "rx_errors", "tx_errors", "rx_dropped", "tx_dropped", "rx_missed_errors",
    "rx_over_errors", "rx_fifo_errors", "rx_crc_errors", "tx_carrier_errors", "collisions",
)  # fmt: skip
# What a virtual machine with Debian 13 shows, shortened.
SOUND = {
    "/proc/stat": "cpu  1000 10 500 80000 200 0 50 40 0 0\ncpu0 500 5 250 40000 100 0 25 20 0 0\n"
    "cpu1 500 5 250 40000 100 0 25 20 0 0\nintr 1 2 3\n",
    "/proc/loadavg": "0.10 0.20 0.15 1/200 4711\n",
    "/proc/pressure/cpu": "some avg10=0.00 avg60=0.50 avg300=0.10 total=1000000\n",
    "/proc/pressure/memory": "some avg10=0.00 avg60=0.00 avg300=0.00 total=0\n"
    "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
    "/proc/pressure/io": "some avg10=0.00 avg60=0.10 avg300=0.00 total=20000\n"
    "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n",
    "/proc/meminfo": "MemTotal:        4096000 kB\nMemFree:          200000 kB\nMemAvailable:    2048000 kB\n"
    "SwapTotal:       1024000 kB\nSwapFree:        1000000 kB\n",
    "/proc/vmstat": "pgpgin 1\npswpin 100\npswpout 200\n",
    "/proc/diskstats": " 254       0 vda 1000 0 8000 2000 3000 0 24000 6000 0 5000 8000 0 0 0 0 0 0\n"
    " 254       1 vda1 900 0 8000 1000 3000 0 24000 6000 0 5000 8000 0 0 0 0 0 0\n"
    "   7       0 loop0 5 0 5 90000 0 0 0 0 0 0 0 0 0 0 0 0 0\n",
    "/sys/block/vda/size": "1\n",
    "/sys/block/loop0/size": "1\n",
    "/proc/net/route": "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
    "eth0\t00000000\t010200C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\neth0\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n",
    "/proc/net/ipv6_route": "fe800000000000000000000000000000 40 00000000000000000000000000000000 00 "
    "00000000000000000000000000000000 00000100 00000001 00000000 00000001    veth9\n",
    "/sys/class/net/eth0/operstate": "up\n",
    "/sys/class/net/eth0/device/uevent": "",
    "/sys/class/net/eth0/mtu": "1500\n",
    "/sys/class/net/eth0/speed": "1000\n",
    "/sys/class/net/eth0/duplex": "full\n",
    "/sys/class/net/eth0/queues/rx-0/rps_cpus": "0\n",
    "/sys/class/net/eth0/queues/rx-1/rps_cpus": "0\n",
    "/sys/class/net/veth9/operstate": "up\n",
    "/sys/class/net/docker0/operstate": "up\n",
    "/sys/class/net/docker0/bridge/bridge_id": "x\n",
    "/sys/class/net/lo/operstate": "unknown\n",
    "/proc/net/softnet_stat": "00001000 00000000 00000002 0 0 0\n00002000 00000000 00000000 0 0 0\n",
    "/proc/sys/net/netfilter/nf_conntrack_count": "100\n",
    "/proc/sys/net/netfilter/nf_conntrack_max": "65536\n",
    "/proc/net/stat/nf_conntrack": "entries  clashres found new invalid ignore delete delete_list insert insert_failed "
    "drop early_drop icmp_error expect_new expect_create expect_delete search_restart\n"
    "00000064 0 0 0 0 0 0 0 0 00000000 00000000 00000000 0 0 0 0 0\n",
    "/proc/sys/net/ipv4/ip_forward": "0\n",
    "/proc/net/snmp": "Ip: Forwarding DefaultTTL\nIp: 2 64\n"
    "Udp: InDatagrams NoPorts InErrors OutDatagrams RcvbufErrors SndbufErrors\n"
    "Udp: 100000 5 0 100000 0 0\n",
    "/proc/net/snmp6": "Udp6InDatagrams                 \t1000\nUdp6RcvbufErrors                \t0\n",
    "/proc/net/tcp": "  sl  local_address rem_address   st tx_queue\n"
    "   0: 00000000:0016 00000000:0000 0A 00000000:00000000\n"
    "   1: 0100007F:13AE 00000000:0000 0A 00000000:00000000\n"
    "   2: 00000000:1F55 0100007F:1F90 01 00000000:00000000\n",
    "/proc/net/tcp6": "  sl  local_address rem_address   st\n",
    "/proc/net/udp": "  sl  local_address rem_address   st\n   1: 00000000:13C4 00000000:0000 07 0\n",
    "/sys/devices/system/clocksource/clocksource0/current_clocksource": "kvm-clock\n",
    "/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor": "performance\n",
    "/sys/devices/system/cpu/cpu0/cpufreq/scaling_driver": "acpi-cpufreq\n",
    "/etc/timezone": "Europe/Berlin\n",
    "/etc/resolv.conf": "# made by hand\nsearch example.org\nnameserver 192.0.2.53\n",
    "/sys/class/dmi/id/sys_vendor": "QEMU\n",
    "/sys/class/dmi/id/product_name": "Standard PC\n",
    **{f"/sys/class/net/eth0/statistics/{name}": "100000\n" if "packets" in name else "0\n" for name in COUNTERS},
}
CARD = {"lro": False, "gro": True, "ring": 256, "ring_max": 1024}
CLOCK = {"synchronised": True, "maxerror_ms": 12.0}


class Host:
    """A host in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.programs: dict[str, str] = {}
        self.card: dict[str, Any] = dict(CARD)
        self.clock: dict[str, Any] | None = dict(CLOCK)
        for path, text in SOUND.items():
            self.write(path, text)

    def write(self, path: str, text: str) -> None:
        place = self.folder / path.lstrip("/")
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8")

    def replace(self, path: str, old: str, new: str) -> None:
        text = (self.folder / path.lstrip("/")).read_text(encoding="utf-8")
        assert old in text
        self.write(path, text.replace(old, new))

    def remove(self, path: str) -> None:
        (self.folder / path.lstrip("/")).unlink()

    @property
    def machine(self) -> Machine:
        def run(argv: Sequence[str]) -> str | None:
            return self.programs.get(" ".join(argv))

        def clock() -> dict[str, Any]:
            if self.clock is None:
                raise Unreadable("The kernel does not tell about its clock: Operation not permitted.")
            return self.clock

        return Machine(str(self.folder), run, lambda __: dict(self.card), clock)


Change = Callable[[Host], None]
