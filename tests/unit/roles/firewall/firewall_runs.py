# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts as the role's probe describes them, and running ansible-playbook."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).resolve().parents[4]
ROLE = ROOT / "roles" / "firewall"
PLAYBOOK = Path(sys.executable).with_name("ansible-playbook")

BARE = ["connection 192.0.2.7 50000 203.0.113.10 22", "packages apt-get", "systemd running"]
SETTLED = [*BARE, "nft nftables v1.1.3", "sysctl nf_conntrack_max 262144", "sysctl nf_conntrack_buckets 131072"]


def host(*lines: str, **variables: Any) -> dict[str, Any]:
    """Return a host as the probe describes it, with a plan of a given size."""
    plan = {"conntrack": {"max": 65536, "buckets": 16384}, "warnings": []}
    given = {
        "voice_management_networks": ["192.0.2.0/28"],
        "__firewall_probe": {"stdout": "\n".join(lines)},
        "__firewall_plan": plan,
        "__firewall_kernel_set": {},
        "__firewall_change": {},
    }
    return given | variables


def trial(**confirmed: Any) -> dict[str, Any]:
    """Return what a run has seen whose trial was not confirmed, and was taken back."""
    return {
        "__firewall_confirmed": {"failed": False} | confirmed,
        "__firewall_back": {"failed": False},
        "__firewall_over": {"rolled_back": {"at": "2026-11-24T03:00:00Z"}},
    }


CASES = {
    "bare": host(*BARE),
    "settled": host(*SETTLED),
    "small": host(*BARE, "nft v1", "sysctl nf_conntrack_max 1024", "sysctl nf_conntrack_buckets 256"),
    "old_kernel": host(*SETTLED, "sysctl nf_conntrack_helper 1"),
    "helper_loaded": host(*SETTLED, "module nf_nat_sip 0", "module nf_conntrack_sip 1"),
    "helper_used": host(*SETTLED, "module nf_conntrack_sip 2"),
    "container": host(*SETTLED, "container lxc"),
    "small_container": host(
        *BARE, "container lxc", "nft v1", "sysctl nf_conntrack_max 1024", "module nf_conntrack_sip 0"
    ),
    "no_systemd": host("packages apt-get"),
    "no_packages": host("systemd running"),
    "ufw": host(*SETTLED, "closed ufw", "closed chain input of the table inet filter"),
    "ufw_known": host(*SETTLED, "closed ufw", firewall_other_firewalls="warn"),
    "outsider": host("connection 198.51.100.9 50000 203.0.113.10 22", *SETTLED[1:]),
    "daring": host("connection 198.51.100.9 50000 203.0.113.10 22", *SETTLED[1:], firewall_refuse_lock_out=False),
    "no_connection": host(*SETTLED[1:]),
    "link_local": host("connection fe80::1%eth0 50000 fe80::2%eth0 2222", *SETTLED[1:], firewall_refuse_lock_out=False),
    "disk_full": host(*SETTLED, **trial(msg="/etc/x: No space left on device. Make room.", failed=True)),
    "cut_off": host(*SETTLED, **trial(msg="The change was taken back at T: it was not confirmed.", failed=True)),
    "unreachable": host(*SETTLED, **trial(msg="Connection timed out", unreachable=True)),
    "no_management": host(*SETTLED, voice_management_networks=[]),
}


def playbook(arguments: list[str], home: Path) -> subprocess.CompletedProcess[str]:
    """Run ansible-playbook with this checkout's collection and nobody's settings."""
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"),
        "ANSIBLE_CONFIG": str(ROOT / "tests" / "lab" / "ansible.cfg"),
        "ANSIBLE_HOME": str(home),
        "ANSIBLE_NOCOLOR": "1",
        "LC_ALL": "C.UTF-8",
    }
    return subprocess.run(
        [str(PLAYBOOK), *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def inventory(hosts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Return an inventory in which the role's defaults are the weakest variables, as they are in a role."""
    shared = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))
    shared |= {"ansible_python_interpreter": sys.executable, "role": str(ROLE), "role_path": str(ROLE)}
    return {"all": {"vars": shared, "hosts": hosts}}
