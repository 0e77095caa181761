# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Two objects of one name: no module guesses between them; the message names both SIDs, and nothing is changed."""

from __future__ import annotations

from typing import Any

import pytest
from twilio_network import NUMBERS, World

LISTS = "/2010-04-01/Accounts/{account}/SIP/IpAccessControlLists.json"
CREDENTIALS = "/2010-04-01/Accounts/{account}/SIP/CredentialLists.json"


@pytest.fixture
def twins(world: World) -> dict[str, tuple[str, str]]:
    """Two of everything that has a name, made behind the modules' back; the SIDs by kind."""

    def pair(kind: str, path: str, product: str = "api", **form: str) -> tuple[str, str]:
        sids = [world.post(path, product, FriendlyName=name, **form)["sid"] for name in ("twin", "other")]
        # Twilio refuses a second list of a name; it is there all the same in accounts that are older than the rule.
        record = world.context.store.get(kind, sids[1])
        assert record is not None
        record.data["friendly_name"] = "twin"
        return sids[0], sids[1]

    trunks = pair("TK", "/v1/Trunks", "trunking")
    return {
        "TK": trunks,
        "AL": pair("AL", LISTS),
        "CL": pair("CL", CREDENTIALS),
        "OU": pair(
            "OU", f"/v1/Trunks/{trunks[0]}/OriginationUrls", "trunking",
            SipUrl="sip:a.example.com", Weight="1", Priority="1", Enabled="true",
        ),
    }  # fmt: skip


@pytest.mark.parametrize("check", [True, False])
@pytest.mark.parametrize(
    ("kind", "name", "options"),
    [
        ("TK", "twilio_trunk", {"friendly_name": "twin", "secure": True}),
        ("TK", "twilio_trunk", {"friendly_name": "twin", "state": "absent"}),
        ("TK", "twilio_phone_number", {"phone_number": NUMBERS[0], "trunk": "twin"}),
        ("AL", "twilio_ip_access_control_list", {"friendly_name": "twin"}),
        ("AL", "twilio_ip_access_control_list", {"friendly_name": "twin", "state": "absent"}),
        ("AL", "twilio_trunk", {"friendly_name": "hq", "ip_access_control_lists": ["twin"]}),
        ("CL", "twilio_trunk", {"friendly_name": "hq", "credential_lists": ["twin"]}),
        ("OU", "twilio_trunk", {"origination_urls": [{"friendly_name": "twin", "sip_url": "sip:a.example.com"}]}),
        ("OU", "twilio_trunk", {"origination_urls": [{"sip_url": "sip:a.example.com"}]}),
    ],
)
def test_twins_are_named_and_left_alone(  # noqa: PLR0917 - parameters of the test
    world: World, twins: dict[str, tuple[str, str]], check: bool, kind: str, name: str, options: dict[str, Any]
) -> None:
    before = world.writes()
    if kind == "OU":
        options = {"sid": twins["TK"][0], **options}
    failed = world.run(name, check=check, diff=True, **options)
    assert "More than one" in failed["msg"], failed
    assert all(sid in failed["msg"] for sid in twins[kind])
    assert failed["failure"]["applied"] == []
    assert world.writes() == before


def test_a_twin_can_be_meant_by_its_sid(world: World, twins: dict[str, tuple[str, str]]) -> None:
    for sid in twins["TK"]:
        assert world.run("twilio_trunk", sid=sid, secure=True)["trunk"]["sid"] == sid
    lists = list(twins["AL"])
    made = world.run("twilio_trunk", friendly_name="hq", ip_access_control_lists=lists)
    assert sorted(member["sid"] for member in made["trunk"]["ip_access_control_lists"]) == sorted(lists)
    assert world.run("twilio_ip_access_control_list", sid=twins["AL"][0])["changed"] is False
