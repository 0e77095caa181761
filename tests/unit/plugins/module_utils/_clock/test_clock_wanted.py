# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bad values of the role time_sync: each is named with its remedy, all at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.dialtone.voice.plugins.module_utils._clock.wanted import problems

DEFAULTS = Path(__file__).resolve().parents[5] / "roles" / "time_sync" / "defaults" / "main.yml"


def found(**changes: Any) -> list[str]:
    values = yaml.safe_load(DEFAULTS.read_text(encoding="utf-8"))
    return problems({**values, **changes})


def test_the_defaults_are_good() -> None:
    assert found() == []


@pytest.mark.parametrize(
    ("source", "about"),
    [
        ({"hostname": "192.0.2.1", "nts": True}, "give the name that the certificate is for"),
        ({"hostname": "192.0.2.1", "pool": True}, "leave out pool"),
        ({"hostname": "bad_name!"}, "neither a name nor an address"),
        ({"hostname": "192.0.2.300"}, "neither a name nor an address"),
        ({"hostname": ""}, "neither a name nor an address"),
        ({"hostname": "a.example\nallow"}, "neither a name nor an address"),
        ({"hostname": "a.example", "nts": True, "key": 3}, "use one of them"),
        ({"hostname": "a.example", "minpoll": 30}, "time_sync_sources[0].minpoll: 30"),
        ({"hostname": "a.example", "maxpoll": "soon"}, "time_sync_sources[0].maxpoll: 'soon'"),
        ({"hostname": "a.example", "minpoll": 11}, "minpoll 11 is more than maxpoll 10"),
        ({"pool": True}, "give a dictionary with hostname"),
        ("a.example", "give a dictionary with hostname"),
    ],
)
def test_a_source_that_cannot_be_used(source: Any, about: str) -> None:
    assert [about in one for one in found(time_sync_sources=[source])] == [True]


@pytest.mark.parametrize(
    "source",
    [
        {"hostname": "2001:db8::123"}, {"hostname": "time.example.com."}, {"hostname": "ntp"},
        {"hostname": "a.example", "nts": True, "minpoll": 4, "maxpoll": 4},
    ],
)  # fmt: skip
def test_a_source_that_can(source: Any) -> None:
    assert found(time_sync_sources=[source]) == []


def test_a_server_and_a_pool_of_one_name_are_one_too_many() -> None:
    sources = [{"hostname": "a.example", "pool": True}, {"hostname": "A.example."}]
    assert ["'a.example' is there 2 times" in one for one in found(time_sync_sources=sources)] == [True]


def test_something_has_to_tell_the_time() -> None:
    assert "no source of time at all" in found(time_sync_sources=[])[0]
    assert found(time_sync_sources=[], clock="/dev/ptp0") == []
    assert found(time_sync_sources=[], time_sync_dhcp_sources=True) == []
    assert found(time_sync_sources=[], time_sync_local_stratum=10) == []
    assert "no source has nts or key" in found(time_sync_auth_select_mode="require")[0]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("time_sync_max_offset", 0), ("time_sync_max_offset", -1), ("time_sync_max_offset", "nan"),
        ("time_sync_max_stratum", 16), ("time_sync_wait_seconds", 601), ("time_sync_min_sources", -1),
        ("time_sync_max_slew_rate", 0), ("time_sync_local_stratum", 16), ("time_sync_command_port", 70000),
        ("time_sync_step_threshold", -0.5), ("time_sync_step_limit", "often"), ("time_sync_log_change", 0),
        ("time_sync_server_networks", ["10.0.0.0/33"]), ("time_sync_server_networks", ["192.0.2.1/24"]),
        ("time_sync_settings", ["a\nb"]), ("voice_time_server", True),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be(name: str, value: Any) -> None:
    (problem,) = found(**{name: value})
    assert problem.startswith(f"{name}:")


def test_networks_of_telephones_count_where_they_are_told_the_time() -> None:
    networks = ["192.0.2.0/24", "nonsense"]
    assert found(voice_phone_networks=networks) == []
    assert "'nonsense' is no network" in found(voice_phone_networks=networks, voice_time_server=True)[0]


def test_all_at_once() -> None:
    assert len(found(time_sync_sources=[{"hostname": "x!"}], time_sync_max_offset=0, time_sync_wait_seconds=-1)) == 3
