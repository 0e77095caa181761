# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Twilio modules cost: requests, seconds, memory; beside a bare module and beside plain HTTP tasks.

The emulated Twilio answers after 50 ms. A run that does not do what it should (a change where there is none to make)
ends the benchmark.

The *limit* of a run is its requests by its concurrency, times the latency: what the network alone would take. What
remains of the time beyond the bare start of a module is compared with it. The loops of ansible.builtin.uri send one
request per object, which is how such playbooks are written; they are measured on a sample and multiplied, and marked
with a ~.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import quote

from benchmarks.offices import BRANCHES, NUMBERS, branches, headquarters
from benchmarks.stage import ACCOUNT, Row, Stage, emulator

LATENCY = 0.05  # seconds per request: about what Twilio's API is away from most of the world
SAMPLE = 12  # requests of a loop that are really sent
CONCURRENCY = 4  # the modules' default
MORE = 16
LIST = "api/2010-04-01/Accounts/" + ACCOUNT["account_sid"] + "/IncomingPhoneNumbers.json"


class Bench:
    """The competitors, in groups that share an account."""

    def __init__(self, stage: Stage, runs: int) -> None:
        self.stage, self.runs = stage, runs
        self.common = {**ACCOUNT, "base_url": stage.url}
        self.books = 0
        self.bare = Row("ansible localhost -m ping")
        self.ping = Row("a playbook with ping")
        self.idle = Row("a playbook with twilio_voice_account, nothing described")

    def task(self, module: str, **options: Any) -> list[str]:
        """Return the command of a playbook with one task."""
        self.books += 1
        name = f"{module}-{self.books}"
        return self.stage.playbook(name, [{f"dialtone.voice.{module}": {**self.common, **options}}])

    def start(self) -> None:
        """Measure the bare start of Ansible and of a module."""
        self.stage.run(self.bare, ["ansible", "localhost", "-m", "ansible.builtin.ping"], changed=0)
        self.stage.run(self.ping, self.stage.playbook("ping", [{"ansible.builtin.ping": {}}]), changed=0)
        self.stage.run(self.idle, self.task("twilio_voice_account"), changed=0)

    def nothing_to_do(self) -> list[Row]:
        """1,000 numbers, 10 origination URLs, 5 access lists of 100 addresses, all as they should be."""
        stage = self.stage
        stage.fresh(NUMBERS, 0)
        command = self.task("twilio_voice_account", **headquarters())
        stage.run(Row("making it"), command, changed=1)
        stage.lab("settings", {"latency_seconds": LATENCY})
        noop = Row("twilio_voice_account, nothing to do", concurrency=CONCURRENCY)
        objects = len(NUMBERS) + 10 + 5 * 100
        plain = Row(f"uri loop, one read for each of {objects:,} objects", scale=objects / SAMPLE)
        loop = stage.uri_loop("plain-reads", [{"path": f"{LIST}?PhoneNumber={quote(n)}"} for n in NUMBERS[:SAMPLE]])
        for __ in range(self.runs):
            self.start()
            reads = stage.run(noop, command, changed=0)
            if any(request["method"] != "GET" for request in reads):
                raise SystemExit(f"a run without changes sent a write: {reads}")
            stage.run(plain, loop, changed=0)
        return [noop, plain]

    def attach(self) -> list[Row]:
        """1,000 numbers that are on no trunk yet."""
        stage = self.stage
        rows = []
        for concurrency in (CONCURRENCY, MORE):
            row = Row(f"attach 1,000 numbers, {concurrency} at once", concurrency=concurrency)
            command = self.task(
                "twilio_phone_number",
                phone_numbers=[{"phone_number": number} for number in NUMBERS],
                trunk="hq",
                concurrency=concurrency,
            )
            for __ in range(self.runs):
                self._with_trunk()
                stage.run(row, command, changed=1)
            rows.append(row)
        plain = Row("uri loop, one write for each of 1,000 numbers", scale=len(NUMBERS) / SAMPLE)
        for __ in range(self.runs):
            trunk = self._with_trunk()
            owned = stage.lab("state")["accounts"][0]["incoming_phone_numbers"][:SAMPLE]
            items = [
                {"path": f"{LIST.replace('.json', '')}/{number['sid']}.json", "form": {"TrunkSid": trunk}}
                for number in owned
            ]
            stage.run(plain, stage.uri_loop("plain-writes", items), changed=0)
        return [*rows, plain]

    def _with_trunk(self) -> str:
        """Start again with a trunk without numbers; give its SID."""
        self.stage.fresh(NUMBERS, 0)
        self.stage.run(Row("a trunk"), self.task("twilio_trunk", friendly_name="hq"), changed=1)
        self.stage.lab("settings", {"latency_seconds": LATENCY})
        return str(self.stage.lab("state")["accounts"][0]["trunks"][0]["sid"])

    def fifty_branches(self) -> list[Row]:
        """The whole account of 50 branches, from nothing."""
        rows = []
        for concurrency in (CONCURRENCY, MORE):
            row = Row(f"create {BRANCHES} branches, {concurrency} at once", concurrency=concurrency)
            command = self.task("twilio_voice_account", **branches(), concurrency=concurrency)
            for __ in range(self.runs):
                self.stage.fresh(NUMBERS, LATENCY)
                self.stage.run(row, command, changed=1)
            rows.append(row)
        return rows


def table(rows: list[Row], bare: float) -> list[dict[str, Any]]:
    """Return the medians with their ratios; ``bare`` is the start of a playbook with one bare module, in seconds."""
    medians = []
    for row in rows:
        median = row.median()
        median["times_bare"] = round(median["seconds"] / bare, 2)
        if row.concurrency:
            limit = median["requests"] / row.concurrency * LATENCY
            median.update(limit_seconds=round(limit, 3), times_limit=round((median["seconds"] - bare) / limit, 2))
        medians.append(median)
    return medians


def show(medians: list[dict[str, Any]]) -> None:
    print(f"\n{'':<54}{'requests':>9}{'seconds':>9}{'x bare':>8}{'limit s':>9}{'(s - bare)/limit':>18}{'MiB':>7}")
    for row in medians:
        mark = "~" if row["sampled"] else ""
        print(
            f"{row['name']:<54}{mark + format(row['requests'], ','):>9}{mark + format(row['seconds'], '.2f'):>9}"
            f"{row['times_bare']:>8.1f}{row.get('limit_seconds', ''):>9}{row.get('times_limit', ''):>18}"
            f"{row['memory_mib']:>7.1f}"
        )


def measure(runs: int, scratch: Path) -> dict[str, Any]:
    """Measure, print the table, and return the figures."""
    rows: list[Row] = []
    with emulator() as url:
        bench = Bench(Stage(url, scratch), runs)
        for group in (bench.nothing_to_do, bench.attach, bench.fifty_branches):
            print((group.__doc__ or "").splitlines()[0], flush=True)
            rows += group()
    rows = [bench.bare, bench.ping, bench.idle, *rows]
    medians = table(rows, bench.ping.median()["seconds"])
    show(medians)
    return {"latency_seconds": LATENCY, "medians": medians, "all": [asdict(row) for row in rows]}
