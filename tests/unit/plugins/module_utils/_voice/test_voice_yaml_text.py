# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written as YAML is read as what it was."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.dialtone.voice.plugins.module_utils._voice import yaml_text

TEXT = st.text(st.characters(exclude_categories=("Cs",)))
KEYS = st.from_regex(r"k_[a-z]{1,8}", fullmatch=True)
LEAVES = st.one_of(TEXT, st.integers(), st.booleans(), st.none())
# As in the files: a dictionary at the top, and in lists either texts or dictionaries that are not empty.
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.dictionaries(KEYS, inner, max_size=4),
        st.lists(LEAVES, max_size=4),
        st.lists(st.dictionaries(KEYS, inner, min_size=1, max_size=4), max_size=4),
    ),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
def test_it_is_read_as_what_it_was(value: dict[str, Any]) -> None:
    assert yaml.safe_load("\n".join(yaml_text.block(value)) + "\n") == value


@pytest.mark.parametrize(
    "text", ["NO", "0123", "12:30", "null", "~", "", " x ", "a: b", "- x", "# x", "'", "\u2028", "😀"]
)
def test_text_stays_text(text: str) -> None:
    assert yaml.safe_load(f"x: {yaml_text.scalar(text)}\n") == {"x": text}


@given(TEXT)
def test_a_comment_adds_nothing(text: str) -> None:
    assert yaml.safe_load("\n".join([*yaml_text.comment(text), "a: 1"]) + "\n") == {"a": 1}


def test_what_cannot_be_written_is_an_error() -> None:
    with pytest.raises(TypeError, match="object cannot be written"):
        yaml_text.scalar(object())
