# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles of others are measured if somebody has brought them, and never fetched."""

from __future__ import annotations

from pathlib import Path

from benchmarks import ground, peers
from benchmarks.ground import Run


def bring(folder: Path, name: str) -> None:
    (folder / name / "tasks").mkdir(parents=True)
    (folder / name / "tasks" / "main.yml").write_text("---\n", encoding="utf-8")


def test_without_the_setting_it_is_said_how_to_compare() -> None:
    found, missing = peers.there("198.18.0.10", {})
    assert found == []
    assert len(missing) == 2
    assert all("BENCH_PEERS is not set" in sentence and "FOLDER/nftables" in sentence for sentence in missing)


def test_what_is_there_is_compared_and_what_is_not_is_said(tmp_path: Path) -> None:
    bring(tmp_path, "timesync")
    found, missing = peers.there("198.18.0.10", {"BENCH_PEERS": str(tmp_path)})
    assert [(peer.name, peer.ours, folder) for peer, folder in found] == [
        ("linux-system-roles/timesync", "time_sync", tmp_path)
    ]
    assert missing == [
        f"the comparison with ipr-cnrs/nftables: {tmp_path / 'nftables'} is no role; {peers.HOW}."
    ]  # fmt: skip


def test_others_get_the_same_host_and_facts(tmp_path: Path) -> None:
    [peer, other] = peers.known("198.18.0.10")
    play = other.play(tmp_path)
    assert (play["hosts"], play["gather_facts"]) == ("voice_pbx", True)
    assert play["roles"] == [{"role": str(tmp_path / "timesync")}]
    assert play["vars"]["timesync_ntp_servers"] == [{"hostname": "198.18.0.10", "iburst": True}]
    assert peer.ours == "firewall"


def test_they_are_compared_run_by_run() -> None:
    ours = Run("firewall", "x", seconds=[4.0, 8.0, 4.0], ok=[10, 10, 10], skipped=[0])
    theirs = Run("ipr-cnrs/nftables", "x", "firewall", seconds=[10.0, 20.0, 12.0], ok=[25, 25, 25], skipped=[3])
    [row] = ground.compare([ours, theirs])
    assert (row["beside"], row["seconds"]["median"], row["tasks"]) == ("firewall", 2.5, 2.5)
