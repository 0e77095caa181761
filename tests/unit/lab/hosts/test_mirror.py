# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Debian mirror is found in whatever form a machine's apt sources have."""

from __future__ import annotations

import pytest

from lab.hosts import mirror
from lab.hosts.errors import LabError
from lab.hosts.mirror import Mirror, Source, check_setting, choose, parse_deb822, parse_one_line, read_sources, resolve

DEB822 = """\
# a comment
Types: deb deb-src
URIs: http://mirror.example/debian
Suites: bookworm
 bookworm-updates
Components: main contrib
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

Types: deb
URIs: http://mirror.example/debian-security
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: trixie
Components: main
"""
ONE_LINE = """\
# deb http://commented.example/debian bookworm main
deb-src http://mirror.example/debian bookworm main
deb [arch=amd64 signed-by=/usr/share/keyrings/k.gpg] https://third.example/apt stable-thing main
deb  http://mirror.example/debian/ bookworm main contrib # the one
"""


def test_deb822_yields_enabled_binary_archives_only():
    assert list(parse_deb822(DEB822)) == [
        Source("http://mirror.example/debian", "bookworm", ("main", "contrib")),
        Source("http://mirror.example/debian", "bookworm-updates", ("main", "contrib")),
        Source("http://mirror.example/debian-security", "bookworm-security", ("main",)),
    ]


def test_one_line_format_with_options_and_comments():
    assert list(parse_one_line(ONE_LINE)) == [
        Source("https://third.example/apt", "stable-thing", ("main",)),
        Source("http://mirror.example/debian/", "bookworm", ("main", "contrib")),
    ]


@pytest.mark.parametrize("text", [DEB822, ONE_LINE])
def test_the_debian_archive_is_chosen_among_others(text):
    parse = parse_deb822 if "Types:" in text else parse_one_line
    assert choose(list(parse(text))) == "http://mirror.example/debian"


def test_security_and_third_parties_are_not_taken_for_the_archive():
    sources = [
        Source("http://a.example/debian-security", "bookworm-security", ("main",)),
        Source("http://b.example/apt", "stable", ("nginx",)),
        Source("cdrom:[Debian]/", "bookworm", ("main",)),
        Source("http://c.example/ubuntu", "noble", ("main",)),
    ]
    assert choose(sources) == ""


def test_sources_of_a_machine_are_read_from_both_places(tmp_path):
    folder = tmp_path / "sources.list.d"
    folder.mkdir()
    (tmp_path / "sources.list").write_text("deb http://one.example/debian trixie main\n")
    (folder / "debian.sources").write_text(DEB822)
    (folder / "old.list.save").write_text("deb http://saved.example/debian trixie main\n")
    uris = [source.uri for source in read_sources(tmp_path)]
    assert uris[0] == "http://one.example/debian"
    assert "http://mirror.example/debian" in uris
    assert "http://saved.example/debian" not in uris


def test_a_machine_without_debian_sources_leaves_the_choice_to_mmdebstrap(tmp_path, monkeypatch):
    monkeypatch.delenv("LAB_DEBIAN_MIRROR", raising=False)
    monkeypatch.setenv("http_proxy", "http://proxy.example:3142")
    assert mirror.read_mirror(tmp_path) == Mirror("", "http://proxy.example:3142")


def test_the_setting_wins_over_the_sources(tmp_path, monkeypatch):
    (tmp_path / "sources.list").write_text("deb http://one.example/debian trixie main\n")
    monkeypatch.setenv("LAB_DEBIAN_MIRROR", "http://two.example/debian/")
    monkeypatch.setenv("http_proxy", "")
    assert mirror.read_mirror(tmp_path).uri == "http://two.example/debian"


@pytest.mark.parametrize("value", ["mirror.example/debian", "ftp://mirror.example/debian", "http:///debian"])
def test_a_setting_that_is_no_url_is_an_error(value):
    with pytest.raises(LabError, match=f"LAB_DEBIAN_MIRROR is '{value}', which is not the URL"):
        check_setting(value)


def test_the_indirection_of_cloud_images_is_followed(tmp_path):
    file = tmp_path / "debian.list"
    file.write_text("# mirrors\nhttps://cloud.example/debian/ priority:1\nhttps://other.example/debian\n")
    assert resolve(f"mirror+file:{file}") == "https://cloud.example/debian"
    assert resolve(f"mirror+file:{tmp_path / 'missing'}") == ""
    assert resolve("http://plain.example/debian") == "http://plain.example/debian"


def test_the_ports_that_downloads_need():
    assert Mirror("http://mirror.example/debian").ports == {80, 443}
    assert Mirror("http://mirror.example:8081/debian", "http://10.0.0.1:3142").ports == {80, 443, 8081, 3142}
