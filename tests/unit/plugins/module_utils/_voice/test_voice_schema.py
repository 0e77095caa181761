# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The walker over argument specs: all problems at once, with their paths."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.dialtone.voice.plugins.module_utils._voice import schema

OPTIONS: schema.Options = {
    "name": {"type": "str", "required": True},
    "count": {"type": "int", "default": 3},
    "flag": {"type": "bool", "default": False},
    "kind": {"type": "str", "choices": ["udp", "tcp"], "default": "udp"},
    "free": {"type": "dict"},
    "anything": {"type": "raw", "default": "auto"},
    "tags": {"type": "list", "elements": "str", "default": []},
    "parts": {
        "type": "list",
        "elements": "dict",
        "required": True,
        "options": {"size": {"type": "int", "required": True}},
    },
    "inner": {"type": "dict", "default": {}, "options": {"deep": {"type": "str", "default": "yes"}}},
    "api_token": {"type": "str"},
    "must": {"type": "dict", "required": True},
}


def judge(values: dict[str, Any]) -> tuple[dict[str, Any], list[str]]:
    problems: list[str] = []
    clean = schema.check({"name": "x", "parts": [], "must": {}, **values}, OPTIONS, "top.", problems)
    return clean, problems


def test_defaults_reach_every_depth() -> None:
    clean, problems = judge({})
    assert problems == []
    assert clean == {
        "name": "x", "count": 3, "flag": False, "kind": "udp", "free": None, "anything": "auto", "tags": [],
        "parts": [], "inner": {"deep": "yes"}, "api_token": None, "must": {},
    }  # fmt: skip


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"name": None}, "top.name: it is missing: set it."),
        ({"naem": 1}, "top.naem: no such option: did you mean 'name'? Known are name, count"),
        ({"zzz": 1}, "top.zzz: no such option: Known are name, count"),
        ({"name": 5}, "top.name: '5' is not text: write it in quotes."),
        ({"count": "many"}, "top.count: 'many' is not a whole number"),
        ({"count": True}, "top.count: 'True' is not a whole number"),
        ({"flag": "perhaps"}, "top.flag: 'perhaps' is neither true nor false"),
        ({"kind": "upd"}, "top.kind: 'upd' cannot be chosen: did you mean 'udp'? Known are udp, tcp."),
        ({"kind": "x"}, "top.kind: 'x' cannot be chosen: Known are udp, tcp."),
        ({"tags": "one"}, "top.tags: it is not a list"),
        ({"tags": {"a": 1}}, "top.tags: it is not a list"),
        ({"tags": ["a", 2]}, "top.tags[1]: '2' is not text"),
        ({"name": "{{ vault_x }}"}, "top.name: a variable in it is not defined: define it"),
        ({"inner": "x"}, "top.inner: it is not a dictionary"),
        ({"inner": {"depe": 1}}, "top.inner.depe: no such option: did you mean 'deep'"),
        ({"parts": [{"size": 1}, "x"]}, "top.parts[1]: it is not a dictionary"),
        ({"parts": [{}]}, "top.parts[0].size: it is missing"),
    ],
)
def test_problems_have_path_value_and_remedy(values: dict[str, Any], expected: str) -> None:
    _clean, problems = judge(values)
    assert len(problems) == 1
    assert problems[0].startswith(expected)


def test_a_secret_of_the_wrong_type_is_not_shown() -> None:
    _clean, problems = judge({"api_token": 123456789})
    assert problems == ["top.api_token: the value is not text: write it in quotes."]


def test_what_is_refused_is_replaced_so_that_the_rest_can_be_checked() -> None:
    clean, problems = judge({"tags": ["a", 2, "c"], "inner": 5, "parts": "x", "count": "y", "name": 7, "must": []})
    assert len(problems) == 6
    assert clean["tags"] == ["a", None, "c"]
    assert clean["inner"] == {"deep": "yes"}
    assert (clean["parts"], clean["count"], clean["name"], clean["must"]) == ([], 3, None, {})


@pytest.mark.parametrize(
    ("text", "value"), [("true", True), ("yes", True), ("False", False), ("0", False), (True, True)]
)
def test_booleans_from_the_command_line(text: Any, value: bool) -> None:
    assert judge({"flag": text})[0]["flag"] is value


def test_numbers_from_the_command_line() -> None:
    assert judge({"count": "12"}) == (judge({"count": 12})[0], [])


def test_free_dictionaries_and_raw_values_stay_as_they_are() -> None:
    clean, problems = judge({"free": {"a": [1]}, "anything": [1, 2]})
    assert (clean["free"], clean["anything"], problems) == ({"a": [1]}, [1, 2], [])
