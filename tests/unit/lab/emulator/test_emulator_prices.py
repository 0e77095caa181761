# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What things cost, what was spent, and where a trunk's calls are processed."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from emulator_client import Client

from lab.emulator.countries import COUNTRIES


def _pricing(client: Client, path: str, **params: str) -> Any:
    return client.rest("GET", f"/pricing/{path}", params)


def test_the_price_of_a_number_by_type(client: Client) -> None:
    body = _pricing(client, "v1/PhoneNumbers/Countries/US").body
    assert body["phone_number_prices"] == [
        {"base_price": "1.15", "current_price": "1.15", "number_type": "local"},
        {"base_price": "2.15", "current_price": "2.15", "number_type": "toll free"},
    ]
    assert (body["price_unit"], body["country"]) == ("USD", "United States")
    listed = _pricing(client, "v1/PhoneNumbers/Countries", PageSize="2").body
    assert [country["iso_country"] for country in listed["countries"]] == ["AU", "CA"]
    assert listed["meta"]["next_page_url"].startswith("https://pricing.twilio.com/v1/PhoneNumbers/Countries?PageSize=2")
    assert listed["countries"][0]["url"] == "https://pricing.twilio.com/v1/PhoneNumbers/Countries/AU"


def test_every_destination_has_a_price(client: Client) -> None:
    listed = _pricing(client, "v2/Trunking/Countries", PageSize="1000").body["countries"]
    assert [country["iso_country"] for country in listed] == list(COUNTRIES)
    for country in listed:
        body = _pricing(client, f"v2/Trunking/Countries/{country['iso_country']}").body
        assert all(Decimal(rate["current_price"]) > 0 for rate in body["terminating_prefix_prices"])


@pytest.mark.parametrize(
    ("number", "prefix", "price"),
    [
        ("+12025550199", "1", "0.0050"),
        ("+18005550199", "1800", "0.0042"),
        ("+19075550199", "1907", "0.0520"),
        ("+19005550199", "1900", "1.5000"),
        ("+447700900001", "447", "0.0310"),
        ("+18765550101", "1876", "0.1200"),
    ],
)
def test_the_longest_prefix_has_the_price(client: Client, number: str, prefix: str, price: str) -> None:
    (rate,) = _pricing(client, f"v2/Trunking/Numbers/{number}").body["terminating_prefix_prices"]
    assert (rate["destination_prefixes"], rate["current_price"]) == ([prefix], price)


@pytest.mark.parametrize(
    "path",
    ["v1/PhoneNumbers/Countries/XX", "v2/Trunking/Countries/XX", "v2/Trunking/Numbers/+999123456",
     "v2/Trunking/Numbers/12025550199", "v2/Voice/Countries", "v1/Messaging/Countries"],
)  # fmt: skip
def test_what_has_no_price_is_not_found(client: Client, path: str) -> None:
    assert _pricing(client, path).code == 20404


def test_buying_is_on_the_ledger_and_a_refused_purchase_is_not(client: Client) -> None:
    client.api("POST", "IncomingPhoneNumbers", {"PhoneNumber": "+12135550100"})
    local = client.api("POST", "IncomingPhoneNumbers", {"AreaCode": "415"}).body
    toll_free = client.api("POST", "IncomingPhoneNumbers", {"PhoneNumber": "+18005550100"}).body
    client.api("DELETE", f"IncomingPhoneNumbers/{local['sid']}")
    (account,) = client.lab("GET", "state").body["accounts"]
    shown = [(e["sid"], e["phone_number"], e["monthly_price"], e["released"] is None) for e in account["ledger"]]
    assert shown == [
        (local["sid"], local["phone_number"], "1.15", False),
        (toll_free["sid"], "+18005550100", "2.15", True),
    ]


def _route(client: Client, method: str, domain: str, **params: str) -> Any:
    return client.rest(method, f"/routes/v2/Trunks/{domain}", params)


def test_a_route_follows_its_trunks_domain(client: Client) -> None:
    trunk = client.trunk(DomainName="acme.pstn.twilio.com")["sid"]
    fresh = _route(client, "GET", "ACME.pstn.twilio.com").body
    assert (fresh["voice_region"], fresh["friendly_name"]) == ("us1", None)
    assert fresh["sip_trunk_domain"] == "acme.pstn.twilio.com"
    changed = _route(client, "POST", "acme.pstn.twilio.com", VoiceRegion="au1")
    assert (changed.status, changed.body["voice_region"], changed.body["sid"]) == (200, "au1", fresh["sid"])
    client.trunking("POST", f"Trunks/{trunk}", {"FriendlyName": "hq"})
    assert _route(client, "GET", "acme.pstn.twilio.com").body["voice_region"] == "au1"
    client.trunking("POST", f"Trunks/{trunk}", {"DomainName": "acme-2.pstn.twilio.com"})
    assert _route(client, "GET", "acme.pstn.twilio.com").code == 20404
    assert _route(client, "GET", "acme-2.pstn.twilio.com").body["voice_region"] == "us1"


def test_routes_refuse(client: Client) -> None:
    client.trunk(DomainName="acme.pstn.twilio.com")
    assert _route(client, "POST", "acme.pstn.twilio.com", VoiceRegion="us2").code == 20001
    assert _route(client, "DELETE", "acme.pstn.twilio.com").code == 20004
    assert client.rest("GET", "/routes/v2/PhoneNumbers/+12025550101").code == 20404
    other = {"sid": "AC" + "5" * 32, "auth_token": "sub"}
    client.lab("POST", "seed", {"accounts": [other]})
    stranger = client.as_user(other["sid"], "sub")
    assert _route(stranger, "GET", "acme.pstn.twilio.com").code == 20404
