# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of the ground's roles costs where nothing is to be done: seconds and tasks, beside roles of others.

A host of the lab is brought up for it (BENCH_LAB names the lab, spare5 if it does not) and taken down again if it was
not up before. Every competitor is a playbook of its own for that host, over the same connection, with the facts
gathered first; `facts` is such a playbook without a role. Each is brought into force before it is measured, since two
of them may own the same file, and a measured run that changes something ends the benchmark. BENCH_PEERS brings in the
others' roles, see peers.py.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks import peers
from benchmarks.figures import NotRunError, Recap, Spread, changed_tasks, ratio, recap
from benchmarks.rulesets import FEW, MANY, telephones
from benchmarks.stage import ROOT
from lab.hosts.plan import LABS
from lab.lab import Lab, LabError

SETTING = "BENCH_LAB"
HOST = "pbx1"
ROLES = ("voice_host", "time_sync", "firewall")
TABLE = "dialtone_bench"
LIMIT = 600
# chronyd in a container would set the clock of the machine. Our role sees to that; others may lose it on the way.
GUARD = """mkdir -p /etc/systemd/system/chrony.service.d
printf '[Service]\\nEnvironment=DAEMON_OPTS=-x\\n' > /etc/systemd/system/chrony.service.d/00-bench.conf
systemctl daemon-reload
"""
CLOCK = """for pid in $(pidof chronyd); do
  tr '\\0' ' ' < /proc/$pid/cmdline | grep -q -- ' -x' && continue
  systemctl stop chrony
  echo "chronyd ran without -x, and has been stopped" >&2
  exit 1
done"""


@dataclass
class Run:
    """One competitor: its playbook, and what every run of it cost."""

    name: str
    book: Path | str
    beside: str = ""  # the competitor of ours that does the same
    seconds: list[float] = field(default_factory=list)
    ok: list[int] = field(default_factory=list)
    skipped: list[int] = field(default_factory=list)

    def shown(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "seconds": Spread.of(self.seconds).rounded(2),
            "tasks_ok": max(self.ok),
            "tasks_skipped": max(self.skipped),
        }


class Ground:
    """The competitors, on one host of a lab."""

    def __init__(self, lab: Lab, scratch: Path) -> None:
        self.lab, self.scratch = lab, scratch
        self.env = {name: value for name, value in os.environ.items() if not name.startswith("ANSIBLE_")}
        self.env.update(
            ANSIBLE_COLLECTIONS_PATH=str(ROOT / ".venv" / "collections"),
            ANSIBLE_CONFIG=str(ROOT / "tests" / "lab" / "ansible.cfg"),
            ANSIBLE_HOME=str(ROOT / ".cache" / "ansible"),
            ANSIBLE_NOCOLOR="1",
            LC_ALL="C.UTF-8",
        )
        self.facts = self.written("facts", {"hosts": "voice_pbx", "gather_facts": True})
        self.roles = [self.role(name) for name in ROLES]
        self.whole = Run("playbook ground", "dialtone.voice.ground")
        self.tables = [self.table(count) for count in (FEW, MANY)]
        present, self.missing = peers.there(lab.address("carrier"))
        self.peers = [(self.written(peer.name, peer.play(folder), peer.ours), peer.undo) for peer, folder in present]

    def written(self, name: str, play: dict[str, Any], beside: str = "") -> Run:
        book = self.scratch / f"{name.replace('/', '-').replace(' ', '-').replace(',', '')}.yml"
        book.write_text(json.dumps([play]), encoding="utf-8")
        return Run(name, book, beside)

    def role(self, name: str) -> Run:
        return self.written(name, {"hosts": "voice_pbx", "gather_facts": True, "roles": [f"dialtone.voice.{name}"]})

    def table(self, count: int, state: str = "present") -> Run:
        """A table without a chain at any hook: its size is measured, not its effect."""
        elements = ", ".join(telephones(count))
        rules = (
            f"set phones {{\n  type ipv4_addr\n  flags interval\n  elements = {{ {elements} }}\n}}\n"
            "chain unused {\n  ip saddr @phones accept\n}\n"
        )
        options = {"name": TABLE, "state": state, **({"rules": rules} if state == "present" else {})}
        play = {"hosts": "voice_pbx", "gather_facts": True, "tasks": [{"dialtone.voice.nft_table": options}]}
        return self.written(f"nft_table, {count:,} entries" + (" gone" if state == "absent" else ""), play)

    def play(self, run: Run) -> tuple[float, Recap, str]:
        """Run a playbook; give the seconds it took, what it says of the host, and all that it printed."""
        inventories = ["-i", str(self.lab.inventory), "-i", str(ROOT / "tests" / "lab" / "office")]
        command = [
            str(Path(sys.executable).with_name("ansible-playbook")),
            *inventories,
            "--limit",
            HOST,
            str(run.book),
        ]
        start = time.perf_counter()
        done = subprocess.run(
            command, cwd=self.scratch, env=self.env, capture_output=True, text=True, timeout=LIMIT, check=False
        )
        seconds = time.perf_counter() - start
        found = recap(done.stdout).get(HOST)
        if done.returncode != 0 or found is None:
            raise SystemExit(f"{run.name}: it failed\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
        return seconds, found, done.stdout

    def settle(self, run: Run) -> None:
        """Bring a competitor into force."""
        self.play(run)
        self.lab.exec(HOST, ["sh", "-euc", CLOCK])

    def noop(self, run: Run) -> None:
        """Measure a run with nothing to do."""
        seconds, found, output = self.play(run)
        if found.changed:
            raise SystemExit(f"{run.name}: a run with nothing to do changed: {', '.join(changed_tasks(output))}")
        print(f"  {run.name}: {seconds:.1f} s, {found.ok} tasks", flush=True)
        run.seconds.append(seconds)
        run.ok.append(found.ok)
        run.skipped.append(found.skipped)

    def measure(self, runs: int) -> list[Run]:
        """Measure everybody in turns."""
        self.lab.exec(HOST, ["sh", "-euc", GUARD])
        self.settle(self.whole)
        for __ in range(runs):
            for run in (self.facts, *self.roles, self.whole):
                self.noop(run)
            for table in self.tables:
                self.settle(table)
                self.noop(table)
            self.settle(self.table(FEW, "absent"))
            for peer, undo in self.peers:
                self.settle(peer)
                self.noop(peer)
                if undo:
                    self.lab.exec(HOST, ["sh", "-euc", undo])
            if self.peers:
                self.settle(self.whole)
        return [self.facts, *self.roles, self.whole, *self.tables, *(peer for peer, __ in self.peers)]


@contextmanager
def host(name: str) -> Iterator[Lab]:
    """Have a lab up, and leave it as it was found. NotRunError where there can be none."""
    if name not in LABS:
        raise NotRunError(f"{SETTING}: there is no lab '{name}'; it is one of {', '.join(sorted(LABS))}.")
    if os.geteuid() != 0:
        raise NotRunError("it needs root for a host in a container: run `sudo make bench`.")
    lab = Lab(name)
    was_up = lab.inventory.exists() and all(row["state"] == "running" for row in lab.status())
    print(f"  bringing the lab '{name}' up", flush=True)
    try:
        lab.up()
    except LabError as error:
        raise NotRunError(f"the lab '{name}' does not come up: {error}") from error
    try:
        yield lab
    finally:
        if not was_up:
            lab.down(keep_images=True)


def compare(found: list[Run]) -> list[dict[str, Any]]:
    """Return how others' roles compare with ours, run by run; below 1 is less than ours."""
    by_name = {run.name: run for run in found}
    rows = []
    for run in found:
        if run.beside:
            ours = by_name[run.beside]
            seconds = ratio(run.seconds, ours.seconds).rounded(2)
            tasks = round(max(run.ok) / max(ours.ok), 2)
            rows.append({"name": run.name, "beside": run.beside, "seconds": seconds, "tasks": tasks})
    return rows


def show(found: list[Run], compared: list[dict[str, Any]]) -> None:
    print(f"\n{'a run with nothing to do':<34}{'seconds':>9}{'lowest':>9}{'highest':>9}{'tasks':>7}{'skipped':>9}")
    for run in found:
        spread = Spread.of(run.seconds)
        print(
            f"{run.name:<34}{spread.median:>9.2f}{spread.low:>9.2f}{spread.high:>9.2f}{max(run.ok):>7}{max(run.skipped):>9}"
        )
    for row in compared:
        times = f"{row['seconds']['median']} times the seconds and {row['tasks']} times the tasks"
        print(f"{row['name']} takes {times} of {row['beside']}")


def measure(runs: int, scratch: Path) -> dict[str, Any]:
    """Measure, print the table, and return the figures."""
    with host(os.environ.get(SETTING, "spare5")) as lab:
        ground = Ground(lab, scratch)
        found = ground.measure(runs)
    compared = compare(found)
    show(found, compared)
    return {
        "runs": [run.shown() for run in found],
        "compared": compared,
        "not_run": ground.missing,
    }
