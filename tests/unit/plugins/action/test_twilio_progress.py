# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator sees how far a task is while it runs: real ansible-playbook runs against the emulator."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import yaml
from twilio_network import ACCOUNT, TOKEN

from lab.emulator.context import Context
from lab.emulator.faults import parse_faults
from lab.emulator.seed import seed
from lab.emulator.server import EmulatorServer

ROOT = Path(__file__).resolve().parents[4]
LINE = re.compile(r"\[(?P<host>\w+)\] (?P<task>.+): (?P<made>[\d,]+) of (?P<total>[\d,]+) changes made \(create .+\)")
LIMIT = 60  # seconds after which a playbook is ended; the longest takes a fifth of that
TOTAL = 201  # the trunk and its numbers
SECONDS = 0.1  # of latency, so that four requests at a time take about five seconds for all


def numbers(first: int, count: int) -> list[str]:
    return [f"+1202555{number:04}" for number in range(first, first + count)]


@dataclass
class Stage:
    """An emulator with two hundred numbers for each of two hosts, and a slow trunk API."""

    server: EmulatorServer
    folder: Path
    seen: list[tuple[str, int]] = field(default_factory=list)  # lines of output, each with what was attached by then

    def slow_down(self) -> None:
        slow = {"match": {"method": "POST", "path_regex": "/PhoneNumbers$"}, "times": None, "kind": "latency"}
        self.server.api.faults.replace(parse_faults({"faults": [{**slow, "seconds": SECONDS}]}))

    def attached(self) -> int:
        entries = self.server.api.journal.since(0)
        return sum(entry["committed"] and entry["path"].endswith("/PhoneNumbers") for entry in entries)

    def play(
        self, play: Mapping[str, Any], hosts: str = "one,", at: Callable[[str], None] = lambda __: None, **env: str
    ) -> int:
        """Run a play, noting each line of output as it appears; return the exit code."""
        (self.folder / "temp").mkdir(exist_ok=True)
        defaults = {
            "account_sid": ACCOUNT, "auth_token": TOKEN, "base_url": self.server.url, "retry_delay": 0,
        }  # fmt: skip
        book = self.folder / "play.yml"
        book.write_text(json.dumps([{
            "hosts": "all", "gather_facts": False, "module_defaults": {"group/dialtone.voice.twilio": defaults},
            "vars": {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}, **play,
        }]), encoding="utf-8")  # fmt: skip
        (self.folder / "ansible.cfg").write_text("", encoding="utf-8")
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("TWILIO_", "ANSIBLE_"))}
        settings = {
            "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".venv" / "collections"),
            "ANSIBLE_CONFIG": str(self.folder / "ansible.cfg"),
            "ANSIBLE_HOME": str(self.folder / "home"),
            "ANSIBLE_NOCOLOR": "true",
            "PYTHONUNBUFFERED": "1",
            "LC_ALL": "C.UTF-8",
            "TMPDIR": str(self.folder / "temp"),
        }
        command = [str(Path(sys.executable).parent / "ansible-playbook"), "-i", hosts, str(book)]
        with subprocess.Popen(
            ["timeout", str(LIMIT), *command], env={**clean, **settings, **env}, cwd=self.folder, text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as process:  # fmt: skip
            for line in process.stdout or ():
                self.seen.append((line.rstrip(), self.attached()))
                at(line)
        return process.returncode

    @property
    def output(self) -> str:
        return "\n".join(line for line, __ in self.seen)

    def progress(self, host: str = "one") -> list[tuple[int, int, int]]:
        """Return (changes made, changes in all, numbers attached when it was read) of each progress line of a host."""
        found = [(LINE.fullmatch(line), attached) for line, attached in self.seen]
        return [
            (int(match["made"].replace(",", "")), int(match["total"].replace(",", "")), attached)
            for match, attached in found
            if match is not None and match["host"] == host
        ]

    def place(self, start: str) -> int:
        """Return which line of output begins with some words."""
        return next(index for index, (line, __) in enumerate(self.seen) if line.startswith(start))

    def left(self) -> list[str]:
        """Return what is left of the files made for progress."""
        return [path.name for path in (self.folder / "temp").glob("dialtone-progress-*")]


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    context = Context()
    account = {"sid": ACCOUNT, "auth_token": TOKEN, "friendly_name": "Tests", "numbers": numbers(0, 400)}
    seed(context, {"accounts": [account]})
    server = EmulatorServer(("127.0.0.1", 0), context).start()
    made = Stage(server, tmp_path)
    made.slow_down()
    yield made
    server.stop()


def attach(host: str = "one", first: int = 0, **rest: Any) -> dict[str, Any]:
    return {
        "name": "Attach the numbers",
        "dialtone.voice.twilio_trunk": {"friendly_name": host, "phone_numbers": numbers(first, 200)},
        "register": "result",
        **rest,
    }


SHOWN = "result | dict2items | rejectattr('key', 'equalto', 'invocation') | list | string"
CLEAN = {"ansible.builtin.assert": {"that": [f"'progress' not in {SHOWN}", f"'changes' in {SHOWN}"]}}


def test_lines_appear_while_the_task_runs(stage: Stage) -> None:
    assert stage.play({"tasks": [attach(), CLEAN]}) == 0, stage.output
    lines = stage.progress()
    made = [line[0] for line in lines]
    assert len(made) >= 3
    assert made == sorted(set(made)), "counts rise"
    assert {total for __, total, __ in lines} == {TOTAL}
    assert made[-1] == TOTAL
    first_attached = lines[0][2]
    assert first_attached < TOTAL - 1 - 20, "when the first line could be read, much was still to be done"
    shown = [index for index, (line, __) in enumerate(stage.seen) if LINE.fullmatch(line)]
    assert stage.place("TASK [Attach the numbers]") < shown[0]
    assert shown[-1] < stage.place("changed: [one]")
    assert stage.left() == []


def test_a_task_that_fails_has_shown_how_far_it_was(stage: Stage) -> None:
    match = {"method": "POST", "path_regex": "/PhoneNumbers$"}
    slow = {"match": match, "times": 150, "kind": "latency", "seconds": SECONDS}
    refusal = {"match": match, "times": None, "kind": "status", "status": 403, "code": 20403}
    stage.server.api.faults.replace(parse_faults({"faults": [slow, refusal]}))
    assert stage.play({"tasks": [attach()]}) == 2, stage.output
    lines = stage.progress()
    assert lines
    assert 0 < lines[0][0] <= lines[-1][0] < TOTAL
    assert lines[0][2] < 150
    assert "fatal: [one]: FAILED!" in stage.output
    assert "20403" in stage.output
    assert stage.left() == []


def test_a_task_that_is_tried_again_shows_both_tries(stage: Stage) -> None:
    match = {"method": "POST", "path_regex": "/PhoneNumbers$"}
    refusal = {"match": match, "skip": 100, "times": 1, "kind": "status", "status": 403, "code": 20403}
    slow = {"match": match, "times": None, "kind": "latency", "seconds": SECONDS}
    stage.server.api.faults.replace(parse_faults({"faults": [refusal, slow]}))
    again = {"retries": 1, "delay": 0, "until": "result is succeeded"}
    assert stage.play({"tasks": [attach(**again)]}) == 0, stage.output
    totals = sorted({total for __, total, __ in stage.progress()}, reverse=True)
    assert totals[0] == TOTAL
    assert len(totals) == 2, "the second try had less to do"
    assert stage.progress()[-1][:2] == (totals[1], totals[1])
    assert stage.left() == []


def test_each_host_has_its_own_lines(stage: Stage) -> None:
    task = attach("{{ inventory_hostname }}")
    task["dialtone.voice.twilio_trunk"]["phone_numbers"] = "{{ numbers[inventory_hostname] }}"
    variables = {
        "ansible_connection": "local", "ansible_python_interpreter": sys.executable,
        "numbers": {"one": numbers(0, 200), "two": numbers(200, 200)},
    }  # fmt: skip
    code = stage.play({"strategy": "free", "vars": variables, "tasks": [task]}, "one,two,", ANSIBLE_FORKS="2")
    assert code == 0, stage.output
    for host in ("one", "two"):
        made = [line[0] for line in stage.progress(host)]
        assert made == sorted(set(made))
        assert made[-1] == TOTAL
    hosts = [match["host"] for match in map(LINE.fullmatch, stage.output.splitlines()) if match]
    assert hosts != sorted(hosts), "the lines of both appear while both run"
    assert stage.left() == []


def test_a_task_that_is_out_of_time_leaves_nothing(stage: Stage) -> None:
    assert stage.play({"tasks": [attach(timeout=4)]}) == 2, stage.output
    assert stage.progress()
    assert stage.progress()[-1][0] < TOTAL
    assert any(words in stage.output for words in ("4 second", "time frame (4)"))  # the latter on ansible-core 2.18
    assert stage.left() == []


def test_a_module_that_is_killed_leaves_nothing(stage: Stage) -> None:
    killed: list[int] = []

    def kill(line: str) -> None:
        if LINE.fullmatch(line.rstrip()) and not killed:
            for entry in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    words, folder = entry.read_bytes(), os.readlink(entry.with_name("cwd"))
                except OSError:
                    continue
                if (
                    b"AnsiballZ_twilio_trunk" in words
                    and b"/sh" not in words.split(b"\0")[0]
                    and folder == str(stage.folder)
                ):
                    killed.append(int(entry.parent.name))
                    os.kill(killed[-1], 9)

    assert stage.play({"tasks": [attach()]}, at=kill) == 2, stage.output
    assert killed
    assert stage.progress()[-1][0] < TOTAL
    assert stage.left() == []


def test_where_nothing_can_or_may_be_shown_the_module_just_runs(stage: Stage) -> None:
    stage.server.api.faults.replace([])
    own = stage.folder / "own.txt"
    named = attach("e", register="named")
    named["dialtone.voice.twilio_trunk"].update(progress_file=str(own))
    tasks = [
        attach("a", check_mode=True, register="checked"),
        {**attach("b", register="background"), "async": LIMIT, "poll": 1},
        attach("c", no_log=True, register="hidden"),
        attach("d", vars={"ansible_connection": "dialtone.elsewhere.local"}, register="elsewhere"),
        named,
        {"ansible.builtin.assert": {"that": [f"{name} is changed" for name in
                                             ("checked", "background", "hidden", "elsewhere", "named")]}},
    ]  # fmt: skip
    other = stage.folder / "ansible_collections" / "dialtone" / "elsewhere" / "plugins" / "connection"
    other.mkdir(parents=True)
    # A connection to another machine, as far as anybody can tell.
    (other / "local.py").write_text(
        "from ansible.plugins.connection.local import Connection as Local, DOCUMENTATION\n"
        "DOCUMENTATION = DOCUMENTATION.replace('name: local', 'name: elsewhere')\n"
        "class Connection(Local):\n    transport = 'dialtone.elsewhere.local'\n"
    )
    paths = f"{ROOT / '.venv' / 'collections'}:{stage.folder}"
    assert stage.play({"tasks": tasks}, ANSIBLE_COLLECTIONS_PATH=paths) == 0, stage.output
    assert stage.progress() == []
    assert "changes made" not in stage.output
    assert own.read_text(encoding="utf-8").splitlines()[-1].startswith("201 of 201 changes made")
    assert stage.left() == []


def test_module_defaults_apply_of_the_group_and_of_the_module(stage: Stage) -> None:
    stage.server.api.faults.replace([])
    tasks = [
        {"dialtone.voice.twilio_trunk": {"friendly_name": "hq"}, "register": "trunk"},
        {"dialtone.voice.twilio_phone_number": {"phone_number": numbers(0, 1)[0], "trunk": "hq"}, "register": "number"},
        {"ansible.builtin.assert": {"that": [
            "trunk is changed", "trunk.trunk.secure", "number is changed", "number.phone_number.friendly_name == 'x'",
        ]}},
    ]  # fmt: skip
    group = {"account_sid": ACCOUNT, "auth_token": TOKEN, "base_url": stage.server.url}
    defaults = {
        "group/dialtone.voice.twilio": group,
        "dialtone.voice.twilio_trunk": {"secure": True},
        "dialtone.voice.twilio_phone_number": {"friendly_name": "x"},
    }
    assert stage.play({"tasks": tasks, "module_defaults": defaults}) == 0, stage.output


def test_every_module_that_changes_something_is_routed_here() -> None:
    runtime = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))
    routes = {name: route["action_plugin"] for name, route in runtime["plugin_routing"]["modules"].items()}
    modules = [path.stem for path in (ROOT / "plugins" / "modules").glob("twilio_*.py")]
    writing = {name for name in modules if not name.endswith("_info")}
    assert sorted(writing - set(routes)) == [], "add them to plugin_routing in meta/runtime.yml"
    # The second one is the first one, and keeps secrets out of results.
    assert set(routes.values()) == {"dialtone.voice.twilio_phone_number", "dialtone.voice.twilio_subaccount"}
