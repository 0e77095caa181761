# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The small programs that the role has on the host: what can be tried of them on a machine without Asterisk."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest
from asterisk_runs import ROLE

SOUND = {
    "pjsip.conf": '#include "pjsip_more.conf"\n[global]\ntype = global\n',
    "pjsip_more.conf": (
        "[phone](!)\ntype = endpoint\ncontext = office\n\n[101](phone)\nauth = 101\naors = 101\n\n[101]\ntype = aor\n"
    ),
    "extensions.conf": (
        "[office]\nexten => 100,1,NoOp() ; a comment, with (brackets\n same => n(again),Goto(other,s,begin)\n"
        ";-- a block\nexten => 1,1,Goto(nowhere,1,1)\n--;\n same => n,GotoIf($[1 = 1]?again)\n"
        "[other]\nexten => s,1(begin),Hangup()\n"
    ),
    "modules.conf": "[modules]\nautoload = no\n",
    "rtp.conf": "[general]\nrtpstart = 10000\nrtpend = 10100\n",
    "logger.conf": "[logfiles]\nmessages.log => notice,warning\n",
}
SOUND["pjsip_more.conf"] += "\n[101]\ntype = auth\npassword = Very-Secret-1\n"


def judge(folder: Path, files: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run the validator on a configuration that is to be in /etc/asterisk/dialtone."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return subprocess.run(
        [
            sys.executable,
            ROLE / "files" / "validate.py",
            folder,
            "--path",
            "/etc/asterisk/dialtone",
            "--secret",
            "pjsip_more.conf",
        ],
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_sound_configuration_passes(tmp_path: Path) -> None:
    done = judge(tmp_path, SOUND)
    assert (done.returncode, done.stdout.strip(), done.stderr) == (0, "", "")


@pytest.mark.parametrize(
    ("name", "old", "new", "words"),
    [
        ("extensions.conf", "Goto(other,", "Goto(othre,", ("extensions.conf, line 3", "no context 'othre'")),
        ("extensions.conf", "s,begin)", "s,start)", ("line 3", "no label 'start'")),
        ("extensions.conf", "other,s,", "other,t,", ("line 3", "no extension 't'")),
        ("extensions.conf", "?again)", "?gain)", ("line 7", "no label 'gain'")),
        ("extensions.conf", "Hangup()", "Hangup(", ("line 9", "bracket")),
        ("extensions.conf", "Hangup()", "Playback(/no/such/file)", ("line 9", "'/no/such/file'")),
        ("extensions.conf", "[other]", "include => lost\n[other]", ("includes 'lost'",)),
        ("pjsip_more.conf", "aors = 101", "aors = 102", ("pjsip_more.conf, line 7", "no aor named '102'")),
        ("pjsip_more.conf", "context = office", "context = offce", ("line 3", "no context 'offce'")),
        ("pjsip_more.conf", "type = endpoint", "type = endpont", ("line 2", "'endpont' is no type")),
        ("pjsip.conf", "pjsip_more.conf", "pjsip_less.conf", ("pjsip.conf, line 1", "no file 'pjsip_less.conf'")),
        ("rtp.conf", "10000", "1oooo", ("rtp.conf, line 2", "no port")),
        ("logger.conf", "warning", "waring", ("logger.conf, line 2", "'waring' is no level")),
    ],
)
def test_a_mistake_is_named_with_file_and_line(
    tmp_path: Path, name: str, old: str, new: str, words: tuple[str, ...]
) -> None:
    done = judge(tmp_path, SOUND | {name: SOUND[name].replace(old, new)})
    assert done.returncode == 1
    assert not [word for word in words if word not in done.stdout], done.stdout


def test_no_line_of_a_secret_file_is_shown(tmp_path: Path) -> None:
    done = judge(tmp_path, SOUND | {"pjsip_more.conf": SOUND["pjsip_more.conf"] + "aors = Very-Secret-2\n"})
    wrong = judge(tmp_path, SOUND | {"pjsip_more.conf": SOUND["pjsip_more.conf"].replace("auth = 101", "auth = 1")})
    assert wrong.returncode == 1
    assert "(secret)" in wrong.stdout
    assert "Very-Secret" not in done.stdout + wrong.stdout


def shell(name: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/sh", str(ROLE / "files" / name), *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )


def aged(path: Path, days: float) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("x", encoding="ascii")
    os.utime(path, (time.time() - days * 86400,) * 2)
    return path


def test_retention_deletes_what_is_past_its_days_and_nothing_else(tmp_path: Path) -> None:
    calls, mail = tmp_path / "recordings", tmp_path / "voicemail"
    old, new = aged(calls / "2026-01-01" / "a.wav", 31), aged(calls / "2026-02-01" / "b.wav", 29)
    gone = [aged(mail / "default" / "101" / "INBOX" / f"msg0000.{end}", 11) for end in ("txt", "wav", "WAV")]
    kept = [aged(mail / "default" / "101" / "INBOX" / f"msg0001.{end}", 9) for end in ("txt", "wav")]
    greeting = aged(mail / "default" / "101" / "unavail.wav", 4000)
    done = shell("retention.sh", 30, 10, calls, mail)
    assert (done.returncode, done.stderr) == (0, "")
    assert not old.exists()
    assert not [path for path in gone if path.exists()]
    assert all(path.exists() for path in [new, *kept, greeting])


def test_retention_of_zero_days_deletes_nothing(tmp_path: Path) -> None:
    old = aged(tmp_path / "r" / "a.wav", 9999)
    message = aged(tmp_path / "v" / "default" / "1" / "INBOX" / "msg0000.txt", 9999)
    assert shell("retention.sh", 0, 0, tmp_path / "r", tmp_path / "v").returncode == 0
    assert old.exists()
    assert message.exists()


def test_a_wrong_checksum_stops_the_build_before_anything_is_unpacked(tmp_path: Path) -> None:
    archive = tmp_path / "asterisk.tar.gz"
    archive.write_bytes(b"not what was asked for")
    done = shell("build.sh", archive, "0" * 64, archive, "0" * 64, "22.10.1", "stamp", "chan_pjsip")
    assert done.returncode == 1
    assert f"The SHA-256 of {archive} is " in done.stdout
    assert "Nothing of the Asterisk on this host was changed" in done.stdout
