# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import subprocess
import sys

import pytest

from lab.telephone import subscriber


class ScriptedLab:
    """Runs a few lines of Python in place of the subscriber, and remembers how it was asked."""

    def __init__(self, script: str) -> None:
        self.script = script
        self.argv: list[str] = []
        self.env: dict[str, str] = {}
        self.process: subprocess.Popen[str] | None = None

    def popen(self, host: str, argv: list[str], env: dict[str, str] | None = None) -> subprocess.Popen[str]:
        self.host, self.argv, self.env = host, argv, env or {}
        self.process = subprocess.Popen([sys.executable, "-u", "-c", self.script], stdout=subprocess.PIPE, text=True)
        return self.process


def test_events_are_read_in_order_and_other_lines_passed_over() -> None:
    lab = ScriptedLab(
        'print("a remark"); print(\'{"event": "listening"}\'); print(\'{"event": "result", "ok": true, "code": 200}\')'
    )
    with subscriber(lab, "pstn", "answer", {"tone": 1004}) as telephone:
        assert telephone.wait_for("listening") == {"event": "listening"}
        assert telephone.result()["code"] == 200
        assert telephone.wait_for("listening") == {"event": "listening"}


def test_the_password_is_in_the_environment_only() -> None:
    lab = ScriptedLab('print(\'{"event": "result"}\')')
    with subscriber(lab, "phone", "call", {"to": "sip:x"}, password="s3cret-Word") as telephone:
        telephone.result()
    assert "s3cret-Word" not in " ".join(lab.argv)
    assert lab.env == {"SUBSCRIBER_PASSWORD": "s3cret-Word"}


def test_a_subscriber_that_ends_early_is_an_error_that_tells_what_it_said() -> None:
    lab = ScriptedLab('print(\'{"event": "listening"}\')')
    with (
        subscriber(lab, "pstn", "answer", {}) as telephone,
        pytest.raises(RuntimeError, match=r"before 'result'.*listening"),
    ):
        telephone.result()


def test_a_subscriber_still_running_is_ended() -> None:
    lab = ScriptedLab("import sys; sys.stdin.read(); import threading; threading.Event().wait()")
    with subscriber(lab, "pstn", "answer", {}):
        assert lab.process is not None
        assert lab.process.poll() is None
    assert lab.process.poll() is not None
