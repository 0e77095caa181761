# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the list of the carrier's networks is still true, by its age and by DNS."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from firewall_hosts import TODAY, built, host
from name_server import Zone, name_server

from ansible_collections.dialtone.voice.plugins.module_utils._voice import srv
from ansible_collections.dialtone.voice.plugins.module_utils._voice.errors import VoiceError
from ansible_collections.dialtone.voice.plugins.module_utils._voice.firewall import carrier

LIST = {"signalling": {"ashburn": ["192.0.2.0/30"], "dublin": ["198.51.100.0/30"]}, "as_of": "2026-11-01"}
ZONE: Zone = {
    ("pstn.ashburn.twilio.com", "A"): ["192.0.2.2", "192.0.2.1"],
    ("pstn.dublin.twilio.com", "A"): ["198.51.100.1", "203.0.113.9"],
}


def ask(zone: Zone, *edges: str) -> list[dict[str, Any]]:
    with name_server(zone) as server:
        return carrier.asked(LIST, edges, carrier.addresses_of(srv.make_resolver([server], 3)))


def test_addresses_that_are_in_no_network_are_named() -> None:
    known, strange = ask(ZONE)
    assert known == {
        "edge": "ashburn",
        "name": "pstn.ashburn.twilio.com",
        "addresses": ["192.0.2.1", "192.0.2.2"],
        "unknown": [],
        "warning": "",
    }
    assert strange["unknown"] == ["203.0.113.9"]
    assert strange["warning"] == (
        "pstn.dublin.twilio.com is at 203.0.113.9, which is in no network of the list of 2026-11-01 "
        "(voice_carrier_networks): compare it with https://www.twilio.com/docs/sip-trunking/ip-addresses, then set "
        "voice_carrier_networks."
    )


def test_an_address_that_moved_to_another_edge_is_let_in_anyway() -> None:
    assert [entry["warning"] for entry in ask({**ZONE, ("pstn.dublin.twilio.com", "A"): ["192.0.2.3"]})] == ["", ""]


def test_dns_that_fails_is_a_warning_and_hides_no_other() -> None:
    known, lost = ask({("pstn.ashburn.twilio.com", "A"): ["192.0.2.1"]})
    assert known["warning"] == ""
    assert lost["addresses"] == []
    assert lost["warning"].startswith("The carrier's edge dublin was not compared with the list: 'pstn.dublin.twilio")
    assert [entry["edge"] for entry in ask(ZONE, "dublin")] == ["dublin"]


def waiting_for_each_other(count: int) -> Callable[[str], list[str]]:
    barrier = threading.Barrier(count, timeout=30)

    def look_up(__: str) -> list[str]:
        barrier.wait()
        return ["192.0.2.1"]

    return look_up


def test_all_edges_are_asked_for_side_by_side() -> None:
    edges = {f"lab{number}": ["192.0.2.0/30"] for number in range(8)}
    found = carrier.asked({"signalling": edges}, (), waiting_for_each_other(len(edges)))
    assert [entry["edge"] for entry in found] == list(edges)
    assert not any(entry["warning"] for entry in found)


def test_an_edge_of_the_private_interconnect_can_be_asked_for() -> None:
    (found,) = carrier.asked({}, ["ashburn-ix"], lambda __: ["208.78.112.65"])
    assert (found["name"], found["warning"]) == ("pstn.ashburn-ix.twilio.com", "")


@pytest.mark.parametrize(
    ("override", "edges", "sentence"),
    [({}, ["us1"], "it is the old name of 'ashburn'"), ({"x": 1}, [], "voice_carrier_networks.x: no such option")],
)
def test_what_cannot_be_asked_for_is_an_error(override: dict[str, Any], edges: list[str], sentence: str) -> None:
    with pytest.raises(VoiceError, match=sentence):
        carrier.asked(override, edges, lambda __: [])


def test_an_old_list_is_a_warning() -> None:
    assert built(host())["warnings"] == []
    later = "2027-06-01"
    (own,) = built(host(voice_carrier_networks=LIST), later)["warnings"]
    assert own == (
        "The list of the carrier's networks is of 2026-11-01, 212 days old (firewall_carrier_age_days: 120): compare "
        "it with https://www.twilio.com/docs/sip-trunking/ip-addresses, then set voice_carrier_networks.as_of."
    )
    (ours,) = built(host(), later)["warnings"]
    assert ours.endswith("then update the collection or set voice_carrier_networks.")
    assert built(host(firewall_carrier_age_days=365), later)["warnings"] == []
    # Nothing is open to the carrier.
    assert built(host(voice_trunks=[]), later)["warnings"] == []


def test_how_old_the_list_is() -> None:
    found = built(host(voice_carrier_networks=LIST))["carrier"]
    assert TODAY == "2026-11-24"
    assert found == {
        "as_of": "2026-11-01",
        "age_days": 23,
        "source": "voice_carrier_networks",
        "edges": ["ashburn", "dublin"],
    }


def test_a_list_without_a_date_is_a_warning() -> None:
    plan = built(host(voice_carrier_networks={"media": ["192.0.2.0/24"]}))
    assert plan["carrier"]["age_days"] is None
    assert plan["warnings"] == [
        "voice_carrier_networks.as_of: it is missing, so nobody can tell how old the list is: write its date."
    ]
