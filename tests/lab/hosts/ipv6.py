# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IPv6 addresses in the SIP network of a lab with `--ground`, and further addresses of the telephones there. Pure.

Podman's network knows nothing of them, so that a lab without them is the same as ever. They lead nowhere: the network
is a bridge inside this machine, and the machine itself has no address of that prefix.
"""

from __future__ import annotations

from lab.hosts.plan import Host, Plan

# What else the telephones' host is: one more telephone, and an administrator who is not this machine.
SECOND_PHONE, ADMIN = "20.11", "30.10"
_UNIT = "/etc/systemd/system/lab-ipv6.service"
_WANTED = "/etc/systemd/system/multi-user.target.wants"


def hosts(plan: Plan) -> list[Host]:
    """Return the hosts that get addresses: all with an interface in the SIP network."""
    return [host for host in plan.hosts.values() if not host.behind_nat and host.kind != "router"]


def addresses(plan: Plan, host: Host) -> list[str]:
    """Return what a host has on its interface besides what Podman gives it, each with the length of its network."""
    further = [f"{plan.prefix}.{suffix}" for suffix in (SECOND_PHONE, ADMIN)] if host.name == "phone" else []
    everything = [host.address, *host.extra, *further]
    return [*(f"{address}/16" for address in further), *(f"{plan.address6(address)}/64" for address in everything)]


def commands(plan: Plan, host: Host) -> str:
    """Return the shell commands that give a host its addresses; a machine has them after a reboot as well.

    They may be repeated. Without the kernel's look for others with the same address, they can be used at once.
    """
    lines = ["echo 0 > /proc/sys/net/ipv6/conf/sip0/disable_ipv6"]
    for address in addresses(plan, host):
        lines.append(f"ip address replace {address} dev sip0{' nodad' if ':' in address else ''}")
    now = "\n".join(lines) + "\n"
    if host.kind != "pbx":
        return now
    # systemd reads the unit at its next start; it may be busy with this one still.
    return f"""{now}
cat > {_UNIT} <<'END'
[Unit]
Description=IPv6 in the lab's network
Before=ssh.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -euc '{"; ".join(lines)}'

[Install]
WantedBy=multi-user.target
END
mkdir -p {_WANTED}
ln -sf {_UNIT} {_WANTED}/
"""
