# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The outbound policy: the rules decide as phonenumbers itself would, and nothing dear slips through."""

from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ansible_collections.dialtone.voice.plugins.module_utils._voice import dialplan, errors

Type = phonenumbers.PhoneNumberType
ORDINARY = (Type.FIXED_LINE, Type.MOBILE, Type.FIXED_LINE_OR_MOBILE)
CLASS_TYPES = {
    "toll_free": (Type.TOLL_FREE,),
    "shared_cost": (Type.SHARED_COST,),
    "premium_rate": (Type.PREMIUM_RATE,),
    "voip": (Type.VOIP,),
    "uan": (Type.UAN,),
    "personal": (Type.PERSONAL_NUMBER,),
}
SITES = ["US", "CA", "GB", "DE", "FR", "IT", "AU", "CH", "JM", "IN", "BR", "NZ", "SE"]
US = dialplan.build("US", {"allow": ["national", "international", "toll_free"], "countries": ["CA", "GB"]})


@pytest.mark.parametrize(
    ("dialled", "action", "number"),
    [
        # As people dial, also to fictional numbers.
        ("2025550199", "allow", "+12025550199"),
        ("12025550199", "allow", "+12025550199"),
        ("+12025550199", "allow", "+12025550199"),
        ("18005550199", "allow", "+18005550199"),
        ("011442079460018", "allow", "+442079460018"),
        ("+14165550123", "allow", "+14165550123"),
        # Country code 1 is not the United States.
        ("+18765551234", "deny", "+18765551234"),
        ("18765551234", "deny", "+18765551234"),
        ("+12425551234", "deny", "+12425551234"),
        ("18095551234", "deny", "+18095551234"),
        # Dear numbers, here and there.
        ("19005550100", "deny", "+19005550100"),
        ("+449098790000", "deny", "+449098790000"),
        ("+447012345678", "deny", "+447012345678"),
        ("+15005550006", "deny", "+15005550006"),
        # Elsewhere.
        ("011493012345678", "deny", "+493012345678"),
        ("+881612345678", "deny", "+881612345678"),
        ("+8835100000000", "deny", "+8835100000000"),
        ("+12025550199000", "deny", "+12025550199000"),
        # Not a number that can be dialled.
        ("5550199", "deny", None),
        ("411", "deny", None),
        ("#21#", "deny", None),
        ("", "deny", None),
        # Emergencies.
        ("911", "emergency", "911"),
        ("933", "emergency", "933"),
        ("112", "emergency", "112"),
        ("+1911", "deny", "+1911"),
    ],
)
def test_an_office_in_the_united_states(dialled: str, action: str, number: str | None) -> None:
    decision = dialplan.decide(dialled, US)
    assert (decision.action, decision.number) == (action, number)


def test_the_class_that_decided_is_known() -> None:
    assert dialplan.decide("19002345678", US).category == "premium_rate"
    assert dialplan.decide("+442079460018", US).category == "international"
    assert dialplan.decide("2025550199", US).category == "national"
    assert dialplan.decide("+33123456789", US).category is None


def test_canada_only_if_listed() -> None:
    rules = dialplan.build("US", {"allow": ["national"]})
    assert dialplan.decide("4165550123", rules).action == "deny"
    assert dialplan.decide("2025550199", rules).action == "allow"


def test_italy_keeps_its_leading_zero() -> None:
    rules = dialplan.build("IT", {"allow": ["national"]})
    assert dialplan.decide("0612345678", rules) == dialplan.Decision("allow", "+390612345678", "national")


def test_an_open_plan_wants_its_trunk_prefix() -> None:
    rules = dialplan.build("DE", {"allow": ["national"]})
    assert dialplan.decide("030123456", rules).number == "+4930123456"
    assert dialplan.decide("30123456", rules) == dialplan.Decision("deny", None, None)


def test_nothing_is_allowed_by_default_except_emergencies() -> None:
    rules = dialplan.build("US", {})
    assert rules["rules"] == []
    assert dialplan.decide("2025550199", rules).action == "deny"
    assert dialplan.decide("911", rules).action == "emergency"


def test_the_shape_other_roles_rely_on() -> None:
    assert set(US) == {
        "country", "country_code", "international_prefix", "international_prefixes", "national_prefix",
        "national_prefix_optional", "national_lengths", "emergency", "rules",
    }  # fmt: skip
    assert US["emergency"] == ["112", "911", "933"]
    assert US["international_prefixes"] == ["011"]
    for rule in US["rules"]:
        assert set(rule) == {"action", "class", "country", "regex"}
        assert rule["action"] in ("allow", "deny")


def test_expressions_fit_into_a_pbx() -> None:
    """Every rule of every country is POSIX and anchored, and has no character that Asterisk's files treat specially."""
    everything = [name for name in dialplan.ALLOWABLE if name != "international"]
    for region in phonenumbers.SUPPORTED_REGIONS:
        for rule in dialplan.build(region, {"allow": everything})["rules"]:
            assert re.fullmatch(r"\^\[\+\][0-9]+\([0-9\[\](){}|?-]+\)\$", rule["regex"]), (region, rule)
            assert len(rule["regex"]) < 2000


def is_in_general_range(number: str, region: str) -> bool:
    """Tell whether the metadata agree with themselves: some ordinary ranges (+49 492…) are in no general range."""
    data = phonenumbers.PhoneMetadata.metadata_for_region(region)
    code = f"+{data.country_code}"
    pattern = data.general_desc.national_number_pattern
    return not number.startswith(code) or bool(re.fullmatch(pattern, number[len(code) :], re.ASCII))


def expected_by_phonenumbers(number: str, country: str, allow: list[str], countries: list[str]) -> bool:
    """Judge a number without any of the rules: the first of our countries that it is valid for decides."""
    parsed = phonenumbers.parse(number)
    for region in [country, *countries]:
        if not phonenumbers.is_valid_number_for_region(parsed, region):
            continue
        data = phonenumbers.PhoneMetadata.metadata_for_region(region)
        kind = phonenumbers.phonenumberutil._number_type_helper(phonenumbers.national_significant_number(parsed), data)
        if region == country and any(kind in CLASS_TYPES[name] for name in allow if name in CLASS_TYPES):
            return True
        return kind in ORDINARY and ("national" if region == country else "international") in allow
    return False


@st.composite
def numbers_of_the_world(draw: st.DrawFn) -> str:
    """A number of some class of some country, or one close to it."""
    region = draw(st.sampled_from(sorted(phonenumbers.SUPPORTED_REGIONS) + SITES * 10))
    data = phonenumbers.PhoneMetadata.metadata_for_region(region)
    fields = [
        name
        for name in ("general_desc", "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost",
                     "personal_number", "voip", "pager", "uan", "voicemail")
        if getattr(data, name) is not None and getattr(data, name).national_number_pattern
    ]  # fmt: skip
    pattern = getattr(data, draw(st.sampled_from(fields))).national_number_pattern
    national = draw(st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True))
    if draw(st.booleans()):
        place = draw(st.integers(0, len(national) - 1))
        national = national[:place] + draw(st.sampled_from("0123456789")) + national[place + 1 :]
    return f"+{data.country_code}{national}"


@settings(max_examples=1500, deadline=None)
@given(numbers_of_the_world(), st.data())
def test_rules_decide_as_phonenumbers_does(number: str, data: st.DataObject) -> None:
    country = data.draw(st.sampled_from(SITES))
    allow = data.draw(st.lists(st.sampled_from(dialplan.ALLOWABLE), unique=True))
    countries: list[str] = []
    if "international" in allow:
        others = [region for region in SITES if region != country]
        countries = data.draw(st.lists(st.sampled_from(others), unique=True, min_size=1, max_size=4))
    assume(all(is_in_general_range(number, region) for region in [country, *countries]))
    try:
        expected = expected_by_phonenumbers(number, country, allow, countries)
    except phonenumbers.NumberParseException:
        expected = False
    decision = dialplan.decide(number, dialplan.build(country, {"allow": allow, "countries": countries}))
    assert (decision.action == "allow") == expected


@settings(max_examples=600, deadline=None)
@given(numbers_of_the_world(), st.sampled_from(SITES))
def test_national_never_leaves_the_country_and_never_costs_extra(number: str, country: str) -> None:
    if dialplan.decide(number, dialplan.build(country, {"allow": ["national"]})).action != "allow":
        return
    parsed = phonenumbers.parse(number)
    assert phonenumbers.region_code_for_number(parsed) == country
    assert phonenumbers.number_type(parsed) in ORDINARY or not is_in_general_range(number, country)


@pytest.mark.parametrize(
    ("country", "policy", "sentence"),
    [
        ("UK", {}, "voice_country: 'UK' is not a country code"),
        ("US", {"allow": ["natonal"]}, "allow\\[0\\]: 'natonal' .* did you mean 'national'"),
        ("US", {"allow": ["xyz"]}, "'xyz' is not a class of destination: Known are national"),
        ("US", {"allow": ["pager"]}, "'pager' is not a class"),
        ("US", {"allow": [7]}, "'7' is not a class"),
        ("US", {"allow": ["national", "national"]}, "allow\\[1\\]: 'national' is there twice"),
        ("US", {"allow": "national"}, "voice_dialplan.allow: 'national' is not a list: write it as \\[national\\]"),
        ("US", {"allow": 5}, "'5' is not a list"),
        ("US", {"allow": ["international"]}, "countries: it is empty although"),
        ("US", {"allow": ["national"], "countries": ["CA"]}, "it lists CA although voice_dialplan.allow does not have"),
        ("US", {"allow": ["international"], "countries": ["US"]}, "'US' is voice_country itself"),
        ("US", {"allow": ["international"], "countries": ["CA", "CA"]}, "countries\\[1\\]: 'CA' is there twice"),
        ("US", {"allow": ["international"], "countries": ["ca"]}, "countries\\[0\\]: .*did you mean 'CA'"),
    ],
)
def test_contradictions(country: str, policy: dict[str, object], sentence: str) -> None:
    with pytest.raises(errors.DialplanError, match=sentence):
        dialplan.build(country, policy)
    assert dialplan.policy_problems(country, policy)


def test_all_contradictions_at_once_and_none_twice() -> None:
    problems = dialplan.policy_problems("UK", {"allow": ["natonal", None], "countries": ["xx", None, "CA"]})
    assert len(problems) == 3


def test_without_a_country_only_the_policy_is_judged() -> None:
    assert dialplan.policy_problems(None, {"allow": ["national"]}) == []
