# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Modules as processes of their own, over HTTP: killed in the middle of long work, throttled, and cut off."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from twilio_cases.voice_account import PASSWORD, STREET
from twilio_network import ACCOUNT, TOKEN

from lab.emulator.message import Request, Response
from lab.emulator.seed import seed
from lab.emulator.server import EmulatorServer

COLLECTIONS = Path(__file__).resolve().parents[4] / ".venv" / "collections"
MANY = [f"+1202555{n:04}" for n in range(200)]
PATIENCE = 60.0  # seconds for one process; a test that needs them has failed
# A module as Ansible would run it, with its arguments on standard input.
LAUNCHER = """
import importlib, sys
from ansible.module_utils import basic
basic._ANSIBLE_ARGS = sys.stdin.buffer.read()
if hasattr(basic, "_ANSIBLE_PROFILE"):
    basic._ANSIBLE_PROFILE = "legacy"
importlib.import_module("ansible_collections.dialtone.voice.plugins.modules." + sys.argv[1]).main()
"""


class Twilio:
    """An emulator with an account of 200 numbers, and the processes that talk to it."""

    def __init__(self) -> None:
        self.server = EmulatorServer(("127.0.0.1", 0))
        seed(self.server.context, {"accounts": [{"sid": ACCOUNT, "auth_token": TOKEN, "numbers": MANY}]})
        self.server.start()

    def begin(self, name: str, **options: Any) -> subprocess.Popen[bytes]:
        """Start a module; nothing else knows that process, so it may be killed."""
        arguments = {"account_sid": ACCOUNT, "auth_token": TOKEN, "base_url": self.server.url, **options}
        process = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER, name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join([str(COLLECTIONS), *sys.path])},
        )  # fmt: skip
        assert process.stdin is not None
        process.stdin.write(json.dumps({"ANSIBLE_MODULE_ARGS": arguments}).encode())
        process.stdin.close()
        process.stdin = None
        return process

    def run(self, name: str, **options: Any) -> dict[str, Any]:
        process = self.begin(name, **options)
        output, errors = process.communicate(timeout=PATIENCE)
        assert output, errors.decode()
        result: dict[str, Any] = json.loads(output)
        return result

    def run_until_killed(self, writes: int, name: str, **options: Any) -> None:
        """Run a module, and kill it when that many writes have taken effect; the last answers are held back."""
        reached, gone = threading.Event(), threading.Event()
        handle = self.server.api.handle
        counted = iter(range(1, writes + 1))

        def hold(request: Request) -> Response:
            response = handle(request)
            if request.method != "GET" and next(counted, writes) == writes:
                reached.set()
                gone.wait(PATIENCE)
            return response

        self.server.api.handle = hold  # type: ignore[method-assign]
        process = self.begin(name, **options)
        try:
            assert reached.wait(PATIENCE), process.communicate(timeout=PATIENCE)
            process.send_signal(signal.SIGKILL)
            output, __ = process.communicate(timeout=PATIENCE)
            assert (process.returncode, output) == (-signal.SIGKILL, b"")
        finally:
            gone.set()
            self.server.api.handle = handle  # type: ignore[method-assign]
            if process.poll() is None:
                process.kill()
                process.wait(PATIENCE)

    def made(self) -> Counter[str]:
        """Return how often each creation took effect."""
        return Counter(
            f"{entry['path']} {sorted(entry['params'].items())}"
            for entry in self.server.api.journal.since(0)
            if entry["committed"] and entry["method"] == "POST" and entry["status"] == 201
        )

    def on_trunk(self) -> int:
        return sum(bool(number.data["trunk_sid"]) for number in self.server.context.store.all("PN"))


@pytest.fixture
def twilio() -> Iterator[Twilio]:
    account = Twilio()
    yield account
    account.server.stop()


WHOLE: dict[str, Any] = {
    "ip_access_control_lists": [
        {"friendly_name": f"b{n}", "ip_addresses": [{"ip_address": f"203.0.113.{n + 1}"}]} for n in range(10)
    ],
    "credential_lists": [{"friendly_name": "desk", "credentials": [{"username": "pbx", "password": PASSWORD}]}],
    "addresses": [{"friendly_name": "site", **STREET}],
    "trunks": [
        {
            "friendly_name": f"b{n}",
            "ip_access_control_lists": [f"b{n}"],
            "credential_lists": ["desk"],
            "origination_urls": [{"friendly_name": "pbx", "sip_url": f"sip:b{n}.example.com"}],
        }
        for n in range(10)
    ],
    "phone_numbers": [{"phone_number": number, "trunk": f"b{n % 10}"} for n, number in enumerate(MANY[:40])],
}


@pytest.mark.parametrize("writes", [8, 25, 60])
def test_a_whole_account_is_finished_after_a_kill(twilio: Twilio, writes: int) -> None:
    twilio.run_until_killed(writes, "twilio_voice_account", concurrency=4, **WHOLE)
    again = twilio.run("twilio_voice_account", concurrency=4, **WHOLE)
    assert not again.get("failed"), again
    assert again["changes"], "nothing was left to do: the kill came too late"
    assert len(again["account"]["trunks"]) == 10
    assert twilio.on_trunk() == 40
    # Creations: 10 lists with an entry, the users' list and its user, the address, 10 trunks with three members each.
    assert set(twilio.made().values()) == {1}
    assert len(twilio.made()) == 20 + 2 + 1 + 40
    last = twilio.run("twilio_voice_account", **WHOLE)
    assert (last.get("failed"), last["changed"]) == (None, False)


def test_attaching_many_numbers_is_finished_after_a_kill(twilio: Twilio) -> None:
    assert twilio.run("twilio_trunk", friendly_name="hq")["changed"]
    task: dict[str, Any] = {"phone_numbers": [{"phone_number": number} for number in MANY], "trunk": "hq"}
    twilio.run_until_killed(100, "twilio_phone_number", concurrency=8, **task)
    attached = twilio.on_trunk()
    assert 100 <= attached <= 108, "at most those under way are done on top"
    again = twilio.run("twilio_phone_number", concurrency=8, **task)
    assert (again.get("failed"), len(again["changes"])) == (None, 200 - attached)
    assert twilio.on_trunk() == 200
    assert twilio.run("twilio_phone_number", **task)["changed"] is False


def test_more_requests_at_once_than_twilio_allows_are_survived(twilio: Twilio) -> None:
    """Twilio answers 429 with code 20429 to what is too much; what it hides at first is asked for again."""
    twilio.server.context.settings.change(
        {"concurrency_limit": 4, "latency_seconds": 0.02, "read_after_write_requests": 1}
    )
    options = {"concurrency": 16, "retries": 20, "retry_delay": 0.02, "retry_max_delay": 0.3}
    made = twilio.run("twilio_voice_account", **options, **WHOLE)
    assert not made.get("failed"), made
    answered = [entry["status"] for entry in twilio.server.api.journal.since(0)]
    assert 404 in answered, "nothing was hidden"
    assert 429 in answered, "nothing was refused"
    assert set(twilio.made().values()) == {1}
    assert twilio.on_trunk() == 40
    twilio.server.context.settings.change({"concurrency_limit": None})
    assert twilio.run("twilio_voice_account", **WHOLE)["changed"] is False


def test_connections_that_close_under_requests_are_survived(twilio: Twilio) -> None:
    """A kept connection closes when a write has arrived on it and taken effect: it is looked up, not sent again."""
    handle = twilio.server.api.handle
    answered: set[str] = set()

    def cut_off(request: Request) -> Response:
        response = handle(request)
        key = f"{request.method} {request.target} {request.body!r}"
        if request.method != "GET" and key not in answered:
            answered.add(key)
            response.ending = "silence"
        return response

    twilio.server.api.handle = cut_off  # type: ignore[method-assign]
    made = twilio.run("twilio_voice_account", concurrency=8, retry_delay=0.01, **WHOLE)
    assert not made.get("failed"), made
    assert set(twilio.made().values()) == {1}
    assert (len(twilio.made()), twilio.on_trunk()) == (63, 40)
    assert twilio.run("twilio_voice_account", **WHOLE)["changed"] is False
