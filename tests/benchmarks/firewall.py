# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the firewall's rules cost: packets per second with 10 and with 10,000 networks, beside a rule for each network.

The rules are those that the role would put on a host, from its filter and its template. packets.py sends into them in
a network namespace of its own. One processor core sends, receives and looks at the rules, so packets per second are
those of a core that also has to make the packets; on a real host the card brings them, and the figure is higher. `own`
is what the rules themselves take of a packet's time: the rest is measured with no rules at all, or with a single one
that drops.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import rulesets
from benchmarks.figures import NotRunError, Spread, ratio
from benchmarks.packets import NONE
from benchmarks.rulesets import FEW, MANY, MEDIA, SIP
from benchmarks.stage import ROOT

TEMPLATE = ROOT / "roles" / "firewall" / "templates" / "table.nft.j2"
RIG = Path(__file__).with_name("packets.py")
SECONDS, ROUNDS = 0.1, 3  # of one burst; bursts in each of the runs
LIMIT = 300
DROP = "drop everything"
SETS_FEW, SETS_MANY = f"the role, {FEW} networks", f"the role, {MANY:,} networks"
UNTRACKED_FEW, UNTRACKED_MANY = f"media untracked, {FEW} networks", f"media untracked, {MANY:,} networks"
LINEAR_FEW, LINEAR_MANY = f"a rule each, {FEW} networks", f"a rule each, {MANY:,} networks"
CALLS, FIRST, SIGNALS, CARRIER, STRANGERS = (
    "media of calls",
    "media nobody answers",
    "SIP of telephones",
    "SIP of the carrier",
    "SIP of strangers",
)
PAIRS = ((SETS_FEW, SETS_MANY), (UNTRACKED_FEW, UNTRACKED_MANY), (LINEAR_FEW, LINEAR_MANY))
DROPPED = (STRANGERS,)
KINDS = (CALLS, FIRST, SIGNALS, CARRIER, STRANGERS)


@dataclass
class Cell:
    """One kind of packets through one rule set: what each burst gave."""

    rules: str
    kind: str
    rates: list[float] = field(default_factory=list)  # packets per second
    own: list[float] = field(default_factory=list)  # nanoseconds that the rules take of a packet's time

    def shown(self) -> dict[str, Any]:
        return {
            "rules": self.rules,
            "kind": self.kind,
            "packets_per_second": Spread.of(self.rates).rounded(),
            "own_nanoseconds": Spread.of(self.own).rounded(),
        }


def require() -> None:
    """NotRunError where this machine cannot measure it."""
    if os.geteuid() != 0:
        raise NotRunError("it needs root for a network namespace: run `sudo make bench`.")
    for program in ("nft", "unshare", "ip"):
        if shutil.which(program) is None:
            raise NotRunError(f"there is no program '{program}': install nftables, util-linux and iproute2.")


def render(scratch: Path) -> tuple[dict[str, str], float]:
    """Write all rule sets as files; give them by name, and the seconds that the role's took."""
    cases = {
        SETS_FEW: rulesets.values(rulesets.telephones(FEW)),
        SETS_MANY: rulesets.values(rulesets.telephones(MANY)),
        UNTRACKED_FEW: rulesets.values(rulesets.telephones(FEW), firewall_untracked_media=True),
        UNTRACKED_MANY: rulesets.values(rulesets.telephones(MANY), firewall_untracked_media=True),
    }
    names = {case: f"case{index}" for index, case in enumerate(cases)}
    for case, values in cases.items():
        (scratch / f"{names[case]}.json").write_text(json.dumps(values), encoding="utf-8")
    book = scratch / "render.yml"
    text = rulesets.playbook(list(names.values()), "dialtone.voice.firewall_plan", str(TEMPLATE), str(scratch))
    book.write_text(text, encoding="utf-8")
    env = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
    env |= {"ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"), "ANSIBLE_HOME": str(scratch / "ansible")}
    env |= {"ANSIBLE_NOCOLOR": "1", "LC_ALL": "C.UTF-8"}
    program = str(Path(sys.executable).with_name("ansible-playbook"))
    command = [
        program,
        "-i",
        "localhost,",
        "-c",
        "local",
        "-e",
        f"ansible_python_interpreter={sys.executable}",
        str(book),
    ]
    start = time.perf_counter()
    done = subprocess.run(command, cwd=scratch, env=env, capture_output=True, text=True, timeout=LIMIT, check=False)
    if done.returncode:
        raise SystemExit(f"the role's rules could not be rendered\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}")
    seconds = time.perf_counter() - start
    files = {case: str(scratch / f"{name}.nft") for case, name in names.items()}
    for name, count in ((LINEAR_FEW, FEW), (LINEAR_MANY, MANY)):
        files[name] = str(scratch / f"linear{count}.nft")
        Path(files[name]).write_text(rulesets.linear(rulesets.telephones(count)), encoding="utf-8")
    files[DROP] = str(scratch / "drop.nft")
    Path(files[DROP]).write_text(rulesets.DROP_ALL, encoding="utf-8")
    return files, seconds


def job(files: dict[str, str], runs: int) -> dict[str, Any]:
    """Return what packets.py is to do. Each rule set is asked by senders from all over its own entries."""
    voice = {"payload": "80" * 172, "connections": True}  # 20 ms of G.711
    register = {"payload": b"REGISTER sip:acme SIP/2.0\r\n".ljust(450, b"x").hex()}
    traffic: dict[str, dict[str, Any]] = {}
    for count in (FEW, MANY):
        sources = rulesets.telephones(count)
        traffic |= {
            f"{CALLS} {count}": {**voice, "sources": sources, "source_port": 4000, "port": MEDIA, "answered": True},
            f"{FIRST} {count}": {**voice, "sources": sources, "source_port": 4002, "port": MEDIA + 2},
            f"{SIGNALS} {count}": {**register, "sources": sources, "source_port": SIP, "port": SIP},
        }
    carrier = [f"203.0.113.{host}" for host in range(1, 255)]
    traffic[CARRIER] = {**register, "sources": carrier, "source_port": SIP, "port": SIP}
    traffic[STRANGERS] = {**register, "sources": rulesets.strangers(MANY), "source_port": SIP, "port": SIP}
    shared = [CARRIER, STRANGERS]
    few, many = ([f"{kind} {count}" for kind in (CALLS, FIRST, SIGNALS)] + shared for count in (FEW, MANY))
    plan = [
        {"rules": NONE, "file": "", "traffic": [*few[:3], *many[:3], CARRIER]},
        {"rules": DROP, "file": files[DROP], "traffic": [STRANGERS]},
        {"rules": SETS_FEW, "file": files[SETS_FEW], "traffic": few},
        {"rules": SETS_MANY, "file": files[SETS_MANY], "traffic": many},
        {"rules": UNTRACKED_FEW, "file": files[UNTRACKED_FEW], "traffic": few[:1]},
        {"rules": UNTRACKED_MANY, "file": files[UNTRACKED_MANY], "traffic": many[:1]},
        {"rules": LINEAR_FEW, "file": files[LINEAR_FEW], "traffic": few},
        {"rules": LINEAR_MANY, "file": files[LINEAR_MANY], "traffic": many},
    ]
    return {"plan": plan, "traffic": traffic, "rounds": ROUNDS * runs, "seconds": SECONDS}


def fire(work: dict[str, Any]) -> dict[str, Any]:
    """Run packets.py in a namespace of its own."""
    done = subprocess.run(
        ["unshare", "--net", "--", sys.executable, str(RIG)],
        input=json.dumps(work), capture_output=True, text=True, timeout=LIMIT, check=False,
    )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"packets.py: {done.stderr[-3000:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def cells(rates: dict[str, dict[str, list[dict[str, float]]]]) -> list[Cell]:
    """Turn bursts into figures. SystemExit if rules let through what they must not, or the other way round."""
    made = []
    for rules, kinds in rates.items():
        for name, bursts in kinds.items():
            kind = next(kind for kind in KINDS if name.startswith(kind))
            for burst in bursts:
                wrong = burst["passed"] if kind in DROPPED else burst["sent"] - burst["passed"]
                if wrong:
                    raise SystemExit(f"{rules}: {wrong} of {burst['sent']} packets ({name}) took the wrong way")
            if rules in (NONE, DROP):
                continue
            bare = rates[DROP if kind in DROPPED else NONE][name]
            cell = Cell(rules, kind)
            for burst, without in zip(bursts, bare, strict=True):
                cell.rates.append(burst["sent"] / burst["seconds"])
                cell.own.append((burst["seconds"] / burst["sent"] - without["seconds"] / without["sent"]) * 1e9)
            made.append(cell)
    return made


def compare(found: list[Cell]) -> list[dict[str, Any]]:
    """Return how much slower MANY networks are than FEW, for the role and for a rule each."""
    at = {(cell.rules, cell.kind): cell for cell in found}
    rows = []
    for kind in KINDS:
        for few, many in PAIRS:
            if (few, kind) not in at:
                continue
            share = ratio(at[many, kind].rates, at[few, kind].rates)
            rows.append({"kind": kind, "rules": few.partition(",")[0], "rate_many_to_few": share.rounded(3)})
    return rows


def show(found: list[Cell], compared: list[dict[str, Any]], loads: dict[str, list[float]], bare: list[float]) -> None:
    print(f"\n{'packets per second of one core':<38}" + "".join(f"{kind:>22}" for kind in KINDS))
    print(f"{'no rules':<38}{Spread.of(bare).median:>15,.0f}")
    names = list(dict.fromkeys(cell.rules for cell in found))
    for what, digits in (("rates", 0), ("own", 0)):
        if what == "own":
            print("\nof that the rules themselves, nanoseconds per packet")
        for name in names:
            line = f"{name:<38}"
            for kind in KINDS:
                cell = next((cell for cell in found if (cell.rules, cell.kind) == (name, kind)), None)
                spread = Spread.of(getattr(cell, what)) if cell else None
                text = f"{spread.median:,.{digits}f} ±{(spread.high - spread.low) / 2:,.0f}" if spread else "-"
                line += f"{text:>22}"
            print(line)
    print(f"\nrate with {MANY:,} networks as a share of that with {FEW}")
    for row in compared:
        share = row["rate_many_to_few"]
        around = f"({share['low']:.3f} to {share['high']:.3f})"
        print(f"  {row['rules']:<18}{row['kind']:<24}{share['median']:>8.3f}  {around}")
    print("\nseconds to load (nft -f)")
    for name, seconds in loads.items():
        spread = Spread.of(seconds)
        print(f"  {name:<38}{spread.median:>8.3f}  ({spread.low:.3f} to {spread.high:.3f})")


def measure(runs: int, scratch: Path) -> dict[str, Any]:
    """Measure, print the tables, and return the figures."""
    require()
    files, seconds = render(scratch)
    print(f"rendering four tables of the role took {seconds:.1f} s, start of Ansible and all", flush=True)
    result = fire(job(files, runs))
    found = cells(result["rates"])
    compared = compare(found)
    bare = [burst["sent"] / burst["seconds"] for burst in result["rates"][NONE][f"{CALLS} {FEW}"]]
    loads = {name: took for name, took in result["loads"].items() if name != DROP}
    show(found, compared, loads, bare)
    return {
        "rendering_seconds": round(seconds, 2),
        "no_rules_packets_per_second": Spread.of(bare).rounded(),
        "cells": [cell.shown() for cell in found],
        "compared": compared,
        "load_seconds": {name: Spread.of(took).rounded(4) for name, took in loads.items()},
    }
