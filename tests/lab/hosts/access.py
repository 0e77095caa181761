# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How Ansible and people get into the PBX hosts: key, known hosts, ssh_config, inventory. Rendering is pure."""

from __future__ import annotations

import json
import secrets
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from lab.hosts.host import own, run, write_private
from lab.hosts.plan import Host, Plan

EXTENSIONS = ("101", "102")  # the office of the demo; further ones get a secret when they are asked for


def make_key(folder: Path) -> Path:
    """Return the lab's private SSH key, made on first use."""
    key = folder / "id_ed25519"
    if not key.exists() or not key.with_suffix(".pub").exists():
        key.unlink(missing_ok=True)
        key.with_suffix(".pub").unlink(missing_ok=True)
        run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "dialtone-lab", "-f", str(key)])
        own(key)
        own(key.with_suffix(".pub"))
    return key


def extension_secret(folder: Path, extension: str) -> str:
    """Return the SIP password of an extension, made on first use and kept in a file only its owner reads."""
    file = folder / "secrets.json"
    known: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
    if extension not in known:
        known[extension] = secrets.token_urlsafe(18)
        write_private(file, json.dumps(known, indent=2) + "\n")
    return known[extension]


def close_sessions(sockets: Path) -> None:
    """End the connections that ssh keeps open for the next run: their other end is going away, or has gone."""
    for socket in sorted(sockets.glob("*")):
        run(["ssh", "-o", f"ControlPath={socket}", "-O", "exit", "pbx"], check=False)
        socket.unlink(missing_ok=True)


def known_hosts(keys: dict[str, tuple[Host, str]]) -> str:
    """Return the text of known_hosts. keys: host name -> the host and its public key as it has it itself."""
    lines = []
    for name, (host, key) in sorted(keys.items()):
        kind, value = key.split()[:2]
        lines.append(f"{host.login},{name} {kind} {value}")
    return "".join(f"{line}\n" for line in lines)


def ssh_options(folder: Path) -> list[str]:
    """Return the options that make ssh trust exactly the lab's host keys and offer exactly the lab's key."""
    return [
        "-o",
        f'UserKnownHostsFile="{folder / "known_hosts"}"',
        "-o",
        "GlobalKnownHostsFile=/dev/null",
        "-o",
        "StrictHostKeyChecking=yes",
        "-o",
        "IdentitiesOnly=yes",
        "-o",
        "ConnectTimeout=10",
    ]


def ssh_config(plan: Plan, folder: Path) -> str:
    """Return an ssh_config: `ssh -F .lab/demo/ssh_config pbx1`."""
    lines = []
    for host in plan.machines:
        lines += [f"Host {host.name}", f"  HostName {host.login}"]
    lines += [
        "Host *",
        "  User root",
        f'  IdentityFile "{folder / "id_ed25519"}"',
        f'  UserKnownHostsFile "{folder / "known_hosts"}"',
        "  GlobalKnownHostsFile /dev/null",
        "  StrictHostKeyChecking yes",
        "  IdentitiesOnly yes",
        "  ConnectTimeout 10",
    ]
    return "".join(f"{line}\n" for line in lines)


def inventory(
    plan: Plan,
    folder: Path,
    passwords: dict[str, str],
    variables: Mapping[str, str] = MappingProxyType({}),
    machines: Sequence[Host] | None = None,
) -> str:
    """Return the Ansible inventory as YAML. passwords: extension -> its secret, as the variable vault_secret_NNN.
    variables: what else the PBX hosts are. machines: the hosts it is of; without, the PBX hosts of the usual office.

    The office's description belongs to who runs it; here is only what the machines are, and what a lab needs that an
    office must not have: private addresses, and the lab's networks in place of the carrier's.
    """
    options = shlex.join(ssh_options(folder))
    hosts = {
        host.name: {"ansible_host": host.login, "voice_public_address": host.address, **variables}
        for host in (plan.pbx_hosts if machines is None else machines)
    }
    for host in plan.machines:
        if host.behind_nat and host.name in hosts:
            # It has two private addresses; FreeSWITCH takes one, and would choose that of the way to the packages.
            hosts[host.name]["voice_bind_address"] = host.inside
    shared = {
        "ansible_user": "root",
        "ansible_ssh_private_key_file": str(folder / "id_ed25519"),
        "ansible_ssh_common_args": options,
        "ansible_ssh_pipelining": True,
        "ansible_python_interpreter": "/usr/bin/python3",
    }
    everyone = {f"vault_secret_{extension}": secret for extension, secret in sorted(passwords.items())}
    tree = {"all": {"vars": everyone, "children": {"voice_pbx": {"vars": shared, "hosts": hosts}}}}
    # JSON is YAML, and needs no library to write.
    return f"# Written by `python -m lab up`; holds secrets.\n{json.dumps(tree, indent=2)}\n"
