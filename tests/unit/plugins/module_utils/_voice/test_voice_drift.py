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
    "host": "pbx1",
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


def test_the_values_of_both_sides_are_shown_and_end_no_block() -> None:
    looked = result(change("update", "trunk", "hq", "secure"))
    nasty = "\n```\n# x"
    looked["diff"] = {"before": {"trunks": {nasty: {"secure": False}}}, "after": {"trunks": {nasty: {"secure": True}}}}
    found = drift.report([looked], [ACCOUNT])
    lines = found.markdown.splitlines()
    block = lines[lines.index("```diff") + 1 : lines.index("```")]
    assert [line for line in block if line[0] in "+-"] == ['-      "secure": false', '+      "secure": true']
    assert "# x" not in lines
    account = json.loads(found.json)["accounts"][0]
    assert (account["account"], account["description"]) == (looked["diff"]["before"], looked["diff"]["after"])


def test_the_region_of_a_trunk_is_a_difference() -> None:
    region = {
        "item": {"host": "pbx1", "trunk": "hq.pstn.twilio.com"},
        "changes": [{**change("update", "trunk region", "hq.pstn.twilio.com", "voice_region"), "object": None}],
        "diff": {"before": {"voice_region": "us1"}, "after": {"voice_region": "ie1"}},
    }
    other = {**ACCOUNT, "name": "AC2", "host": "pbx9"}
    found = drift.report([result(), result()], [ACCOUNT, other], regions=[region])
    assert found.lines == (
        "1 difference(s) in AC1.",
        "AC1: region of trunk hq.pstn.twilio.com is different (voice_region)",
    )
    assert found.data["accounts"][0]["account"] == {"trunk_regions": {"hq.pstn.twilio.com": "us1"}}
    assert found.data["accounts"][0]["description"] == {"trunk_regions": {"hq.pstn.twilio.com": "ie1"}}


def test_an_account_that_cannot_be_read_hides_no_other() -> None:
    other = {**ACCOUNT, "name": "AC2", "host": "pbx9", "hosts": ["pbx9"]}
    failed = {"failed": True, "msg": "Wrong token."}
    found = drift.report([result(change("create", "trunk", "hq")), failed], [ACCOUNT, other])
    assert found.summary == "1 difference(s) in AC1. 1 account(s) could not be compared: AC2."
    assert found.errors == ("AC2 (pbx9): Wrong token.",)
    assert "AC2: could not be compared" in found.lines
    assert "Could not be compared: Wrong token." in found.markdown
    data = json.loads(found.json)
    assert (data["version"], data["complete"]) == (1, False)
    assert [account["error"] for account in data["accounts"]] == [None, "Wrong token."]
    assert drift.report([failed], [other]).summary.startswith("No difference in 0 account(s). 1 account(s) could not")


def test_a_number_that_came_to_a_trunk_is_said_so() -> None:
    extra = change("delete", "phone number of the trunk", "+12025550102", of="phone number +12025550102")
    found = drift.report([result(extra)], [ACCOUNT])
    assert found.lines[1] == "AC1: phone number +12025550102 is on a trunk where it is not described"
