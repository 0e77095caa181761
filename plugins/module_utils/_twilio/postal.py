# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether two spellings of a part of a postal address mean the same. Pure. Private to this collection.

Twilio's correction writes an address as the postal service does: abbreviated, with the code of the region, with a
longer postal code. What it makes of an address is not documented, so only spellings that cannot mean another place are
taken for the same; every other one is taken for a difference.
"""

from __future__ import annotations

import re
import unicodedata

# Words and their abbreviations, of the United States Postal Service's Publication 28, appendix C and section 213.
_ABBREVIATIONS = {
    "alley": "aly", "apartment": "apt", "avenue": "ave", "boulevard": "blvd", "building": "bldg", "center": "ctr",
    "circle": "cir", "court": "ct", "department": "dept", "drive": "dr", "east": "e", "expressway": "expy",
    "floor": "fl", "freeway": "fwy", "heights": "hts", "highway": "hwy", "junction": "jct", "lane": "ln", "mount": "mt",
    "north": "n", "northeast": "ne", "northwest": "nw", "parkway": "pkwy", "place": "pl", "plaza": "plz", "road": "rd",
    "room": "rm", "route": "rte", "south": "s", "southeast": "se", "southwest": "sw", "square": "sq", "street": "st",
    "suite": "ste", "terrace": "ter", "turnpike": "tpke", "west": "w",
}  # fmt: skip
_REGIONS = {
    "US": {
        "al": "alabama", "ak": "alaska", "az": "arizona", "ar": "arkansas", "ca": "california", "co": "colorado",
        "ct": "connecticut", "de": "delaware", "dc": "district of columbia", "fl": "florida", "ga": "georgia",
        "hi": "hawaii", "id": "idaho", "il": "illinois", "in": "indiana", "ia": "iowa", "ks": "kansas",
        "ky": "kentucky", "la": "louisiana", "me": "maine", "md": "maryland", "ma": "massachusetts", "mi": "michigan",
        "mn": "minnesota", "ms": "mississippi", "mo": "missouri", "mt": "montana", "ne": "nebraska", "nv": "nevada",
        "nh": "new hampshire", "nj": "new jersey", "nm": "new mexico", "ny": "new york", "nc": "north carolina",
        "nd": "north dakota", "oh": "ohio", "ok": "oklahoma", "or": "oregon", "pa": "pennsylvania", "pr": "puerto rico",
        "ri": "rhode island", "sc": "south carolina", "sd": "south dakota", "tn": "tennessee", "tx": "texas",
        "ut": "utah", "vt": "vermont", "va": "virginia", "wa": "washington", "wv": "west virginia",
        "wi": "wisconsin", "wy": "wyoming",
    },
    "CA": {
        "ab": "alberta", "bc": "british columbia", "mb": "manitoba", "nb": "new brunswick",
        "nl": "newfoundland and labrador", "ns": "nova scotia", "nt": "northwest territories", "nu": "nunavut",
        "on": "ontario", "pe": "prince edward island", "qc": "quebec", "sk": "saskatchewan", "yt": "yukon",
    },
}  # fmt: skip


def alike(field: str, left: object, right: object, country: str) -> bool:
    """Return whether two values of a field of an address mean the same.

    Args:
        field: ``street``, ``street_secondary``, ``city``, ``address_region`` or ``postal_code``.
        left, right: the values; unset is the same as empty.
        country: ISO code of the country of both.
    """
    one, other = _words(left), _words(right)
    if field == "postal_code":
        short, long = sorted(("".join(one), "".join(other)), key=len)
        # A ZIP code with its four further digits is the same, only more exact.
        return short == long or (country == "US" and len(short) == 5 and len(long) == 9 and long.startswith(short))
    if field == "address_region":
        names = _REGIONS.get(country, {})
        return names.get("".join(one), " ".join(one)) == names.get("".join(other), " ".join(other))
    return [_ABBREVIATIONS.get(word, word) for word in one] == [_ABBREVIATIONS.get(word, word) for word in other]


def _words(value: object) -> list[str]:
    """Return the words of a text without case, accents and punctuation."""
    plain = unicodedata.normalize("NFKD", str(value or "")).casefold()
    plain = re.sub("['.\u2019]", "", "".join(letter for letter in plain if not unicodedata.combining(letter)))
    return re.findall(r"\w+", plain)
