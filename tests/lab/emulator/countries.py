# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which country a number belongs to, and which of its numbers are a risk.

Country codes are those of ITU-T E.164, North American area codes those of the NANPA. Latvia's two special prefixes
are from Twilio's published example; all other risky prefixes are the lab's own choice and stand for Twilio's lists,
which change.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True)
class Country:
    """A destination.

    Attributes:
        codes: what its numbers begin with, `+` included.
        special: prefixes of expensive services, which need their own permission.
        tollfraud: prefixes known from toll fraud, which need theirs.
    """

    iso: str
    name: str
    continent: str
    codes: tuple[str, ...]
    special: tuple[str, ...] = ()
    tollfraud: tuple[str, ...] = ()

    def risk(self, number: str) -> str:
        """Which permission a number of this country needs: low_risk, high_risk_special or high_risk_tollfraud."""
        kinds = (("high_risk_special", self.special), ("high_risk_tollfraud", self.tollfraud))
        found = [(len(prefix), kind) for kind, prefixes in kinds for prefix in prefixes if number.startswith(prefix)]
        return max(found)[1] if found else "low_risk"


# ISO code, name, codes; then, separated by |, special and toll-fraud prefixes where there are any.
_TABLE = {
    "NORTH_AMERICA": """
        BB Barbados +1246
        BS Bahamas +1242
        CA Canada +1 | +1900
        CR Costa Rica +506
        CU Cuba +53 | | +535
        DO Dominican Republic +1809 +1829 +1849
        GT Guatemala +502
        JM Jamaica +1658 +1876 | | +187697
        MX Mexico +52
        PA Panama +507
        PR Puerto Rico +1787 +1939
        TT Trinidad and Tobago +1868
        US United States +1 | +1900
    """,
    "SOUTH_AMERICA": """
        AR Argentina +54
        BO Bolivia +591
        BR Brazil +55
        CL Chile +56
        CO Colombia +57
        EC Ecuador +593
        PE Peru +51
        UY Uruguay +598
        VE Venezuela +58
    """,
    "EUROPE": """
        AT Austria +43 | +43900 +43930
        BE Belgium +32 | +3290
        BG Bulgaria +359 | +35990
        CH Switzerland +41 | +41900
        CY Cyprus +357
        CZ Czech Republic +420 | +42090
        DE Germany +49 | +49900
        DK Denmark +45
        EE Estonia +372 | | +37270
        ES Spain +34 | +34803 +34806
        FI Finland +358 | +358600 +358700
        FR France +33 | +3389
        GB United Kingdom +44 | +449 | +4470
        GR Greece +30
        HR Croatia +385
        HU Hungary +36 | +3690
        IE Ireland +353 | +35315
        IS Iceland +354
        IT Italy +39 | +39899
        LT Lithuania +370 | | +370370
        LU Luxembourg +352
        LV Latvia +371 | +37181 +3719000 | +371200
        MD Moldova +373
        MT Malta +356
        NL Netherlands +31 | +31900 +31906
        NO Norway +47 | +4782
        PL Poland +48 | +4870
        PT Portugal +351
        RO Romania +40 | +4090
        RS Serbia +381
        RU Russia +7 | +7809
        SE Sweden +46 | +46900
        SI Slovenia +386 | | +38643
        SK Slovakia +421
        UA Ukraine +380
    """,
    "ASIA": """
        AE United Arab Emirates +971
        CN China +86
        HK Hong Kong +852
        ID Indonesia +62
        IL Israel +972
        IN India +91
        JP Japan +81
        KR South Korea +82
        KZ Kazakhstan +76 +77
        MV Maldives +960 | | +960
        MY Malaysia +60
        PH Philippines +63
        PK Pakistan +92
        SA Saudi Arabia +966
        SG Singapore +65
        TH Thailand +66
        TR Turkey +90
        TW Taiwan +886
        VN Vietnam +84
    """,
    "AFRICA": """
        DZ Algeria +213
        EG Egypt +20
        GN Guinea +224 | | +224
        KE Kenya +254
        MA Morocco +212
        NG Nigeria +234
        SO Somalia +252 | | +252
        TN Tunisia +216 | | +2161
        ZA South Africa +27
    """,
    "OCEANIA": """
        AU Australia +61 | +61190
        FJ Fiji +679
        NZ New Zealand +64 | +64900
        PG Papua New Guinea +675
    """,
}

# Area codes of +1 that are Canada's; those of the islands are in the table; all others are the United States'.
_CANADA = (
    "204 226 236 249 250 257 263 289 306 343 354 365 367 368 382 403 416 418 428 431 437 438 450 460 468 474 506 514 "
    "519 537 548 568 579 581 584 587 604 613 639 647 672 683 705 709 742 753 778 780 782 807 819 825 867 873 879 902 "
    "905 942"
)


def _parse() -> dict[str, Country]:
    found = {}
    for continent, lines in _TABLE.items():
        for line in filter(None, (text.strip() for text in lines.splitlines())):
            head, *risks = (part.split() for part in line.split("|"))
            codes = tuple(word for word in head if word.startswith("+"))
            special, tollfraud = (*map(tuple, risks), (), ())[:2]
            name = " ".join(word for word in head[1:] if word not in codes)
            found[head[0]] = Country(head[0], name, continent, codes, special, tollfraud)
    return dict(sorted(found.items()))


COUNTRIES = _parse()
_LONGEST = max(len(code) for country in COUNTRIES.values() for code in country.codes)


@cache
def _by_code() -> dict[str, Country]:
    codes = {code: country for country in COUNTRIES.values() for code in country.codes}
    return {**codes, **{f"+1{area}": COUNTRIES["CA"] for area in _CANADA.split()}, "+1": COUNTRIES["US"]}


def country_of(number: str) -> Country | None:
    """The country of an E.164 number, by its longest country code; None for one the lab does not know."""
    codes = _by_code()
    for length in range(min(len(number), _LONGEST), 1, -1):
        country = codes.get(number[:length])
        if country is not None:
            return country
    return None
