# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program of the role voice_host, on a folder that looks like a machine."""

from __future__ import annotations

import os
import struct
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

FILES = Path(__file__).resolve().parents[4] / "roles" / "voice_host" / "files"
sys.path.insert(0, str(FILES))

import dialtone_host
import verify

KERNEL = {
    "net.core.rmem_default": {"at_least": 1048576},
    "vm.swappiness": {"at_most": 10},
    "kernel.core_pattern": {"exactly": "|/bin/false"},
    "net.core.busy_poll": {"exactly": 50},
}
GOVERNOR = "/sys/devices/system/cpu/cpu0/cpufreq"


class Machine:
    """A folder with what a kernel shows."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sysctl(net_core_rmem__default="212992", vm_swappiness="60", kernel_core__pattern="core")
        self.put(f"{GOVERNOR}/scaling_governor", "powersave")
        self.put(f"{GOVERNOR}/scaling_available_governors", "performance powersave")

    def put(self, name: str, text: str) -> None:
        path = self.folder / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"{text}\n", encoding="utf-8")

    def sysctl(self, **values: str) -> None:
        for name, text in values.items():
            self.put("/proc/sys/" + name.replace("__", "-").replace("_", "/").replace("-", "_"), text)

    def get(self, name: str) -> str:
        return (self.folder / name.lstrip("/")).read_text(encoding="utf-8").strip()

    def host(self, check: bool = False) -> dialtone_host.Host:
        return dialtone_host.Host(str(self.folder), check)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.fixture(autouse=True)
def programs(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Answer for all programs: no container, no systemd; and note what was asked."""
    asked: list[tuple[str, ...]] = []

    def said(*command: str) -> tuple[int, str]:
        asked.append(command)
        return 1, ""

    monkeypatch.setattr(dialtone_host, "said", said)
    return asked


def test_the_kernel_is_changed_once(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    settings = {"kernel": KERNEL, "governor": "performance"}
    dialtone_host.apply_kernel(machine.host(), settings)
    assert machine.get("/proc/sys/net/core/rmem_default") == "1048576"
    assert machine.get("/proc/sys/vm/swappiness") == "10"
    assert machine.get("/proc/sys/kernel/core_pattern") == "|/bin/false"
    assert machine.get(f"{GOVERNOR}/scaling_governor") == "performance"
    assert len(capsys.readouterr().out.splitlines()) == 4
    dialtone_host.apply_kernel(machine.host(), settings)
    assert capsys.readouterr().out == ""


def test_what_somebody_has_set_higher_stays(machine: Machine) -> None:
    machine.sysctl(net_core_rmem__default="16777216", vm_swappiness="1", kernel_core__pattern="|/bin/false")
    assert dialtone_host.kernel_changes(machine.host(), {"kernel": KERNEL}) == []


def test_check_mode_changes_nothing(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    dialtone_host.apply(machine.host(check=True), {"kernel": KERNEL, "governor": "performance"})
    assert "changed /proc/sys/vm/swappiness: 60 -> 10" in capsys.readouterr().out
    assert machine.get("/proc/sys/vm/swappiness") == "60"


def test_a_container_leaves_the_kernel_alone(
    machine: Machine, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dialtone_host, "container", lambda: "podman")
    dialtone_host.apply(machine.host(), {"kernel": KERNEL, "governor": "performance"})
    assert "warning This is a container (podman)" in capsys.readouterr().out
    assert machine.get("/proc/sys/vm/swappiness") == "60"


def test_a_kernel_without_governor_has_nothing_to_change(machine: Machine) -> None:
    machine.put(f"{GOVERNOR}/scaling_available_governors", "powersave")
    assert dialtone_host.kernel_changes(machine.host(), {"governor": "performance"}) == []


def ring(most: int, now: int) -> dialtone_host.Driver:
    return lambda _name, _request: dialtone_host.RING.pack(0x10, most, 0, 0, 512, now, 0, 0, 256)


@pytest.mark.parametrize(
    ("most", "now", "wanted", "becomes"),
    [
        (4096, 256, 1024, 1024),
        (512, 256, 1024, 512),
        (4096, 2048, 1024, None),
        (512, 512, 1024, None),
        (512, 1, 0, None),
    ],
)
def test_a_ring_grows_as_far_as_the_card_can(most: int, now: int, wanted: int, becomes: int | None) -> None:
    change = dialtone_host.ring_change("eth0", wanted, ring(most, now))
    assert (change and struct.unpack("9I", change[1])[5]) == becomes
    if change:
        assert change[0] == now
        assert struct.unpack("9I", change[1])[8] == 256


def test_a_card_without_rings_is_left_alone() -> None:
    assert dialtone_host.ring_change("eth0", 1024, lambda _name, _request: None) is None
    assert dialtone_host.ethtool("lo", dialtone_host.RING.pack(dialtone_host.GET_RING, *[0] * 8)) is None


def test_the_time_zone_is_a_link(machine: Machine, capsys: pytest.CaptureFixture[str]) -> None:
    machine.put("/etc/timezone", "Etc/UTC")
    link = machine.folder / "etc" / "localtime"
    link.symlink_to("/usr/share/zoneinfo/Etc/UTC")
    dialtone_host.apply_timezone(machine.host(check=True), "Europe/Berlin")
    assert os.readlink(link) == "/usr/share/zoneinfo/Etc/UTC"
    dialtone_host.apply_timezone(machine.host(), "Europe/Berlin")
    assert os.readlink(link) == "/usr/share/zoneinfo/Europe/Berlin"
    assert machine.get("/etc/timezone") == "Europe/Berlin"
    assert capsys.readouterr().out.count("Etc/UTC -> Europe/Berlin") == 2
    dialtone_host.apply_timezone(machine.host(), "Europe/Berlin")
    dialtone_host.apply_timezone(machine.host(), "")
    assert capsys.readouterr().out == ""


def test_a_locale_keeps_what_else_is_said(machine: Machine) -> None:
    machine.put("/etc/locale.conf", 'LANG="de_DE.UTF-8"\nLC_TIME=C')
    (machine.folder / "etc" / "default").mkdir()
    (machine.folder / "etc" / "default" / "locale").symlink_to("../locale.conf")
    dialtone_host.apply_locale(machine.host(), "C.UTF-8")
    assert machine.get("/etc/locale.conf") == "LC_TIME=C\nLANG=C.UTF-8"
    assert (machine.folder / "etc" / "default" / "locale").is_symlink()


def test_the_host_says_what_it_does_not_know(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.put("/etc/os-release", "ID=debian")
    machine.put("/usr/share/zoneinfo/Europe/Berlin", "")
    answers = {"dpkg-query": "tzdata installed\nnftables config-files", "locale": "C\nC.utf8\nPOSIX"}
    monkeypatch.setattr(dialtone_host, "said", lambda *command: (0, answers.get(command[0], "")))
    asked = {"timezone": "Europe/Berlin", "locale": "C.UTF-8", "packages": ["tzdata", "nftables"]}
    found = dialtone_host.probe(machine.host(), asked)
    assert found | {"nft": None} == {
        "system": "debian", "timezone_missing": False, "locale_missing": False, "nft": None, "missing": ["nftables"],
    }  # fmt: skip
    found = dialtone_host.probe(machine.host(), {"timezone": "Europe/Atlantis", "locale": "tlh"})
    assert (found["timezone_missing"], found["locale_missing"]) == (True, True)


def test_units_are_loaded_again_when_files_are_newer(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.put("/etc/systemd/system/x.service", "")
    loaded = "Thu 2026-01-01 00:00:00 UTC"
    done: list[tuple[str, ...]] = []

    def said(*command: str) -> tuple[int, str]:
        done.append(command)
        return 0, {"is-system-running": "running", "show": f"UnitsLoadFinishTimestamp={loaded}"}.get(command[1], "")

    monkeypatch.setattr(dialtone_host, "said", said)
    settings = {"unit_files": ["/etc/systemd/system/x.service"]}
    dialtone_host.apply_units(machine.host(check=True), settings)
    assert ("systemctl", "daemon-reload") not in done
    dialtone_host.apply_units(machine.host(), settings)
    assert ("systemctl", "daemon-reload") in done
    done.clear()
    loaded = time.strftime("%a %Y-%m-%d %H:%M:%S UTC", time.gmtime(time.time() + 60))
    dialtone_host.apply_units(machine.host(), settings)
    assert ("systemctl", "daemon-reload") not in done


SS = """\
udp   UNCONN 0 0          0.0.0.0:5060       0.0.0.0:* users:(("asterisk",pid=9,fd=5))
udp   UNCONN 0 0          0.0.0.0:10012      0.0.0.0:* users:(("asterisk",pid=9,fd=7))
udp   UNCONN 0 0          0.0.0.0:45011      0.0.0.0:* users:(("asterisk",pid=9,fd=8))
tcp   LISTEN 0 128              *:5038             *:* users:(("asterisk",pid=9,fd=6))
tcp   LISTEN 0 128           [::]:22            [::]:* users:(("sshd",pid=2,fd=6))
tcp   LISTEN 0 128      127.0.0.1:8021       0.0.0.0:* users:(("freeswitch",pid=3,fd=6))
udp   UNCONN 0 0          0.0.0.0:111        0.0.0.0:* users:(("rpcbind",pid=4,fd=6))
tcp   LISTEN 0 128        0.0.0.0:9100       0.0.0.0:* users:(("node_exporter",pid=5,fd=6))
"""
LISTENING: dict[str, Any] = {"sip": [5060, 5061], "media": [10000, 19999], "listening": []}


def test_what_nobody_opened_is_told() -> None:
    told = verify.listening(LISTENING, SS.splitlines())
    assert [line.split()[0] for line in told] == ["udp/111", "tcp/5038", "tcp/9100"]
    assert "apt-get purge" not in told[1]
    assert "bindaddr in manager.conf" in told[1]
    meant = verify.listening({**LISTENING, "listening": ["tcp/9100", "udp/111"]}, SS.splitlines())
    assert [line.split()[0] for line in meant] == ["tcp/5038"]


NIGHT = {"days": ["fri"], "start": 22 * 60, "length": 360}


@pytest.mark.parametrize(
    ("when", "inside"),
    [
        ("Fri 2026-01-02 21:59", False),
        ("Fri 2026-01-02 22:00", True),
        ("Sat 2026-01-03 03:59", True),
        ("Sat 2026-01-03 04:01", False),
        ("Fri 2026-01-02 03:00", False),  # Thursday's night
        ("Sat 2026-01-03 22:30", False),
    ],
)
def test_a_window_goes_past_midnight(when: str, inside: bool) -> None:
    assert verify.in_window(NIGHT, time.strptime(when, "%a %Y-%m-%d %H:%M")) is inside


def timer(at: str, persistent: str = "no") -> str:
    return f"NextElapseUSecRealtime={at}\nPersistent={persistent}\nLoadState=loaded"


@pytest.fixture
def utc(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("utc")
def test_timers_outside_the_window_are_a_problem() -> None:
    settings = {"window": NIGHT}
    shown = {"a": timer("Fri 2026-01-02 23:00:00 UTC"), "b": "LoadState=masked"}
    assert verify.timers(settings, shown) == []
    shown = {
        "c": timer("Fri 2026-01-02 09:00:00 UTC"), "d": timer("Fri 2026-01-02 23:00:00 UTC", "yes"), "e": timer(""),
    }  # fmt: skip
    told = verify.timers(settings, shown)
    assert ["outside the maintenance window" in told[0], "Persistent" in told[1], "not waiting" in told[2]] == [
        True
    ] * 3


DUMP = """\
Unattended-Upgrade "";
Unattended-Upgrade::Origins-Pattern "";
Unattended-Upgrade::Origins-Pattern:: "origin=Debian";
Unattended-Upgrade::Package-Blacklist "";
Unattended-Upgrade::Package-Blacklist:: "^asterisk";
Unattended-Upgrade::Automatic-Reboot "false";
"""


def test_another_file_that_loosens_updates_is_a_problem() -> None:
    settings = {"origins": ["origin=Debian"], "held": ["asterisk"]}
    assert verify.updates(settings, DUMP) == []
    odd = DUMP.replace("^asterisk", r"^a-b\.c\+\+")
    assert verify.updates({**settings, "held": ["a-b.c++"]}, odd) == []
    loose = DUMP.replace('"false"', '"true"').replace("^asterisk", "^other")
    loose += 'Unattended-Upgrade::Allowed-Origins:: "o=*";\n'
    told = verify.updates(settings, loose)
    assert ["o=*" in told[0], "asterisk would be upgraded" in told[1], "restart by itself" in told[2]] == [True] * 3
