# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole role in check mode on this machine, which has no Asterisk."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from asterisk_cases import RENDERED, SECRETS, TRUNK_PASSWORD, Description, office, put
from asterisk_runs import PLAYBOOK, ROLE, inventory, playbook


def run(folder: Path, description: Description, target: Path) -> subprocess.CompletedProcess[str]:
    """Run the role on this machine in check mode, as talkative as Ansible gets."""
    assert PLAYBOOK.exists()
    host = description | {"ansible_connection": "local", "asterisk_config_dir": str(target)}
    (folder / "inventory.json").write_text(json.dumps(inventory({"pbx": host})), encoding="utf-8")
    play = [
        {
            "hosts": "all",
            "gather_facts": False,
            "vars": {"ansible_facts": "{{ facts }}"},
            "roles": ["dialtone.voice.asterisk"],
        }
    ]
    (folder / "play.yml").write_text(yaml.safe_dump(play), encoding="utf-8")
    return playbook(
        ["-i", str(folder / "inventory.json"), str(folder / "play.yml"), "--check", "--diff", "-vvv"], folder / "home"
    )


@pytest.fixture(scope="module")
def predicted(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """Return the output of the run on a sound description, and the directory it would have made."""
    folder = tmp_path_factory.mktemp("check")
    description = office()
    RENDERED["branch"].change(description)
    target = folder / "etc" / "dialtone"
    done = run(folder, description, target)
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
    return done.stdout + done.stderr, target


def test_every_step_is_predicted(predicted: tuple[str, Path]) -> None:
    output, __ = predicted
    assert re.search(r"^pbx +: ok=\d+ +changed=\d+ .*failed=0", output, re.MULTILINE)
    changed = re.findall(
        r"^TASK \[dialtone\.voice\.asterisk : ([^]]+)\](?:(?!^TASK).)*?^changed:", output, re.MULTILINE | re.DOTALL
    )
    assert changed == [
        "Predict the installation",
        "Make the directories",
        "Predict unit, programs and rotation",
        "Install the configuration",
        "Let Asterisk start with it",
        "Predict the start of the service",
        "Predict the timer",
    ]
    assert "+contact = sip:acme-hq.pstn.ashburn.twilio.com" in output
    assert "+ same => n,Goto(dialtone-extension,101,1)" in output


def test_nothing_is_written(predicted: tuple[str, Path]) -> None:
    __, target = predicted
    assert not target.exists()
    assert not target.parent.exists()


def test_no_secret_is_shown(predicted: tuple[str, Path]) -> None:
    output, __ = predicted
    plain = output.replace("\\;", ";")
    assert not [secret for secret in (*SECRETS.values(), TRUNK_PASSWORD) if secret in plain]


@pytest.mark.parametrize(
    ("path", "value", "words"),
    [
        ("voice_numbers.1.number", "12345", "12345"),
        ("voice_extensions.1.caller_id", "none", "none"),
        ("voice_trunks.0.edges", ["ashburn", "atlantis"], "atlantis"),
    ],
)
def test_what_cannot_be_read_stops_the_run_and_is_not_left_out(
    tmp_path: Path, path: str, value: object, words: str
) -> None:
    description = office()
    put(path, value)(description)
    done = run(tmp_path, description, tmp_path / "etc")
    assert done.returncode == 2
    assert f"'{words}'" in done.stdout + done.stderr
    assert "TASK [dialtone.voice.asterisk : Read the state of the host]" not in done.stdout


def test_the_probe_reports_files_with_owner_mode_and_checksum(tmp_path: Path) -> None:
    (tmp_path / "rtp.conf").write_text("[general]\n", encoding="ascii")
    (tmp_path / "rtp.conf").chmod(0o640)
    checksum = subprocess.run(
        ["sha256sum", tmp_path / "rtp.conf"], capture_output=True, text=True, check=True
    ).stdout.split()[0]
    shell = shutil.which("sh")
    assert shell
    script = (ROLE / "files" / "probe.sh").read_text(encoding="utf-8")
    done = subprocess.run(
        [
            shell,
            "-c",
            script,
            "probe",
            tmp_path,
            tmp_path / "asterisk.conf",
            tmp_path / "rtp.conf",
            tmp_path / "no.conf",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    lines = done.stdout.splitlines()
    owner = f"{tmp_path.owner()}:{tmp_path.group()}"
    assert f"file {tmp_path / 'rtp.conf'} {owner}:640 {checksum}" in lines
    assert not [line for line in lines if "no.conf" in line]
