# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Several offices in one inventory: which hosts are one, and what may not be said twice."""

from __future__ import annotations

import json

from voice_offices import OPTIONS, accounts, branches, hosts, office

from ansible_collections.dialtone.voice.plugins.module_utils._voice import description


def test_hosts_with_one_description_are_one_office() -> None:
    assert description.problems(branches(), OPTIONS) == []
    (account,) = accounts(branches())
    assert (account["host"], account["offices"]) == ("b1", [["b1", "b2"], ["p1"]])
    assert [trunk["friendly_name"] for trunk in account["options"]["trunks"]] == [
        "boston-production",
        "paris-production",
    ]
    assert [len(trunk["origination_urls"]) for trunk in account["options"]["trunks"]] == [2, 1]


def test_a_run_that_is_limited_to_a_host_still_has_all_hosts_of_its_office() -> None:
    (account,) = accounts(branches(), only=("b2",))
    assert account["hosts"] == ["b1", "b2"]
    assert [len(entry["ip_addresses"]) for entry in account["options"]["ip_access_control_lists"]] == [2]
    assert [trunk["friendly_name"] for trunk in account["options"]["trunks"]] == ["boston-production"]
    # What other offices describe of the account is known all the same: it is not unmanaged.
    assert account["described"]["trunks"] == ["boston-production", "paris-production"]


def test_problems_of_several_offices_name_their_hosts() -> None:
    entries = branches()
    entries[1]["voice_trunks"][0]["edges"] = ["mars"]
    found = description.problems(entries, OPTIONS)
    assert len(found) == 1
    assert found[0].startswith("p1: voice_trunks[0].edges[0]: 'mars' is not an edge")


def test_one_office_in_two_descriptions_is_found() -> None:
    entries = branches()
    entries[2]["voice_dialplan"] = {"allow": ["premium_rate"]}
    found = description.problems(entries, OPTIONS)
    assert any(
        problem.startswith("The trunk name 'boston-production' is in the description of b1 and in that of b2. ")
        and "differ in voice_dialplan. If these hosts are one office" in problem
        for problem in found
    )
    assert any(problem.startswith("The domain name 'boston.pstn.twilio.com'") for problem in found)
    assert any(problem.startswith("The number '+12025550111'") for problem in found)


def test_a_secret_that_differs_is_named_but_not_shown() -> None:
    entries = branches()
    entries[2]["voice_extensions"][0]["secret"] = "Another_Secret_9xQ2kLw"
    found = description.problems(entries, OPTIONS)
    assert any("differ in voice_extensions" in problem for problem in found)
    assert "Another_Secret" not in json.dumps(found)


def test_offices_with_accounts_of_their_own_may_use_the_same_trunk_name() -> None:
    entries = branches()
    entries[1]["voice_trunks"][0]["name"] = "boston-production"
    for entry in entries[1]["voice_numbers"]:
        entry["trunk"] = "boston-production"
    assert [problem.split(" is in", maxsplit=1)[0] for problem in description.problems(entries, OPTIONS)] == [
        "The trunk name 'boston-production'"
    ]
    entries[1]["voice_twilio_account_sid"] = "AC" + "1" * 32
    assert description.problems(entries, OPTIONS) == []


def test_how_a_run_is_made_does_not_divide_an_office() -> None:
    entries = hosts(office())
    entries[0]["voice_fail_on_drift"] = "true"
    assert description.problems(entries, OPTIONS) == []
    assert len(accounts(entries)[0]["offices"]) == 1
