# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A release from its first day: installed, changed, committed, taken back; what has to be done after each."""

from __future__ import annotations

import base64
import os
import stat
from pathlib import Path

import pytest
from release_cases import Place, options

from ansible_collections.dialtone.voice.plugins.module_utils._release.errors import ReleaseError
from ansible_collections.dialtone.voice.plugins.module_utils._release.run import Run


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_the_first_release(place: Place) -> None:
    result = place.run(files={"a.conf": "one\n", "sounds/x": "y"})
    assert (result["changed"], result["first"], result["previous"]) == (True, True, None)
    assert (result["added"], result["modified"], result["removed"]) == (["a.conf", "sounds/x"], [], [])
    assert result["effects"] == ["reload", "prompts"]
    assert place.files() == {"a.conf": "one\n", "sounds/x": "y"}
    assert os.readlink(place.path) == f"conf.releases/{result['release']}"
    assert stat.S_IMODE(place.store.stat().st_mode) == 0o750
    assert stat.S_IMODE((place.path / "sounds").stat().st_mode) == 0o750
    assert stat.S_IMODE((place.path / "sounds" / "x").stat().st_mode) == 0o640


def test_the_second_run_changes_nothing(place: Place) -> None:
    first = place.install(a__conf="one\n")
    assert place.commit()["changed"] is True
    again = place.run(files={"a.conf": "one\n"}, validate=["/bin/false", "{path}"])
    assert (again["changed"], again["effects"], again["release"]) == (False, [], first["release"])
    assert place.commit()["changed"] is False


def test_a_change_is_only_what_changed(place: Place) -> None:
    place.install(a__conf="one\n", b__conf="b\n", modules__conf="m\n", old="x\n")
    place.commit()
    result = place.install(a__conf="two\n", b__conf="b\n", modules__conf="m\n", new="x\n")
    assert (result["added"], result["modified"], result["removed"]) == (["new"], ["a.conf"], ["old"])
    assert (result["effects"], result["first"]) == (["reload"], False)
    assert place.files() == {"a.conf": "two\n", "b.conf": "b\n", "modules.conf": "m\n", "new": "x\n"}


def test_effects_are_asked_for_until_they_are_committed(place: Place) -> None:
    place.install(modules__conf="1\n", a__conf="1\n")
    place.commit()
    place.install(modules__conf="2\n", a__conf="1\n")  # the run dies after this
    result = place.install(modules__conf="2\n", a__conf="2\n")
    assert (result["modified"], result["effects"]) == (["a.conf"], ["restart", "reload"])
    again = place.install(modules__conf="2\n", a__conf="2\n")
    assert (again["changed"], again["modified"], again["effects"]) == (True, [], ["restart", "reload"])
    place.commit()
    assert place.install(modules__conf="2\n", a__conf="2\n")["changed"] is False


def test_taking_back_what_was_not_committed(place: Place) -> None:
    good = place.install(a__conf="good\n")
    place.commit()
    place.install(a__conf="bad\n", modules__conf="bad\n")
    assert place.roll_back(planned=True)["effects"] == ["restart", "reload"]
    assert place.files()["a.conf"] == "bad\n"
    result = place.roll_back()
    assert (result["changed"], result["release"], result["effects"]) == (True, good["release"], ["restart", "reload"])
    assert result["modified"] == ["a.conf", "modules.conf"]
    assert place.files() == {"a.conf": "good\n"}
    # The way back may be cut off, too.
    assert place.install(a__conf="good\n")["effects"] == ["restart", "reload"]
    place.commit()
    assert place.install(a__conf="good\n")["changed"] is False
    assert [name for name in place.stored() if name[0] != "."] == [good["release"], "state.json"]


def test_what_was_committed_is_not_taken_back_unasked(place: Place) -> None:
    old = place.install(a__conf="old\n")
    place.commit()
    new = place.install(a__conf="new\n")
    place.commit()
    result = place.roll_back()
    assert (result["changed"], result["effects"], result["release"]) == (False, [], new["release"])
    assert (result["previous"], result["first"]) == (old["release"], False)
    assert place.roll_back(release=old["release"])["changed"] is True
    assert place.files() == {"a.conf": "old\n"}
    # That was not committed: taking it back leads to where one was.
    assert place.roll_back()["release"] == new["release"]
    with pytest.raises(ReleaseError, match=f"there is no 000009-X; there are {old['release']}, {new['release']}"):
        place.roll_back(release="000009-X")


def test_the_first_release_cannot_be_taken_back(place: Place) -> None:
    assert place.roll_back()["first"] is True
    assert place.commit()["changed"] is False
    place.install(a__conf="bad\n")
    result = place.roll_back()
    assert (result["changed"], result["first"]) == (False, True)
    assert place.files() == {"a.conf": "bad\n"}
    assert place.install(a__conf="good\n")["first"] is True
    place.commit()
    assert place.install(a__conf="better\n")["first"] is False


def test_old_releases_go(place: Place) -> None:
    names = []
    for number in range(6):
        names.append(place.install(a__conf=f"{number}\n")["release"])
        place.commit(keep=2)
    assert [name for name in place.stored() if name[0] != "."] == [*names[-3:], "state.json"]


def test_a_folder_is_taken_over(place: Place) -> None:
    place.path.mkdir()
    (place.path / "a.conf").write_text("hand made\n", encoding="utf-8")
    (place.path / "kept.conf").write_text("same\n", encoding="utf-8")
    os.chmod(place.path / "kept.conf", 0o640)
    result = place.run(True, files={"a.conf": "ours\n", "kept.conf": "same\n"})
    assert (result["modified"], place.path.is_symlink(), place.store.exists()) == (["a.conf"], False, False)
    result = place.install(a__conf="ours\n", kept__conf="same\n")
    assert (result["first"], result["added"], result["modified"]) == (False, [], ["a.conf"])
    assert "hand made" not in str(result["diff"])
    assert place.files() == {"a.conf": "ours\n", "kept.conf": "same\n"}
    assert result["previous"].endswith("-found")
    assert place.roll_back()["release"] == result["previous"]
    assert place.files() == {"a.conf": "hand made\n", "kept.conf": "same\n"}


def test_large_files_are_written_once(place: Place) -> None:
    sound = base64.b64encode(bytes(range(256))).decode()
    place.run(files={"a.conf": "1\n"}, binary_files={"sounds/x.wav": sound})
    before = (place.path / "sounds" / "x.wav").stat()
    place.run(files={"a.conf": "2\n"}, binary_files={"sounds/x.wav": sound})
    assert (place.path / "sounds" / "x.wav").stat().st_ino == before.st_ino
    assert (place.path / "sounds" / "x.wav").read_bytes() == bytes(range(256))
    place.run(files={"a.conf": "2\n"}, binary_files={"sounds/x.wav": sound}, mode="0600")
    after = (place.path / "sounds" / "x.wav").stat()
    assert (after.st_ino != before.st_ino, stat.S_IMODE(after.st_mode)) == (True, 0o600)


def test_every_path_gets_its_security_context(place: Place) -> None:
    given: list[tuple[str, str]] = []
    Run(
        options(path=str(place.path), effects={}, files={"sub/a": "x", "b": "y"}),
        planned=False,
        label=lambda path, name: given.append((path, name)),
    ).result()
    assert [name for __, name in given] == ["", "sub", "sub/a", "b", ""]  # the release, what is in it, and the link
    assert all(
        path.startswith(f"{place.store}/.") and path.endswith(f"/{name}" if name else "") for path, name in given
    )
