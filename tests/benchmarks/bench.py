# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run of twilio_trunk costs: requests, seconds, memory; beside a bare module and beside plain HTTP tasks.

    bench.py [--runs 5] [--report .cache/bench.json]

The trunk has 100 numbers, 10 origination URLs and 2 access lists, in the emulated Twilio at 50 ms per request. Every
figure is the median of the runs, which take turns so that a busy machine slows all of them. Times are compared, never
judged; but a run that does not do what it should (a change where there is none to make) ends the benchmark with 1.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 60  # seconds one command may take
LATENCY = 0.05  # seconds per request: about what Twilio's API is away from most of the world
ACCOUNT = {"account_sid": "AC" + "0" * 31 + "1", "auth_token": "0123456789abcdef0123456789abcdef"}
NUMBERS = [f"+120255501{last:02}" for last in range(100)]  # kept for fiction
TRUNK: dict[str, Any] = {
    "friendly_name": "bench",
    "domain_name": "bench.pstn.twilio.com",
    "phone_numbers": NUMBERS,
    "ip_access_control_lists": ["office-1", "office-2"],
    "origination_urls": [{"friendly_name": f"pbx{n}", "sip_url": f"sip:203.0.113.{n}"} for n in range(1, 11)],
}

# Runs a module as Ansible would, and notes the most memory (KiB) that its process had in use.
INTERPRETER = """#!{python}
import resource, subprocess, sys
code = subprocess.call([sys.executable, *sys.argv[1:]])
with open({memory!r}, "a") as file:
    print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, file=file)
sys.exit(code)
"""


@dataclass
class Row:
    """One way to do it, with what every run of it cost.

    Attributes:
        seconds: wall time of the whole command.
        requests: requests that reached the emulator.
        memory: most memory in use by a module process, in KiB.
    """

    name: str
    seconds: list[float] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)

    def median(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "seconds": round(statistics.median(self.seconds), 3),
            "requests": int(statistics.median(self.requests)),
            "memory_mib": round(statistics.median(self.memory) / 1024, 1),
        }


@contextmanager
def emulator() -> Iterator[str]:
    """Run the REST emulator as a process of its own on a free loopback port; give its URL."""
    command = [sys.executable, "-m", "lab.emulator", "--listen", "127.0.0.1:0"]
    env = {**os.environ, "PYTHONPATH": str(ROOT / "tests")}
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True)
    try:
        line = process.stdout.readline() if process.stdout else ""
        if not line:
            raise SystemExit(f"the emulator did not start (exit code {process.wait(10)}); see its words above")
        yield json.loads(line)["listening"]
    finally:
        process.terminate()
        process.wait(10)


class Bench:
    """Commands on this machine, and the emulator they talk to."""

    def __init__(self, url: str, scratch: Path) -> None:
        self.url, self.scratch = url, scratch
        self.memory = scratch / "memory"
        self.interpreter = scratch / "python"
        self.interpreter.write_text(
            INTERPRETER.format(python=sys.executable, memory=str(self.memory)), encoding="utf-8"
        )
        self.interpreter.chmod(0o700)
        (scratch / "ansible.cfg").write_text("", encoding="utf-8")  # so that no other configuration is found
        self.env = {name: value for name, value in os.environ.items() if not name.startswith(("TWILIO_", "ANSIBLE_"))}
        self.env.update(
            ANSIBLE_COLLECTIONS_PATH=str(ROOT / ".venv" / "collections"),
            ANSIBLE_CONFIG=str(scratch / "ansible.cfg"),
            ANSIBLE_HOME=str(scratch / "ansible"),
            ANSIBLE_NOCOLOR="true",
            LC_ALL="C.UTF-8",
        )

    def lab(self, path: str, body: dict[str, Any] | None = None) -> Any:
        """Use the lab's own interface of the emulator."""
        data = None if body is None else json.dumps(body).encode()
        with urllib.request.urlopen(f"{self.url}/_lab/{path}", data, timeout=10) as answer:
            return json.load(answer)

    def run(self, row: Row, command: list[str], changed: int) -> list[dict[str, Any]]:
        """Run a command, add what it cost to the row, and return the requests it made."""
        seq = self.lab("journal")["seq"]
        self.memory.unlink(missing_ok=True)
        full = [str(Path(sys.executable).with_name(command[0])), "-i", "localhost,", "-c", "local"]
        full += ["-e", f"ansible_python_interpreter={self.interpreter}", *command[1:]]
        start = time.perf_counter()
        done = subprocess.run(
            full, cwd=self.scratch, env=self.env, capture_output=True, text=True, timeout=LIMIT, check=False
        )
        row.seconds.append(time.perf_counter() - start)
        recap = re.search(r"changed=(\d+)", done.stdout)
        if done.returncode != 0 or (recap is not None and int(recap[1]) != changed):
            raise SystemExit(f"{row.name}: not as expected\n{done.stdout}\n{done.stderr}")
        requests: list[dict[str, Any]] = self.lab(f"journal?since={seq}")["requests"]
        row.requests.append(len(requests))
        row.memory.append(max(map(int, self.memory.read_text(encoding="utf-8").split())))
        return requests

    def playbook(self, name: str, tasks: list[dict[str, Any]]) -> list[str]:
        """Write a playbook and return the command that runs it."""
        book = self.scratch / f"{name}.yml"
        book.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]), encoding="utf-8")
        return ["ansible-playbook", str(book)]

    def reads(self, requests: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Return the same requests as tasks of ansible.builtin.uri."""
        tasks = []
        for request in requests:
            query = "&".join(f"{name}={value}" for name, value in request["params"].items())
            uri = {
                "url": f"{self.url}/{request['product']}{request['path']}?{query}",
                "url_username": ACCOUNT["account_sid"],
                "url_password": ACCOUNT["auth_token"],
                "force_basic_auth": True,
            }
            tasks.append({"ansible.builtin.uri": uri})
        return tasks


def measure(bench: Bench, runs: int) -> list[Row]:
    """Prepare the account, and let the competitors take turns."""
    bench.lab("seed", {"accounts": [{"sid": ACCOUNT["account_sid"], "auth_token": ACCOUNT["auth_token"],
                                     "numbers": NUMBERS}]})  # fmt: skip
    common = {**ACCOUNT, "base_url": bench.url}
    acl = "dialtone.voice.twilio_ip_access_control_list"
    lists = [{acl: {**common, "friendly_name": name}} for name in TRUNK["ip_access_control_lists"]]
    bench.run(Row("access lists"), bench.playbook("lists", lists), changed=2)
    bench.lab("settings", {"latency_seconds": LATENCY})

    trunk = bench.playbook("trunk", [{"dialtone.voice.twilio_trunk": {**common, **TRUNK}}])
    create = Row("twilio_trunk, creating everything (once)")
    bench.run(create, trunk, changed=1)
    bare = Row("ansible localhost -m ping")
    ping = Row("playbook with ping")
    noop = Row("playbook with twilio_trunk, nothing to do")
    plain = Row("playbook with ansible.builtin.uri, the same reads")
    pinging = bench.playbook("ping", [{"ansible.builtin.ping": {}}])
    for number in range(runs):
        print(f"run {number + 1} of {runs}", flush=True)
        bench.run(bare, ["ansible", "localhost", "-m", "ansible.builtin.ping"], changed=0)
        bench.run(ping, pinging, changed=0)
        reads = bench.run(noop, trunk, changed=0)
        bench.run(plain, bench.playbook("plain", bench.reads(reads)), changed=0)
    if any(request["method"] != "GET" for request in reads) or noop.requests != plain.requests:
        raise SystemExit(f"not the same reads: {noop.requests} and {plain.requests} requests, {reads}")
    return [bare, ping, noop, plain, create]


def main() -> int:
    parser = argparse.ArgumentParser(description="Measure what a run of twilio_trunk costs.")
    parser.add_argument("--runs", type=int, default=5, help="runs of each competitor (default: 5)")
    parser.add_argument("--report", type=Path, default=ROOT / ".cache" / "bench.json")
    arguments = parser.parse_args()
    if arguments.runs < 1:
        parser.error(f"--runs: {arguments.runs} is not a number of runs; give 1 or more")
    start = time.monotonic()
    with emulator() as url, tempfile.TemporaryDirectory(prefix="dialtone-bench-") as scratch:
        rows = measure(Bench(url, Path(scratch)), arguments.runs)
    base, *__ = medians = [row.median() for row in rows]
    print(f"\n{'':<52}{'requests':>9}{'seconds':>9}{'x ping':>8}{'MiB':>7}")
    for row in medians:
        row["times_ping"] = round(row["seconds"] / base["seconds"], 2)
        print(
            f"{row['name']:<52}{row['requests']:>9}{row['seconds']:>9.2f}{row['times_ping']:>8.2f}"
            f"{row['memory_mib']:>7.1f}"
        )
    report = {
        "latency_seconds": LATENCY,
        "runs": arguments.runs,
        "seconds": round(time.monotonic() - start, 1),
        "medians": medians,
        "all": [asdict(row) for row in rows],
    }
    arguments.report.parent.mkdir(parents=True, exist_ok=True)
    arguments.report.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    print(f"\n{report['seconds']} s in all; written to {arguments.report}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
