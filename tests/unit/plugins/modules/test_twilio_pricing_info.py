# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""twilio_pricing_info: prices as Twilio gives them, and one request for each."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from twilio_network import Script, World, run_module

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers.pricing import number_type

NAME = "twilio_pricing_info"


def test_numbers_and_minutes_of_countries(world: World) -> None:
    result = world.run(NAME, countries=["US", "GB"])
    assert [country["iso_country"] for country in result["phone_numbers"]] == ["US", "GB"]
    american = result["phone_numbers"][0]
    assert (american["country"], american["price_unit"]) == ("United States", "USD")
    assert {price["number_type"]: price["current_price"] for price in american["phone_number_prices"]} == {
        "local": "1.15",
        "toll_free": "2.15",
    }
    minutes = result["trunking"][1]
    assert minutes["iso_country"] == "GB"
    mobile = next(price for price in minutes["terminating_prefix_prices"] if "447" in price["destination_prefixes"])
    assert Decimal(mobile["current_price"]) > 0
    assert {price["number_type"] for price in minutes["originating_call_prices"]} == {"local", "mobile", "toll_free"}
    assert (result["api_requests"], "destinations" in result) == (4, False)


def test_only_what_is_asked_for_is_read(world: World) -> None:
    result = world.run(NAME, countries=["US"], include=["phone_numbers"])
    assert (result["api_requests"], "trunking" in result) == (1, False)


def test_destinations(world: World) -> None:
    result = world.run(NAME, destinations=["+447700900123", "+12025550101"], origination_number="+442079460000")
    british, american = result["destinations"]
    assert (british["destination_number"], british["origination_number"]) == ("+447700900123", "+442079460000")
    assert british["terminating_prefix_prices"][0]["destination_prefixes"] == ["447"]
    assert american["originating_call_price"]["number_type"] == "local"
    assert [entry["params"] for entry in world.journal()] == [{"OriginationNumber": "+442079460000"}] * 2
    assert "phone_numbers" not in result


def test_prices_without_a_figure(script: Script) -> None:
    """As in an answer of Twilio's documentation: no discount, no price for calls to it."""
    script.expect(
        "GET",
        "https://pricing.twilio.com/v2/Trunking/Numbers/+18001234567",
        {
            "country": "United States",
            "destination_number": "+18001234567",
            "originating_call_price": {"base_price": None, "current_price": None, "number_type": None},
            "iso_country": "US",
            "origination_number": None,
            "terminating_prefix_prices": None,
            "price_unit": "usd",
        },
    )
    found = run_module(NAME, script, destinations=["+18001234567"])["destinations"][0]
    assert (found["originating_call_price"], found["terminating_prefix_prices"]) == (None, [])
    assert (found["price_unit"], found["origination_number"]) == ("USD", "")


@pytest.mark.parametrize(
    ("spelling", "kind"),
    [("toll free", "toll_free"), ("tollfree", "toll_free"), ("Toll-Free", "toll_free"), ("local", "local"),
     ("mobile", "mobile"), ("national", "national"), ("shared cost", "sharedcost"), (None, "")],
)  # fmt: skip
def test_types_have_one_spelling(spelling: str | None, kind: str) -> None:
    assert number_type(spelling) == kind


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "one of the following is required: countries, destinations"),
        ({"countries": ["us"]}, "countries[0]: 'us' is not the ISO code of a country"),
        ({"countries": ["US", "US"]}, "countries[1]: 'US' is listed twice"),
        ({"countries": ["US"], "include": []}, "include is empty"),
        ({"destinations": ["0123"]}, "destinations[0]: '0123' is not a number in E.164"),
        ({"countries": ["US"], "origination_number": "+12025550101"}, "origination_number: '+12025550101' needs dest"),
        ({"destinations": ["+12025550101"], "origination_number": "x"}, "origination_number: 'x' is not a number"),
    ],
)
def test_bad_input_is_refused_before_the_first_request(world: World, options: dict[str, Any], message: str) -> None:
    assert message in world.run(NAME, **options)["msg"]
    assert world.journal() == []


def test_what_has_no_price_is_named(world: World) -> None:
    failed = world.run(NAME, countries=["US", "IS"], include=["phone_numbers"])
    assert failed["msg"].startswith("countries[1]: Twilio has no price list of numbers for 'IS'")
