# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fetching the specs: once, whole, and with a sentence when it cannot be done."""

from __future__ import annotations

import json
import tarfile
from pathlib import Path

import pytest

from lab.openapi_fetch import SPECS, VERSION, FetchError, fetch


def _npm(tmp_path: Path, script: str) -> str:
    program = tmp_path / "npm"
    program.write_text(f"#!/bin/sh\necho run >> {tmp_path}/runs\n{script}\n")
    program.chmod(0o755)
    return str(program)


def _package(tmp_path: Path, content: str = "{}", names: tuple[str, ...] = SPECS) -> Path:
    archive = tmp_path / "made.tar"
    source = tmp_path / "source.json"
    source.write_text(content)
    with tarfile.open(archive, "w:gz") as package:
        for name in names:
            package.add(source, f"package/src/services/twilio-api/{name}")
    return archive


def test_specs_are_fetched_once(tmp_path: Path) -> None:
    npm = _npm(tmp_path, f"cp {_package(tmp_path)} package.tgz")
    home = tmp_path / "cache"
    for __ in range(2):
        found = fetch(home, npm)
        assert [json.loads(found[name].read_text()) for name in SPECS] == [{}] * len(SPECS)
    assert (tmp_path / "runs").read_text() == "run\n"
    assert [path.name for path in home.iterdir()] == [VERSION]  # nothing is left lying about


@pytest.mark.parametrize(
    ("script", "words"),
    [("echo 'npm ERR! no such host' >&2; exit 1", "no such host"), ("exit 0", "could not fetch")],
)
def test_a_failing_npm_gets_a_sentence(tmp_path: Path, script: str, words: str) -> None:
    with pytest.raises(FetchError, match=words) as failure:
        fetch(tmp_path / "cache", _npm(tmp_path, script))
    assert "make openapi" in str(failure.value)


def test_a_missing_npm_gets_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(FetchError, match="is not installed"):
        fetch(tmp_path / "cache", str(tmp_path / "nowhere"))


@pytest.mark.parametrize(("content", "names"), [("{", SPECS), ("{}", SPECS[:1])])
def test_a_package_without_the_specs_is_refused(tmp_path: Path, content: str, names: tuple[str, ...]) -> None:
    npm = _npm(tmp_path, f"cp {_package(tmp_path, content, names)} package.tgz")
    with pytest.raises(FetchError, match="does not hold"):
        fetch(tmp_path / "cache", npm)
