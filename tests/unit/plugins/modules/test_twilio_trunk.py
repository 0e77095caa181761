# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""twilio_trunk and twilio_trunk_info against the emulated Twilio."""

from __future__ import annotations

from typing import Any

import pytest
from twilio_network import NUMBERS, World

DOMAIN = "acme-hq.pstn.twilio.com"
FULL: dict[str, Any] = {
    "friendly_name": "hq",
    "domain_name": DOMAIN,
    "recording": {"mode": "record-from-answer"},
    "disaster_recovery_url": "https://example.com/dr",
    "disaster_recovery_method": "GET",
    "ip_access_control_lists": ["office"],
    "origination_urls": [
        {"friendly_name": "pbx1", "sip_url": "sip:203.0.113.10"},
        {"sip_url": "sip:203.0.113.11;transport=tcp", "priority": 20, "weight": 1, "enabled": False},
    ],
    "phone_numbers": NUMBERS[:2],
}


def without_sids(value: Any) -> Any:
    """Leave out what only Twilio can know."""
    if isinstance(value, dict):
        return {name: without_sids(content) for name, content in value.items() if name != "sid"}
    if isinstance(value, list):
        return [without_sids(content) for content in value]
    return value


@pytest.fixture
def office(world: World) -> World:
    """A world with an access list called office."""
    done = world.run(
        "twilio_ip_access_control_list", friendly_name="office", ip_addresses=[{"ip_address": "203.0.113.10"}]
    )
    assert done["changed"], done
    return world


def test_check_predicts_what_then_happens_and_a_second_run_changes_nothing(office: World) -> None:
    before = office.writes()
    predicted = office.run("twilio_trunk", check=True, diff=True, **FULL)
    assert office.writes() == before
    made = office.run("twilio_trunk", diff=True, **FULL)
    assert without_sids(predicted["trunk"]) == without_sids(made["trunk"])
    assert without_sids(predicted["diff"]) == without_sids(made["diff"])
    assert [change["fields"] for change in predicted["changes"]] == [change["fields"] for change in made["changes"]]
    writes = office.writes()
    again = office.run("twilio_trunk", diff=True, **FULL)
    assert (again["changed"], again["changes"]) == (False, [])
    assert again["trunk"] == made["trunk"]
    assert again["diff"]["before"] == again["diff"]["after"]
    assert again["api_requests"] == 4, "the trunks and three lists"
    assert office.writes() == writes


def test_in_check_mode_an_access_list_may_be_about_to_be_created(world: World) -> None:
    predicted = world.run("twilio_trunk", check=True, **{**FULL, "credential_lists": ["phones"]})
    assert predicted["trunk"]["ip_access_control_lists"] == [{"sid": None, "friendly_name": "office"}]
    assert predicted["trunk"]["credential_lists"] == [{"sid": None, "friendly_name": "phones"}]
    assert [text.partition(":")[0] for text in predicted["warnings"]] == [
        "ip_access_control_lists[0]",
        "credential_lists[0]",
    ]
    assert world.writes() == []


@pytest.mark.parametrize("check", [True, False])
def test_a_missing_number_fails_in_every_mode(office: World, check: bool) -> None:
    before = office.writes()
    failed = office.run("twilio_trunk", check=check, **{**FULL, "phone_numbers": ["+12025550109"]})
    assert failed["failed"]
    assert failed["msg"].startswith("phone_numbers[0]: there is no phone number '+12025550109'")
    assert "Did you mean '+1202555010" in failed["msg"]
    assert "purchase: true" in failed["msg"]
    assert office.writes() == before


def test_a_missing_list_fails_with_similar_names_and_nothing_is_changed(office: World) -> None:
    before = office.writes()
    failed = office.run("twilio_trunk", **{**FULL, "ip_access_control_lists": ["offices"]})
    assert "ip_access_control_lists[0]: there is no IP access control list 'offices'" in failed["msg"]
    assert "Did you mean 'office'?" in failed["msg"]
    assert failed["failure"]["applied"] == []
    missing = office.run("twilio_trunk", **{**FULL, "ip_access_control_lists": ["AL" + "0" * 32]})
    assert "there is no IP access control list 'AL000" in missing["msg"]
    assert office.writes() == before


def test_settings_change_alone(office: World) -> None:
    office.run("twilio_trunk", **FULL)
    writes = len(office.writes())
    changed = office.run("twilio_trunk", domain_name=DOMAIN, secure=True, recording={"trim": "trim-silence"}, diff=True)
    sid = changed["trunk"]["sid"]
    assert office.writes()[writes:] == [f"POST /v1/Trunks/{sid}", f"POST /v1/Trunks/{sid}/Recording"]
    assert [change["fields"] for change in changed["changes"]] == [["secure"], ["trim"]]
    assert changed["trunk"]["recording"] == {"mode": "record-from-answer", "trim": "trim-silence"}
    assert "origination_urls" not in changed["trunk"]
    cleared = office.run("twilio_trunk", friendly_name="hq", disaster_recovery_url="")
    assert cleared["trunk"]["disaster_recovery_url"] == ""
    assert not office.run("twilio_trunk", friendly_name="hq", disaster_recovery_url="")["changed"]


def test_purge_adds_before_it_removes_and_leaves_other_lists_alone(office: World) -> None:
    office.run("twilio_trunk", **FULL)
    writes = len(office.writes())
    urls = [{"friendly_name": "pbx1", "sip_url": "sip:203.0.113.10", "weight": 7}, {"sip_url": "sip:203.0.113.12"}]
    kept = office.run("twilio_trunk", friendly_name="hq", origination_urls=urls)
    assert len(kept["trunk"]["origination_urls"]) == 3
    purged = office.run("twilio_trunk", friendly_name="hq", origination_urls=urls, purge_origination_urls=True)
    assert [url["friendly_name"] for url in purged["trunk"]["origination_urls"]] == ["pbx1", "sip:203.0.113.12"]
    verbs = [write.split("/")[0].strip() for write in office.writes()[writes:]]
    assert verbs == ["POST", "POST", "DELETE"]
    info = office.run("twilio_trunk_info", friendly_name="hq")["trunks"][0]
    assert [number["phone_number"] for number in info["phone_numbers"]] == NUMBERS[:2]
    bare = office.run(
        "twilio_trunk", friendly_name="hq", phone_numbers=[], purge_phone_numbers=True,
        ip_access_control_lists=[], purge_ip_access_control_lists=True,
    )  # fmt: skip
    assert (bare["trunk"]["phone_numbers"], bare["trunk"]["ip_access_control_lists"]) == ([], [])


def test_members_by_sid_are_the_same_members(office: World) -> None:
    made = office.run("twilio_trunk", **FULL)["trunk"]
    sids = [number["sid"] for number in made["phone_numbers"]]
    lists = [entry["sid"] for entry in made["ip_access_control_lists"]]
    again = office.run("twilio_trunk", sid=made["sid"], phone_numbers=sids, ip_access_control_lists=lists)
    assert not again["changed"]
    other = office.run("twilio_trunk", friendly_name="branch", phone_numbers=[office.numbers[NUMBERS[2]]])
    assert other["trunk"]["phone_numbers"][0]["phone_number"] == NUMBERS[2]
    twice = office.run("twilio_trunk", sid=made["sid"], phone_numbers=[NUMBERS[0], office.numbers[NUMBERS[0]]])
    assert twice["failed"]
    assert "list it once" in twice["msg"]


def test_taking_a_number_from_another_trunk_is_a_warning(office: World) -> None:
    first = office.run("twilio_trunk", **FULL)["trunk"]["sid"]
    moved = office.run("twilio_trunk", friendly_name="branch", phone_numbers=[NUMBERS[0]])
    assert f"{NUMBERS[0]} is taken from trunk {first}" in moved["warnings"][0]
    assert not office.run("twilio_trunk", friendly_name="branch", phone_numbers=[NUMBERS[0]])["changed"]


def test_absent_deletes_once_and_keeps_the_numbers(office: World) -> None:
    made = office.run("twilio_trunk", **FULL)["trunk"]
    predicted = office.run("twilio_trunk", check=True, diff=True, domain_name=DOMAIN, state="absent")
    assert (predicted["changed"], predicted["trunk"], predicted["diff"]["after"]) == (True, None, {})
    assert office.run("twilio_trunk", sid=made["sid"], state="absent")["changed"]
    for identity in ({"sid": made["sid"]}, {"domain_name": DOMAIN}, {"friendly_name": "hq"}):
        assert not office.run("twilio_trunk", state="absent", **identity)["changed"]
    assert office.run("twilio_phone_number", phone_number=NUMBERS[0])["phone_number"]["trunk_sid"] == ""


def test_a_trunk_of_another_domain_is_not_deleted_for_its_name(office: World) -> None:
    office.run("twilio_trunk", **FULL)
    kept = office.run("twilio_trunk", domain_name="other.pstn.twilio.com", friendly_name="hq", state="absent")
    assert not kept["changed"]


def test_a_name_finds_the_trunk_and_a_domain_can_be_given_to_it(world: World) -> None:
    made = world.run("twilio_trunk", friendly_name="hq")["trunk"]
    named = world.run("twilio_trunk", friendly_name="hq", domain_name=DOMAIN)["trunk"]
    assert (named["sid"], named["domain_name"]) == (made["sid"], DOMAIN)
    renamed = world.run("twilio_trunk", domain_name=DOMAIN, friendly_name="hq-2")["trunk"]
    assert (renamed["sid"], renamed["friendly_name"]) == (made["sid"], "hq-2")


def test_two_trunks_of_one_name_are_not_guessed_between(world: World) -> None:
    first = world.run("twilio_trunk", friendly_name="hq")["trunk"]["sid"]
    second = world.run("twilio_trunk", domain_name=DOMAIN)["trunk"]["sid"]
    would_be = world.run("twilio_trunk", domain_name=DOMAIN, friendly_name="hq")
    world.run("twilio_trunk", sid=second, friendly_name="hq")
    for failed in (would_be, world.run("twilio_trunk", friendly_name="hq", secure=True)):
        assert failed["msg"].startswith("More than one trunk is called 'hq'")
        assert first in failed["msg"]
        assert second in failed["msg"]
    assert not world.run("twilio_trunk", domain_name=DOMAIN, friendly_name="hq")["changed"]


def test_an_unknown_sid_is_absent_or_an_error(world: World) -> None:
    sid = "TK" + "0" * 32
    failed = world.run("twilio_trunk", sid=sid, secure=True)
    assert failed["msg"].startswith(f"sid: there is no trunk {sid}")
    assert world.run("twilio_trunk_info", sid=sid)["trunks"] == []


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"domain_name": "acme.example.com"}, "domain_name: 'acme.example.com' does not end in .pstn.twilio.com"),
        ({"domain_name": ""}, "domain_name: '' identifies no trunk"),
        ({"sid": "PN1"}, "sid: 'PN1' is not a SID"),
        ({"friendly_name": "x" * 65}, "has 65 characters; Twilio takes at most 64"),
        ({"friendly_name": " "}, "friendly_name: ' ' is empty"),
        (
            {"origination_urls": [{"sip_url": "sips:a.example.com"}]},
            "origination_urls[0].sip_url: 'sips:a.example.com'",
        ),
        (
            {"origination_urls": [{"sip_url": "sip:a", "weight": 0}]},
            "origination_urls[0].weight: 0 is outside 1 to 65535",
        ),
        ({"origination_urls": [{"sip_url": "sip:a", "priority": 65536}]}, "origination_urls[0].priority: 65536"),
        ({"origination_urls": [{"sip_url": "sip:a"}] * 2}, "origination_urls[1].sip_url: 'sip:a' is listed twice"),
        (
            {"origination_urls": [{"sip_url": "sip:a", "friendly_name": "x"}, {"sip_url": "sip:a"}]},
            "origination_urls[1].sip_url: 'sip:a' is used by another entry too; give this entry a friendly_name",
        ),
        (
            {"origination_urls": [{"sip_url": "sip:a"}, {"sip_url": "sip:b", "friendly_name": "sip:a"}]},
            "origination_urls[0].sip_url: 'sip:a' is used by another entry too",
        ),
        ({"origination_urls": [{"sip_url": f"sip:a{n}"} for n in range(11)]}, "'11 entries' are more than the 10"),
        ({"phone_numbers": ["2025550101"]}, "phone_numbers[0]: '2025550101' is not a number in E.164"),
        ({"phone_numbers": NUMBERS[:1] * 2}, "phone_numbers[1]: '+12025550101' is listed twice"),
        ({"credential_lists": [""]}, "credential_lists[0]: '' is empty"),
        ({"disaster_recovery_url": "example.com"}, "disaster_recovery_url: 'example.com' is not an absolute URL"),
        (
            {"purge_phone_numbers": True},
            "purge_phone_numbers is True but all of the following are missing: phone_numbers",
        ),
        ({"friendly_name": ...}, "one of the following is required: sid, domain_name, friendly_name"),
        ({"concurrency": 0}, "concurrency: 0 is outside 1 to 20"),
        ({"retries": 21}, "retries: 21 is outside 0 to 20"),
        ({"timeout": 0}, "timeout: 0.0 is not above 0"),
        ({"retry_delay": -1}, "retry_delay: -1.0 is not between"),
        ({"edge": "evil.example/"}, "edge: 'evil.example/' is not the name of a Twilio location"),
        ({"base_url": "lab"}, "base_url: 'lab' is not a base URL"),
    ],
)
def test_bad_input_is_refused_before_the_first_request(world: World, options: dict[str, Any], message: str) -> None:
    identity = {} if {"domain_name", "sid"} & set(options) else {"friendly_name": "hq"}
    failed = world.run("twilio_trunk", **{**identity, **options})
    assert failed["failed"]
    assert message in failed["msg"]
    assert world.journal() == []


@pytest.mark.parametrize("kind", ["reset", "timeout", "malformed", "status"])
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize(
    "path", ["/v1/Trunks$", "/OriginationUrls$", "/IpAccessControlLists$", "/PhoneNumbers$", "/Recording$"]
)
def test_a_lost_answer_is_survived_without_a_duplicate(office: World, kind: str, when: str, path: str) -> None:
    office.fault("POST", path, kind, when=when, **({"status": 503} if kind == "status" else {}))
    made = office.run("twilio_trunk", concurrency=1, **FULL)
    assert made["changed"], made
    trunks = office.run("twilio_trunk_info")["trunks"]
    assert without_sids(trunks) == without_sids([{**made["trunk"], "credential_lists": []}])
    assert not office.run("twilio_trunk", **FULL)["changed"]


def test_a_failure_says_what_was_done_before_it(office: World) -> None:
    office.fault("POST", "/PhoneNumbers$", "status", when="before", status=400, code=21245)
    failed = office.run("twilio_trunk", concurrency=1, **FULL)
    assert (failed["failed"], failed["changed"]) == (True, True)
    assert failed["failure"]["code"] == 21245
    assert failed["failure"]["status"] == 400
    assert failed["failure"]["more_info"] == "https://www.twilio.com/docs/errors/21245"
    assert [change["resource"] for change in failed["failure"]["applied"]] == [
        "trunk", "recording", "IP access control list of the trunk", "origination URL", "origination URL",
    ]  # fmt: skip
    assert failed["failure"]["failed"]["resource"] == "phone number of the trunk"
    assert failed["api_requests"] > 5
    assert office.run("twilio_trunk", **FULL)["changed"], "the next run completes it"


def test_info_selects_and_includes(office: World) -> None:
    office.run("twilio_trunk", **FULL)
    office.run("twilio_trunk", friendly_name="branch")
    bare = office.run("twilio_trunk_info", include=[], diff=True)
    assert {trunk["friendly_name"] for trunk in bare["trunks"]} == {"hq", "branch"}
    assert bare["api_requests"] == 1
    assert "diff" not in bare
    one = office.run("twilio_trunk_info", domain_name=DOMAIN)
    assert [len(one["trunks"][0][name]) for name in ("origination_urls", "phone_numbers", "credential_lists")] == [
        2,
        2,
        0,
    ]
    by_sid = office.run("twilio_trunk_info", sid=one["trunks"][0]["sid"], include=["phone_numbers"])
    assert by_sid["api_requests"] == 2
    assert office.run("twilio_trunk_info", friendly_name="nobody")["trunks"] == []


SUB, SUB_SUB = f"berlin.{DOMAIN}", f"lab.berlin.{DOMAIN}"


@pytest.mark.parametrize("check", [True, False])
def test_a_sub_domain_without_the_domain_above_is_explained(world: World, check: bool) -> None:
    result = world.run("twilio_trunk", check=check, domain_name=SUB)
    assert result["warnings"] == [
        f"domain_name: {SUB} is a sub-domain, and no trunk of the account has {DOMAIN}. Twilio accepts it only if a "
        f"trunk of the parent account has it; otherwise create a trunk with {DOMAIN} first."
    ]
    assert bool(result.get("failed")) is not check, "Twilio has the last word: the parent account may have it"
    assert world.run("twilio_trunk", domain_name=DOMAIN)["warnings"] == []
    made = world.run("twilio_trunk", check=check, domain_name=SUB)
    assert (made["changed"], made["warnings"]) == (True, [])
    assert world.run("twilio_trunk", domain_name=DOMAIN, secure=True)["warnings"] == []


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize("options", [{"state": "absent"}, {"domain_name": "other.pstn.twilio.com"}])
def test_a_domain_with_sub_domains_is_not_taken_away(world: World, check: bool, options: dict[str, str]) -> None:
    for domain in (DOMAIN, SUB, SUB_SUB):
        world.run("twilio_trunk", domain_name=domain, friendly_name=domain.partition(".")[0])
    before = world.writes()
    identity = {"domain_name": DOMAIN} if "state" in options else {"friendly_name": "acme-hq"}
    refused = world.run("twilio_trunk", check=check, **{**identity, **options})
    option, value = next(iter(options.items()))
    assert refused["msg"].startswith(f"{option}: '{value}' takes the domain {DOMAIN} away, and {SUB} is a sub-domain")
    assert world.writes() == before
    for domain in (SUB_SUB, SUB, DOMAIN):
        assert world.run("twilio_trunk", domain_name=domain, state="absent")["changed"]


def test_every_setting_can_be_set_and_cleared(world: World) -> None:
    full = {
        "disaster_recovery_url": "https://example.com/dr", "disaster_recovery_method": "POST", "secure": True,
        "transfer_mode": "sip-only", "transfer_caller_id": "from-transferor", "cnam_lookup_enabled": True,
        "recording": {"mode": "record-from-ringing-dual", "trim": "trim-silence"}, "domain_name": DOMAIN,
    }  # fmt: skip
    bare = {
        "disaster_recovery_url": "", "secure": False, "transfer_mode": "disable-all", "domain_name": "",
        "transfer_caller_id": "from-transferee", "cnam_lookup_enabled": False,
        "recording": {"mode": "do-not-record", "trim": "do-not-trim"},
    }  # fmt: skip
    for options in (full, bare, full):
        changed = world.run("twilio_trunk", friendly_name="hq", **options)
        assert changed["changed"], changed
        assert {name: changed["trunk"][name] for name in options} == options
        again = world.run("twilio_trunk", friendly_name="hq", **options)
        assert (again["changed"], again["trunk"]) == (False, changed["trunk"])
    info = world.run("twilio_trunk_info")["trunks"][0]
    assert {name: info[name] for name in full} == full
