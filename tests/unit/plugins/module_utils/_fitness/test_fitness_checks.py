# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Each check on a recorded host: well on a sound one, found on one with a fault, unknown where nothing can be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from fitness_host import COUNTERS, SOUND, Change, Host

from ansible_collections.dialtone.voice.plugins.module_utils._fitness.checks import CHECKS
from ansible_collections.dialtone.voice.plugins.module_utils._fitness.errors import Unreadable
from ansible_collections.dialtone.voice.plugins.module_utils._fitness.findings import Finding, worst
from ansible_collections.dialtone.voice.plugins.module_utils._fitness.judges.case import Case, Wanted
from ansible_collections.dialtone.voice.plugins.module_utils._fitness.limits import DEFAULTS
from ansible_collections.dialtone.voice.plugins.module_utils._fitness.readers.network import cards

READ = [name for name, check in CHECKS.items() if check.read is not None]


@pytest.fixture
def host(tmp_path: Path) -> Host:
    return Host(tmp_path)


def look(host: Host, name: str, change: Change | None = None, **wanted: Any) -> list[Finding]:
    """What a check finds, if `change` happens while it samples for two seconds."""
    check = CHECKS[name]
    assert check.read is not None
    before = check.read(host.machine)
    if change:
        change(host)
    after = check.read(host.machine) if check.sampled else before
    return check.judge(Case(before, after, 2.0, limits=DEFAULTS, wanted=Wanted(**wanted)))


def verdict(found: list[Finding]) -> str:
    return worst(one.verdict for one in found)


@pytest.mark.parametrize("name", READ)
def test_a_sound_host_is_well(host: Host, name: str) -> None:
    found = look(host, name)
    assert [one.verdict for one in found] == ["ok"] * len(found)
    assert all(one.check == name and one.value and not one.reason and not one.remedy for one in found)


@pytest.mark.parametrize("name", READ)
def test_what_cannot_be_read_is_never_well(tmp_path: Path, name: str) -> None:
    empty = Host(tmp_path)
    for path in SOUND:
        empty.remove(path)
    empty.clock = None
    empty.card = {"lro": None, "gro": None, "ring": None, "ring_max": None}
    if name in ("virtualization", "timezone"):  # nothing there is an answer: metal, and UTC
        assert verdict(look(empty, name)) == "ok"
        return
    with pytest.raises(Unreadable) as raised:
        look(empty, name)
    assert str(raised.value).endswith(".")


def test_cards_are_those_with_a_route_or_hardware(host: Host) -> None:
    assert cards(host.machine) == ["eth0"]
    host.write("/sys/class/net/eth1/operstate", "down\n")
    host.write("/sys/class/net/eth1/device/uevent", "")
    assert cards(host.machine) == ["eth0"]
    host.write("/sys/class/net/eth1/operstate", "up\n")
    assert cards(host.machine) == ["eth0", "eth1"]


def replaced(path: str, old: str, new: str) -> Change:
    return lambda host: host.replace(path, old, new)


def counter(name: str, value: int) -> Change:
    return lambda host: host.write(f"/sys/class/net/eth0/statistics/{name}", f"{value}\n")


STEAL = "80000 200 0 50 40 0 0\n"
UDP = "Udp: 100000 5 0 100000 0 0"
CONNTRACK = "0 0 0 0 0 0 0 0 00000000 00000000 00000000"


@pytest.mark.parametrize(
    ("name", "change", "expected"),
    [
        ("steal", replaced("/proc/stat", STEAL, "80195 200 0 50 44 0 0\n"), "warn"),
        ("steal", replaced("/proc/stat", STEAL, "80100 200 0 50 60 0 0\n"), "fail"),
        ("pressure", replaced("/proc/pressure/cpu", "total=1000000", "total=1300000"), "warn"),
        ("pressure", replaced("/proc/pressure/memory", "some avg10=0.00 avg60=0.00 avg300=0.00 total=0",
                              "some avg10=0.00 avg60=0.00 avg300=0.00 total=300000"), "fail"),
        ("swap", replaced("/proc/vmstat", "pswpin 100", "pswpin 110"), "warn"),
        ("swap", replaced("/proc/vmstat", "pswpin 100", "pswpin 900"), "fail"),
        ("storage", replaced("/proc/diskstats", "3000 0 24000 6000", "3010 0 24000 7000"), "warn"),
        ("storage", replaced("/proc/diskstats", "3000 0 24000 6000", "3010 0 24000 12000"), "fail"),
        ("interface", counter("rx_crc_errors", 1), "warn"),
        ("interface", counter("rx_missed_errors", 7), "fail"),
        ("backlog", replaced("/proc/net/softnet_stat", "00001000 00000000", "00001000 00000005"), "fail"),
        ("conntrack", replaced("/proc/net/stat/nf_conntrack", CONNTRACK, CONNTRACK[:-8] + "0000000a"), "fail"),
        ("udp_buffers", replaced("/proc/net/snmp", UDP, "Udp: 101000 5 2 100000 2 0"), "warn"),
        ("udp_buffers", replaced("/proc/net/snmp", UDP, "Udp: 100100 5 50 100000 50 0"), "fail"),
    ],
)  # fmt: skip
def test_what_happens_while_sampled_is_found(host: Host, name: str, change: Change, expected: str) -> None:
    found = look(host, name, change)
    assert verdict(found) == expected
    assert all(one.reason and one.remedy for one in found if one.verdict != "ok")


def test_counters_that_began_anew_are_no_loss(host: Host) -> None:
    host.replace("/proc/net/snmp", UDP, "Udp: 100000 5 0 100000 0 0")
    assert verdict(look(host, "udp_buffers", replaced("/proc/net/snmp", "Udp: 100000", "Udp: 10"))) == "ok"


@pytest.mark.parametrize(
    ("name", "change", "expected", "words"),
    [
        ("cpus", replaced("/proc/stat", "cpu1 ", "cpux "), "warn", "too few"),
        ("cpus", lambda host: host.write("/sys/fs/cgroup/cpu.max", "50000 100000\n"), "fail", "too few"),
        ("cpus", lambda host: host.write("/sys/fs/cgroup/cpu.max", "200000 100000\n"), "warn", "quota"),
        ("load", lambda host: host.write("/proc/loadavg", "1.00 1.60 1.00 1/1 1\n"), "warn", "queue"),
        ("load", lambda host: host.write("/proc/loadavg", "9.00 9.00 9.00 1/1 1\n"), "fail", "queue"),
        ("steal", replaced("/proc/stat", " 40 0 0\ncpu0", " 4000 0 0\ncpu0"), "warn", "hypervisor"),
        ("memory", replaced("/proc/meminfo", "2048000", "300000"), "warn", "memory"),
        ("memory", lambda host: (host.write("/sys/fs/cgroup/memory.max", f"{1 << 30}\n"),
                                 host.write("/sys/fs/cgroup/memory.current", f"{1020 << 20}\n")), "fail", "memory"),
        ("governor", lambda host: host.write("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n"),
         "warn", "clock rate"),
        ("clocksource", lambda host: host.write(
            "/sys/devices/system/clocksource/clocksource0/current_clocksource", "hpet\n"), "warn", "microsecond"),
        ("clocksource", lambda host: host.write(
            "/sys/devices/system/clocksource/clocksource0/current_clocksource", "refined-jiffies\n"), "fail", "steps"),
        ("clocksource", lambda host: host.write(
            "/sys/devices/system/clocksource/clocksource0/current_clocksource", "sundial\n"), "unknown", "not known"),
        ("mtu", lambda host: host.write("/sys/class/net/eth0/mtu", "1300\n"), "warn", "fragments"),
        ("mtu", lambda host: host.write("/sys/class/net/eth0/mtu", "1200\n"), "fail", "fragments"),
        ("link", lambda host: host.write("/sys/class/net/eth0/duplex", "half\n"), "fail", "collide"),
        ("link", lambda host: host.write("/sys/class/net/eth0/speed", "10\n"), "warn", "Mbit"),
        ("link", lambda host: host.write("/sys/class/net/eth0/speed", "-1\n"), "unknown", "no speed"),
        ("ring", lambda host: host.card.update(ring=64), "warn", "stall"),
        ("ring", lambda host: host.card.update(ring=None, ring_max=None), "unknown", "no size"),
        ("offloads", lambda host: (host.card.update(lro=True), host.write("/proc/sys/net/ipv4/ip_forward", "1\n")),
         "warn", "LRO"),
        ("offloads", lambda host: host.card.update(lro=None, gro=None), "unknown", "does not tell"),
        ("conntrack", lambda host: host.write("/proc/sys/net/netfilter/nf_conntrack_count", "40000\n"), "warn", "full"),
        ("conntrack", lambda host: host.write("/proc/sys/net/netfilter/nf_conntrack_count", "64000\n"), "fail", "full"),
        ("interface", counter("rx_fifo_errors", 900), "warn", "rx_fifo_errors 900"),
        ("virtualization", lambda host: host.write("/run/systemd/container", "lxc\n"), "warn", "container"),
        ("virtualization", lambda host: host.programs.update({"systemd-detect-virt --vm": "qemu\n"}),
         "fail", "emulated"),
    ],
)  # fmt: skip
def test_a_fault_is_found(host: Host, name: str, change: Change, expected: str, words: str) -> None:
    change(host)
    found = look(host, name)
    assert verdict(found) == expected
    assert words in " ".join(one.reason for one in found)


def test_lro_is_no_fault_where_nothing_is_forwarded(host: Host) -> None:
    host.card["lro"] = True
    assert verdict(look(host, "offloads")) == "ok"


def test_no_connection_tracking_is_well(host: Host) -> None:
    for path in [path for path in SOUND if "nf_conntrack" in path]:
        host.remove(path)
    assert [one.value for one in look(host, "conntrack")] == ["not in use"]


def test_powersave_of_newer_drivers_is_well(host: Host) -> None:
    host.write("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", "powersave\n")
    host.write("/sys/devices/system/cpu/cpu0/cpufreq/scaling_driver", "intel_pstate\n")
    assert verdict(look(host, "governor")) == "ok"


CHRONY = "C0000201,192.0.2.1,3,1700000000.0,{offset},0.000001,0.000002,-10,0,0.1,0.01,0.001,64.2,{leap}\n"


@pytest.mark.parametrize(
    ("kernel", "offset", "leap", "expected"),
    [
        (True, None, "", "ok"),
        (False, None, "", "warn"),
        (False, "-0.000020", "Normal", "ok"),  # chrony without rtcsync leaves the kernel's mark alone
        (True, "0.200", "Normal", "warn"),
        (True, "-1.500", "Normal", "fail"),
        (False, "0.0", "Not synchronised", "warn"),
        (None, "0.000020", "Normal", "ok"),
    ],
)
def test_the_clock(host: Host, kernel: bool | None, offset: str | None, leap: str, expected: str) -> None:
    host.clock = None if kernel is None else {"synchronised": kernel, "maxerror_ms": 5.0}
    if offset is not None:
        host.programs["chronyc -c -n tracking"] = CHRONY.format(offset=offset, leap=leap)
    assert verdict(look(host, "clock")) == expected


def test_the_time_zone(host: Host) -> None:
    assert verdict(look(host, "timezone", timezone="Europe/Berlin")) == "ok"
    (found,) = look(host, "timezone", timezone="America/New_York")
    assert found.verdict == "warn"
    assert "Europe/Berlin" in found.reason
    (host.folder / "etc/localtime").symlink_to("../usr/share/zoneinfo/America/New_York")
    assert verdict(look(host, "timezone", timezone="America/New_York")) == "ok"


@pytest.mark.parametrize(
    ("table", "address", "expected"),
    [
        ("tcp", "00000000:13AE", "fail"),
        ("tcp", "0100007F:13AE", "ok"),
        ("tcp", "0A0200C0:13AE", "ok"),  # 192.0.2.10, an address of documentation: not public
        ("tcp", "08080808:13AE", "fail"),
        ("tcp", "00000000:1F98", "warn"),
        ("tcp6", "00000000000000000000000000000000:13AE", "fail"),
        ("tcp6", "0000000000000000FFFF00000100007F:13AE", "ok"),
        ("udp", "00000000:0045", "warn"),
    ],
)
def test_management_ports(host: Host, table: str, address: str, expected: str) -> None:
    state = "07" if table == "udp" else "0A"
    host.write(f"/proc/net/{table}", f"  sl  local_address rem_address   st\n   0: {address} 0:0000 {state} 0\n")
    found = look(host, "listeners")
    assert verdict(found) == expected
    port = int(address.rsplit(":", 1)[1], 16)
    assert verdict(look(host, "listeners", open_ports=(port,))) == "ok"
    if expected != "ok":
        assert found[0].subject.startswith(f"{port}/")


def test_the_counters_are_those_that_are_recorded() -> None:
    assert {f"/sys/class/net/eth0/statistics/{name}" for name in COUNTERS} <= set(SOUND)
