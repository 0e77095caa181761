# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The playbook `fitness` in a real Ansible, on this machine and with the lab's STUN server on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from lab.stun.control import Desk
from lab.stun.server import StunServer


@pytest.fixture
def stun() -> Iterator[str]:
    server = StunServer(("127.0.0.1", 0), Desk()).start()
    yield f"127.0.0.1:{server.server_address[1]}"
    server.stop()


def run(folder: Path, stun: str, group: str = "voice_pbx", *options: str, **variables: Any) -> tuple[int, str]:
    """Run it on one host of a group, with the checks whose outcome is known everywhere."""
    values = {
        "ansible_connection": "local",
        "ansible_python_interpreter": sys.executable,
        "fitness_checks": ["egress"],
        "fitness_seconds": 1,
        "fitness_stun_servers": [stun],
        **variables,
    }
    inventory = folder / "inventory.yml"
    inventory.write_text(yaml.safe_dump({"all": {"children": {group: {"hosts": {"pbx1": values}}}}}), encoding="utf-8")
    collections = next(path for path in sys.path if (Path(path) / "ansible_collections/dialtone/voice").exists())
    done = subprocess.run(
        [
            str(Path(sys.executable).with_name("ansible-playbook")),
            "dialtone.voice.fitness",
            "-i",
            str(inventory),
            *options,
        ],
        env={
            **{key: value for key, value in os.environ.items() if not key.startswith(("TWILIO_", "ANSIBLE_"))},
            "ANSIBLE_COLLECTIONS_PATH": collections,
            "ANSIBLE_HOME": str(folder / "ansible"),
            "ANSIBLE_NOCOLOR": "1",
            "PWD": str(folder),
        },
        cwd=folder,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return done.returncode, done.stdout + done.stderr


def test_a_fit_host_is_reported_and_nothing_changes(tmp_path: Path, stun: str) -> None:
    code, output = run(tmp_path, stun, voice_public_address="127.0.0.1", fitness_directory="reports")
    assert code == 0, output
    assert "pbx1: OK (1 ok, 0 warn, 0 fail, 0 unknown" in output
    assert "changed=0" in output
    report = json.loads((tmp_path / "reports" / "pbx1.json").read_text(encoding="utf-8"))
    assert report["verdict"] == "ok"
    assert report["findings"][0]["value"] == "127.0.0.1, not translated"


def test_a_host_that_is_not_fit_ends_it_with_2_after_the_report(tmp_path: Path, stun: str) -> None:
    code, output = run(tmp_path, stun, voice_public_address="203.0.113.9", fitness_directory="reports")
    assert code == 2, output
    assert "The carrier sees 127.0.0.1, not 203.0.113.9" in output
    assert "-> Set voice_public_address to 127.0.0.1" in output
    assert json.loads((tmp_path / "reports" / "pbx1.json").read_text(encoding="utf-8"))["verdict"] == "fail"


def test_it_can_report_alone(tmp_path: Path, stun: str) -> None:
    code, output = run(
        tmp_path, stun, "voice_pbx", "--check", voice_public_address="203.0.113.9", fitness_report_only=True
    )
    assert code == 0, output
    assert "pbx1: FAIL" in output


def test_any_hosts_can_be_named(tmp_path: Path, stun: str) -> None:
    code, output = run(tmp_path, stun, "candidates")
    assert (code, "pbx1" in output) == (0, False), output  # no voice host there yet
    code, output = run(tmp_path, stun, "candidates", "-e", "fitness_hosts=candidates")
    assert code == 0, output
    assert "pbx1: OK" in output


def test_bad_options_stop_it(tmp_path: Path, stun: str) -> None:
    code, output = run(tmp_path, stun, fitness_thresholds={"noise": {"warn": 1}})
    assert code == 2, output
    assert "thresholds has 'noise'" in output
