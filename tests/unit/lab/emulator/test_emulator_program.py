# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The program: `python -m lab.emulator`."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
from emulator_client import ACCOUNT, Client

TESTS = Path(__file__).resolve().parents[3]
COMMAND = [sys.executable, "-m", "lab.emulator"]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(TESTS)}


def test_it_says_where_it_listens_takes_a_seed_and_ends_on_sigterm(tmp_path: Path) -> None:
    seed = tmp_path / "seed.json"
    seed.write_text(json.dumps({"accounts": [{"sid": ACCOUNT, "auth_token": "from-file"}]}))
    command = [*COMMAND, "--listen", "127.0.0.1:0", "--seed", str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=ENVIRONMENT, text=True) as process:
        assert process.stdout is not None
        url = json.loads(process.stdout.readline())["listening"]
        client = Client(url, ACCOUNT, "from-file")
        assert client.trunking("GET", "Trunks").body["trunks"] == []
        client.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


def test_a_taken_port_gets_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = subprocess.run(
            [*COMMAND, "--listen", f"127.0.0.1:{port}"], capture_output=True, text=True, env=ENVIRONMENT, check=False
        )
    assert done.returncode == 1
    assert f"port {port} of 127.0.0.1 is taken" in done.stderr
    assert "--listen" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "cannot be read"),
        ("{", "is not JSON"),
        ("[]", "JSON object"),
        ('{"accounts": [{"sid": "AC1"}]}', "accounts[0].sid"),
    ],
)
def test_a_bad_seed_file_gets_a_sentence(tmp_path: Path, content: str | None, words: str) -> None:
    seed = tmp_path / "seed.json"
    if content is not None:
        seed.write_text(content)
    done = subprocess.run(
        [*COMMAND, "--listen", "127.0.0.1:0", "--seed", str(seed)],
        capture_output=True, text=True, env=ENVIRONMENT, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (1, "")
    assert str(seed) in done.stderr
    assert words in done.stderr


def test_the_emulator_needs_the_standard_library_only() -> None:
    """-I -S: neither the environment nor any installed package."""
    code = f"import sys; sys.path.insert(0, {str(TESTS)!r}); import lab.emulator.__main__; print('fine')"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=False)
    assert done.stdout == "fine\n", done.stderr


def test_urllib_too_is_a_client(client: Client) -> None:
    with urllib.request.urlopen(f"{client.url}/_lab/state", timeout=5) as answer:
        assert json.load(answer)["accounts"][0]["sid"] == ACCOUNT


def test_the_edges_program_is_told_and_its_failure_is_an_answer(tmp_path: Path) -> None:
    told = tmp_path / "told"
    script = tmp_path / "hook.py"
    script.write_text(
        f"import sys; text = sys.stdin.read(); open({str(told)!r}, 'a').write(text + '\\n'); "
        "sys.exit('no such edge' if '198.18.9.9' in text else 0)"
    )
    command = [*COMMAND, "--listen", "127.0.0.1:0", "--edge-hook", f"{sys.executable} {script}"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=ENVIRONMENT, text=True) as process:
        assert process.stdout is not None
        client = Client(json.loads(process.stdout.readline())["listening"], ACCOUNT, "x")
        assert client.lab("POST", "settings", {"edges": {"ashburn": "silent"}}).status == 200
        assert client.lab("POST", "settings", {"trial_trunks": 1}).status == 200
        refused = client.lab("POST", "settings", {"edges": {"198.18.9.9": "silent"}})
        assert (refused.status, refused.body["error"]) == (500, "the edges cannot be changed: no such edge")
        assert client.lab("GET", "settings").body["edges"] == {"ashburn": "silent"}, "what was refused is not kept"
        client.lab("POST", "reset", {})
        client.lab("POST", "reset", {})
        client.close()
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert [json.loads(line) for line in told.read_text().splitlines()] == [
        {"ashburn": "silent"}, {"ashburn": "silent", "198.18.9.9": "silent"}, {},
    ]  # fmt: skip
