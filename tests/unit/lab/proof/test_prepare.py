# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the office of the proofs is given: prompts that can be told apart, days, secrets for all its telephones."""

from __future__ import annotations

import array
import datetime
import itertools
import wave
from pathlib import Path

import pytest
import yaml

from lab.proof import prepare
from lab.proof.__main__ import main
from lab.proof.registry import PROOFS
from lab.proof.tones import CARRIER_TONE, OFFICE_TONE, PROMPTS
from lab.proof.voicemail import samples, seconds_of, seconds_within
from lab.subscriber.tone import MIN_SPACING, USUAL_TONES

OFFICE = yaml.safe_load((prepare.OFFICE / "group_vars" / "all" / "office.yml").read_text(encoding="utf-8"))


def test_all_tones_can_be_told_apart() -> None:
    tones = [OFFICE_TONE, CARRIER_TONE, *(frequency for frequency, __ in PROMPTS.values())]
    assert min(abs(a - b) for a, b in itertools.combinations(tones, 2)) >= MIN_SPACING
    # A telephone that expects one of them must not take another for it, and knows the usual ones by name.
    others = set(USUAL_TONES) - {OFFICE_TONE, CARRIER_TONE}
    assert min(abs(a - b) for a in tones for b in others) >= MIN_SPACING


def test_a_prompt_is_heard_for_as_long_as_it_is(tmp_path: Path) -> None:
    prepare.tone(tmp_path / "a.wav", 700, 2.0)
    content = (tmp_path / "a.wav").read_bytes()
    assert seconds_of(content, 700) == pytest.approx(2.0)
    assert seconds_of(content, 740) == 0
    assert seconds_within(content, 700) == pytest.approx(2.0)
    assert seconds_within(content, 740) == 0


def test_two_tones_in_one_channel_are_both_found(tmp_path: Path) -> None:
    one, other = (tmp_path / name for name in ("a.wav", "b.wav"))
    prepare.tone(one, OFFICE_TONE, 1.0)
    prepare.tone(other, CARRIER_TONE, 1.0)
    mixed = array.array(
        "h", (sum(pair) // 2 for pair in zip(*(samples(path.read_bytes())[0] for path in (one, other))))
    )
    with wave.open(str(one), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(mixed.tobytes())
    for tone in (OFFICE_TONE, CARRIER_TONE):
        assert seconds_within(one.read_bytes(), tone) == pytest.approx(1.0)
        assert seconds_of(one.read_bytes(), tone) == 0


@pytest.mark.parametrize("day", range(1, 8))
def test_today_is_a_holiday_and_no_other_day_everywhere(day: int) -> None:
    today = datetime.date(2026, 11, day)
    found = prepare.days(today)
    dates = [one["date"] for one in found["lab_holidays"]]
    for shift in (-1, 0, 1):  # what it may be in some time zone, now or at the end of a long run
        there = today + datetime.timedelta(days=shift)
        assert there.isoformat() in dates
        assert prepare.WEEK[there.weekday()] != found["lab_another_day"]


def test_every_extension_has_a_secret_of_its_own_name() -> None:
    described = {entry["extension"]: entry["secret"] for entry in OFFICE["voice_extensions"]}
    assert sorted(described) == prepare.extensions()
    assert all(secret == f"{{{{ vault_secret_{name} }}}}" for name, secret in described.items())


def test_every_prompt_of_the_office_is_made_and_every_one_made_is_used() -> None:
    text = (prepare.OFFICE / "group_vars" / "all" / "office.yml").read_text(encoding="utf-8")
    for name in PROMPTS:
        assert f"{{{{ lab_prompts }}}}/{name}.wav" in text
    assert text.count("lab_prompts }}/") == len(PROMPTS)


def test_the_account_has_every_number_of_the_office() -> None:
    from lab.lab import ACCOUNT

    assert {entry["number"] for entry in OFFICE["voice_numbers"]} <= set(ACCOUNT["numbers"])


def test_what_a_proof_uses_is_in_the_office() -> None:
    extensions = {*prepare.extensions(), prepare.BRANCH_EXTENSION}
    for one in PROOFS:
        strange = {used for used in one.uses if used.isdigit()} - extensions
        assert not strange, one.name


def test_the_list_says_what_each_proves(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(PROOFS) > 40
    assert all(line.rstrip().endswith((".", ".)")) or len(line) > 60 for line in lines)


def test_an_unknown_proof_is_refused_with_a_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--only", "no such thing"])
    assert "no proof has 'no such thing' in its name" in capsys.readouterr().err
