# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the role time_sync writes for machines of each kind and family."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[4]
ROLE = ROOT / "roles" / "time_sync"
DEBIAN = ["family debian", "systemd running", "installed 4.6.1"]
FORMER = f"file /etc/chrony/chrony.conf {base64.b64encode(b'pool example.com').decode()}"
CASES: dict[str, dict[str, Any]] = {
    "machine": {"probe": [*DEBIAN, "virtualization none", FORMER]},
    "guest": {"probe": [*DEBIAN, "virtualization kvm", "clock /dev/ptp_kvm"]},
    "guest_without": {
        "probe": [*DEBIAN, "virtualization kvm", "clock /dev/ptp_kvm"], "time_sync_hypervisor_clock": "absent",
        "time_sync_step_limit": "5",
    },
    "guest_loaded": {
        "probe": [*DEBIAN, "virtualization kvm", "loadable ptp_kvm"],
        "__time_sync_loaded": {"stdout_lines": ["/dev/ptp0"]}, "time_sync_sources": [],
    },
    "container": {"probe": [*DEBIAN, "virtualization lxc", "container yes", "clock /dev/ptp0"]},
    "redhat": {"probe": ["family redhat", "systemd running", "installed 4.5", "virtualization kvm"]},
    "stale": {"probe": [*DEBIAN, "virtualization none", "stale daemon"]},
    "unknown": {"probe": ["virtualization none"]},
    "server": {
        "probe": [*DEBIAN, "virtualization none"], "voice_time_server": True,
        "voice_phone_networks": ["192.0.2.0/24", "2001:db8::/64"], "time_sync_server_networks": ["198.51.100.0/24"],
        "time_sync_local_stratum": 10,
    },
    "sources": {
        "probe": [*DEBIAN, "virtualization none"], "time_sync_auth_select_mode": "require",
        "time_sync_nts_authorities": str(Path(__file__)), "time_sync_dhcp_sources": True,
        "time_sync_step_threshold": 0, "time_sync_settings": ["dscp 46"],
        "time_sync_sources": [
            {"hostname": "nts.example.com", "nts": True, "prefer": True, "minpoll": -1, "maxpoll": 8},
            {"hostname": "192.0.2.1", "iburst": False, "key": 7, "trust": True, "xleave": True},
            {"hostname": "pool.example.com", "pool": True},
        ],
    },
}  # fmt: skip


@pytest.fixture(scope="module")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Return for each case what the role makes of it; one run of Ansible for all."""
    folder = tmp_path_factory.mktemp("time_sync")
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))
    hosts = {}
    for name, case in CASES.items():
        probe = {"stdout_lines": case["probe"]}
        hosts[name] = {
            **defaults,
            **case,
            "__time_sync_probe": probe,
            "__time_sync_files": {"written": [], "removed": []},
        }
    common = {"role": str(ROLE), "out": str(folder), "ansible_python_interpreter": sys.executable}
    (folder / "hosts.json").write_text(json.dumps({"all": {"hosts": hosts, "vars": common}}), encoding="utf-8")
    for name in ("templates", "files"):
        (folder / name).symlink_to(ROLE / name)
    shutil.copy(Path(__file__).with_name("render.yml"), folder / "play.yml")  # templates are looked for beside it
    collections = next(path for path in sys.path if (Path(path) / "ansible_collections/dialtone/voice").exists())
    environment = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    environment |= {"ANSIBLE_COLLECTIONS_PATH": collections, "ANSIBLE_HOME": str(folder / "home")}
    done = subprocess.run(
        [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "hosts.json", "play.yml"],
        cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return {name: json.loads((folder / f"{name}.json").read_text(encoding="utf-8")) for name in CASES}


def text(case: dict[str, Any], path: str = "/etc/chrony/chrony.conf") -> str:
    return str(case["files"][path]["content"])


def lines(case: dict[str, Any], path: str = "/etc/chrony/chrony.conf") -> list[str]:
    return [line for line in text(case, path).splitlines() if line and not line.startswith("#")]


DROP_IN = "/etc/systemd/system/chrony.service.d/dialtone.conf"


def test_a_machine_is_stepped_at_the_start_alone(rendered: dict[str, Any]) -> None:
    found = lines(rendered["machine"])
    assert {"makestep 1.0 3", "maxslewrate 1000", "rtcsync", "leapsecmode slew", "cmdport 0", "port 0"} <= set(found)
    assert "minsources 2" in found  # a pool has four
    assert not any(line.startswith(("allow", "refclock", "local", "confdir", "sourcedir /run")) for line in found)
    assert rendered["machine"]["files"][DROP_IN] == {"state": "absent"}
    assert rendered["machine"]["problems"] == []
    assert not rendered["machine"]["restart"]


def test_a_guest_may_be_suspended_and_has_the_clock_of_its_hypervisor(rendered: dict[str, Any]) -> None:
    found = lines(rendered["guest"])
    assert "makestep 1.0 -1" in found
    assert "refclock PHC /dev/ptp_kvm poll 2 stratum 2" in found
    without = lines(rendered["guest_without"])
    assert "makestep 1.0 5" in without
    assert "refclock" not in text(rendered["guest_without"])


def test_a_driver_that_was_just_loaded_is_a_source_and_enough(rendered: dict[str, Any]) -> None:
    assert "refclock PHC /dev/ptp0 poll 2 stratum 2" in lines(rendered["guest_loaded"])
    assert rendered["guest_loaded"]["problems"] == []


def test_the_clock_of_a_container_is_never_set(rendered: dict[str, Any]) -> None:
    found = text(rendered["container"])
    assert "rtcsync" not in found
    assert "refclock" not in found
    drop_in = text(rendered["container"], DROP_IN)
    # Whoever writes the package's file of options, this one counts: EnvironmentFile is emptied.
    assert 'EnvironmentFile=\nEnvironment="DAEMON_OPTS=-x -F 1" "OPTIONS=-x -F 1"' in drop_in
    assert "ConditionCapability=\n" in drop_in


def test_enterprise_linux_has_other_places(rendered: dict[str, Any]) -> None:
    assert set(rendered["redhat"]["files"]) == {
        "/etc/chrony.conf", "/etc/chrony.dialtone/dialtone.sources", "/etc/dialtone-authorities.pem",
        "/etc/systemd/system/chronyd.service.d/dialtone.conf",
    }  # fmt: skip
    found = lines(rendered["redhat"], "/etc/chrony.conf")
    assert {"sourcedir /etc/chrony.dialtone", "driftfile /var/lib/chrony/drift", "keyfile /etc/chrony.keys"} <= set(
        found
    )


def test_telephones_are_told_the_time(rendered: dict[str, Any]) -> None:
    found = lines(rendered["server"])
    allowed = [line for line in found if line.startswith("allow")]
    assert allowed == ["allow 192.0.2.0/24", "allow 2001:db8::/64", "allow 198.51.100.0/24"]
    assert {"local stratum 10", "ratelimit interval 1 burst 16 leak 2"} <= set(found)
    assert "port 0" not in found


def test_the_words_of_a_source(rendered: dict[str, Any]) -> None:
    assert lines(rendered["sources"], "/etc/chrony/dialtone/dialtone.sources") == [
        "server nts.example.com iburst nts prefer minpoll -1 maxpoll 8",
        "server 192.0.2.1 trust xleave key 7",
        "pool pool.example.com iburst",
    ]
    found = lines(rendered["sources"])
    assert {"authselectmode require", "ntstrustedcerts /etc/chrony/dialtone-authorities.pem"} <= set(found)
    assert {"sourcedir /run/chrony-dhcp", "sourcedir /etc/chrony/dialtone"} <= set(found)
    assert found[-1] == "dscp 46"
    assert not any(line.startswith("makestep") for line in found)
    assert "what the role time_sync writes" in text(rendered["sources"], "/etc/chrony/dialtone-authorities.pem").lower()


def test_a_daemon_that_has_not_read_its_files_is_restarted(rendered: dict[str, Any]) -> None:
    assert rendered["stale"]["restart"]


def test_a_family_that_the_role_does_not_know(rendered: dict[str, Any]) -> None:
    assert "neither apt-get nor dnf" in rendered["unknown"]["problems"][0]
