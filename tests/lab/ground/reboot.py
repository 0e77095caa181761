# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The start of a machine: closed before there is a network."""

from __future__ import annotations

from lab.ground.bench import Bench
from lab.ground.neighbours import SITE_TABLE
from lab.ground.registry import proof
from lab.proof.findings import Findings
from lab.report import Outcome

UNIT = "dialtone-nft-dialtone_firewall.service"


def _moment(bench: Bench, name: str, unit: str, what: str) -> int:
    text = bench.lab.exec(name, ["systemctl", "show", "--property", what, "--value", unit]).stdout.strip()
    return int(text or 0)


@proof("reboot: closed before the network is there", phase="reboot", weight=25)
def reboot(bench: Bench) -> Outcome:
    """After a start the confirmed rules are in force, since before the network and before anything listened."""
    found = Findings()
    for site in bench.sites:
        before = site.rules()
        bench.lab.reboot(site.name)
        found.expect(site.rules() == before and before, f"{site.name}: other rules than before")
        if site.holds("systemctl is-enabled --quiet nftables.service"):
            found.expect(site.holds(f"nft list table {SITE_TABLE}"), f"{site.name}: the site's own table is not there")
        ready = _moment(bench, site.name, UNIT, "ActiveEnterTimestampMonotonic")
        network = _moment(bench, site.name, "network-pre.target", "ActiveEnterTimestampMonotonic")
        ssh = _moment(bench, site.name, "ssh.service", "ExecMainStartTimestampMonotonic")
        found.expect(ready, f"{site.name}: the unit did not run")
        found.expect(0 < ready <= network, f"{site.name}: loaded at {ready}, the network may start at {network}")
        found.expect(0 < ready < ssh, f"{site.name}: loaded at {ready}, SSH started at {ssh}")
        found.note(f"{site.name} {(ssh - ready) / 1000:.0f} ms before SSH")
        seen = bench.scan("rogue", site.address6, "--only", "tcp")
        found.expect(not seen["seen"], f"{site.name}: a stranger sees {seen['tcp_open']} after the start")
    return found.outcome()
