# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Telephone numbers: what is read, what is refused, and with which sentence."""

from __future__ import annotations

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.dialtone.voice.plugins.module_utils._voice import countries, errors, numbers

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)


@pytest.mark.parametrize(
    ("number", "country", "expected"),
    [
        ("+12025550199", "US", "+12025550199"),
        ("+12025550199", None, "+12025550199"),
        ("2025550199", "US", "+12025550199"),
        ("12025550199", "US", "+12025550199"),
        ("(202) 555-0199", "US", "+12025550199"),
        ("1 202.555.0199", "US", "+12025550199"),
        ("202\u2011555\u20110199", "US", "+12025550199"),
        ("+1\u00a0202\u00a05550199", "US", "+12025550199"),
        ("011442079460018", "US", "+442079460018"),
        ("+44 (0)20 7946 0018", "US", "+442079460018"),
        ("020 7946 0018", "GB", "+442079460018"),
        ("20 7946 0018", "GB", "+442079460018"),
        ("0012025550199", "GB", "+12025550199"),
        ("030 123456", "DE", "+4930123456"),
        ("06 1234 5678", "IT", "+390612345678"),
        # A fictional number that is in no range in use.
        ("+44 1632 960001", None, "+441632960001"),
        ("800 555 0199", "US", "+18005550199"),
    ],
)
def test_reading(number: str, country: str | None, expected: str) -> None:
    assert numbers.to_e164(number, country) == expected


@pytest.mark.parametrize(
    ("number", "country", "error", "sentence"),
    [
        ("", "US", errors.NotANumberError, "'' is not a telephone number"),
        ("reception", "US", errors.NotANumberError, "'reception' is not a telephone number"),
        ("1-800-FLOWERS", "US", errors.NotANumberError, "letters, extensions and more than one"),
        ("+1+2025550199", "US", errors.NotANumberError, "not a telephone number"),
        ("2025550199 x5", "US", errors.NotANumberError, "not a telephone number"),
        ("+1202555\u0660199", "US", errors.NotANumberError, "not a telephone number"),
        (12025550199, "US", errors.NotANumberError, "'12025550199' is not text: write a telephone number in quotes"),
        (None, "US", errors.NotANumberError, "not text"),
        ("+99912345678", "US", errors.NotANumberError, "no country code that exists"),
        ("+21012345678", None, errors.NotANumberError, "no country code that exists"),
        ("+1", "US", errors.ImpossibleNumberError, "'\\+1' is too short"),
        ("1202555019900000000000", "US", errors.ImpossibleNumberError, "too long for a telephone number"),
        ("+4420794600180", "US", errors.ImpossibleNumberError, "too long for a number under \\+44"),
        ("+5084123456", "US", errors.ImpossibleNumberError, "of a length that does not exist"),
        ("+4420", "US", errors.ImpossibleNumberError, "too short"),
        ("911", "US", errors.ImpossibleNumberError, "number for emergencies in US"),
        ("933", "US", errors.ImpossibleNumberError, "number for emergencies in US"),
        ("555-0199", "US", errors.AmbiguousNumberError, "local number under \\+1: write it with its area code"),
        ("442079460018", "GB", errors.AmbiguousNumberError, "seems to start with country code 44: write it with a \\+"),
        # An Italian landline with its country code, or eleven digits that start with 390.
        ("39010000000", "IT", errors.AmbiguousNumberError, r"seems to start with country code 39: write it with a \+"),
        (
            "30123456",
            "DE",
            errors.AmbiguousNumberError,
            "could be a local number in DE: write it with the trunk prefix 0",
        ),
        ("202 555 0199", None, errors.AmbiguousNumberError, "no country code"),
        ("2025550199", "UK", errors.UnknownCountryError, "the United Kingdom is 'GB'"),
        ("2025550199", "us", errors.UnknownCountryError, "did you mean 'US'"),
        ("2025550199", "ZZ", errors.UnknownCountryError, "'ZZ' is not a country code"),
        ("2025550199", False, errors.UnknownCountryError, "YAML reads a bare NO as a boolean"),
    ],
)
def test_refusals(number: object, country: str | None, error: type[Exception], sentence: str) -> None:
    with pytest.raises(error, match=sentence):
        numbers.to_e164(number, country)


@pytest.mark.parametrize("number", ["+12025550199", "+2901234", "+123456789012345"])
def test_e164_form(number: str) -> None:
    assert numbers.is_e164(number)


@pytest.mark.parametrize(
    "number", ["12025550199", "+02025550199", "+1 2025550199", "+123456", "+1234567890123456", "+1\n", 1, None]
)
def test_not_e164_form(number: object) -> None:
    assert not numbers.is_e164(number)


@pytest.mark.parametrize(
    ("country", "emergency"),
    [("US", ("112", "911", "933")), ("GB", ("112", "999")), ("DE", ("110", "112")), ("AU", ("000", "106", "112"))],
)
def test_emergency_numbers(country: str, emergency: tuple[str, ...]) -> None:
    assert countries.facts(country).emergency == emergency


def test_facts_of_the_united_states() -> None:
    facts = countries.facts("US")
    assert facts.country_code == "1"
    assert facts.international_prefixes == ("011",)
    assert facts.international_prefix == "^011"
    assert (facts.national_prefix, facts.national_prefix_optional) == ("1", True)
    assert facts.national_lengths == (10,)


def test_carrier_selection_codes_are_no_international_prefixes() -> None:
    assert countries.facts("CN").international_prefixes == ("00",)


def test_several_international_prefixes_stand_longest_first() -> None:
    facts = countries.facts("AU")
    assert "0011" in facts.international_prefixes
    assert [len(prefix) for prefix in facts.international_prefixes] == sorted(
        (len(prefix) for prefix in facts.international_prefixes), reverse=True
    )
    assert facts.international_prefix.startswith("^(")


@pytest.mark.parametrize("region", REGIONS)
def test_every_country_has_facts(region: str) -> None:
    facts = countries.facts(region)
    assert facts.country_code.isdigit()
    assert facts.national_lengths
    assert all(number.isdigit() for number in facts.emergency + facts.international_prefixes)
    assert facts.national_prefix == "" or facts.national_prefix.isdigit()


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(REGIONS), st.sampled_from(["international", "national"]), st.sampled_from(REGIONS))
def test_dialled_examples_come_back(region: str, form: str, site: str) -> None:
    """The example number of each country, dialled at home and from anywhere else."""
    example = phonenumbers.example_number(region)
    if example is None:
        return
    expected = phonenumbers.format_number(example, phonenumbers.PhoneNumberFormat.E164)
    if form == "international":
        facts = countries.facts(site)
        if not facts.international_prefixes or len(facts.international_prefixes) > 1:
            return  # with several, a prefix can also be the start of another
        dialled, country = facts.international_prefixes[0] + expected[1:], site
    else:
        facts = countries.facts(region)
        dialled, country = facts.national_prefix + expected[1 + len(facts.country_code) :], region
    assert countries.normalise(dialled, countries.facts(country)) == expected
    assert numbers.to_e164(dialled, country) == expected


@settings(max_examples=400, deadline=None)
@given(
    st.text("0123456789", min_size=1, max_size=16),
    st.sampled_from(["US", "GB", "DE", "FR", "IT", "AU", "CA", "SE"]),
)
def test_the_pbx_and_the_description_read_a_number_alike(digits: str, country: str) -> None:
    """Where both come to a result, it is the same, so that dialled numbers and described ones can be compared."""
    try:
        ours = numbers.to_e164(digits, country)
    except errors.VoiceError:
        return
    pbx = countries.normalise(digits, countries.facts(country))
    if pbx is None or not numbers.is_e164(pbx):
        return
    # A trunk prefix after the country code (00 44 0 20 …) is taken off by phonenumbers, not by a PBX.
    parsed = phonenumbers.parse(pbx)
    if phonenumbers.is_valid_number(parsed) or phonenumbers.is_valid_number(phonenumbers.parse(ours)):
        assert ours in (pbx, phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))


@pytest.mark.parametrize("dialled", ["", "abc", "+", "+44x", "*97", "1234#"])
def test_what_is_no_digits_is_not_normalised(dialled: str) -> None:
    assert countries.normalise(dialled, countries.facts("US")) is None


def test_a_bare_international_prefix_is_no_number() -> None:
    assert countries.normalise("011", countries.facts("US")) is None


def test_a_missing_library_is_a_sentence_that_says_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "phonenumbers", None)
    with pytest.raises(errors.MissingLibraryError, match="`pip install phonenumbers`"):
        numbers.to_e164("+12025550199")


def test_the_package_of_a_missing_library_is_named() -> None:
    with pytest.raises(
        errors.MissingLibraryError, match=r"'no_such_library' is missing .*`pip install no_such_library`"
    ):
        errors.load_library("no_such_library.part")
