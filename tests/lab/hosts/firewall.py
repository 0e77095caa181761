# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps the lab's traffic inside, and the traces Podman's networks leave on the machine.

A table of our own in nftables: from the SIP network nothing is forwarded anywhere, from the NAT network only package
downloads and DNS. So a PBX that is told a real carrier's address by mistake cannot reach it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from lab.hosts.host import boot_id, run
from lab.hosts.plan import Plan
from lab.hosts.store import Store

_FORWARD = Path("/proc/sys/net/ipv4/ip_forward")
_CHAINS = {
    # Podman 4 has the first alone.
    "filter": ("NETAVARK_FORWARD", "NETAVARK_INPUT", "NETAVARK_ISOLATION_2", "NETAVARK_ISOLATION_3"),
    "nat": ("NETAVARK-HOSTPORT-DNAT", "NETAVARK-HOSTPORT-MASQ", "NETAVARK-HOSTPORT-SETMARK"),
}


def table(plan: Plan) -> str:
    return f"dialtone_{plan.name}"


def rules(plan: Plan, ports: frozenset[int], resolver: str) -> str:
    """Return the nftables table. ports: TCP ports of the package mirror; resolver: the machine's own DNS server."""
    allowed = ", ".join(str(port) for port in sorted(ports))
    name = table(plan)
    # What bridges pass to themselves; between the inside network and any other there is the router, not this machine.
    inside = (
        f"""\
    iifname {plan.inside_bridge} oifname {plan.inside_bridge} accept
    ip saddr {plan.inside_subnet} counter drop
    ip daddr {plan.inside_subnet} counter drop
"""
        if plan.nat
        else ""
    )
    return f"""
table ip {name} {{}}
delete table ip {name}
table ip {name} {{
  chain forward {{
    type filter hook forward priority filter - 10; policy accept;
{inside}    ip saddr {plan.subnet} ip daddr {plan.subnet} accept
    ip saddr {plan.subnet} counter drop
    ip daddr {plan.subnet} counter drop
    ip daddr {plan.nat_subnet} ct state established,related accept
    ip daddr {plan.nat_subnet} ip saddr != {plan.nat_subnet} counter drop
    ip saddr {plan.nat_subnet} ip daddr {resolver} meta l4proto {{ tcp, udp }} th dport 53 accept
    ip saddr {plan.nat_subnet} tcp dport {{ {allowed} }} accept
    ip saddr {plan.nat_subnet} counter drop
  }}
}}
"""


def apply(plan: Plan, ports: frozenset[int], resolver: str) -> None:
    """Install the table, replacing an older one of this lab, and let bridged packets pass other firewalls."""
    run(["nft", "-f", "-"], input=rules(plan, ports, resolver))
    # Where another program has bridged packets pass iptables and drops by default (Docker does both), the lab's hosts
    # could not hear each other.
    if run(["iptables", "-w", "-C", *_accept(plan)], check=False).returncode != 0:
        run(["iptables", "-w", "-I", *_accept(plan)])


def remove(plan: Plan) -> None:
    """Take the table and every rule about the lab's networks away, also those of a lab that was killed half-way."""
    run(["nft", "delete", "table", "ip", table(plan)], check=False)
    for kind in _CHAINS:
        saved = run(["iptables", "-w", "-t", kind, "-S"], check=False).stdout.splitlines()
        ours = [line for line in saved if line.startswith("-A ") and _about(plan, line)]
        for line in ours:
            run(["iptables", "-w", "-t", kind, "-D", *_words(line)[1:]], check=False)
        # Podman's network program has one chain for each network, named by its hash.
        for chain in {word for line in ours for word in line.split() if re.fullmatch(r"NETAVARK-[0-9A-F]+", word)}:
            run(["iptables", "-w", "-t", kind, "-F", chain], check=False)
            run(["iptables", "-w", "-t", kind, "-X", chain], check=False)


def _about(plan: Plan, line: str) -> bool:
    return any(f" {subnet} " in line for subnet in (plan.subnet, plan.nat_subnet, plan.inside_subnet))


def present(plan: Plan) -> bool:
    return run(["nft", "list", "table", "ip", table(plan)], check=False).returncode == 0


def _accept(plan: Plan) -> list[str]:
    return ["FORWARD", "-s", plan.subnet, "-d", plan.subnet, "-j", "ACCEPT", "-m", "comment", "--comment", plan.network]


def remember(store: Store) -> None:
    """Note, before the first network is made, what the machine had set, for `restore`."""
    if _footprint(store) is None:
        netavark = "NETAVARK_FORWARD" in run(["iptables", "-w", "-S"], check=False).stdout
        forward = _FORWARD.read_text(encoding="ascii").strip()
        known = {"boot": boot_id(), "ip_forward": forward, "netavark": netavark, "tables": _tables()}
        store.footprint_file.write_text(json.dumps(known), encoding="utf-8")


def _footprint(store: Store) -> dict[str, Any] | None:
    """Return what was noted in this boot of the machine, if anything was."""
    try:
        known = json.loads(store.footprint_file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return known if isinstance(known, dict) and known.get("boot") == boot_id() else None


def restore(store: Store) -> None:
    """Undo, after the last network is gone, what Podman's network program leaves: forwarding and empty chains.

    Only what was not there before the lab, and chains only while nobody else's rule is in them.
    """
    known = _footprint(store)
    store.footprint_file.unlink(missing_ok=True)
    if known is None or known["netavark"]:
        return
    rest = run(["iptables", "-w", "-S", "NETAVARK_FORWARD"], check=False).stdout.splitlines()
    if any(line.startswith("-A ") and "INVALID" not in line for line in rest):
        return  # somebody started a network of their own since
    for kind, chains in _CHAINS.items():
        saved = run(["iptables", "-w", "-t", kind, "-S"], check=False).stdout
        for line in saved.splitlines():
            if re.search(r"-j NETAVARK[-_](FORWARD|INPUT|HOSTPORT-\w+)$", line) and line.startswith("-A "):
                run(["iptables", "-w", "-t", kind, "-D", *_words(line)[1:]], check=False)
        for chain in chains:
            run(["iptables", "-w", "-t", kind, "-F", chain], check=False)
        for chain in chains:
            run(["iptables", "-w", "-t", kind, "-X", chain], check=False)
    for kind in _CHAINS:
        lines = run(["iptables", "-w", "-t", kind, "-S"], check=False).stdout.splitlines()
        empty = all(re.fullmatch(r"-P \w+ ACCEPT", line) for line in lines)
        if empty and f"table ip {kind}" in set(_tables()) - set(known.get("tables", _tables())):
            run(["nft", "delete", "table", "ip", kind], check=False)
    if known["ip_forward"] == "0":
        _FORWARD.write_text("0", encoding="ascii")


def _tables() -> list[str]:
    """Return the tables nftables has; iptables makes some with its first rule and keeps them."""
    return run(["nft", "list", "tables"], check=False).stdout.splitlines()


def _words(line: str) -> list[str]:
    return [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', line)]
