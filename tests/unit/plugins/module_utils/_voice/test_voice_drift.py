# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of what differs: short, complete, and harmless whatever things are called."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.dialtone.voice.plugins.module_utils._voice import drift

ACCOUNT: dict[str, Any] = {
    "name": "AC1",
    "hosts": ["pbx1", "pbx2"],
    "described": {"trunks": ["hq", "paris"], "phone_numbers": ["+12025550101"]},
}


def change(action: str, resource: str, name: str, *fields: str, of: str = "trunk hq") -> dict[str, Any]:
    return {"action": action, "resource": resource, "name": name, "sid": "XX1", "fields": list(fields), "object": of}


def result(*changes: dict[str, Any], **unmanaged: list[dict[str, str]]) -> dict[str, Any]:
    return {"changed": bool(changes), "changes": list(changes), "unmanaged": unmanaged}


def test_nothing_differs() -> None:
    found = drift.report([result()], [ACCOUNT])
    assert (found.drifted, found.lines) == (False, ("No difference in 1 account(s).",))
    assert json.loads(found.json)["accounts"][0]["differences"] == []


def test_each_difference_is_a_line_that_names_its_object() -> None:
    found = drift.report(
        [
            result(
                change("update", "trunk", "hq", "secure", "cnam_lookup_enabled"),
                change("create", "origination URL", "pbx2", "sip_url"),
                change("delete", "IP address", "203.0.113.9/32", of="IP access control list hq"),
            )
        ],
        [ACCOUNT],
    )
    assert found.drifted
    assert found.lines == (
        "3 difference(s) in AC1.",
        "AC1: trunk hq is different (secure, cnam_lookup_enabled)",
        "AC1: trunk hq: origination URL pbx2 is missing",
        "AC1: IP access control list hq: IP address 203.0.113.9/32 is too many",
    )
    assert "| trunk hq | origination URL missing | pbx2 | sip_url |" in found.markdown


def test_what_no_office_describes_is_counted_and_differs_only_when_told() -> None:
    strangers = [{"sid": "TK1", "name": "by hand"}, {"sid": "TK2", "name": "paris"}]
    for told in (False, True):
        found = drift.report([result(trunks=strangers)], [ACCOUNT], told)
        assert found.drifted is told
        assert "AC1: not described: 1 trunk(s)" in found.lines
        # Another office of the account, which the run is not about, describes the other one.
        assert found.data["accounts"][0]["unmanaged"] == {"trunks": [{"name": "by hand", "sid": "TK1"}]}


def test_accounts_are_told_apart() -> None:
    other = {**ACCOUNT, "name": "AC2"}
    found = drift.report([result(), result(change("create", "trunk", "hq"))], [ACCOUNT, other])
    assert [account["drifted"] for account in found.data["accounts"]] == [False, True]
    assert found.summary == "1 difference(s) in AC2."


def test_names_break_no_table() -> None:
    nasty = "a|b\n# <script>`x`"
    found = drift.report([result(change("update", "trunk", nasty, "secure", of=f"trunk {nasty}"))], [ACCOUNT])
    (row,) = [line for line in found.markdown.splitlines() if "secure" in line]
    assert row == ("| trunk a\\|b \\# \\<script\\>\\`x\\` | trunk different | a\\|b \\# \\<script\\>\\`x\\` | secure |")
