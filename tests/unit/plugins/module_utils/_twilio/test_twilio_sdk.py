# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guarded imports: a missing library is remembered, not raised."""

from __future__ import annotations

import runpy
import sys

import pytest

from ansible_collections.dialtone.voice.plugins.module_utils._twilio import sdk


def test_missing_libraries_are_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("requests", "netaddr", "twilio.http"):
        monkeypatch.setitem(sys.modules, name, None)
    names = runpy.run_path(sdk.__file__)
    assert set(names["MISSING"]) == {"requests", "netaddr", "twilio"}
    assert all("ModuleNotFoundError" in text for text in names["MISSING"].values())
    assert names["SdkHttpClient"] is object


def test_nothing_is_missing_here() -> None:
    assert sdk.MISSING == {}
