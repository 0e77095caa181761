# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Patterns of numbering plans: what comes out is the same language in a PBX's dialect."""

from __future__ import annotations

import re

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.dialtone.voice.plugins.module_utils._voice import patterns

FIELDS = (
    "general_desc",
    "fixed_line",
    "mobile",
    "toll_free",
    "premium_rate",
    "shared_cost",
    "personal_number",
    "voip",
    "pager",
    "uan",
    "voicemail",
)


def all_patterns() -> list[tuple[str, str, tuple[int, ...]]]:
    """Every pattern of the metadata: where it is from, the pattern, the lengths the metadata give for it."""
    found = []
    for region in sorted(phonenumbers.SUPPORTED_REGIONS):
        data = phonenumbers.PhoneMetadata.metadata_for_region(region)
        for name in FIELDS:
            description = getattr(data, name)
            if description is not None and description.national_number_pattern:
                possible = description.possible_length or data.general_desc.possible_length
                found.append((f"{region} {name}", description.national_number_pattern, possible))
    return found


ALL = all_patterns()


def test_every_pattern_of_the_metadata_is_understood_and_safe_in_a_configuration_file() -> None:
    assert len(ALL) > 1000
    for where, pattern, _possible in ALL:
        text = patterns.to_posix(patterns.parse(pattern))
        assert not set(text) - set("0123456789[]-(){}|?"), where
        assert "(?" not in text, where
        assert len(text) < 2000, where


def test_no_pattern_used_in_rules_is_longer_or_shorter_than_the_metadata_allow() -> None:
    # The rules rely on the pattern alone; phonenumbers checks the length besides.
    wrong = [
        where
        for where, pattern, possible in ALL
        if "general_desc" not in where and not patterns.lengths(patterns.parse(pattern)) <= set(possible)
    ]
    assert wrong == []


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_the_rendered_pattern_matches_what_the_original_matches(data: st.DataObject) -> None:
    _where, pattern, _possible = data.draw(st.sampled_from(ALL))
    number = data.draw(
        st.one_of(
            st.from_regex(re.compile(pattern, re.ASCII), fullmatch=True), st.text("0123456789", min_size=4, max_size=12)
        )
    )
    rendered = patterns.to_posix(patterns.parse(pattern))
    assert bool(re.fullmatch(rendered, number)) == bool(re.fullmatch(pattern, number, re.ASCII))


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("\\d", "[0-9]"),
        ("12", "12"),
        ("[2-57-9]", "[2-57-9]"),
        ("[13]", "[13]"),
        ("[12]", "[12]"),
        ("[\\d]", "[0-9]"),
        ("(?:12|3)4", "(12|3)4"),
        ("(12)?", "(12)?"),
        ("1{3}", "1{3}"),
        ("1{2,4}", "1{2}1?1?"),
        ("(?:1|2){0,2}", "(1|2)?(1|2)?"),
        ("1|23", "1|23"),
    ],
)
def test_rendering(pattern: str, expected: str) -> None:
    assert patterns.to_posix(patterns.parse(pattern)) == expected


@pytest.mark.parametrize(
    "pattern",
    [
        "",
        "(",
        "(1",
        "1)",
        "[1",
        "[]",
        "[a]",
        "[3-1]",
        "[1-]",
        "a",
        "1*",
        "1{",
        "1{a}",
        "1{1,}",
        "|1",
        "1|",
        "(?:)",
        ".",
    ],
)
def test_what_is_not_understood_is_an_error(pattern: str) -> None:
    with pytest.raises(ValueError, match="not understood"):
        patterns.parse(pattern)


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("1[2-4]?", ["1", "12", "13", "14"]),
        ("(?:0|11){1,2}", ["0", "00", "011", "11", "110", "1111"]),
        ("9|1", ["1", "9"]),
    ],
)
def test_writing_out(pattern: str, expected: list[str]) -> None:
    node = patterns.parse(pattern)
    assert sorted(patterns.strings(node)) == expected
    assert patterns.lengths(node) == {len(text) for text in expected}
