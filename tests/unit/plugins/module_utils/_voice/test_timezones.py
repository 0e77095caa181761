# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time zones as POSIX has them."""

from __future__ import annotations

import pytest

from ansible_collections.dialtone.voice.plugins.module_utils._voice import timezones


@pytest.mark.parametrize(
    ("name", "rule"),
    [
        ("America/New_York", "EST5EDT,M3.2.0,M11.1.0"),
        ("Europe/London", "GMT0BST,M3.5.0/1,M10.5.0"),
        ("Australia/Sydney", "AEST-10AEDT,M10.1.0,M4.1.0/3"),
        ("Asia/Dubai", "STD-4"),
        ("UTC", "UTC0"),
    ],
)
def test_rule(name: str, rule: str) -> None:
    assert timezones.posix(name) == rule


@pytest.mark.parametrize("name", ["Europe/Atlantis", "../../etc/passwd", "/etc/passwd", "Europe", ""])
def test_no_zone(name: str) -> None:
    with pytest.raises(timezones.TimeZoneError, match="no time zone"):
        timezones.posix(name)
