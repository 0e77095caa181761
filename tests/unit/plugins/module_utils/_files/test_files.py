# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files of a host, written together: what is refused, what is written, and what is put back."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.dialtone.voice.plugins.module_utils._files import write
from ansible_collections.dialtone.voice.plugins.module_utils._files.plan import Plan, diff, plan
from ansible_collections.dialtone.voice.plugins.module_utils._files.wanted import wanted_files
from ansible_collections.dialtone.voice.plugins.module_utils._files.write import Writer
from ansible_collections.dialtone.voice.plugins.module_utils._release.errors import ReleaseError

SECRET = "zebra-4711-zebra"


def planned(files: dict[Any, Any]) -> Plan:
    return plan(wanted_files({str(path): given for path, given in files.items()}))


def put(files: dict[Any, Any]) -> Plan:
    found = planned(files)
    Writer(found, None).write(10)
    return found


def names(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def shown(found: Plan) -> str:
    return str(diff(found))


@pytest.mark.parametrize(
    ("files", "sentence"),
    [
        ({"etc/x": {"content": ""}}, "'etc/x' is not an absolute path; begin it with /"),
        ({"/etc/../x": {"content": ""}}, "is not a plain path"),
        ({"/etc/x/": {"content": ""}}, "is not a plain path"),
        ({"/etc/x\n": {"content": ""}}, "has control characters"),
        ({"/etc/x": "text"}, "/etc/x has a str in place of a dictionary"),
        ({"/etc/x": {}}, "/etc/x: content is missing; give it, or say state: absent"),
        ({"/etc/x": {"content": 5}}, "/etc/x: content is a int in place of text"),
        ({"/etc/x": {"content": "", "mode": 0o644}}, "/etc/x: mode is a int in place of text; put it in quotes"),
        ({"/etc/x": {"content": "", "mode": "644"}}, "/etc/x: mode: '644' is not a mode"),
        ({"/etc/x": {"content": "", "text": ""}}, "/etc/x: text is not known; there are content, group, mode"),
        ({"/etc/x": {"content": "", "owner": "no-such-user"}}, "/etc/x: owner: no-such-user does not exist"),
        ({"/etc/x": {"content": "", "group": "no-such-group"}}, "/etc/x: group: no-such-group does not exist"),
        ({"/etc/x": {"content": "", "secret": True, "mode": "0644"}}, "end it with 0, as '0640'"),
        ({"/etc/x": {"content": "", "secret": "yes"}}, "secret is neither true nor false"),
        ({"/etc/x": {"content": "", "state": "gone"}}, "state is 'gone'; write present or absent"),
        ({"/etc/x": {"content": "", "validate": "visudo -c"}}, "it needs %s where the file's path belongs"),
        ({"/etc/x": {"content": "", "validate": "visudo '%s"}}, "validate cannot be split into words"),
        ({"/etc/x": {"content": ""}, "/etc/x/y": {"content": ""}}, "/etc/x is a file, and a folder for /etc/x/y"),
    ],
)
def test_what_cannot_be_used_is_refused(files: dict[str, Any], sentence: str) -> None:
    with pytest.raises(ReleaseError) as error:
        wanted_files(files)
    assert sentence in str(error.value)


def test_all_problems_are_said_at_once_and_no_content(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "link").symlink_to("elsewhere")
    (tmp_path / "plain").write_text("x")
    os.mkfifo(tmp_path / "pipe")
    given = {tmp_path / name: {"content": SECRET} for name in ("folder", "link", "plain/below", "pipe", "good")}
    with pytest.raises(ReleaseError) as error:
        planned(given)
    said = str(error.value)
    assert f"{tmp_path}/folder is a directory" in said
    assert f"{tmp_path}/link is a symbolic link to elsewhere" in said
    assert f"{tmp_path}/plain is no directory" in said
    assert f"{tmp_path}/pipe is no regular file" in said
    assert SECRET not in said


def test_files_are_written_with_their_rights_and_then_left_alone(tmp_path: Path) -> None:
    files = {
        tmp_path / "a" / "b" / "one": {"content": "1\n"},
        tmp_path / "two": {"content": "2\n", "mode": "0750"},
        tmp_path / "key": {"content": "3\n", "secret": True},
    }
    before = os.umask(0o077)
    try:
        found = put(files)
    finally:
        os.umask(before)
    assert found.written == sorted(map(str, files))
    assert found.directories == [f"{tmp_path}/a", f"{tmp_path}/a/b"]
    assert [mode(path) for path in files] == [0o644, 0o750, 0o600]
    assert [mode(tmp_path / "a"), mode(tmp_path / "a" / "b")] == [0o755, 0o755]
    assert [path.read_text() for path in files] == ["1\n", "2\n", "3\n"]
    again = put(files)
    assert (again.changes, again.directories) == ([], [])
    assert names(tmp_path) == ["a", "a/b", "a/b/one", "key", "two"]


def test_what_was_changed_by_hand_is_put_right_and_said(tmp_path: Path) -> None:
    files = {tmp_path / "one": {"content": "1\n"}, tmp_path / "two": {"content": "2\n"}}
    put(files)
    (tmp_path / "one").chmod(0o600)
    (tmp_path / "two").write_text("by hand\n")
    found = put(files)
    assert found.written == [f"{tmp_path}/one", f"{tmp_path}/two"]
    assert "mode 0600, not 0644" in shown(found)
    assert "by hand" in shown(found)
    assert mode(tmp_path / "one") == 0o644


def test_files_are_removed(tmp_path: Path) -> None:
    (tmp_path / "old").write_text("old text\n")
    files = {tmp_path / "old": {"state": "absent"}, tmp_path / "no" / "such": {"state": "absent"}}
    found = put(files)
    assert (found.written, found.removed, found.directories) == ([], [f"{tmp_path}/old"], [])
    assert "old text" in shown(found)
    assert names(tmp_path) == []
    assert put(files).changes == []


def test_a_refused_file_changes_nothing(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("old\n")
    files = {
        tmp_path / "new" / "a": {"content": "good\n"},
        tmp_path / "b": {"content": "bad\n", "validate": "sh -c 'cat \"$1\"; exit 1' sh %s"},
    }
    with pytest.raises(ReleaseError, match=r"files: .*/b was not accepted: bad Nothing was changed"):
        put(files)
    assert names(tmp_path) == ["b"]
    assert (tmp_path / "b").read_text() == "old\n"


def test_the_judge_sees_the_new_file_beside_its_place(tmp_path: Path) -> None:
    script = 'test "$(dirname "$1")" = "$2" && grep -q new "$1"'
    put({tmp_path / "a": {"content": "new\n", "validate": f"sh -c '{script}' sh %s {tmp_path}"}})
    assert (tmp_path / "a").read_text() == "new\n"


def test_a_missing_judge_is_named(tmp_path: Path) -> None:
    with pytest.raises(ReleaseError, match="validate needs no-such-judge, which is not on the host"):
        put({tmp_path / "a": {"content": "x", "validate": "no-such-judge %s"}})
    assert names(tmp_path) == []


def test_a_judge_tells_no_secret(tmp_path: Path) -> None:
    file = {"content": f"password {SECRET}\n", "secret": True, "validate": "sh -c 'cat \"$1\"; exit 1' sh %s"}
    with pytest.raises(ReleaseError) as error:
        put({tmp_path / "a": file})
    assert SECRET not in str(error.value)


def test_prediction_judges_elsewhere_and_leaves_nothing(tmp_path: Path) -> None:
    found = planned({tmp_path / "a" / "b": {"content": "x", "validate": "no-such-judge %s"}})
    write.predict(found, 10)
    refused = planned({tmp_path / "a": {"content": "x", "validate": "sh -c 'exit 1' %s"}})
    with pytest.raises(ReleaseError, match="was not accepted"):
        write.predict(refused, 10)
    assert names(tmp_path) == []


def test_prediction_knows_of_owners_that_are_still_to_come(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    files = {str(tmp_path / "a"): {"content": "x", "owner": "no-such-user", "group": "no-such-group"}}
    (file,) = wanted_files(files, planned=True)
    assert (file.uid, file.gid) == (None, None)
    assert plan([file]).changes == []


def test_what_was_done_is_undone_when_a_rename_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "gone", "z"):
        (tmp_path / name).write_text(f"old {name}\n")
    (tmp_path / "a").chmod(0o640)
    files = {
        tmp_path / "a": {"content": "new\n"},
        tmp_path / "gone": {"state": "absent"},
        tmp_path / "made" / "new": {"content": "new\n"},
        tmp_path / "z": {"content": "new\n"},
    }
    replace = os.replace

    def failing(source: str, target: str) -> None:
        if target.endswith("/z") and ".was-" not in source:
            raise OSError(28, "No space left on device", target)
        replace(source, target)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(ReleaseError, match=r"Could not write the files: No space left on device \(.*/z\)"):
        put(files)
    assert names(tmp_path) == ["a", "gone", "z"]
    assert [(tmp_path / name).read_text() for name in ("a", "gone", "z")] == ["old a\n", "old gone\n", "old z\n"]
    assert mode(tmp_path / "a") == 0o640


def test_it_is_said_what_could_not_be_put_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text(f"old {name}\n")
    replace = os.replace

    def failing(source: str, target: str) -> None:
        if target.endswith("/b") or ".was-" in source:
            raise OSError(5, "Input/output error", target)
        replace(source, target)

    monkeypatch.setattr(os, "replace", failing)
    with pytest.raises(ReleaseError, match=r"Not put back, look at them: .*/a \(as it was: (.*)\)") as error:
        put({tmp_path / name: {"content": "new\n"} for name in ("a", "b")})
    spare = [word.rstrip("),.") for word in str(error.value).split() if ".a.was-" in word]
    assert Path(spare[0]).read_text() == "old a\n"


def test_without_hard_links_a_copy_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(*_names: Any, **_options: Any) -> None:
        raise OSError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuses)
    (tmp_path / "a").write_text("old\n")
    put({tmp_path / "a": {"content": "new\n"}})
    assert (tmp_path / "a").read_text() == "new\n"
    assert names(tmp_path) == ["a"]


def test_what_killed_runs_left_is_removed_and_what_a_run_needs_is_not(tmp_path: Path) -> None:
    for name, age in (("old", 2 * write.OLD), ("young", 0)):
        path = tmp_path / f".{name}.x{write.LEFT_OVER}"
        path.write_text("")
        status = path.stat()
        os.utime(path, (status.st_atime, status.st_mtime - age))
    put({tmp_path / "a": {"content": "x"}})
    assert names(tmp_path) == [f".young.x{write.LEFT_OVER}", "a"]


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    (tmp_path / "was").write_text(SECRET)
    (tmp_path / "was").chmod(0o600)
    (tmp_path / "gone").write_text(SECRET)
    (tmp_path / "gone").chmod(0o640)
    found = planned({
        tmp_path / "key": {"content": SECRET, "secret": True},
        tmp_path / "was": {"content": "public\n"},
        tmp_path / "gone": {"state": "absent"},
    })  # fmt: skip
    assert SECRET not in shown(found)
    assert f"secret file {tmp_path}/key added, not shown" in shown(found)
    assert f"file {tmp_path}/gone removed, not shown" in shown(found)
