# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""twilio_trunk_region and its info twin against the emulated Twilio."""

from __future__ import annotations

from typing import Any

import pytest
from twilio_network import Script, World, run_module

NAME = "twilio_trunk_region"
INFO = "twilio_trunk_region_info"
DOMAIN = "acme-hq.pstn.twilio.com"


@pytest.fixture
def trunk(world: World) -> dict[str, Any]:
    made: dict[str, Any] = world.run("twilio_trunk", friendly_name="hq", domain_name=DOMAIN)["trunk"]
    return made


def test_a_region_is_assigned_by_any_name_of_the_trunk(world: World, trunk: dict[str, Any]) -> None:
    assert not world.run(NAME, trunk="hq", voice_region="us1")["changed"], "the default"
    writes = world.writes()
    predicted = world.run(NAME, check=True, diff=True, trunk=DOMAIN, voice_region="ie1")
    assert world.writes() == writes
    moved = world.run(NAME, diff=True, trunk=DOMAIN, voice_region="ie1")
    assert moved["trunk_region"] == predicted["trunk_region"]
    assert moved["trunk_region"] == {
        "trunk_sid": trunk["sid"], "friendly_name": "hq", "domain_name": DOMAIN, "voice_region": "ie1",
    }  # fmt: skip
    assert (moved["diff"]["before"]["voice_region"], moved["diff"]["after"]["voice_region"]) == ("us1", "ie1")
    assert world.writes()[len(writes) :] == [f"POST /v2/Trunks/{DOMAIN}"]
    for name in ("hq", DOMAIN, trunk["sid"]):
        again = world.run(NAME, trunk=name, voice_region="ie1")
        assert (again["changed"], again["api_requests"]) == (False, 2)
    assert world.run(NAME, trunk=trunk["sid"], voice_region="us1")["changed"]


@pytest.mark.parametrize("unassigned", [None, {"sip_trunk_domain": DOMAIN, "voice_region": None}])
def test_no_assignment_is_the_default_however_twilio_says_it(script: Script, unassigned: dict[str, Any] | None) -> None:
    url = f"https://routes.twilio.com/v2/Trunks/{DOMAIN}"
    page = {"trunks": [{"sid": "TK" + "1" * 32, "friendly_name": "hq", "domain_name": DOMAIN}], "meta": {}}
    script.expect("GET", "https://trunking.twilio.com/v1/Trunks", page)
    if unassigned is None:
        script.refuse("GET", url, 404, 20404)
    else:
        script.expect("GET", url, unassigned)
    same = run_module(NAME, script, trunk=DOMAIN, voice_region="us1")
    assert (same["changed"], same["trunk_region"]["voice_region"]) == (False, "us1")


def test_a_trunk_without_a_domain_has_no_region(world: World) -> None:
    sid = world.run("twilio_trunk", friendly_name="bare")["trunk"]["sid"]
    failed = world.run(NAME, trunk="bare", voice_region="ie1")
    assert f"trunk: the trunk bare ({sid}) has no termination domain" in failed["msg"]
    assert "Give it a domain_name with dialtone.voice.twilio_trunk first" in failed["msg"]
    assert world.run(INFO)["trunk_regions"] == world.run(INFO, trunk="bare")["trunk_regions"] == []


@pytest.mark.parametrize("name", ["hqq", "acme-hqq.pstn.twilio.com"])
def test_a_missing_trunk_is_told_with_what_looks_like_it(world: World, trunk: dict[str, Any], name: str) -> None:
    failed = world.run(NAME, trunk=name, voice_region="ie1")
    assert f"trunk: there is no trunk {name!r} in the account. Did you mean" in failed["msg"]
    predicted = world.run(NAME, check=True, trunk=name, voice_region="ie1")
    assert (predicted["changed"], predicted["trunk_region"]["trunk_sid"]) == (True, None)
    assert "earlier task creates it" in predicted["warnings"][0]
    assert trunk["sid"] not in str(predicted["trunk_region"])


def test_two_trunks_of_a_name_are_candidates(world: World, trunk: dict[str, Any]) -> None:
    other = world.post("/v1/Trunks", "trunking", FriendlyName="hq")["sid"]
    failed = world.run(NAME, trunk="hq", voice_region="ie1")
    assert other in failed["msg"]
    assert trunk["sid"] in failed["msg"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"trunk": " "}, "trunk: ' ' is empty"),
        ({"trunk": "hq.pstn.dublin.twilio.com"}, "names an edge; the trunk's own domain is hq.pstn.twilio.com"),
        ({"voice_region": "dublin"}, "value of voice_region must be one of: us1, ie1, au1"),
    ],
)
def test_bad_input_is_refused_before_any_request(world: World, options: dict[str, Any], message: str) -> None:
    failed = world.run(NAME, **{"trunk": "hq", "voice_region": "ie1", **options})
    assert message in failed["msg"]
    assert world.journal() == []


@pytest.mark.parametrize("known", [True, False])
def test_where_twilio_knows_of_no_assignment_the_default_holds(
    world: World, trunk: dict[str, Any], known: bool
) -> None:
    class Unassigned:
        def send(self, method: str, url: str, **rest: Any) -> Any:
            if method == "GET" and "routes" in url:
                return type(world.send("GET", url, **rest))(404, '{"code": 20404 }' if known else "a proxy's page")
            return world.send(method, url, **rest)

    same = run_module(NAME, Unassigned(), trunk="hq", voice_region="us1")
    moved = run_module(NAME, Unassigned(), trunk=trunk["sid"], voice_region="ie1")
    if known:
        assert (same["changed"], moved["changed"]) == (False, True)
    else:
        assert same["failure"]["status"] == moved["failure"]["status"] == 404


def test_info_lists_the_trunks_that_have_a_domain(world: World, trunk: dict[str, Any]) -> None:
    world.run("twilio_trunk", friendly_name="bare")
    world.run(NAME, trunk="hq", voice_region="au1")
    expected = {"trunk_sid": trunk["sid"], "friendly_name": "hq", "domain_name": DOMAIN, "voice_region": "au1"}
    assert world.run(INFO)["trunk_regions"] == [expected]
    assert world.run(INFO, trunk=DOMAIN)["trunk_regions"] == [expected]
    assert world.run(INFO, trunk="nothing")["trunk_regions"] == []
