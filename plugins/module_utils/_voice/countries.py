# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a country's numbering plan says, as plain facts. Private to the collection.

The source of every figure is the metadata of the ``phonenumbers`` library (Google's libphonenumber), as installed on
the
controller: renewing that library renews the facts.
"""

from __future__ import annotations

import difflib
import functools
import re
from dataclasses import dataclass
from typing import Any

from . import patterns
from .errors import UnknownCountryError, load_library

# Twilio's number for testing emergency calls, in the countries where it documents it (US and Canada share the service).
EMERGENCY_TEST_NUMBERS = {"US": ("933",), "CA": ("933",)}

# With more international prefixes than this, the plan lists carrier selection codes; the short ones are the real
# prefixes.
MOST_PREFIXES = 100


@dataclass(frozen=True)
class CountryFacts:
    """How numbers are dialled in one country.

    Attributes:
        country: ISO 3166-1 alpha-2 code.
        country_code: what follows the ``+``, such as ``44``.
        international_prefixes: what is dialled before a country code, longest first, such as ``011``; may be empty.
        national_prefix: the trunk prefix, such as ``0``; empty where there is none.
        national_prefix_optional: whether a national number may be dialled without the trunk prefix. False in open
            numbering plans, where the same digits can be a local number.
        national_lengths: possible lengths of a national number, in digits, without trunk prefix.
        emergency: emergency numbers, and Twilio's number for testing them.
    """

    country: str
    country_code: str
    international_prefixes: tuple[str, ...]
    national_prefix: str
    national_prefix_optional: bool
    national_lengths: tuple[int, ...]
    emergency: tuple[str, ...]

    @property
    def international_prefix(self) -> str:
        """The international prefixes as one anchored POSIX extended expression; empty if there is none."""
        if not self.international_prefixes:
            return ""
        joined = "|".join(self.international_prefixes)
        return f"^({joined})" if "|" in joined else f"^{joined}"


def check_country(country: object) -> str:
    """Return ``country`` if it is the code of a country with a numbering plan.

    Raises:
        UnknownCountryError: it is not; the message suggests what was meant.
    """
    regions = load_library("phonenumbers").SUPPORTED_REGIONS
    if isinstance(country, str) and country in regions:
        return country
    if isinstance(country, bool):
        raise UnknownCountryError(
            f"'{country}' is not a country code: YAML reads a bare NO as a boolean, so write it in quotes."
        )
    text = str(country)
    hint = ""
    if text.upper() in regions:
        hint = f" (did you mean '{text.upper()}'?)"
    elif text.upper() == "UK":
        hint = " (the United Kingdom is 'GB')"
    elif close := difflib.get_close_matches(text.upper(), sorted(regions), n=1):
        hint = f" (did you mean '{close[0]}'?)"
    raise UnknownCountryError(
        f"'{text}' is not a country code{hint}: write the two capital letters of ISO 3166-1, such as US or GB."
    )


def metadata(country: str) -> Any:
    """Return the ``phonenumbers`` metadata of a checked country code."""
    return load_library("phonenumbers").PhoneMetadata.metadata_for_region(check_country(country))


@functools.cache
def facts(country: str) -> CountryFacts:
    """Return the numbering facts of ``country``. Raises UnknownCountryError."""
    data = metadata(country)
    fixed_lengths = data.fixed_line.possible_length
    # In a closed plan all subscribers have the same number of digits, so that digits without a trunk prefix can only be
    # a whole national number. More than one digit of difference means that local numbers can look the same.
    closed = max(fixed_lengths) - min(fixed_lengths) <= 1
    prefix = data.national_prefix or ""
    if not prefix.isdigit():
        prefix = ""
    return CountryFacts(
        country=country,
        country_code=str(data.country_code),
        international_prefixes=_international_prefixes(data),
        national_prefix=prefix,
        national_prefix_optional=closed or not prefix,
        national_lengths=tuple(sorted(data.general_desc.possible_length)),
        emergency=_emergency(country),
    )


def _international_prefixes(data: Any) -> tuple[str, ...]:
    prefixes = set(patterns.strings(patterns.parse(data.international_prefix)))
    if len(prefixes) > MOST_PREFIXES:
        shortest = min(map(len, prefixes))
        prefixes = {prefix for prefix in prefixes if len(prefix) == shortest}
    return tuple(sorted(prefixes, key=lambda prefix: (-len(prefix), prefix)))


def _emergency(country: str) -> tuple[str, ...]:
    short = load_library("phonenumbers").PhoneMetadata.short_metadata_for_region(country)
    found: set[str] = set()
    if short is not None and short.emergency is not None and short.emergency.national_number_pattern:
        found = set(patterns.strings(patterns.parse(short.emergency.national_number_pattern)))
    return tuple(sorted(found) + [number for number in EMERGENCY_TEST_NUMBERS.get(country, ()) if number not in found])


def normalise(dialled: str, plan: CountryFacts) -> str | None:
    """Turn dialled digits into ``+`` and digits by the steps a PBX takes, or None where no step fits.

    The steps: a leading ``+`` stays; else an international prefix is replaced by ``+``; else a trunk prefix is taken
    away if what remains has the length of a national number; else a whole national number is taken as it is, where the
    plan allows that. Nothing is checked beyond length: the rules of the dial plan decide about the result.
    """
    if re.fullmatch(r"\+[0-9]+", dialled):
        return dialled
    if not re.fullmatch(r"[0-9]+", dialled):
        return None
    for prefix in plan.international_prefixes:
        if dialled.startswith(prefix) and len(dialled) > len(prefix):
            return "+" + dialled[len(prefix) :]
    rest = dialled[len(plan.national_prefix) :]
    if plan.national_prefix and dialled.startswith(plan.national_prefix) and len(rest) in plan.national_lengths:
        return f"+{plan.country_code}{rest}"
    if plan.national_prefix_optional and len(dialled) in plan.national_lengths:
        return f"+{plan.country_code}{dialled}"
    return None
