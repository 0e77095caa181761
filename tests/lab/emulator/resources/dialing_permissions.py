# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Voice v1: geographic permissions and whether a subaccount inherits them."""

from __future__ import annotations

import json
from typing import Any

from lab.emulator import dialing, errors
from lab.emulator.countries import COUNTRIES, Country
from lab.emulator.errors import ApiError
from lab.emulator.paging import PAGE_PARAMS, rows
from lab.emulator.params import Flag, Param, Text
from lab.emulator.resource import Call, Operation, listing, product_style

VOICE = product_style("voice")
_FLAGS = {f"{risk}_numbers_enabled": risk for risk in dialing.RISKS}
_FILTERS = (
    Text("IsoCode", "iso_code", longest=2),
    Text("Continent", "continent"),
    Text("CountryCode", "country_code", longest=8),
    Flag("LowRiskNumbersEnabled", "low_risk_numbers_enabled"),
    Flag("HighRiskSpecialNumbersEnabled", "high_risk_special_numbers_enabled"),
    Flag("HighRiskTollfraudNumbersEnabled", "high_risk_tollfraud_numbers_enabled"),
)


def _named(*params: Param) -> dict[str, Param]:
    return {param.name: param for param in params}


class DialingPermissions:
    """/v1/DialingPermissions and /v1/Settings. Countries cannot be updated one by one, only in bulk."""

    collection = "/v1/DialingPermissions/Countries"
    instance = "/v1/DialingPermissions/Countries/{IsoCode}"
    prefixes = "/v1/DialingPermissions/Countries/{IsoCode}/HighRiskSpecialPrefixes"
    bulk = "/v1/DialingPermissions/BulkCountryUpdates"
    settings = "/v1/Settings"

    def operations(self) -> list[Operation]:
        inherit = _named(Flag("DialingPermissionsInheritance", "inherit"))
        request = _named(Param("UpdateRequest", "request", required=True))
        return [
            Operation("GET", self.collection, "voice", 200, self.list_countries, _named(*_FILTERS, *PAGE_PARAMS)),
            Operation("GET", self.instance, "voice", 200, self.fetch),
            Operation("GET", self.prefixes, "voice", 200, self.list_prefixes, _named(*PAGE_PARAMS)),
            Operation("POST", self.bulk, "voice", 201, self.update, request),
            Operation("GET", self.settings, "voice", 200, self.fetch_settings),
            Operation("POST", self.settings, "voice", 202, self.update_settings, inherit),
        ]

    def list_countries(self, call: Call) -> dict[str, Any]:
        wanted = {param.field: call.values[param.field] for param in _FILTERS if param.field in call.values}
        code = wanted.pop("country_code", None)
        shown = [_shown(call, country) for country in COUNTRIES.values()]
        found = [
            item
            for item in shown
            if all(item[key] == value for key, value in wanted.items())
            and (code is None or f"+{code.strip().lstrip('+')}" in item["country_codes"])
        ]
        return listing(call, VOICE, "content", rows(found), lambda row: row.data)

    def fetch(self, call: Call) -> dict[str, Any]:
        return _shown(call, _country(call))

    def list_prefixes(self, call: Call) -> dict[str, Any]:
        found = [{"prefix": prefix} for prefix in _country(call).special]
        return listing(call, VOICE, "content", rows(found), lambda row: row.data)

    def update(self, call: Call) -> dict[str, Any]:
        if _inherits(call):
            raise _refused("this subaccount inherits its permissions: turn DialingPermissionsInheritance off first")
        changes = _parse(call.values["request"])
        for iso, risks in changes.items():
            dialing.change(call.caller, iso, risks)
        return {"update_count": len(changes), "update_request": "accepted"}

    def fetch_settings(self, call: Call) -> dict[str, Any]:
        return {"dialing_permissions_inheritance": _inherits(call), "url": VOICE.base + self.settings}

    def update_settings(self, call: Call) -> dict[str, Any]:
        if "inherit" in call.values:
            if call.values["inherit"] and not call.caller.owner_account_sid:
                raise ApiError(
                    errors.BAD_PARAMETER,
                    "Parameter DialingPermissionsInheritance is invalid: only a subaccount can inherit permissions",
                )
            call.caller.dialing_inheritance = call.values["inherit"]
        return self.fetch_settings(call)


def _inherits(call: Call) -> bool:
    return bool(call.caller.owner_account_sid) and call.caller.dialing_inheritance


def _country(call: Call) -> Country:
    country = COUNTRIES.get(call.names["IsoCode"])
    if country is None:
        raise call.not_found()
    return country


def _shown(call: Call, country: Country) -> dict[str, Any]:
    allowed = dialing.effective(call.context.store, call.caller).get(country.iso, ())
    url = f"{VOICE.base}/v1/DialingPermissions/Countries/{country.iso}"
    return {
        "iso_code": country.iso,
        "name": country.name,
        "continent": country.continent,
        "country_codes": list(country.codes),
        **{flag: risk in allowed for flag, risk in _FLAGS.items()},
        "url": url,
        "links": {"highrisk_special_prefixes": f"{url}/HighRiskSpecialPrefixes"},
    }


def _refused(why: str) -> ApiError:
    return ApiError(errors.BAD_PARAMETER, f"Parameter UpdateRequest is invalid: {why}")


def _parse(text: str) -> dict[str, dict[str, bool]]:
    """A bulk update by country: an array of objects, each with iso_code and all three flags as strings."""
    try:
        entries = json.loads(text)
    except ValueError:
        raise _refused("it is not JSON") from None
    if not isinstance(entries, list) or not entries or not all(isinstance(entry, dict) for entry in entries):
        raise _refused("it must be a JSON array of objects, and not empty")
    changes: dict[str, dict[str, bool]] = {}
    for index, entry in enumerate(entries):
        wrong = set(entry) ^ {"iso_code", *_FLAGS}
        if wrong:
            raise _refused(f"entry {index} must have iso_code, {', '.join(_FLAGS)} and nothing else: see {min(wrong)}")
        iso = entry["iso_code"]
        if not isinstance(iso, str) or iso not in COUNTRIES:
            raise _refused(f"entry {index} has the unknown iso_code {iso!r}")
        if iso in changes:
            raise _refused(f"entry {index} has {iso} once more")
        for flag in _FLAGS:
            if entry[flag] not in ("true", "false"):
                raise _refused(f'entry {index} has {entry[flag]!r} for {flag}, not the string "true" or "false"')
        changes[iso] = {risk: entry[flag] == "true" for flag, risk in _FLAGS.items()}
    return changes
