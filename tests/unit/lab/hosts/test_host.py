# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who called sudo owns what root writes into their checkout."""

from __future__ import annotations

import os

import pytest

from lab.hosts import host


@pytest.fixture
def given(monkeypatch):
    """The paths that were given away, with their new owner, as root."""
    found = []
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(os, "chown", lambda path, uid, gid: found.append((path, uid, gid)))
    return found


def test_a_folder_is_given_with_all_that_is_in_it_and_links_are_not_followed(tmp_path, monkeypatch, given):
    monkeypatch.setenv("SUDO_UID", "1000")
    monkeypatch.setenv("SUDO_GID", "1001")
    folder = tmp_path / "cache"
    (folder / "deep").mkdir(parents=True)
    (folder / "deep" / "file").touch()
    (folder / "link").symlink_to("/etc/passwd")
    host.own_tree(folder)
    assert given == [(path, 1000, 1001) for path in (folder, folder / "deep", folder / "deep" / "file")]


def test_what_is_not_there_is_not_given(tmp_path, monkeypatch, given):
    monkeypatch.setenv("SUDO_UID", "1000")
    host.own_tree(tmp_path / "missing")
    assert given == []


def test_without_sudo_nothing_changes_hands(tmp_path, monkeypatch, given):
    monkeypatch.delenv("SUDO_UID", raising=False)
    host.own_tree(tmp_path)
    assert given == []
