# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Geographic permissions: what a number may call."""

from __future__ import annotations

import json

from foreign.check import holds, refused, same
from foreign.stand import Stand

PERMISSIONS = "api:voice:v1:dialing-permissions"
COUNTRIES = f"{PERMISSIONS}:countries"


def dialing(stand: Stand) -> None:
    """Countries are read one by one or in lists whose key is `content`, and changed in bulk."""
    every, one, prefixes = stand.each(
        (f"{COUNTRIES}:list", "--page-size", "10", "--no-limit"),
        (f"{COUNTRIES}:fetch", "--iso-code", "LV"),
        (f"{COUNTRIES}:high-risk-special-prefixes:list", "--iso-code", "LV"),
    )
    codes = [country["isoCode"] for country in every.json()]
    same((len(codes) > 10, len(codes) == len(set(codes))), (True, True), "countries on all pages, each once")
    same("LV" in codes, True, "the fetched country is in the list")
    wanted = {"isoCode": "LV", "name": "Latvia", "countryCodes": ["+371"], "lowRiskNumbersEnabled": False}
    holds(one.one(), wanted, "country")
    same(all(row["prefix"].startswith("+371") for row in prefixes.json()), True, "prefixes")

    flags = {
        "low_risk_numbers_enabled": "true",
        "high_risk_special_numbers_enabled": "false",
        "high_risk_tollfraud_numbers_enabled": "false",
    }
    update = json.dumps([{"iso_code": "LV", **flags}])
    done = stand.twilio(f"{PERMISSIONS}:bulk-country-updates:create", "--update-request", update).one()
    same(done["updateCount"], 1, "updated countries")
    sent = stand.journal()[-1]
    holds(sent, {"product": "voice", "path": "/v1/DialingPermissions/BulkCountryUpdates", "status": 201}, "journal")
    same(sent["params"], {"UpdateRequest": update}, "a JSON text in one field of the form")
    allowed, forbidden = stand.each(
        (f"{COUNTRIES}:list", "--low-risk-numbers-enabled", "--no-limit"),
        (f"{COUNTRIES}:list", "--no-low-risk-numbers-enabled", "--no-limit"),
    )
    same("LV" in {country["isoCode"] for country in allowed.json()}, True, "allowed countries")
    same(len(allowed.json()) + len(forbidden.json()), len(codes), "allowed and forbidden countries")

    nowhere, nonsense = stand.each(
        (f"{COUNTRIES}:fetch", "--iso-code", "XX"),
        (f"{PERMISSIONS}:bulk-country-updates:create", "--update-request", "LV"),
    )
    refused(nowhere, 20404, 404)
    refused(nonsense, 20001, 400)
    same(stand.twilio("api:voice:v1:settings:fetch").one()["dialingPermissionsInheritance"], False, "settings")
