# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles of others that do the same job, if somebody has put them on this machine for the measurement.

BENCH_PEERS names a folder with them: `nftables` (ipr-cnrs/nftables) and `timesync` (linux-system-roles/timesync), or
one of the two. They are applied as they are, with variables that ask for what our roles do on the same host.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SETTING = "BENCH_PEERS"
HOW = (
    f"put ipr-cnrs/nftables and linux-system-roles/timesync into FOLDER/nftables and FOLDER/timesync, and set {SETTING}"
)

# Without its files it loads its rules the next time. Its service goes on: stopped, it would take all tables along.
_NO_SECOND_FIREWALL = "nft delete table inet filter; rm -rf /etc/nftables.d"


@dataclass(frozen=True)
class Peer:
    """Somebody else's role: its folder's name, what it is compared with, and the variables for the same job.

    undo: a script that takes back what our roles would refuse to work beside.
    """

    folder: str
    name: str
    ours: str
    variables: dict[str, Any]
    undo: str = ""

    def play(self, folder: Path) -> dict[str, Any]:
        """Return the play that applies it to the PBX."""
        return {
            "hosts": "voice_pbx",
            "gather_facts": True,
            "vars": self.variables,
            "roles": [{"role": str(folder / self.folder)}],
        }


def _nftables() -> dict[str, Any]:
    """Return rules for the same traffic. What only costs time there (package lists on every run) is switched off."""
    sets = {
        "signalling": "{{ voice_carrier_networks.signalling.values() | flatten | join(', ') }}",
        "media": "{{ voice_carrier_networks.media | join(', ') }}",
        "phones": "{{ voice_phone_networks | join(', ') }}",
        "management": "{{ voice_management_networks | join(', ') }}",
    }
    rules = [
        "tcp dport 22 ip saddr @management accept",
        "udp dport 5060 ip saddr @signalling accept",
        "tcp dport { 5060, 5061 } ip saddr @signalling accept",
        "udp dport 5060 ip saddr @phones accept",
        "tcp dport { 5060, 5061 } ip saddr @phones accept",
        "udp dport 10000-20000 ip saddr @media accept",
        "udp dport 10000-20000 ip saddr @phones accept",
    ]
    return {
        "nft_old_pkg_manage": False,  # it would take iptables away
        "nft_update_repositories": False,
        "nft_set": {
            name: ["type ipv4_addr; flags interval;", f"elements = {{ {elements} }}"] for name, elements in sets.items()
        },
        "nft_input_rules": {"300 voice": rules},
        "nft_output_rules": {"999 all": ["accept"]},
    }


def _timesync(server: str) -> dict[str, Any]:
    return {
        "timesync_ntp_provider": "chrony",
        "timesync_ntp_servers": [{"hostname": server, "iburst": True}],
        "timesync_step_threshold": 1.0,
    }


def known(server: str) -> tuple[Peer, ...]:
    """Return the roles that can be compared. server: the time server they are to use."""
    return (
        Peer("nftables", "ipr-cnrs/nftables", "firewall", _nftables(), _NO_SECOND_FIREWALL),
        Peer("timesync", "linux-system-roles/timesync", "time_sync", _timesync(server)),
    )


def there(server: str, environment: Mapping[str, str] | None = None) -> tuple[list[tuple[Peer, Path]], list[str]]:
    """Return those that are on this machine with their folder, and a sentence for each that is not."""
    environment = os.environ if environment is None else environment
    found, missing = [], []
    folder = Path(environment[SETTING]).resolve() if environment.get(SETTING) else None
    for peer in known(server):
        if folder is not None and (folder / peer.folder / "tasks" / "main.yml").is_file():
            found.append((peer, folder))
        else:
            where = f"{folder / peer.folder} is no role" if folder else f"{SETTING} is not set"
            missing.append(f"the comparison with {peer.name}: {where}; {HOW}.")
    return found, missing
