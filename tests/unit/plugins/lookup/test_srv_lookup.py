# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup srv in a real Ansible, against a name server on loopback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from name_server import Zone, name_server

from ansible_collections.dialtone.voice.plugins.lookup import srv as plugin

ZONE: Zone = {
    ("_sips._tcp.example.com", "SRV"): ["10 20 5061 a.example.com."],
    ("a.example.com", "A"): ["192.0.2.1"],
    ("plain.example.com", "A"): ["192.0.2.9"],
}


def look_up(tmp_path: Path, terms: list[str], **options: Any) -> tuple[int, str]:
    """Return ansible's exit code and what it printed."""
    collections = next(path for path in sys.path if (Path(path) / "ansible_collections/dialtone/voice").exists())
    arguments = "".join(f", {key}={json.dumps(value)}" for key, value in options.items())
    result = subprocess.run(
        [
            str(Path(sys.executable).with_name("ansible")),
            "localhost",
            "-m",
            "ansible.builtin.debug",
            "-a",
            json.dumps({"msg": f"{{{{ query('dialtone.voice.srv', {json.dumps(terms)[1:-1]}{arguments}) }}}}"}),
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


def test_a_domain_is_found(tmp_path: Path) -> None:
    with name_server(ZONE) as address:
        code, output = look_up(
            tmp_path, ["example.com", "plain.example.com"], transport="tls", nameservers=[address], timeout=3
        )
    assert code == 0, output
    found = json.loads(output[output.index("{") : output.rindex("}") + 1])["msg"]
    assert found == [
        {
            "domain": "example.com",
            "name": "_sips._tcp.example.com",
            "source": "srv",
            "transport": "tls",
            "ttl": 60,
            "targets": [
                {"host": "a.example.com", "port": 5061, "priority": 10, "weight": 20, "addresses": ["192.0.2.1"]}
            ],
        },
        {
            "domain": "plain.example.com",
            "name": "plain.example.com",
            "source": "address",
            "transport": "tls",
            "ttl": 60,
            "targets": [
                {"host": "plain.example.com", "port": 5061, "priority": 0, "weight": 0, "addresses": ["192.0.2.9"]}
            ],
        },
    ]


def test_errors_are_sentences(tmp_path: Path) -> None:
    with name_server(ZONE) as address:
        code, output = look_up(tmp_path, ["missing.example.com"], nameservers=[address])
    assert code != 0
    assert "'missing.example.com' does not exist, or has no address: check the name" in output
    code, output = look_up(tmp_path, ["example.com"], nameservers=["dns"])
    assert code != 0
    assert "'dns' is not a name server: write an address such as 192.0.2.53" in output


def test_what_is_returned_is_documented() -> None:
    documented = yaml.safe_load(plugin.RETURN)["_raw"]["contains"]
    assert set(documented) == {"domain", "name", "source", "transport", "ttl", "targets"}
    assert set(documented["targets"]["contains"]) == {"host", "port", "priority", "weight", "addresses"}
