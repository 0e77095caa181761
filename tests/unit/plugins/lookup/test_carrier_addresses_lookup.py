# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup carrier_addresses in a real Ansible, against a name server on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from name_server import Zone, name_server

NETWORKS = {"signalling": {"ashburn": ["192.0.2.0/30"], "servfail": ["198.51.100.0/30"]}, "as_of": "2026-11-01"}
ZONE: Zone = {("pstn.ashburn.twilio.com", "A"): ["192.0.2.1", "203.0.113.9"]}


def look_up(tmp_path: Path, **options: Any) -> tuple[int, str]:
    """Return ansible's exit code and what it printed."""
    collections = next(path for path in sys.path if (Path(path) / "ansible_collections/dialtone/voice").exists())
    arguments = "".join(f", {key}={json.dumps(value)}" for key, value in options.items())
    query = f"query('dialtone.voice.carrier_addresses'{arguments})"
    result = subprocess.run(
        [
            str(Path(sys.executable).with_name("ansible")),
            "localhost",
            "-m",
            "ansible.builtin.debug",
            "-a",
            json.dumps({"msg": f"{{{{ {query} | map(attribute='warning') | list }}}}"}),
        ],
        env={
            **{key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_")},
            "ANSIBLE_COLLECTIONS_PATH": collections,
            "ANSIBLE_HOME": str(tmp_path),
            "ANSIBLE_NOCOLOR": "1",
        },
        cwd=tmp_path,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return result.returncode, result.stdout + result.stderr


def test_warnings_are_results_and_never_errors(tmp_path: Path) -> None:
    with name_server(ZONE) as server:
        code, output = look_up(tmp_path, networks=NETWORKS, nameservers=[server], timeout=3)
    assert code == 0, output
    assert "pstn.ashburn.twilio.com is at 203.0.113.9, which is in no network of the list of 2026-11-01" in output
    assert "The carrier's edge servfail was not compared with the list" in output


def test_a_name_server_that_is_none_is_one_more_way_in_which_dns_fails(tmp_path: Path) -> None:
    code, output = look_up(tmp_path, networks=NETWORKS, nameservers=["nonsense"])
    assert code == 0, output
    assert "'nonsense' is not a name server" in output


def test_a_list_that_is_not_usable_is_an_error(tmp_path: Path) -> None:
    code, output = look_up(tmp_path, networks={"x": 1})
    assert code != 0
    assert "voice_carrier_networks.x: no such option" in output
