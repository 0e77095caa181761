# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Look at the firewall of this voice host, or block somebody at once.

dialtone-firewall                    what was counted, and for whom limits are kept
dialtone-firewall drops              the last packets that were dropped and logged
dialtone-firewall block ADDRESS      until the next run of the role or the next start
dialtone-firewall prometheus         counters as text for a collector
"""

from __future__ import annotations

import argparse
import ipaddress
import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

TABLE = ["inet", "dialtone_firewall"]
PREFIX = "dialtone_firewall"


def nft(*arguments: str) -> str:
    """Run nft; what it complains about is this program's complaint."""
    done = subprocess.run(["nft", *arguments], capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"dialtone-firewall: {done.stderr.strip() or 'nft failed'}")
    return done.stdout


def listed(kind: str, *command: str) -> list[dict[str, Any]]:
    """Return the objects of a kind out of a listing."""
    found = json.loads(nft("-j", "list", *command, *TABLE))["nftables"]
    return [entry[kind] for entry in found if kind in entry]


def counters() -> list[dict[str, Any]]:
    return sorted(listed("counter", "counters", "table"), key=lambda one: str(one["name"]))


def metered() -> Iterator[tuple[str, str, str]]:
    """Yield the limit, the address and what is known of it, for everybody whom a limit is kept for."""
    for one in [entry for kind in ("set", "meter") for entry in listed(kind, "table")]:
        if "dynamic" not in one.get("flags", []):
            continue
        for element in one.get("elem", []):
            held = element.get("elem", {}) if isinstance(element, dict) else {"val": element}
            count = held.get("ct count")
            known = f"at most {count['val']} connections" if count else ""
            if "expires" in held:
                known = f"seen {max(0, held.get('timeout', 0) - held['expires'])} s ago"
            yield str(one["name"]), str(held.get("val", "")), known


def status() -> Iterator[str]:
    rows = [(one["name"], str(one["packets"]), str(one["bytes"])) for one in counters()]
    width = max((len(row[0]) for row in rows), default=7)
    yield f"{'counter':{width}} {'packets':>12} {'bytes':>15}"
    for name, packets, size in rows:
        yield f"{name:{width}} {packets:>12} {size:>15}"
    sources = sorted(metered())
    yield ""
    yield f"addresses that limits are kept for: {len(sources)}"
    for limit, address, known in sources:
        yield f"  {limit:{width}} {address:39} {known}".rstrip()


def prometheus() -> Iterator[str]:
    found = counters()
    for unit, words in (("packets", "Packets"), ("bytes", "Bytes")):
        yield f"# HELP {PREFIX}_{unit}_total {words} that a rule of the firewall has counted."
        yield f"# TYPE {PREFIX}_{unit}_total counter"
        for one in found:
            yield f'{PREFIX}_{unit}_total{{counter="{one["name"]}"}} {one[unit]}'


def drops() -> Iterator[str]:
    journal = ["journalctl", "--dmesg", "--no-pager", "--quiet", "--lines=20", "--grep=dialtone-drop"]
    done = subprocess.run(journal, capture_output=True, text=True, check=False)
    yield from done.stdout.splitlines() or ["nothing in the journal of this start"]


def block(text: str) -> Iterator[str]:
    try:
        network = ipaddress.ip_network(text)
    except ValueError as error:
        sys.exit(f"dialtone-firewall: {error}: give an address or a network, such as 203.0.113.5 or 2001:db8::/32.")
    nft("add", "element", *TABLE, f"blocked{network.version}", f"{{ {network} }}")
    yield f"{network} is blocked until the next run of the role: add it to firewall_blocked_networks to keep it so."


def main() -> None:
    parser = argparse.ArgumentParser(prog="dialtone-firewall", description=(__doc__ or "").split("\n", maxsplit=1)[0])
    commands = parser.add_subparsers(dest="command")
    commands.add_parser("status", help="what was counted, and whom limits are kept for (the default)")
    commands.add_parser("drops", help="the last packets that were dropped and logged")
    commands.add_parser("prometheus", help="counters as text for a collector")
    commands.add_parser("block", help="block an address or a network at once").add_argument("address")
    given = parser.parse_args()
    if given.command == "block":
        lines = block(given.address)
    else:
        lines = {"drops": drops, "prometheus": prometheus}.get(given.command, status)()
    sys.stdout.write("".join(f"{line}\n" for line in lines))


if __name__ == "__main__":
    main()
