# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The plan of calls: every key is there, what is written is merged and joined, and no secret is in it."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
import yaml
from golden_calls import FILES, description, planned
from voice_offices import OPTIONS, ROOT, office

from ansible_collections.dialtone.voice.plugins.filter import call_plan as face
from ansible_collections.dialtone.voice.plugins.module_utils._voice.calls import plan, schedules

US = planned("us")


def by(key: str, entries: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {entry[key]: entry for entry in entries}


@pytest.mark.parametrize("file", FILES)
def test_a_plan_is_plain_data_without_secrets(file: str) -> None:
    text = json.dumps(planned(file))
    assert json.loads(text) == planned(file)
    variables = description(file)
    for entry in variables["voice_extensions"]:
        assert entry["secret"] not in text
    for entry in variables.get("voice_mailboxes", []):
        assert entry["pin"] not in text


def keys(value: Any, path: str = "") -> set[str]:
    """Return the paths of all keys; those of dictionaries whose keys are the user's own are left out."""
    if isinstance(value, list):
        return {key for entry in value for key in keys(entry, path)}
    if not isinstance(value, dict) or path.endswith((".keys", "prompts")):
        return set()
    found = set()
    for key, entry in value.items():
        found |= {f"{path}.{key}".lstrip("."), *keys(entry, f"{path}.{key}".lstrip("."))}
    return found


def documented(contains: dict[str, Any], path: str = "") -> set[str]:
    found = set()
    for key, entry in contains.items():
        found |= {f"{path}.{key}".lstrip("."), *documented(entry.get("contains", {}), f"{path}.{key}".lstrip("."))}
    return found


def test_the_filter_documents_every_key_and_no_other() -> None:
    value = yaml.safe_load(face.RETURN)["_value"]
    written = documented(value["contains"])
    # A target looks the same everywhere and is described once, at the numbers.
    targets = {f"{key}.{part}" for key in keys(US) for part in ("kind", "id")} - {
        "numbers.target.kind",
        "numbers.target.id",
    }
    assert keys(US) - targets == written - targets


@pytest.mark.parametrize("file", FILES)
def test_the_same_keys_are_there_in_every_plan(file: str) -> None:
    found = planned(file)
    assert set(found) == set(US)
    for name, entries in found.items():
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, dict):
                assert set(entry) == set(US[name][0])


def test_who_shows_which_number_by_which_trunk() -> None:
    extensions = by("extension", US["extensions"])
    shown = {name: (entry["caller_id"], entry["trunk"]) for name, entry in extensions.items()}
    assert shown["101"] == ("+12025550101", "acme-hq")
    # The number that rings it, and without one the first of the office
    assert shown["102"] == ("+12025550102", "acme-hq")
    assert shown["103"] == ("+12025550101", "acme-hq")
    assert shown["104"] == ("+12025550113", "acme-secure")
    # A trunk that takes no calls out
    assert shown["105"] == ("+12025550114", "acme-hq")
    help_ = {name: tuple(entry[f"emergency_{key}"] for key in ("caller_id", "trunk", "address"))
             for name, entry in extensions.items()}  # fmt: skip
    assert help_["104"] == ("+12025550113", "acme-secure", "annex")
    assert help_["105"] == ("+12025550102", "acme-hq", "hq")
    assert US["emergency_trunks"] == ["acme-hq", "acme-secure"]
    assert US["emergency"] == {
        "numbers": ["112", "911", "933", "555"],
        "notify_command": "/usr/local/bin/tell-reception",
    }


def test_without_numbers_there_is_no_caller_id() -> None:
    variables = office(voice_numbers=[])
    del variables["voice_extensions"][0]["caller_id"]
    (first, __) = plan.build(variables, OPTIONS)["extensions"]
    assert (first["caller_id"], first["emergency_address"], first["trunk"]) == ("", "", "acme-hq-production")


def test_equal_policies_share_one() -> None:
    names = {entry["extension"]: entry["policy"] for entry in US["extensions"]}
    assert names["101"] == names["102"] == names["104"] == names["105"]
    assert len({names[extension] for extension in ("101", "103", "106", "107", "108", "109")}) == 6
    rules = {entry["name"]: entry["rules"] for entry in US["policies"]}
    assert rules[names["106"]] == []
    assert {rule["country"] for rule in rules[names["103"]]} == {"US"}
    assert set(names.values()) == set(rules)


def test_mailboxes_and_limits_of_extensions() -> None:
    extensions = by("extension", US["extensions"])
    assert [extensions[name]["mailbox"] for name in ("101", "102", "104", "105")] == ["101", "", "101", "105"]
    assert (extensions["101"]["calls"], extensions["101"]["calls_per_minute"]) == (4, 10)
    variables = office()
    variables["voice_extensions"][0].update(calls=1, calls_per_minute=2, ring_seconds=7)
    variables["voice_dialplan"]["limits"] = {"extension_calls": 9, "calls": 0}
    found = plan.build(variables, OPTIONS)
    assert [(entry["calls"], entry["calls_per_minute"], entry["ring_seconds"]) for entry in found["extensions"]] == [
        (1, 2, 7),
        (9, 10, 45),
    ]
    assert found["limits"] == {"calls": 0, "calls_per_minute": 60}


def test_hours_are_merged() -> None:
    hours = by("slug", US["schedules"])["office-hours"]
    assert hours["open"] == [
        {"days": ["fri"], "from": "09:00", "to": "12:30"},
        {"days": ["mon", "tue", "wed", "thu"], "from": "09:00", "to": "17:30"},
    ]
    assert hours["holidays"][2] == {
        "month": 11, "day": 26, "year": 2026, "from": "00:00", "to": "24:00", "name": "Thanksgiving",
    }  # fmt: skip
    everything = by("slug", US["schedules"])["everything"]
    assert everything["on_holiday"] == everything["otherwise"]
    assert everything["open"] == [{"days": list(schedules.DAYS), "from": "00:00", "to": "24:00"}]


@pytest.mark.parametrize(
    ("spans", "merged"),
    [
        ([(60, 120), (120, 180)], [(60, 180)]),
        ([(60, 180), (90, 120)], [(60, 180)]),
        ([(200, 300), (60, 120)], [(60, 120), (200, 300)]),
        ([], []),
    ],
)
def test_spans_that_overlap_or_touch_are_one(spans: list[Any], merged: list[Any]) -> None:
    assert schedules.merge(spans) == merged


def test_prompts_have_names_of_their_own() -> None:
    assert US["prompts"]["menu-main.wav"] == "main.wav"
    assert US["prompts"]["queue-overflow.wav"] == "waiting.wav"
    assert US["prompts"]["greeting-101.wav"] == "hello.wav"
    used = {entry["prompt"] for name in ("menus", "announcements") for entry in US[name]}
    used |= {entry["music"] for entry in US["queues"]} | {entry["greeting"] for entry in US["mailboxes"]}
    assert used - {""} == set(US["prompts"])
    variables = description("us")
    variables["voice_call_recording"] = {"calls": "all", "prompt": "told.wav"}
    found = plan.build(variables, OPTIONS)
    assert found["recording"] == {"calls": "all", "prompt": "recording.wav", "keep_days": 90}
    assert found["prompts"]["recording.wav"] == "told.wav"


def test_trunks_networks_and_transports() -> None:
    trunks = by("slug", US["trunks"])
    assert trunks["acme-secure"]["srtp"] is True
    assert trunks["acme-secure"]["edges"] == [
        {
            "edge": "ashburn",
            "name": "trunk-acme-secure-ashburn",
            "host": "acme-secure.pstn.ashburn.twilio.com",
            "port": 0,
        }
    ]
    assert US["sip"]["transports"] == ["udp", "tcp", "tls"]
    assert planned("de")["sip"]["transports"] == ["udp"]
    assert "208.78.112.64/31" not in US["signalling_networks"]
    variables = office()
    variables["voice_trunks"][0].update(edges=["ashburn-ix"], authentication={"credentials": ["pbxs"]})
    variables["voice_trunk_credentials"] = {"acme-hq-production": {"username": "a", "password": "b"}}
    found = plan.build(variables, OPTIONS)
    assert "208.78.112.64/31" in found["signalling_networks"]
    assert found["trunks"][0]["credentials"] is True
    assert trunks["acme-hq"]["credentials"] is False


@pytest.mark.parametrize(
    ("country", "codecs"), [("US", "ulaw"), ("JP", "ulaw"), ("CA", "ulaw"), ("DE", "alaw"), ("GB", "alaw")]
)
def test_codecs_and_tones_are_the_countrys(country: str, codecs: str) -> None:
    variables = office(
        voice_country=country, voice_numbers=[], voice_dialplan={"emergency": {"address_required": False}}
    )
    del variables["voice_extensions"][0]["caller_id"]
    found = plan.build(variables, OPTIONS)
    assert found["codecs"][0] == codecs
    assert set(found["codecs"]) == {"ulaw", "alaw"}
    assert found["tone_country"] == country.lower()
    assert plan.build({**variables, "voice_codecs": ["g722", "alaw"]}, OPTIONS)["codecs"] == ["g722", "alaw"]


def test_what_belongs_to_the_host_is_in_its_plan() -> None:
    found = plan.build(office(voice_sip_port=5080, voice_bind_address="192.0.2.1", voice_rtp_end=10999), OPTIONS)
    assert (found["sip"]["port"], found["sip"]["bind"], found["rtp"]) == (
        5080,
        "192.0.2.1",
        {"start": 10000, "end": 10999},
    )


def test_other_variables_are_ignored_and_nothing_is_changed() -> None:
    variables = office(voice_unknown=1, other=2, voice_twilio_auth_token=5, voice_addresses="x")
    before = copy.deepcopy(variables)
    assert plan.build(variables, OPTIONS) == plan.build(office(), OPTIONS)
    assert variables == before


def test_problems_are_told_all_at_once() -> None:
    variables = office(voice_ring_seconds=1, voice_sip_port=0)
    with pytest.raises(plan.CallPlanError, match=r"voice_sip_port: 0 is outside .* voice_ring_seconds: 1 is outside"):
        plan.build(variables, OPTIONS)


def test_the_example_makes_a_plan() -> None:
    text = (ROOT / "docs/examples/office/group_vars/voice_pbx/office.yml").read_text(encoding="utf-8")
    variables = yaml.safe_load(text)
    for place, entry in enumerate(variables["voice_extensions"]):
        entry["secret"] = ("kJ8_xq2Lw0TzPf5mQa9R", "uY7-Zs4Nc1VbRd6oWe3T")[place]
    variables["voice_mailboxes"][0]["pin"] = "805271"
    assert plan.build(variables, OPTIONS)["dialable"] == [
        {"extension": "600", "target": {"kind": "ring_group", "id": "front"}}
    ]
