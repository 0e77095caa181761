# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""twilio_ip_access_control_list against the emulated Twilio."""

from __future__ import annotations

from typing import Any

import pytest
from twilio_network import World

NAME = "twilio_ip_access_control_list"
ENTRIES = [{"ip_address": "203.0.113.10", "friendly_name": "pbx1"}, {"ip_address": "198.51.100.0/28"}]


def addresses(result: dict[str, Any]) -> list[str]:
    return [entry["ip_address"] for entry in result["ip_access_control_list"]["ip_addresses"]]


def test_life_of_a_list(world: World) -> None:
    predicted = world.run(NAME, check=True, friendly_name="office", ip_addresses=ENTRIES)
    assert addresses(predicted) == ["198.51.100.0/28", "203.0.113.10/32"]
    assert world.writes() == []
    made = world.run(NAME, friendly_name="office", ip_addresses=ENTRIES)
    assert addresses(made) == addresses(predicted)
    again = world.run(NAME, friendly_name="office", ip_addresses=ENTRIES)
    assert (again["changed"], again["api_requests"]) == (False, 2)
    assert again["ip_access_control_list"] == made["ip_access_control_list"]

    added = world.run(NAME, friendly_name="office", ip_addresses=[{"ip_address": "203.0.113.11/32"}])
    assert len(addresses(added)) == 3
    writes = len(world.writes())
    renamed = [{"ip_address": "203.0.113.10", "friendly_name": "pbx-one"}, {"ip_address": "192.0.2.0/24"}]
    purged = world.run(NAME, friendly_name="office", ip_addresses=renamed, purge_ip_addresses=True)
    assert addresses(purged) == ["192.0.2.0/24", "203.0.113.10/32"]
    assert [write.split()[0] for write in world.writes()[writes:]] == ["POST", "POST", "DELETE", "DELETE"]

    sid = made["ip_access_control_list"]["sid"]
    moved = world.run(NAME, sid=sid, friendly_name="headquarters")
    assert moved["ip_access_control_list"] == {
        **moved["ip_access_control_list"],
        "sid": sid,
        "friendly_name": "headquarters",
    }
    assert "ip_addresses" not in moved["ip_access_control_list"]
    assert world.run(NAME, friendly_name="headquarters", state="absent")["changed"]
    for identity in ({"sid": sid}, {"friendly_name": "headquarters"}):
        gone = world.run(NAME, state="absent", **identity)
        assert (gone["changed"], gone["ip_access_control_list"]) == (False, None)


def test_a_list_in_use_is_not_deleted_and_the_remedy_is_told(world: World) -> None:
    world.run(NAME, friendly_name="office")
    world.run("twilio_trunk", friendly_name="hq", ip_access_control_lists=["office"])
    failed = world.run(NAME, friendly_name="office", state="absent")
    assert failed["failure"]["code"] == 21236
    assert "take it off there first" in failed["msg"]
    assert failed["changed"] is False


def test_a_name_that_is_taken_is_refused_before_renaming(world: World) -> None:
    first = world.run(NAME, friendly_name="office")["ip_access_control_list"]["sid"]
    second = world.run(NAME, friendly_name="branch")["ip_access_control_list"]["sid"]
    writes = world.writes()
    failed = world.run(NAME, sid=second, friendly_name="office")
    assert first in failed["msg"]
    assert second in failed["msg"]
    missing = world.run(NAME, sid="AL" + "0" * 32)
    assert missing["msg"].startswith("sid: there is no IP access control list")
    assert world.writes() == writes


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"ip_addresses": [{"ip_address": "0.0.0.0/0"}]}, "silently stores it as a /32"),
        ({"ip_addresses": [{"ip_address": "::1"}]}, "ip_addresses[0].ip_address: '::1' is not IPv4"),
        ({"ip_addresses": [{"ip_address": "10.0.0.1"}]}, "allow_private"),
        (
            {"ip_addresses": [{"ip_address": "203.0.113.1"}, {"ip_address": "203.0.113.0/24"}]},
            "ip_addresses[1].ip_address",
        ),
        (
            {"ip_addresses": [{"ip_address": f"203.0.113.{n}"} for n in range(101)]},
            "'101 entries' are more than the 100",
        ),
        (
            {"ip_addresses": [{"ip_address": "203.0.113.1", "friendly_name": ""}]},
            "ip_addresses[0].friendly_name: '' is empty",
        ),
        ({"friendly_name": "x" * 256}, "Twilio takes at most 255"),
        (
            {
                "ip_addresses": [
                    {"ip_address": "203.0.113.0/24", "friendly_name": "a"},
                    {"ip_address": "203.0.113.7", "friendly_name": "b"},
                ],
                "merge": True,
            },
            "overlaps entry 0 (203.0.113.0/24); give both the same name",
        ),
        (
            {"ip_addresses": [{"ip_address": f"203.0.113.{2 * n}"} for n in range(101)], "merge": True},
            "'101 entries' are more than the 100",
        ),
        ({"purge_ip_addresses": True}, "all of the following are missing: ip_addresses"),
    ],
)
def test_bad_input_is_refused_before_the_first_request(world: World, options: dict[str, Any], message: str) -> None:
    failed = world.run(NAME, **{"friendly_name": "office", **options})
    assert failed["failed"]
    assert message in failed["msg"]
    assert world.journal() == []


def test_private_addresses_in_a_lab(world: World) -> None:
    made = world.run(NAME, friendly_name="lab", ip_addresses=[{"ip_address": "198.18.10.10"}], allow_private=True)
    assert addresses(made) == ["198.18.10.10/32"]


def test_neighbours_are_merged_so_that_more_fit(world: World) -> None:
    office = [{"ip_address": f"203.0.113.{host}", "friendly_name": "office"} for host in range(128)]
    branch = [{"ip_address": f"203.0.113.{host}"} for host in range(128, 192)]
    wanted = {"friendly_name": "all", "ip_addresses": [*office, *branch, *branch[:3]], "merge": True}
    predicted = world.run(NAME, check=True, **wanted)
    made = world.run(NAME, **wanted)
    entries = made["ip_access_control_list"]["ip_addresses"]
    assert [(entry["ip_address"], entry["friendly_name"]) for entry in entries] == [
        ("203.0.113.0/25", "office"),
        ("203.0.113.128/26", "203.0.113.128/26"),
    ], "other names are not merged, and one without a name is called by its network"
    assert addresses(predicted) == addresses(made)
    assert not world.run(NAME, **wanted, purge_ip_addresses=True)["changed"]


def test_what_a_merged_entry_covers_goes_only_with_purge_and_after_it(world: World) -> None:
    world.run(
        NAME, friendly_name="office", ip_addresses=[{"ip_address": "203.0.113.10"}, {"ip_address": "203.0.113.11"}]
    )
    wanted = {
        "friendly_name": "office",
        "ip_addresses": [{"ip_address": "203.0.113.10"}, {"ip_address": "203.0.113.11"}],
        "merge": True,
    }
    kept = world.run(NAME, **wanted)
    assert addresses(kept) == ["203.0.113.10/31", "203.0.113.10/32", "203.0.113.11/32"]
    purged = world.run(NAME, **wanted, purge_ip_addresses=True)
    assert addresses(purged) == ["203.0.113.10/31"]
    world.run(NAME, friendly_name="office", ip_addresses=wanted["ip_addresses"], purge_ip_addresses=True)
    back = world.run(NAME, **wanted, purge_ip_addresses=True)
    assert [change["action"] for change in back["changes"]] == ["create", "delete", "delete"]


def test_two_halves_do_not_become_everything(world: World) -> None:
    halves = [{"ip_address": "0.0.0.0/1"}, {"ip_address": "128.0.0.0/1"}]
    made = world.run(NAME, friendly_name="lab", ip_addresses=halves, merge=True, allow_private=True)
    assert addresses(made) == ["0.0.0.0/1", "128.0.0.0/1"]


def test_the_twin(world: World) -> None:
    assert world.run(f"{NAME}_info")["ip_access_control_lists"] == []
    office = world.run(NAME, friendly_name="office", ip_addresses=ENTRIES)["ip_access_control_list"]
    branch = world.run(NAME, friendly_name="branch", ip_addresses=[])["ip_access_control_list"]
    everything = world.run(f"{NAME}_info")
    assert everything["api_requests"] == 3
    assert sorted(everything["ip_access_control_lists"], key=lambda found: found["friendly_name"]) == [branch, office]
    for selection in ({"sid": office["sid"]}, {"friendly_name": "office"}):
        found = world.run(f"{NAME}_info", **selection)
        assert (found["ip_access_control_lists"], found["api_requests"]) == ([office], 2)
    bare = world.run(f"{NAME}_info", include_addresses=False)
    assert bare["api_requests"] == 1
    assert all("ip_addresses" not in found for found in bare["ip_access_control_lists"])
    assert world.run(f"{NAME}_info", sid="AL" + "0" * 32)["ip_access_control_lists"] == []
    assert world.run(f"{NAME}_info", sid=office["sid"], friendly_name="branch")["ip_access_control_lists"] == []
    assert world.run(f"{NAME}_info", sid="hello")["msg"].startswith("sid: 'hello' is not a SID")


@pytest.mark.parametrize("kind", ["reset", "malformed", "timeout"])
@pytest.mark.parametrize("path", ["IpAccessControlLists.json$", "IpAddresses.json$"])
def test_a_lost_answer_is_survived_without_a_duplicate(world: World, kind: str, path: str) -> None:
    world.fault("POST", path, kind, when="after")
    made = world.run(NAME, friendly_name="office", ip_addresses=ENTRIES)
    assert len(addresses(made)) == 2
    assert not world.run(NAME, friendly_name="office", ip_addresses=ENTRIES, purge_ip_addresses=True)["changed"]


def test_a_deletion_whose_answer_is_lost_is_done(world: World) -> None:
    world.run(NAME, friendly_name="office")
    world.fault("DELETE", "IpAccessControlLists", "reset", when="after")
    assert world.run(NAME, friendly_name="office", state="absent")["changed"]
    assert not world.run(NAME, friendly_name="office", state="absent")["changed"]
