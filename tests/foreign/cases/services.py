# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is around the trunks: where their calls are processed, and what they cost."""

from __future__ import annotations

from foreign.check import date, holds, refused, same
from foreign.stand import NUMBERS, Stand

ROUTES = "api:routes:v2:trunks"
PRICES = "api:pricing:v2:trunking"
NUMBER_PRICES = "api:pricing:v1:phone-numbers:countries"


def routes(stand: Stand) -> None:
    """The region that processes a trunk's inbound calls, by the trunk's domain."""
    domain = "acme.pstn.twilio.com"
    stand.post("trunking/v1/Trunks", DomainName=domain)
    which = ("--sip-trunk-domain", domain)
    first = stand.twilio(f"{ROUTES}:fetch", *which).one()
    holds(first, {"sipTrunkDomain": domain, "voiceRegion": "us1"}, "route of a new trunk")
    date(first["dateCreated"], "dateCreated of a route")
    changed = stand.twilio(f"{ROUTES}:update", *which, "--voice-region", "ie1", "--friendly-name", "hq").one()
    holds(changed, {"sid": first["sid"], "voiceRegion": "ie1", "friendlyName": "hq"}, "changed route")
    sent = stand.journal()[-1]
    holds(sent, {"product": "routes", "path": f"/v2/Trunks/{domain}", "status": 200}, "journal")
    nowhere, nobody, again = stand.each(
        (f"{ROUTES}:update", *which, "--voice-region", "xx1"),
        (f"{ROUTES}:fetch", "--sip-trunk-domain", "nobody.pstn.twilio.com"),
        (f"{ROUTES}:fetch", *which),
    )
    refused(nowhere, 20001, 400)
    refused(nobody, 20404, 404)
    same(again.one()["voiceRegion"], "ie1", "route after a refused change")


def pricing(stand: Stand) -> None:
    """Prices are decimal numbers as texts; a number's + is in the path."""
    countries, britain, call, numbers, nowhere = stand.each(
        (f"{PRICES}:countries:list", "--no-limit", "--page-size", "10"),
        (f"{PRICES}:countries:fetch", "--iso-country", "GB"),
        (
            f"{PRICES}:numbers:fetch", "--destination-number", "+442079460000", "--origination-number", NUMBERS[0],
        ),
        (f"{NUMBER_PRICES}:fetch", "--iso-country", "US"),
        (f"{PRICES}:countries:fetch", "--iso-country", "XX"),
    )  # fmt: skip
    codes = [country["isoCountry"] for country in countries.json()]
    same((len(codes) > 10, len(codes) == len(set(codes))), (True, True), "countries on all pages, each once")
    same({"GB", "US"} <= set(codes), True, "countries with prices")
    holds(britain.one(), {"isoCountry": "GB", "country": "United Kingdom", "priceUnit": "USD"}, "prices of a country")
    prices = [price["currentPrice"] for price in britain.one()["terminatingPrefixPrices"]]
    same([type(price) for price in prices], [str] * len(prices), "types of prices")
    same(all(float(price) > 0 for price in prices), True, f"prices {prices}")
    wanted = {"destinationNumber": "+442079460000", "originationNumber": NUMBERS[0], "isoCountry": "GB"}
    holds(call.one(), wanted, "price of a call")
    same(
        "/v2/Trunking/Numbers/%2B442079460000" in {e.target.partition("?")[0] for e in stand.proxy.exchanges}, True, "+"
    )
    same({price["numberType"] for price in numbers.one()["phoneNumberPrices"]} >= {"local"}, True, "prices of numbers")
    refused(nowhere, 20404, 404)
