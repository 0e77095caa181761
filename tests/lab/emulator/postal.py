# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Twilio's validation makes of a postal address: abbreviations, upper case, and refusals."""

from __future__ import annotations

import re
from collections.abc import Mapping

EMERGENCY_COUNTRIES = ("US", "CA", "GB")
_POSTAL_CODES = {
    "US": r"[0-9]{5}(-[0-9]{4})?",
    "CA": r"[A-Z][0-9][A-Z] ?[0-9][A-Z][0-9]",
    "GB": r"[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}",
}
_WORDS = {
    "apartment": "Apt", "avenue": "Ave", "boulevard": "Blvd", "court": "Ct", "drive": "Dr", "east": "E", "floor": "Fl",
    "highway": "Hwy", "lane": "Ln", "north": "N", "parkway": "Pkwy", "place": "Pl", "road": "Rd", "south": "S",
    "square": "Sq", "street": "St", "suite": "Ste", "west": "W",
}  # fmt: skip
_REGIONS = {
    "US": "AL Alabama,AK Alaska,AZ Arizona,AR Arkansas,CA California,CO Colorado,CT Connecticut,DE Delaware,"
    "DC District of Columbia,FL Florida,GA Georgia,HI Hawaii,ID Idaho,IL Illinois,IN Indiana,IA Iowa,KS Kansas,"
    "KY Kentucky,LA Louisiana,ME Maine,MD Maryland,MA Massachusetts,MI Michigan,MN Minnesota,MS Mississippi,"
    "MO Missouri,MT Montana,NE Nebraska,NV Nevada,NH New Hampshire,NJ New Jersey,NM New Mexico,NY New York,"
    "NC North Carolina,ND North Dakota,OH Ohio,OK Oklahoma,OR Oregon,PA Pennsylvania,RI Rhode Island,"
    "SC South Carolina,SD South Dakota,TN Tennessee,TX Texas,UT Utah,VT Vermont,VA Virginia,WA Washington,"
    "WV West Virginia,WI Wisconsin,WY Wyoming",
    "CA": "AB Alberta,BC British Columbia,MB Manitoba,NB New Brunswick,NL Newfoundland and Labrador,NS Nova Scotia,"
    "NT Northwest Territories,NU Nunavut,ON Ontario,PE Prince Edward Island,QC Quebec,SK Saskatchewan,YT Yukon",
}


def _regions(country: str) -> dict[str, str]:
    """The code of each region of a country, by code and by name, in lower case."""
    pairs = [entry.split(" ", 1) for entry in _REGIONS.get(country, "").split(",") if entry]
    return {key.lower(): code for code, name in pairs for key in (code, name)}


def corrected(country: str, values: Mapping[str, str]) -> dict[str, str]:
    """The parts of an address as Twilio would write them; parts that are not given are not in the answer."""
    tidy = {}
    for key in ("street", "street_secondary"):
        if values.get(key):
            tidy[key] = re.sub(r"[A-Za-z]+", lambda word: _WORDS.get(word[0].lower(), word[0]), values[key])
    if "city" in values:
        tidy["city"] = " ".join(values["city"].split())
    if "region" in values:
        tidy["region"] = _regions(country).get(values["region"].lower(), values["region"].upper())
    if "postal_code" in values:
        tidy["postal_code"] = values["postal_code"].upper()
    return tidy


def fault(country: str, address: Mapping[str, str]) -> str:
    """What makes an address invalid, as the end of a sentence; empty when it is valid or its country is not checked."""
    code = _POSTAL_CODES.get(country)
    if code is not None and not re.fullmatch(code, address["postal_code"], re.IGNORECASE):
        return f"PostalCode {address['postal_code']!r} is not one of {country}"
    known = _regions(country)
    if known and address["region"].lower() not in known:
        return f"Region {address['region']!r} is not one of {country}"
    return ""
