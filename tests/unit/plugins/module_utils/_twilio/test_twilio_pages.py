# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pages of a list: asked for one at a time, and only as far as somebody reads."""

from __future__ import annotations

from twilio_network import Script

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.catalog.records import ALERT

URL = "https://monitor.twilio.com/v1/Alerts"


def page(*sids: str, following: str | None = None) -> dict[str, object]:
    return {"alerts": [{"sid": sid} for sid in sids], "meta": {"key": "alerts", "next_page_url": following}}


def test_a_page_is_asked_for_when_it_is_read(script: Script) -> None:
    script.expect("GET", URL, page("NO1", "NO2", following=f"{URL}?PageToken=a"))
    pages = script.api().pages(ALERT, filters={"LogLevel": "error"}, size=2)
    assert [record["sid"] for record in next(pages)] == ["NO1", "NO2"]
    assert script.seen[0]["params"] == {"PageSize": "2", "LogLevel": "error"}
    script.finish()  # nothing more was sent
    script.expect("GET", f"{URL}?PageToken=a", page("NO3"))
    assert [record["sid"] for record in next(pages)] == ["NO3"]
    assert list(pages) == []
    assert script.seen[1]["params"] is None


def test_the_largest_page_is_asked_for_by_default_and_at_most(script: Script) -> None:
    for size in (None, 5000):
        script.expect("GET", URL, page())
        assert list(script.api().pages(ALERT, size=size)) == [[]]
        assert script.seen[-1]["params"] == {"PageSize": "1000"}
