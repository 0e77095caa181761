# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What real playbook runs show of the secrets that twilio_subaccount and twilio_api_key hand out: nothing."""

from __future__ import annotations

import json
import stat
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from twilio_network import ACCOUNT, TOKEN
from verbose_playbook import run_verbosely

from lab.emulator.context import Context
from lab.emulator.seed import seed
from lab.emulator.server import EmulatorServer

SUB, KEY = "twilio_subaccount", "twilio_api_key"
TOLD = "Set no_log: true on the task, or give"


@pytest.fixture
def server() -> Iterator[EmulatorServer]:
    context = Context()
    seed(context, {"accounts": [{"sid": ACCOUNT, "auth_token": TOKEN}]})
    running = EmulatorServer(("127.0.0.1", 0), context).start()
    yield running
    running.stop()


def play(
    server: EmulatorServer, folder: Path, tasks: list[dict[str, Any]], **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run tasks with all that Ansible can be made to say; also into a log file."""
    common = {"account_sid": ACCOUNT, "auth_token": TOKEN, "base_url": server.url, "retries": 0}
    return run_verbosely(folder, tasks, {"module_defaults": {"group/dialtone.voice.twilio": common}}, **environment)


def secrets(server: EmulatorServer) -> list[str]:
    store = server.api.context.store
    return [*(one.auth_token for one in store.accounts.values()), *(key.hidden["secret"] for key in store.all("SK"))]


def task(module: str, **options: Any) -> dict[str, Any]:
    keywords = {name: options.pop(name) for name in [*options] if name.startswith("no_log") or name in KEYWORDS}
    return {"name": f"Use {module}", f"dialtone.voice.{module}": options, **keywords}


KEYWORDS = ("register", "ignore_errors", "async", "poll", "check_mode", "failed_when")


def test_hidden_results_and_files_show_no_secret_and_can_be_used(server: EmulatorServer, tmp_path: Path) -> None:
    path = tmp_path / "made.json"
    used = "made.auth_token | length == 32 and key.secret | length > 20 and again.secret is none"
    done = play(server, tmp_path, [
        task(SUB, friendly_name="branch", return_auth_token=True, no_log=True, register="made"),
        task(KEY, friendly_name="hidden", no_log=True, register="key"),
        task(KEY, friendly_name="hidden", no_log=True, register="again"),
        task(SUB, friendly_name="branch", credentials_path=str(tmp_path / "branch.json")),
        task(KEY, friendly_name="filed", secret_path=str(path)),
        task(KEY, friendly_name="filed", secret_path=str(path)),
        {"ansible.builtin.assert": {"that": used, "quiet": True}},
    ])  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert "censored" in done.stdout
    assert len(secrets(server)) == 4
    assert [secret for secret in secrets(server) if secret in done.stdout] == []
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert json.loads(path.read_text())["secret"] in secrets(server)


@pytest.mark.parametrize("environment", [{}, {"ANSIBLE_NO_TARGET_SYSLOG": "true"}], ids=["", "no_target_syslog"])
def test_a_shown_result_is_refused_before_any_request(
    server: EmulatorServer, tmp_path: Path, environment: dict[str, str]
) -> None:
    """Where the log of the target is off, the module is told no_log; only the action plugin knows better."""
    refused = {"register": "result", "failed_when": f"result is not failed or '{TOLD}' not in result.msg"}
    done = play(
        server,
        tmp_path,
        [
            task(SUB, friendly_name="branch", return_auth_token="{{ 'yes' }}", **refused),
            task(KEY, friendly_name="key", **refused),
            task(KEY, friendly_name="key", check_mode=True, **refused),
            task(KEY, friendly_name="key", no_log=False, **refused),
        ],
        **environment,
    )
    assert done.returncode == 0, done.stdout
    assert server.api.journal.since(0) == []


def test_what_needs_no_secret_needs_no_hiding(server: EmulatorServer, tmp_path: Path) -> None:
    done = play(server, tmp_path, [
        task(SUB, friendly_name="branch"),
        task(SUB, friendly_name="branch", return_auth_token=False, status="suspended"),
        task(KEY, friendly_name="key", state="absent"),
    ])  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert [secret for secret in secrets(server) if secret in done.stdout] == []


def test_an_asynchronous_task_needs_a_file(server: EmulatorServer, tmp_path: Path) -> None:
    """Its result lies in a file on the target, and another task shows it."""
    background: dict[str, Any] = {"async": 60, "poll": 0, "no_log": True}
    done = play(server, tmp_path, [
        task(KEY, friendly_name="key", register="result", ignore_errors=True, **background),
        {"ansible.builtin.assert": {"that": "'An asynchronous task needs secret_path' in result.msg"}},
    ])  # fmt: skip
    assert done.returncode == 0, done.stdout
    assert server.api.journal.since(0) == []
