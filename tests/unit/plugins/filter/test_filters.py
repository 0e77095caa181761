# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters as playbooks use them, with errors that are sentences."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleFilterError

ROOT = Path(__file__).resolve().parents[4]
FILTERS = sorted(path.stem for path in (ROOT / "plugins" / "filter").glob("[a-z]*.py"))
HOST = {
    "name": "pbx1",
    "voice_country": "US",
    "voice_public_address": "203.0.113.10",
    "voice_trunks": [{"name": "a", "domain_name": "a.pstn.twilio.com", "edges": ["ashburn"], "transport": "udp"}],
    "voice_numbers": [],
    "voice_extensions": [],
    "voice_dialplan": {},
    "voice_management_networks": ["198.51.100.0/24"],
}


def load(name: str) -> Any:
    module = importlib.import_module(f"ansible_collections.dialtone.voice.plugins.filter.{name}")
    return module.FilterModule().filters()[name]


def test_the_filters_there_are() -> None:
    assert FILTERS == [
        "account_description",
        "account_objects",
        "call_plan",
        "call_problems",
        "description_problems",
        "dialplan_rules",
        "drift_report",
        "e164",
        "firewall_plan",
        "firewall_problems",
        "posix_timezone",
        "termination_host",
        "time_sync_problems",
        "twilio_networks",
    ]


@pytest.mark.parametrize("name", FILTERS)
def test_each_file_holds_the_filter_of_its_name_and_documents_it(name: str) -> None:
    module = importlib.import_module(f"ansible_collections.dialtone.voice.plugins.filter.{name}")
    assert list(module.FilterModule().filters()) == [name]
    documentation = yaml.safe_load(module.DOCUMENTATION)
    assert documentation["name"] == name
    assert "_input" in documentation["options"]
    assert f"dialtone.voice.{name}" in module.EXAMPLES
    assert "_value" in yaml.safe_load(module.RETURN)


@pytest.mark.parametrize(
    ("name", "arguments", "expected"),
    [
        ("e164", ("(202) 555-0199", "US"), "+12025550199"),
        ("e164", ("+12025550199",), "+12025550199"),
        ("termination_host", ("acme.pstn.twilio.com", "ashburn"), "acme.pstn.ashburn.twilio.com"),
        (
            "termination_host",
            ("acme.pstn.twilio.com", "lab", {"signalling": {"lab": ["192.0.2.0/24"]}}),
            "acme.pstn.lab.twilio.com",
        ),
        ("twilio_networks", ({}, "media"), ["168.86.128.0/18"]),
        ("twilio_networks", ({"signalling": {"ashburn": ["192.0.2.0/24"]}},), ["192.0.2.0/24"]),
        ("twilio_networks", ({}, "signalling", ["dublin"]), ["54.171.127.192/30"]),
        ("twilio_networks", ({"media": ["192.0.2.0/24"], "as_of": "2026-11-01"}, "as_of"), "2026-11-01"),
        ("description_problems", ([HOST],), []),
        ("call_problems", (HOST,), []),
        ("firewall_problems", (HOST,), []),
        (
            "call_problems",
            ({**HOST, "voice_sip_port": 0},),
            ["voice_sip_port: 0 is outside 1 to 65535: choose a number within."],
        ),
    ],
)
def test_results(name: str, arguments: tuple[Any, ...], expected: Any) -> None:
    assert load(name)(*arguments) == expected


def test_networks_of_all_kinds() -> None:
    networks = load("twilio_networks")
    edges = networks({}, "edges")
    everything = networks({}, "all")
    assert set(edges) == set(everything["signalling"]) | set(everything["private"])
    assert everything["media"] == networks({}, "media")
    assert everything["as_of"] == networks({}, "as_of")
    assert everything["source"].startswith("https://www.twilio.com/")
    assert len(networks({}, private=True)) > len(networks({}))


def test_rules() -> None:
    rules = load("dialplan_rules")({"allow": ["toll_free"]}, "US")
    assert rules["emergency"] == ["112", "911", "933"]
    assert [rule["action"] for rule in rules["rules"]] == ["deny", "allow", "deny"]


def test_plan() -> None:
    found = load("call_plan")(HOST)
    assert (found["country"], found["trunks"][0]["slug"], found["dialable"]) == ("US", "a", [])


def test_objects() -> None:
    objects = load("account_objects")
    assert [entry["host"] for entry in objects([HOST])] == ["pbx1"]
    assert objects([HOST], only=["pbx9"]) == []


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("e164", ("x", "US"), "'x' is not a telephone number"),
        ("e164", ("2025550199", "UK"), "'UK' is not a country code"),
        ("termination_host", ("acme.pstn.twilio.com", "us1"), "it is the old name of 'ashburn'"),
        ("twilio_networks", ({}, "signals"), "'signals' is not a kind of network: use one of signalling"),
        ("twilio_networks", ({"x": 1},), "voice_carrier_networks.x: no such option"),
        ("dialplan_rules", ({"allow": ["x"]}, "US"), "'x' is not a class of destination"),
        ("firewall_plan", ({},), "voice_management_networks: it is empty"),
        ("firewall_plan", (HOST, "yesterday"), "'yesterday' is not a date: write it as YYYY-MM-DD."),
        ("account_objects", ([{**HOST, "voice_trunks": []}],), "voice_trunks: it is empty"),
        ("call_plan", ({**HOST, "voice_trunks": []},), "voice_trunks: it is empty"),
    ],
)
def test_errors_are_sentences(name: str, arguments: tuple[Any, ...], sentence: str) -> None:
    with pytest.raises(AnsibleFilterError, match=sentence):
        load(name)(*arguments)


def test_a_missing_library_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "phonenumbers", None)
    with pytest.raises(AnsibleFilterError, match="`pip install phonenumbers`"):
        load("e164")("+12025550199")
