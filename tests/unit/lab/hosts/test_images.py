# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Images are named by their definition, and a failed build is explained."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lab.hosts.images import CARRIER, HOST, IMAGES, Image, bare_machine, build_command, explain
from lab.hosts.mirror import Mirror

MIRROR = Mirror("http://mirror.example/debian")


def test_the_order_of_the_packages_does_not_matter():
    turned = replace(HOST, packages=tuple(reversed(HOST.packages)))
    assert turned.tag(MIRROR) == HOST.tag(MIRROR)


@pytest.mark.parametrize(
    "change", [{"suite": "trixie"}, {"packages": ("python3",)}, {"script": "true"}, {"keep_lists": False}]
)
def test_any_change_of_the_definition_makes_another_image(change):
    assert replace(HOST, **change).tag(MIRROR) != HOST.tag(MIRROR)


def test_another_mirror_makes_another_image():
    assert HOST.tag(Mirror("http://other.example/debian")) != HOST.tag(MIRROR)
    assert HOST.tag(replace(MIRROR, proxy="http://10.0.0.1:3142")) != HOST.tag(MIRROR)


def test_images_never_share_a_tag():
    tags = {image.tag(MIRROR) for image in IMAGES.values()}
    assert tags == {HOST.tag(MIRROR), CARRIER.tag(MIRROR)}
    assert len(tags) == 2


def test_the_machine_that_the_roles_are_tried_on_has_no_telephony_yet():
    assert not [package for package in HOST.packages if "asterisk" in package or "kamailio" in package]


def test_the_command_names_the_mirror_only_if_there_is_one():
    image = Image("x", "forky", ("python3",), "echo 'it works'")
    command = build_command(image, MIRROR)
    assert command[-3:] == ["forky", "-", "deb http://mirror.example/debian forky main"]
    assert '--aptopt=Acquire::Check-Valid-Until "false"' in command
    assert build_command(image, Mirror())[-2:] == ["forky", "-"]
    hook = next(word for word in command if word.startswith("--customize-hook="))
    assert "'echo '\"'\"'it works'\"'\"''" in hook


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("W: GPG error: The following signatures couldn't be verified: NO_PUBKEY 0E98404D386FA1D9", "keyring"),
        ("E: Failed to fetch http://x/InRelease  Temporary failure resolving 'x'", "LAB_DEBIAN_MIRROR"),
        ("E: The repository 'http://x/debian forky Release' does not have a Release file.", "no Debian 'forky'"),
        ("tar: write error: No space left on device", "LAB_STORE"),
        ("I: fine\nE: setting up failed", "mmdebstrap failed: E: setting up failed"),
    ],
)
def test_a_failed_build_says_what_to_do(log, words):
    assert words in explain(log, HOST)


def test_each_debian_release_is_an_image_of_its_own():
    tags = {suite: bare_machine(suite).tag(MIRROR) for suite in ("bookworm", "trixie", "forky")}
    assert len({tag.rpartition(":")[0] for tag in tags.values()}) == 3, "or a new one would remove the others"
    assert bare_machine(HOST.suite) == HOST
