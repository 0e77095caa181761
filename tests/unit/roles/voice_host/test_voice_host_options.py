# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role voice_host makes of its options. One run of ansible-playbook works every case out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[4]
ROLE = ROOT / "roles" / "voice_host"
DEBIAN = {"system": "debian", "timezone_missing": False, "locale_missing": False, "missing": [], "nft": True}
UPGRADE = "/etc/systemd/system/apt-daily-upgrade.timer.d/50-dialtone.conf"
APT = "/etc/apt/apt.conf.d/52dialtone"
ALWAYS = {
    "/usr/local/libexec/dialtone-host/dialtone_host.py",
    "/usr/local/libexec/dialtone-host/verify.py",
    "/etc/dialtone/host.json",
}
OFF: dict[str, Any] = {
    "voice_host_kernel": False,
    "voice_host_core_dumps": True,
    "voice_host_marks": False,
    "voice_host_updates": False,
    "voice_host_journal_max": "",
    "voice_host_log_rotation": False,
}


def window(start: str, end: str, *days: str) -> dict[str, Any]:
    return {"voice_host_maintenance_window": {"start": start, "end": end, "days": list(days) or ["mon"]}}


def found(**what: Any) -> dict[str, Any]:
    return {"__voice_host_probe": {"stdout": json.dumps({**DEBIAN, **what})}}


SOUND: dict[str, dict[str, Any]] = {
    "plain": {},
    "off": OFF,
    "night": window("22:30", "01:30", "sun", "fri") | {"voice_host_reboot": True},
    "week": window("02:00", "06:00", "sat"),
    "calls": {"voice_dialplan": {"limits": {"calls": 400}}, "voice_sip_port": 5070, "voice_rtp_end": 10999},
    "busy": {"voice_host_busy_poll": 50, "voice_host_receive_buffer": 0, "voice_host_swappiness": 200},
    "unmarked": {"voice_host_dscp_media": "keep", "voice_host_dscp_signalling": "af31"},
    "names": {"voice_host_update_held": ["libst.c++"], "voice_host_update_origins": ["origin=Acme,label=Own"]},
    "clock": {"voice_host_timezone": "America/Argentina/Buenos_Aires", "voice_host_locale": "C.UTF-8"},
}
WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "number": ({"voice_host_maintenance_window": {"start": "1320", "end": "04:00"}}, "1320 is no time"),
    "hours": (window("24:00", "04:61"), "24:00 and 04:61 is no time"),
    "short": (window("02:00", "02:30"), "from 02:00 to 02:30 is 30 minutes; updates need 60 or more"),
    "empty": (window("02:00", "02:00"), "is 0 minutes"),
    "days": ({"voice_host_maintenance_window": {"days": []}}, "days is empty"),
    "reboot": ({"voice_host_reboot": True, "voice_host_updates": False}, "voice_host_reboot:"),
    "poll": ({"voice_host_busy_poll": 900}, "voice_host_busy_poll: 900 is not between"),
    "swap": ({"voice_host_swappiness": -1}, "voice_host_swappiness: -1 is not between"),
    "buffer": ({"voice_host_receive_buffer": 4096}, "voice_host_receive_buffer: 4096 is neither"),
    "ring": ({"voice_host_ring": -5}, "voice_host_ring: -5 is not between"),
    "media": ({"voice_host_dscp_media": "46"}, "voice_host_dscp_media: 46 is no mark"),
    "signal": ({"voice_host_dscp_signalling": "high"}, "voice_host_dscp_signalling: high is no mark"),
    "zone": ({"voice_host_timezone": "../etc"}, "voice_host_timezone: ../etc is no name"),
    "locale": ({"voice_host_locale": "a b"}, "voice_host_locale: a b is no name"),
    "journal": ({"voice_host_journal_max": "much"}, "voice_host_journal_max: much is no size"),
    "held": ({"voice_host_update_held": ["^asterisk"]}, "voice_host_update_held: ^asterisk cannot begin"),
    "origin": ({"voice_host_update_origins": ['a";']}, "voice_host_update_origins:"),
    "socket": ({"voice_host_listening": ["9100"]}, "voice_host_listening: 9100 is no socket"),
    "range": ({"voice_rtp_start": 20000}, "voice_rtp_end: 19999 is below voice_rtp_start, 20000"),
}
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "rocky": (found(system="rocky"), "This is rocky; the role voice_host is for Debian and Ubuntu"),
    "no_zone": (found(timezone_missing=True) | {"voice_host_timezone": "Europe/Atlantis"}, "zoneinfo/Europe/Atlantis"),
    "no_locale": (found(locale_missing=True) | {"voice_host_locale": "tlh"}, "does not know tlh"),
}


@pytest.fixture(scope="module")
def worked_out(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return for each case what the role makes of it."""
    folder = tmp_path_factory.mktemp("voice_host")
    out = folder / "out"
    out.mkdir()
    shared = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))
    shared |= {"ansible_python_interpreter": sys.executable, "role_path": str(ROLE), "out": str(out), **found()}
    hosts = SOUND | {name: given for cases in (WRONG, REFUSED) for name, (given, _sentence) in cases.items()}
    # A case's name would else be that of a group or a variable to Ansible.
    (folder / "hosts.yml").write_text(
        json.dumps({"all": {"vars": shared, "hosts": {f"case-{name}": given for name, given in hosts.items()}}}),
        encoding="utf-8",
    )
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"),
        "ANSIBLE_CONFIG": str(ROOT / "tests" / "lab" / "ansible.cfg"),
        "ANSIBLE_HOME": str(folder / "home"),
        "ANSIBLE_NOCOLOR": "1",
        "LC_ALL": "C.UTF-8",
    }
    playbook = Path(sys.executable).with_name("ansible-playbook")
    command = [str(playbook), "-i", str(folder / "hosts.yml"), str(Path(__file__).with_name("render_host.yml"))]
    run = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=180, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    return {path.stem.removeprefix("case-"): json.loads(path.read_text(encoding="utf-8")) for path in out.iterdir()}


@pytest.mark.parametrize("name", SOUND)
def test_what_is_sound_is_not_refused(worked_out: dict[str, Any], name: str) -> None:
    assert worked_out[name]["problems"] == []
    assert worked_out[name]["refusals"] == []


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_one_sentence(worked_out: dict[str, Any], name: str) -> None:
    assert len(worked_out[name]["problems"]) == 1
    assert WRONG[name][1] in worked_out[name]["problems"][0]


@pytest.mark.parametrize("name", REFUSED)
def test_what_the_host_cannot_do_is_one_sentence(worked_out: dict[str, Any], name: str) -> None:
    assert len(worked_out[name]["refusals"]) == 1
    assert REFUSED[name][1] in worked_out[name]["refusals"][0]


def content(case: dict[str, Any], path: str) -> str:
    text: str = case["files"][path]["content"]
    return text


def test_everything_can_be_left_out(worked_out: dict[str, Any]) -> None:
    off, plain = worked_out["off"], worked_out["plain"]
    assert {path for path, file in off["files"].items() if file.get("state") != "absent"} == ALWAYS
    assert set(off["files"]) == set(plain["files"])
    assert (off["packages"], off["settings"]["kernel"], off["settings"]["ring"]) == (["iproute2"], {}, 0)
    assert off["settings"]["enable"] == []
    assert off["settings"]["disable"] == ["dialtone-host.service", "dialtone-reboot.timer"]


def test_programs_and_settings_arrive_as_they_are(worked_out: dict[str, Any]) -> None:
    plain = worked_out["plain"]
    program = "/usr/local/libexec/dialtone-host/verify.py"
    assert content(plain, program) == (ROLE / "files" / "verify.py").read_text(encoding="utf-8")
    assert json.loads(content(plain, "/etc/dialtone/host.json")) == plain["settings"]


def test_the_window_goes_past_midnight(worked_out: dict[str, Any]) -> None:
    night = worked_out["night"]
    assert "OnCalendar=\nOnCalendar=Sun,Fri *-*-* 23:15\nRandomizedDelaySec=60min\n" in content(night, UPGRADE)
    reboot = content(night, "/etc/systemd/system/dialtone-reboot.timer")
    assert "OnCalendar=Mon,Sat *-*-* 01:07\nRandomizedDelaySec=0min\n" in reboot
    assert "Persistent=false" in reboot
    assert night["settings"]["timers"] == ["apt-daily.timer", "apt-daily-upgrade.timer", "dialtone-reboot.timer"]
    assert "OnCalendar=Sat *-*-* 03:00\nRandomizedDelaySec=80min\n" in content(worked_out["week"], UPGRADE)


def test_room_follows_from_the_calls(worked_out: dict[str, Any]) -> None:
    kernel = worked_out["calls"]["settings"]["kernel"]
    assert kernel["net.core.netdev_max_backlog"] == {"at_least": 4000}
    assert "net.core.netdev_max_backlog" not in worked_out["plain"]["settings"]["kernel"]
    busy = worked_out["busy"]["settings"]["kernel"]
    assert busy["net.core.busy_read"] == {"exactly": 50}
    assert not {"vm.swappiness", "net.core.rmem_max"} & set(busy)


def test_marks_follow_the_ports(worked_out: dict[str, Any]) -> None:
    calls = worked_out["calls"]["marks"]
    assert "udp sport 10000-10999 goto media" in calls
    assert "th sport { 5060, 5061, 5070 } goto signalling" in calls
    unmarked = worked_out["unmarked"]["marks"]
    assert "goto media" not in unmarked
    assert "ip6 dscp set af31" in unmarked


def test_names_of_packages_are_no_patterns(worked_out: dict[str, Any]) -> None:
    apt = content(worked_out["names"], APT)
    assert r'"^libst\.c\+\+";' in apt
    assert '"origin=Acme,label=Own";' in apt
    assert r"qr(^\Qlibst.c++\E)" in content(worked_out["names"], "/etc/needrestart/conf.d/50-dialtone.conf")
