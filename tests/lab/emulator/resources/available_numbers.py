# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for numbers to buy. The collection searches before it buys, so this much is needed."""

from __future__ import annotations

import re
from typing import Any

from lab.emulator import numbering
from lab.emulator.errors import BAD_PARAMETER, ApiError
from lab.emulator.params import Flag, Int, Param, Text
from lab.emulator.resource import ACCOUNT, Call, Operation
from lab.emulator.wire import display_number

LARGEST_ANSWER = 30  # a search never shows more, and has no second page
_PATHS = {"Local": "local", "TollFree": "toll_free", "Mobile": "mobile"}
_CAPABILITIES = {"voice": True, "sms": True, "mms": False, "fax": False}


class AvailablePhoneNumbers:
    """Countries, one country, and the three searches Local, TollFree and Mobile."""

    collection = ACCOUNT + "/AvailablePhoneNumbers.json"
    country = ACCOUNT + "/AvailablePhoneNumbers/{CountryCode}.json"

    def operations(self) -> list[Operation]:
        params: list[Param] = [
            Int("AreaCode", "area_code", highest=9999),
            Text("Contains", "contains", longest=16, shortest=2),
            *(Flag(f"{what.capitalize()}Enabled", what) for what in _CAPABILITIES),
            Flag("Beta", "beta"),
            Flag("ExcludeAllAddressRequired", "exclude_all"),
            Flag("ExcludeLocalAddressRequired", "exclude_local"),
            Flag("ExcludeForeignAddressRequired", "exclude_foreign"),
            Int("PageSize", "page_size", lowest=1, highest=1000),
        ]
        by_name = {param.name: param for param in params}
        found = [
            Operation("GET", self.collection, "api", 200, self.countries),
            Operation("GET", self.country, "api", 200, self.one_country),
        ]
        for kind in _PATHS:
            template = f"{ACCOUNT}/AvailablePhoneNumbers/{{CountryCode}}/{kind}.json"
            found.append(Operation("GET", template, "api", 200, self.search, by_name))
        return found

    def countries(self, call: Call) -> dict[str, Any]:
        shown = [_country(call.account.sid, code) for code in numbering.COUNTRIES]
        return {"countries": shown, "uri": call.path}

    def one_country(self, call: Call) -> dict[str, Any]:
        code = call.names["CountryCode"]
        if code not in numbering.COUNTRIES:
            raise call.not_found()
        return _country(call.account.sid, code)

    def search(self, call: Call) -> dict[str, Any]:
        country = call.names["CountryCode"]
        kind = call.path.rsplit("/", 1)[1].partition(".")[0]
        blocks = tuple(block for block in numbering.BLOCKS if (block.country, block.kind) == (country, kind))
        if not blocks:
            raise call.not_found()
        values = call.values
        if any(values.get(what, has) and not has for what, has in _CAPABILITIES.items()) or values.get("beta"):
            blocks = ()
        if "area_code" in values:
            blocks = tuple(block for block in blocks if block.area_code == str(values["area_code"]))
        excluded = {"any"} if any(values.get(f"exclude_{what}") for what in ("all", "local", "foreign")) else set()
        blocks = tuple(block for block in blocks if block.address_requirements not in excluded)
        pattern = _pattern(values.get("contains", "**"))
        limit = min(LARGEST_ANSWER, values.get("page_size", LARGEST_ANSWER))
        found: list[dict[str, Any]] = []
        for number, block in numbering.for_sale(call.context.store, blocks):
            if len(found) == limit:
                break
            if pattern.search(number):
                found.append(_shown(number, block))
        return {"available_phone_numbers": found, "uri": call.path}


def _pattern(contains: str) -> re.Pattern[str]:
    if not re.fullmatch(r"\+?[0-9*]+", contains):
        raise ApiError(BAD_PARAMETER, f"Parameter Contains is invalid: {contains!r} is not made of digits and *")
    return re.compile(re.escape(contains).replace(r"\*", "[0-9]"))


def _country(account_sid: str, code: str) -> dict[str, Any]:
    base = f"/2010-04-01/Accounts/{account_sid}/AvailablePhoneNumbers/{code}"
    kinds = [kind for kind in _PATHS if any((b.country, b.kind) == (code, kind) for b in numbering.BLOCKS)]
    return {
        "country_code": code,
        "country": numbering.COUNTRIES[code],
        "beta": False,
        "uri": f"{base}.json",
        "subresource_uris": {_PATHS[kind]: f"{base}/{kind}.json" for kind in kinds},
    }


def _shown(number: str, block: numbering.Block) -> dict[str, Any]:
    return {
        "phone_number": number,
        "friendly_name": display_number(number),
        "iso_country": block.country,
        "locality": block.locality or None,
        "region": block.region or None,
        "rate_center": None,
        "lata": None,
        "latitude": None,
        "longitude": None,
        "postal_code": None,
        "address_requirements": block.address_requirements,
        "beta": False,
        "capabilities": dict(_CAPABILITIES),
    }
