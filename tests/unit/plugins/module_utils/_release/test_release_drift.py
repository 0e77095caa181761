# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What was changed on the host behind the module's back, and what stands where the release is to be."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path

import pytest
from release_cases import Place

from ansible_collections.dialtone.voice.plugins.module_utils._release.errors import ReleaseError

FILES = {"a.conf": "one\n", "sub/b.conf": "two\n"}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path)
    place.run(files=FILES)
    place.commit()
    return place


def test_an_edited_file_is_shown_and_replaced(place: Place) -> None:
    (place.path / "a.conf").write_text("by hand\n", encoding="utf-8")
    predicted = place.run(True, files=FILES)
    result = place.run(files=FILES)
    assert (result["modified"], result["effects"]) == (predicted["modified"], predicted["effects"]) == (
        ["a.conf"], ["reload"],
    )  # fmt: skip
    assert [(part["before"], part["after"]) for part in result["diff"]] == [("by hand\n", "one\n")]
    assert place.files() == FILES


def test_a_file_too_many_goes_and_its_text_is_not_shown(place: Place) -> None:
    (place.path / "sub" / "stray.conf").write_text("password=zebra-42-zebra\n", encoding="utf-8")
    (place.path / "sub" / "empty").mkdir()
    result = place.run(files=FILES)
    assert (result["removed"], result["effects"]) == (["sub/stray.conf"], ["reload"])
    assert result["diff"] == [{"prepared": "file sub/stray.conf removed\nfolder sub/empty: does not belong here\n"}]
    assert place.files() == FILES
    assert not (place.path / "sub" / "empty").exists()


def test_a_file_that_is_a_link_is_not_followed(place: Place, tmp_path: Path) -> None:
    (tmp_path / "shadow").write_text("one\n", encoding="utf-8")  # even with the right text it is not what is wanted
    (place.path / "a.conf").unlink()
    (place.path / "a.conf").symlink_to(tmp_path / "shadow")
    result = place.run(files=FILES)
    assert result["modified"] == ["a.conf"]
    assert not (place.path / "a.conf").is_symlink()
    os.mkfifo(place.path / "pipe")
    assert place.run(files=FILES)["removed"] == ["pipe"]


@pytest.mark.parametrize("name", ["a.conf", "sub", ""])
def test_rights_are_put_right(place: Place, name: str) -> None:
    wanted = stat.S_IMODE((place.path / name).stat().st_mode)
    (place.path / name).chmod(0o700)
    result = place.run(files=FILES)
    assert result["changed"] is True
    assert f"mode 0700, not {wanted:04o}" in result["diff"][0]["prepared"]
    assert stat.S_IMODE((place.path / name).stat().st_mode) == wanted
    place.commit()
    assert place.run(files=FILES)["changed"] is False


def test_rights_of_the_store_are_put_right(place: Place) -> None:
    place.store.chmod(0o777)
    assert place.run(True, files=FILES)["changed"] is True
    assert place.run(files=FILES)["changed"] is True
    assert stat.S_IMODE(place.store.stat().st_mode) == 0o750
    assert place.run(files=FILES)["changed"] is False


def test_another_group_and_mode(place: Place) -> None:
    group = str(os.getgid())
    result = place.run(files=FILES, group=group, mode="0600", directory_mode="0700")
    assert result["modified"] == ["a.conf", "sub/b.conf"]
    assert stat.S_IMODE((place.path / "sub").stat().st_mode) == 0o700
    place.commit()
    assert place.run(files=FILES, group=group, mode="0600", directory_mode="0700")["changed"] is False


def test_a_link_that_was_removed_comes_back(place: Place) -> None:
    place.path.unlink()
    assert place.run(True, files=FILES)["changed"] is True
    assert place.run(files=FILES)["changed"] is True
    assert place.files() == FILES
    assert place.run(files=FILES)["changed"] is False


def test_a_release_that_was_removed(place: Place) -> None:
    shutil.rmtree(place.path.resolve())
    result = place.run(files=FILES)
    assert (result["first"], result["added"]) == (True, ["a.conf", "sub/b.conf"])
    assert place.files() == FILES


@pytest.mark.parametrize("text", ["", "{", "[]", None])
def test_a_state_that_cannot_be_read(place: Place, text: str | None) -> None:
    state = place.store / "state.json"
    state.unlink()
    if text is not None:
        state.write_text(text, encoding="utf-8")
    result = place.run(files={**FILES, "a.conf": "new\n"})
    assert (result["first"], result["effects"]) == (False, ["reload"])
    # It is not known any more whether the old text was secret.
    assert result["diff"] == [{"prepared": "file a.conf changed\n"}]
    place.roll_back()
    assert place.files() == FILES


def test_the_state_holds_no_contents(place: Place) -> None:
    place.run(files=FILES, secret_files={"s.conf": "zebra-42-zebra\n"})
    text = (place.store / "state.json").read_text(encoding="utf-8")
    assert json.loads(text)["pending"] == ["s.conf"]
    assert "zebra" not in text


def test_links_on_the_way_are_fine(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    place = Place(tmp_path / "link")
    place.run(files=FILES)
    assert place.files() == FILES
    place.commit()
    assert Place(tmp_path / "real").run(files=FILES)["changed"] is False


def test_a_store_elsewhere(tmp_path: Path) -> None:
    (tmp_path / "deep" / "down").mkdir(parents=True)
    (tmp_path / "var").mkdir()
    place = Place(tmp_path / "deep" / "down")
    place.run(files=FILES, store=str(tmp_path / "var" / "releases"))
    assert place.files() == FILES
    assert not place.store.exists()
    assert place.run(state="committed", store=str(tmp_path / "var" / "releases"))["changed"] is True


def test_what_is_in_the_way_is_refused(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.path.write_text("x", encoding="utf-8")
    with pytest.raises(ReleaseError, match="is a file; remove it"):
        place.run(files=FILES)
    place.path.unlink()
    place.path.symlink_to("/usr")
    with pytest.raises(ReleaseError, match="is a link to /usr, which is no release"):
        place.run(files=FILES)
    place.path.unlink()
    shutil.rmtree(place.store)
    place.store.symlink_to("/usr")
    with pytest.raises(ReleaseError, match=r"conf.releases is not a folder; remove it"):
        place.run(files=FILES)
    with pytest.raises(ReleaseError, match="is not there; create it first, or install the package"):
        Place(tmp_path / "nowhere").run(files=FILES)
    assert Place(tmp_path / "nowhere").run(True, files=FILES)["changed"] is True


def test_a_store_of_somebody_else_is_refused(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 12345)
    with pytest.raises(ReleaseError, match="who could put anything into a release; look at what is in it"):
        place.run(files=FILES)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"files": {"../a": "x"}}, "files: '../a' is not a path below the release"),
        ({"files": {"/a": "x"}}, "without a leading /"),
        ({"files": {"a/": "x"}}, "'a/' is not a path"),
        ({"files": {"a\nb": "x"}}, "has control characters"),
        ({"files": {"a": "x", "a/b": "x"}}, "a is a file, and a folder for other files; rename it"),
        ({"files": {"a": "x"}, "secret_files": {"a": "y"}}, "secret_files: a is in files too"),
        ({"secret_files": {"a": 424242}}, "secret_files: a has a int in place of text; put it in quotes"),
        ({"binary_files": {"a": "%"}}, "binary_files: a is not base64; use the filter b64encode"),
        ({}, "are all empty"),
        ({"files": {"a": "x"}, "mode": "640"}, "mode: '640' is not a mode; write four octal digits in quotes"),
        ({"secret_files": {"a": "x"}, "mode": "0644"}, "lets everybody read the secret files"),
        ({"files": {"a": "x"}, "owner": "nobody-of-that-name"}, "owner: nobody-of-that-name does not exist"),
        ({"files": {"a": "x"}, "effects": {"reload": "*"}}, "effects: reload needs a list of patterns"),
        ({"files": {"a": "x"}, "keep": 0}, "keep: 0 leaves no release to go back to"),
        ({"files": {"a": "x"}, "validate": ["true"]}, "validate: no argument has {path} in it"),
        ({"files": {"a": "x"}, "validate": ["true", "{path}"], "validate_seconds": 0}, "validate_seconds: give 1"),
        ({"files": {"a": "x"}, "path": "relative"}, "path: relative is not an absolute path"),
        ({"files": {"a": "x"}, "path": "/"}, "give a folder of its own"),
        ({"files": {"a": "x"}, "path": "/x/y", "store": "/x/y/z"}, "store: /x/y/z is in the path itself"),
        ({"files": {"a": "x"}, "store": "/proc/releases"}, "is on another file system"),
    ],
)
def test_bad_input(tmp_path: Path, given: dict[str, object], words: str) -> None:
    place = Place(tmp_path)
    with pytest.raises(ReleaseError) as caught:
        place.run(**given)
    assert words in str(caught.value)
    assert "424242" not in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_all_bad_names_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match=r"'\.\./a' is not .*binary_files: b is not base64"):
        Place(tmp_path).run(files={"../a": "x"}, binary_files={"b": "%"})
