# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The search for numbers to buy."""

from __future__ import annotations

import math
import re
from typing import Any

from lab.emulator import numbering
from lab.emulator.errors import BAD_PARAMETER, ApiError
from lab.emulator.numbering import Block
from lab.emulator.params import Flag, Int, Param, Text
from lab.emulator.resource import ACCOUNT, Call, Operation
from lab.emulator.wire import display_number

LARGEST_ANSWER = 30  # a search never shows more, and has no second page
DISTANCE = 25  # miles, unless the search says otherwise
_MILES_PER_RADIAN = 3958.8  # the Earth's mean radius
_PATHS = {"Local": "local", "TollFree": "toll_free", "Mobile": "mobile"}
_CAPABILITIES = {"voice": True, "sms": True, "mms": False, "fax": False}
_KEYPAD = str.maketrans("ABCDEFGHIJKLMNOPQRSTUVWXYZ", "22233344455566677778889999")
_PAGE: tuple[Param, ...] = (
    Int("PageSize", "page_size", lowest=1, highest=1000),
    Int("Page", "page", lowest=0, highest=0),  # there is no other
    Text("PageToken", "page_token", longest=0),
)
_SEARCH: tuple[Param, ...] = (
    Int("AreaCode", "area_code", highest=9999),
    Text("Contains", "contains", longest=16, shortest=2),
    *(Flag(f"{what.capitalize()}Enabled", what) for what in _CAPABILITIES),
    Flag("Beta", "beta"),
    Flag("ExcludeAllAddressRequired", "exclude_all"),
    Flag("ExcludeLocalAddressRequired", "exclude_local"),
    Flag("ExcludeForeignAddressRequired", "exclude_foreign"),
    Text("NearNumber", "near_number"),
    Text("NearLatLong", "near_lat_long"),
    Int("Distance", "distance", lowest=1, highest=500),
    Text("InPostalCode", "postal_code"),
    Text("InRegion", "region"),
    Text("InRateCenter", "rate_center"),
    Text("InLata", "lata"),
    Text("InLocality", "locality"),
    *_PAGE,
)
_PLACE = ("postal_code", "region", "rate_center", "lata", "locality")
_EXCLUDED = {"exclude_all": {"any", "local", "foreign"}, "exclude_local": {"local"}, "exclude_foreign": {"foreign"}}


class AvailablePhoneNumbers:
    """Countries, one country, and the three searches Local, TollFree and Mobile."""

    collection = ACCOUNT + "/AvailablePhoneNumbers.json"
    country = ACCOUNT + "/AvailablePhoneNumbers/{CountryCode}.json"

    def operations(self) -> list[Operation]:
        pages = {param.name: param for param in _PAGE}
        search = {param.name: param for param in _SEARCH}
        found = [
            Operation("GET", self.collection, "api", 200, self.countries, pages),
            Operation("GET", self.country, "api", 200, self.one_country),
        ]
        for kind in _PATHS:
            template = f"{ACCOUNT}/AvailablePhoneNumbers/{{CountryCode}}/{kind}.json"
            found.append(Operation("GET", template, "api", 200, self.search, search))
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
        matching = tuple(block for block in blocks if _suits(block, call.values))
        pattern = _pattern(call.values.get("contains", "%%"))
        limit = min(LARGEST_ANSWER, call.values.get("page_size", LARGEST_ANSWER))
        found: list[dict[str, Any]] = []
        for number, block in numbering.for_sale(call.context.store, matching):
            if len(found) == limit:
                break
            if pattern.search(number):
                found.append(_shown(number, block))
        return {"available_phone_numbers": found, "uri": call.path}


def _suits(block: Block, values: dict[str, Any]) -> bool:
    """Whether a block passes every filter but Contains."""
    if any(values.get(what, has) and not has for what, has in _CAPABILITIES.items()) or values.get("beta"):
        return False
    if "area_code" in values and block.area_code != str(values["area_code"]):
        return False
    if any(values.get(key) and block.address_requirements in kinds for key, kinds in _EXCLUDED.items()):
        return False
    if "rate_center" in values and "lata" not in values:
        raise ApiError(BAD_PARAMETER, "Parameter InRateCenter is invalid: it needs InLata beside it")
    for key in _PLACE:
        if key in values and str(getattr(block.place, key)).lower() != _like(values[key], key).lower():
            return False
    return _is_near(block, values)


def _like(wanted: str, key: str) -> str:
    """What a place filter names; where it gives a number, that number's own place."""
    other = numbering.block_of(wanted) if wanted.startswith("+") else None
    return str(getattr(other.place, key)) if other else wanted


def _is_near(block: Block, values: dict[str, Any]) -> bool:
    """Within Distance of NearNumber or NearLatLong, both of which are for the United States and Canada."""
    point = _point(values)
    if point is None:
        return True
    if not block.place.latitude:
        return False
    lat, lon, to_lat, to_lon = map(math.radians, (*point, block.place.latitude, block.place.longitude))
    share = math.sin((to_lat - lat) / 2) ** 2 + math.cos(lat) * math.cos(to_lat) * math.sin((to_lon - lon) / 2) ** 2
    return 2 * _MILES_PER_RADIAN * math.asin(math.sqrt(share)) <= float(values.get("distance", DISTANCE))


def _point(values: dict[str, Any]) -> tuple[float, float] | None:
    number, text = values.get("near_number"), values.get("near_lat_long")
    if number is not None:
        block = numbering.block_of(number)
        if block is None or not block.place.latitude:
            raise ApiError(BAD_PARAMETER, f"Parameter NearNumber is invalid: the place of {number!r} is not known")
        return block.place.latitude, block.place.longitude
    if text is None:
        return None
    match = re.fullmatch(r"(-?\d{1,2}(?:\.\d+)?),(-?\d{1,3}(?:\.\d+)?)", text)
    if match is None:
        raise ApiError(BAD_PARAMETER, f"Parameter NearLatLong is invalid: {text!r} is not latitude,longitude")
    return float(match[1]), float(match[2])


def _pattern(contains: str) -> re.Pattern[str]:
    """Contains: digits and keypad letters, * for one, % for any, + at the beginning and $ at the end."""
    match = re.fullmatch(r"(\+?)([0-9A-Za-z*%]+)(\$?)", contains)
    if match is None:
        raise ApiError(BAD_PARAMETER, f"Parameter Contains is invalid: {contains!r} has characters beyond 0-9A-Z*%+$")
    body = match[2].upper().translate(_KEYPAD).replace("*", "[0-9]").replace("%", "[0-9]*")
    return re.compile((r"^\+" if match[1] else "") + body + ("$" if match[3] else ""))


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


def _shown(number: str, block: Block) -> dict[str, Any]:
    place = block.place
    return {
        "phone_number": number,
        "friendly_name": display_number(number),
        "iso_country": block.country,
        "locality": place.locality or None,
        "region": place.region or None,
        "rate_center": place.rate_center or None,
        "lata": place.lata or None,
        "latitude": place.latitude or None,
        "longitude": place.longitude or None,
        "postal_code": place.postal_code or None,
        "address_requirements": block.address_requirements,
        "beta": False,
        "capabilities": dict(_CAPABILITIES),
    }
