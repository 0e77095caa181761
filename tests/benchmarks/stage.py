# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the benchmark runs: the emulated Twilio as a process of its own, and Ansible commands that are measured."""

from __future__ import annotations

import json
import os
import re
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LIMIT = 300  # seconds one command may take
ACCOUNT = {"account_sid": "AC" + "0" * 31 + "1", "auth_token": "0123456789abcdef0123456789abcdef"}

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
    """One way to do something, with what every run of it cost.

    Attributes:
        name: what it is, for the table.
        seconds: wall time of the whole command.
        requests: requests that reached the emulator.
        memory: most memory in use by a module process, in KiB.
        concurrency: requests at once, for the limit; None if it has no such limit.
        scale: by how much a sample has to be multiplied to stand for the whole; 1 for what was done whole.
    """

    name: str
    seconds: list[float] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    memory: list[int] = field(default_factory=list)
    concurrency: int | None = None
    scale: float = 1.0

    def median(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "seconds": round(statistics.median(self.seconds) * self.scale, 3),
            "requests": round(statistics.median(self.requests) * self.scale),
            "memory_mib": round(statistics.median(self.memory) / 1024, 1),
            "sampled": self.scale != 1,
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


class Stage:
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
        with urllib.request.urlopen(f"{self.url}/_lab/{path}", data, timeout=30) as answer:
            return json.load(answer)

    def fresh(self, numbers: list[str], latency: float) -> None:
        """Start again with an account that owns some numbers, at a latency in seconds per request."""
        self.lab("reset", {})
        self.lab("settings", {"latency_seconds": latency})
        self.lab("seed", {"accounts": [{"sid": ACCOUNT["account_sid"], "auth_token": ACCOUNT["auth_token"],
                                        "numbers": numbers}]})  # fmt: skip

    def run(self, row: Row, command: list[str], changed: int) -> list[dict[str, Any]]:
        """Run a command, add what it cost to the row, and return the requests it made.

        Raises:
            SystemExit: the command failed, or changed other than ``changed`` tasks.
        """
        seq = self.lab("journal?since=1000000000")["seq"]
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
            raise SystemExit(f"{row.name}: not as expected\n{done.stdout[-4000:]}\n{done.stderr[-4000:]}")
        requests: list[dict[str, Any]] = self.lab(f"journal?since={seq}")["requests"]
        row.requests.append(len(requests))
        row.memory.append(max(map(int, self.memory.read_text(encoding="utf-8").split())))
        return requests

    def playbook(self, name: str, tasks: list[dict[str, Any]]) -> list[str]:
        """Write a playbook and return the command that runs it."""
        book = self.scratch / f"{name}.yml"
        book.write_text(json.dumps([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]), encoding="utf-8")
        return ["ansible-playbook", str(book)]

    def uri_loop(self, name: str, items: list[dict[str, Any]]) -> list[str]:
        """Return the command that sends requests by one looping task of ansible.builtin.uri.

        Args:
            name: of the playbook.
            items: what differs between the requests: ``path``, and for a write ``form``.
        """
        write = "form" in items[0]
        uri = {
            "url": self.url + "/{{ item.path }}",
            "url_username": ACCOUNT["account_sid"],
            "url_password": ACCOUNT["auth_token"],
            "force_basic_auth": True,
            **({"method": "POST", "body_format": "form-urlencoded", "body": "{{ item.form }}"} if write else {}),
            "status_code": [200, 201],
        }
        task = {"ansible.builtin.uri": uri, "loop": items, "loop_control": {"label": "x"}, "no_log": False}
        return self.playbook(name, [task])
