# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file a secret goes to: whole, of mode 0600 from its first moment, and only where nobody can exchange it."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

import pytest

from ansible_collections.dialtone.voice.plugins.module_utils._twilio import secretfile
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.errors import InvalidInputError, TwilioError
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.secretfile import SecretFile

CONTENT = {"sid": "SK1", "secret": "zebra"}


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture
def generous() -> Iterator[None]:
    """Let files be made for everybody, as some machines do."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("generous")
def test_nobody_else_can_read_the_file_at_any_moment(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    seen: list[tuple[str, int]] = []
    real = {name: getattr(os, name) for name in ("fsync", "replace")}

    def look(name: str, *arguments: Any) -> Any:
        seen.extend((name, mode(entry)) for entry in tmp_path.iterdir())
        return real[name](*arguments)

    with (
        mock.patch.object(secretfile.os, "fsync", lambda *arguments: look("fsync", *arguments)),
        mock.patch.object(secretfile.os, "replace", lambda *arguments: look("replace", *arguments)),
    ):
        SecretFile("secret_path", str(path)).write(CONTENT)
    assert seen == [("fsync", 0o600), ("replace", 0o600)], "one file, and never under its name before it is whole"
    assert mode(path) == 0o600
    assert SecretFile("secret_path", str(path)).read() == CONTENT


def test_a_file_that_was_open_to_others_is_replaced_by_one_that_is_not(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text("{}")
    path.chmod(0o666)
    with path.open() as before:
        SecretFile("secret_path", str(path)).write(CONTENT)
        assert before.read() == "{}", "who had it open sees nothing of the secret"
    assert mode(path) == 0o600


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    path.write_text('{"sid": "SK0"}')
    with (
        mock.patch.object(secretfile.os, "fsync", side_effect=OSError(28, "No space left on device")),
        pytest.raises(TwilioError, match=r"secret_path: .* cannot be written: No space left on device"),
    ):
        SecretFile("secret_path", str(path)).write(CONTENT)
    assert [entry.name for entry in tmp_path.iterdir()] == ["key.json"]
    assert path.read_text() == '{"sid": "SK0"}'


def test_a_file_that_is_as_wanted_does_not_differ(tmp_path: Path) -> None:
    path = tmp_path / "key.json"
    file = SecretFile("secret_path", str(path))
    assert file.differs(CONTENT)
    assert not file.loose()
    file.write(CONTENT)
    assert not file.differs(CONTENT)
    assert file.differs({**CONTENT, "secret": "lion"})
    path.chmod(0o640)
    assert file.differs(CONTENT)
    file.tighten()
    assert (file.differs(CONTENT), mode(path)) == (False, 0o600)


@pytest.mark.parametrize("text", ["not json", "[1]", "\xff"])
def test_what_is_not_such_a_file_is_not_overwritten_blindly(tmp_path: Path, text: str) -> None:
    path = tmp_path / "other"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InvalidInputError, match="is not a file that this module wrote; give another path"):
        SecretFile("secret_path", str(path)).read()


def refused(path: object, why: str) -> None:
    with pytest.raises(InvalidInputError, match=f"^secret_path: .*{re.escape(why)}"):
        SecretFile("secret_path", str(path)).check()


def test_places_where_the_file_cannot_be_are_refused(tmp_path: Path) -> None:
    SecretFile("secret_path", str(tmp_path / "new")).check()
    refused("new", "is not an absolute path")
    refused(tmp_path / "missing" / "new", f"No such file or directory); create {tmp_path}/missing.")
    planned = SecretFile("secret_path", str(tmp_path / "missing" / "new")).check(planned=True)
    assert "earlier task does" in planned[0]
    (tmp_path / "file").write_text("{}")
    assert SecretFile("secret_path", str(tmp_path / "file")).check(planned=True) == []
    refused(tmp_path / "file" / "new", "is something else")
    refused(tmp_path, "is not a regular file")
    (tmp_path / "link").symlink_to(tmp_path / "file")
    refused(tmp_path / "link", "is not a regular file")


def test_a_directory_where_everybody_can_exchange_the_file_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "shared"
    folder.mkdir()
    folder.chmod(0o777)
    refused(folder / "new", f"everybody may write to; run chmod o-w {folder}.")
    folder.chmod(0o1777)  # sticky, as /tmp: others cannot remove what is not theirs
    SecretFile("secret_path", str(folder / "new")).check()


def test_a_directory_without_the_right_to_write_is_refused_before_anything_is_asked_of_twilio(tmp_path: Path) -> None:
    with mock.patch.object(secretfile.os, "access", return_value=False):  # whoever runs the tests as root may write
        refused(tmp_path / "new", f"may not be written to; change the rights of {tmp_path}.")
