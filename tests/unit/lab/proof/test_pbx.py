# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the two PBXs say of themselves, read alike."""

from __future__ import annotations

import subprocess

import pytest

from lab.proof.pbx import COLUMNS, PBXS, Asterisk, FreeSwitch


class Host:
    """Answers each command by a word in it."""

    def __init__(self, **answers: str) -> None:
        self.answers = answers

    def exec(
        self, host: str, argv: list[str], *, input: str | None = None, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        assert host == "pbx1"
        assert env is None
        assert input is None
        for word, answer in self.answers.items():
            if word in argv[-1]:
                return subprocess.CompletedProcess(argv, 0, answer, "")
        raise AssertionError(f"nobody expects {argv}")


@pytest.mark.parametrize(("text", "calls"), [("2 active channels\n1 active call\n7 calls processed\n", 1),
                                             ("0 active channels\n0 active calls\n", 0)])  # fmt: skip
def test_asterisk_counts_its_calls(text: str, calls: int) -> None:
    assert Asterisk(Host(asterisk=text)).calls() == calls


def test_freeswitch_counts_its_calls() -> None:
    assert FreeSwitch(Host(fs_cli="\nuuid,direction\nx,inbound\n\n1 total.\n")).calls() == 1
    assert FreeSwitch(Host(fs_cli="\n0 total.\n")).calls() == 0


@pytest.mark.parametrize("pbx", sorted(PBXS))
def test_a_pbx_that_does_not_answer_is_no_idle_one(pbx: str) -> None:
    with pytest.raises(RuntimeError, match="does not say"):
        PBXS[pbx](Host(fs_cli="[ERROR] not running", asterisk="Unable to connect")).calls()


def test_records_have_the_columns_of_the_contract() -> None:
    times = "2026-11-23T22:00:00Z,2026-11-23T22:00:02Z,2026-11-23T22:00:05Z"
    row = f'{times},3,inbound,+14155550100,+12025550101,101,acme,"answered",1'
    rows = PBXS["asterisk"](Host(calls=f"{','.join(COLUMNS)}\n{row}\n\n")).records()
    assert rows == [dict(zip(COLUMNS, row.replace('"', "").split(",")))]


def test_no_process_is_number_zero() -> None:
    assert Asterisk(Host(systemctl="0\n")).process() == 0
    assert Asterisk(Host(systemctl="")).process() == 0
    assert Asterisk(Host(systemctl="417\n")).process() == 417
