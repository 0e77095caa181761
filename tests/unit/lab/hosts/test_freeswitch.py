# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

import io
import json
import tarfile
from pathlib import Path

import pytest

from lab.hosts.access import inventory
from lab.hosts.containers import arguments
from lab.hosts.errors import LabError
from lab.hosts.freeswitch import IMAGE, PREFIX, Ready, debian_suite, is_saved, libraries, owners, programs, read_setting
from lab.hosts.plan import make_plan

LDD = """/opt/switch/bin/freeswitch:
\tlinux-vdso.so.1 (0x00007f01277be000)
\tlibfreeswitch.so.1 => /opt/switch/lib/libfreeswitch.so.1 (0x00007f0127400000)
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f012721e000)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f01277c0000)
"""


@pytest.fixture(autouse=True)
def _nothing_said(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (PREFIX, IMAGE):
        monkeypatch.delenv(name, raising=False)


def _prefix(folder: Path) -> Path:
    program = folder / "bin" / "freeswitch"
    program.parent.mkdir(parents=True)
    program.write_bytes(b"\x7fELF and more")
    program.chmod(0o755)
    return folder


def test_without_a_setting_the_sentence_says_what_to_set() -> None:
    with pytest.raises(LabError, match=rf"set {PREFIX} to .* or {IMAGE} to "):
        read_setting()


def test_a_prefix_without_the_program_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFIX, str(tmp_path))
    with pytest.raises(LabError, match=f"there is no program {tmp_path}/bin/freeswitch"):
        read_setting()


def test_both_settings_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PREFIX, "/opt/switch")
    monkeypatch.setenv(IMAGE, "/opt/switch.tar")
    with pytest.raises(LabError, match="both set"):
        read_setting()


def test_an_archive_that_is_not_there_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(IMAGE, str(tmp_path / "none.tar"))
    with pytest.raises(LabError, match=r"none\.tar', which is not a file"):
        read_setting()


def test_a_host_sees_the_prefix_read_only_and_the_inventory_says_where_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(_prefix(tmp_path / "switch"))
    monkeypatch.setenv(PREFIX, folder)
    ready = read_setting()
    plan = make_plan("demo")
    words = arguments(plan, plan.hosts["pbx1"], "host:1", "9.9.9.9", ready.mounts)
    assert words[words.index(f"{folder}:{folder}:ro") - 1] == "--volume"
    assert folder not in " ".join(arguments(plan, plan.hosts["phone"], "host:1", "9.9.9.9", ready.mounts))
    tree = json.loads(inventory(plan, tmp_path, {}, ready.variables).partition("\n")[2])
    host = tree["all"]["children"]["voice_pbx"]["hosts"]["pbx1"]
    assert host["freeswitch_prefix"] == folder
    assert (host["voice_pbx_software"], host["freeswitch_install"]) == ("freeswitch", "existing")


def test_the_libraries_outside_of_the_prefix_are_what_packages_have_to_bring() -> None:
    assert libraries(LDD, "/opt/switch") == {"/lib/x86_64-linux-gnu/libc.so.6", "/lib64/ld-linux-x86-64.so.2"}


def test_a_missing_library_is_named() -> None:
    with pytest.raises(LabError, match=r"libopus\.so\.0 cannot be found"):
        libraries(LDD + "\tlibopus.so.0 => not found\n", "/opt/switch")


def test_packages_are_read_from_what_dpkg_says() -> None:
    said = "libc6:amd64: /lib/libc.so.6\ndiversion by x from: /lib/y\nlibedit2:amd64: /usr/lib/libedit.so.2\n"
    assert owners(said) == {"libc6", "libedit2"}


def test_programs_are_known_by_their_content(tmp_path: Path) -> None:
    folder = _prefix(tmp_path / "switch")
    (folder / "bin" / "script").write_text("#!/bin/sh\n", encoding="utf-8")
    (folder / "bin" / "link").symlink_to("freeswitch")
    assert programs(folder) == [str(folder / "bin" / "freeswitch")]


@pytest.mark.parametrize(("text", "suite"), [("ID=debian\nVERSION_CODENAME=bookworm\n", "bookworm")])
def test_the_release_is_this_machines(text: str, suite: str) -> None:
    assert debian_suite(text) == suite


@pytest.mark.parametrize("text", ["ID=fedora\n", "ID=debian\n", ""])
def test_another_distribution_is_refused(text: str) -> None:
    with pytest.raises(LabError, match=f"set {IMAGE} instead"):
        debian_suite(text)


def _archive(file: Path, names: list[str]) -> str:
    with tarfile.open(file, "w") as archive:
        for name in names:
            archive.addfile(tarfile.TarInfo(name), io.BytesIO())
    return str(file)


@pytest.mark.parametrize(
    ("names", "saved"),
    [(["manifest.json", "0a.tar"], True), (["oci-layout", "index.json"], True), (["./etc", "./etc/passwd"], False)],
)
def test_what_podman_saved_is_told_from_a_file_system(tmp_path: Path, names: list[str], saved: bool) -> None:
    assert is_saved(_archive(tmp_path / "one.tar", names)) is saved


def test_what_is_no_archive_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "one.tar"
    file.write_text("nothing of the kind" * 100, encoding="utf-8")
    with pytest.raises(LabError, match="not a tar archive"):
        is_saved(str(file))


def test_another_archive_is_another_image(tmp_path: Path) -> None:
    first = Ready(archive=_archive(tmp_path / "one.tar", ["etc"]))
    before = first.tag()
    _archive(tmp_path / "one.tar", ["etc", "usr", *(f"usr/{number}" for number in range(99))])
    assert first.tag() != before
