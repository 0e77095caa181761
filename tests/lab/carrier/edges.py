# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Edges that are dead: nftables in the carrier's container drops all that comes to or goes out from their addresses.

python3 -m lab.carrier.edges --lab demo < edges.json     called by the emulator when the setting `edges` changes
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys

from lab.hosts.plan import EDGES, Plan, make_plan

TABLE = "dialtone_edges"


def silent(plan: Plan, states: dict[str, str]) -> list[str]:
    """Return the addresses of the edges that are silent, whether named by edge or one by one."""
    found: set[str] = set()
    for name, state in states.items():
        if state == "silent":
            found.update(plan.edge_addresses(name) if name in EDGES else [name])
    return sorted(found)


def rules(addresses: list[str]) -> str:
    """Return the nftables table that drops their traffic; without addresses only its removal."""
    text = f"table ip {TABLE} {{}}\ndelete table ip {TABLE}\n"
    if not addresses:
        return text
    listed = ", ".join(addresses)
    return f"""{text}table ip {TABLE} {{
  chain in {{
    type filter hook input priority filter; policy accept;
    ip daddr {{ {listed} }} counter drop
  }}
  chain out {{
    type filter hook output priority filter; policy accept;
    ip saddr {{ {listed} }} counter drop
  }}
}}
"""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python3 -m lab.carrier.edges")
    parser.add_argument("--lab", required=True)
    plan = make_plan(parser.parse_args().lab)
    known = {address for edge in EDGES for address in plan.edge_addresses(edge)}
    addresses = silent(plan, json.load(sys.stdin))
    strange = sorted(set(addresses) - known)
    if strange:
        print(f"{strange[0]} is no address of an edge of the lab '{plan.name}'", file=sys.stderr)
        return 1
    return subprocess.run(["nft", "-f", "-"], input=rules(addresses), text=True, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
