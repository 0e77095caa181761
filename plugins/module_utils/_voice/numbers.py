# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Telephone numbers: reading them as E.164, on ``phonenumbers``. Private to the collection."""

from __future__ import annotations

import re
from typing import Any

from .countries import check_country, facts, normalise
from .errors import AmbiguousNumberError, ImpossibleNumberError, NotANumberError, load_library

# ITU-T E.164 allows 15 digits; the shortest numbers in use (+290 …, +683 …) have 7. A country code never starts with 0.
E164 = re.compile(r"\+[1-9][0-9]{6,14}")

# What people write between digits: spaces, the no-break space, and the hyphens and dashes of Unicode.
_PUNCTUATION = re.compile("[ \u00a0\u202f\t()./\\-\u2010\u2011\u2012\u2013\u2212]")


def is_e164(number: object) -> bool:
    """Tell whether ``number`` is text of the form ``+`` and 7 to 15 digits. The digits are not looked up."""
    return isinstance(number, str) and E164.fullmatch(number) is not None


def to_e164(number: object, country: str | None = None) -> str:
    """Return ``number`` in E.164.

    Read are: E.164 itself, national numbers with and without trunk prefix, and numbers with the international prefix of
    ``country``; each with the usual punctuation. The number must have a length its country knows; it need not be in
    service, so that the fictional ranges (such as 555-0100 to 555-0199) can be used.

    Args:
        number: the number, as text. A YAML integer has lost its leading zeros and its ``+``, so it is refused.
        country: ISO code of the country in which the number is dialled; None accepts only ``+`` numbers.

    Raises:
        NotANumberError: it holds something other than digits and punctuation, or no country code that exists.
        ImpossibleNumberError: no number of its country has this length.
        AmbiguousNumberError: the area code or the country code is missing.
        UnknownCountryError: ``country`` is not a country code.
    """
    if not isinstance(number, str):
        raise NotANumberError(f"'{number}' is not text: write a telephone number in quotes, such as \"+12025550101\".")
    digits = _PUNCTUATION.sub("", number)
    if not re.fullmatch(r"\+?[0-9]+", digits):
        raise NotANumberError(
            f"'{number}' is not a telephone number: write digits, such as +12025550101; letters, extensions and more "
            "than one + are not understood."
        )
    library = load_library("phonenumbers")
    if country is None:
        if not digits.startswith("+"):
            raise AmbiguousNumberError(
                f"'{number}' has no country code: write + and the country code, or give the country."
            )
    else:
        check_country(country)
        if digits in facts(country).emergency:
            raise ImpossibleNumberError(
                f"'{number}' is a number for emergencies in {country}, which has no E.164 form."
            )
    try:
        parsed = library.parse(digits, country, keep_raw_input=True)
    except library.NumberParseException as error:
        raise _parse_error(number, error, library) from error
    _check_length(number, parsed, library)
    result = str(library.format_number(parsed, library.PhoneNumberFormat.E164))
    _check_unambiguous(number, digits, country, parsed, result)
    return result


def countries_of(number: str) -> tuple[str, ...]:
    """Return the ISO codes of the countries that a number can be in: one if its digits tell, else all of its code.

    Args:
        number: in E.164, as :func:`to_e164` returns it.
    """
    library = load_library("phonenumbers")
    parsed = library.parse(number)
    region = library.region_code_for_number(parsed)
    return (str(region),) if region else tuple(library.region_codes_for_country_code(parsed.country_code))


def _parse_error(number: str, error: Any, library: Any) -> NotANumberError | ImpossibleNumberError:
    kinds = library.NumberParseException
    if error.error_type == kinds.INVALID_COUNTRY_CODE:
        return NotANumberError(f"'{number}' starts with no country code that exists: write + and the country code.")
    long = error.error_type == kinds.TOO_LONG
    return ImpossibleNumberError(f"'{number}' is too {'long' if long else 'short'} for a telephone number.")


def _check_length(number: str, parsed: Any, library: Any) -> None:
    result = library.ValidationResult
    reason = library.is_possible_number_with_reason(parsed)
    if reason == result.IS_POSSIBLE:
        return
    code = f"+{parsed.country_code}"
    if reason == result.IS_POSSIBLE_LOCAL_ONLY:
        raise AmbiguousNumberError(
            f"'{number}' is a local number under {code}: write it with its area code, or in E.164."
        )
    if reason == result.INVALID_COUNTRY_CODE:
        raise NotANumberError(f"'{number}' starts with no country code that exists: write + and the country code.")
    what = {result.TOO_SHORT: "too short", result.TOO_LONG: "too long"}.get(reason, "of a length that does not exist")
    raise ImpossibleNumberError(f"'{number}' is {what} for a number under {code}: a digit is missing or one too many.")


def _check_unambiguous(number: str, digits: str, country: str | None, parsed: Any, result: str) -> None:
    if country is None or digits.startswith("+"):
        return
    sources = load_library("phonenumbers").CountryCodeSource
    plan = facts(country)
    # Read as country code and number, although somebody who dials the same digits reaches another number or none.
    if parsed.country_code_source == sources.FROM_NUMBER_WITHOUT_PLUS_SIGN and normalise(digits, plan) != result:
        raise AmbiguousNumberError(
            f"'{number}' seems to start with country code {plan.country_code}: write it with a +."
        )
    if (
        parsed.country_code_source == sources.FROM_DEFAULT_COUNTRY
        and not plan.national_prefix_optional
        and not digits.startswith(plan.national_prefix)
    ):
        raise AmbiguousNumberError(
            f"'{number}' could be a local number in {country}: write it with the trunk prefix {plan.national_prefix}, "
            f"or as +{plan.country_code}…."
        )
