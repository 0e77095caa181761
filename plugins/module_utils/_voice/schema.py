# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Types, defaults, choices and unknown options by an Ansible argument spec, all problems at once. Private.

Ansible's own validator stops early and names options, not places. Here every problem is a sentence that begins with the
path, such as ``voice_trunks[0].edges``; and what remains after the bad parts are taken away can be checked further.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from typing import Any

Options = Mapping[str, Mapping[str, Any]]

_TRUE = ("true", "yes", "on", "1")
_FALSE = ("false", "no", "off", "0")


class _Bad:
    """Stands for a value that was refused, in place of which nothing sensible can be put."""


_BAD = _Bad()


def check(values: Mapping[str, Any], options: Options, prefix: str, problems: list[str]) -> dict[str, Any]:
    """Judge a dictionary by the options of an argument spec.

    Args:
        values: what the user wrote.
        options: the ``options`` of an argument spec.
        prefix: path of the dictionary, ending in ``.``; empty at the top.
        problems: receives a sentence for each problem.

    Returns:
        The options with their defaults. Where there is neither a usable value nor a default, lists and dictionaries are
        empty and others None. In lists, None holds the place of an element that was refused, so that the places of the
        others stay right.
    """
    for name in values:
        if name not in options:
            problems.append(f"{prefix}{name}: no such option: {_suggest(str(name), options)}")
    clean: dict[str, Any] = {}
    for name, option in options.items():
        path = f"{prefix}{name}"
        value = values.get(name)
        if value is None:
            if option.get("required"):
                problems.append(f"{path}: it is missing: set it.")
            value = _without_value(option)
            if value is None:
                clean[name] = None
                continue
        checked = _value(value, option, path, problems)
        clean[name] = check_value(_without_value(option), option, path, []) if isinstance(checked, _Bad) else checked
    return clean


def _without_value(option: Mapping[str, Any]) -> Any:
    empty: dict[str, Any] = {"list": [], "dict": {}}
    return option.get("default", empty.get(option.get("type", "str")) if option.get("required") else None)


def _suggest(name: str, options: Options) -> str:
    close = difflib.get_close_matches(name, list(options), n=1)
    return (f"did you mean '{close[0]}'? " if close else "") + f"Known are {', '.join(options)}."


def check_value(value: Any, option: Mapping[str, Any], path: str, problems: list[str]) -> Any:
    """Judge one value as :func:`check` does; None if it is refused."""
    if value is None:
        return None
    checked = _value(value, option, path, problems)
    return None if isinstance(checked, _Bad) else checked


def _value(value: Any, option: Mapping[str, Any], path: str, problems: list[str]) -> Any:
    kind = option.get("type", "str")
    if kind == "raw":
        return value
    if kind == "dict":
        return _dictionary(value, option, path, problems)
    if kind == "list":
        return _list(value, option, path, problems)
    return _scalar(value, option, path, problems)


def _scalar(value: Any, option: Mapping[str, Any], path: str, problems: list[str]) -> Any:
    kind = option.get("type", "str")
    if isinstance(value, str) and "{{" in value:
        # ansible-core 2.18 leaves a template as it is if a variable in it is not defined.
        problems.append(f"{path}: a variable in it is not defined: define it, or open the vault that has it.")
        return _BAD
    result = {"str": _text, "path": _text, "bool": _boolean, "int": _integer}[kind](value)
    choices = option.get("choices")
    if isinstance(result, _Bad):
        problems.append(f"{path}: {_wrong_type(value, kind, path)}")
    elif choices and result not in choices:
        close = difflib.get_close_matches(str(result), choices, n=1)
        hint = f"did you mean '{close[0]}'? " if close else ""
        problems.append(f"{path}: '{result}' cannot be chosen: {hint}Known are {', '.join(choices)}.")
        return _BAD
    return result


def _wrong_type(value: Any, kind: str, path: str) -> str:
    # A secret that YAML read as a number is still a secret.
    shown = "the value" if re.search("secret|token|password|[.]pin$", path) else f"'{value}'"
    if kind in ("str", "path"):
        return f"{shown} is not text: write it in quotes."
    if kind == "bool":
        return f"{shown} is neither true nor false: write true or false."
    return f"{shown} is not a whole number: write digits only."


def _text(value: Any) -> Any:
    return value if isinstance(value, str) else _BAD


def _boolean(value: Any) -> Any:
    if isinstance(value, bool):
        return value
    # Extra variables (-e voice_purge=false) arrive as text.
    text = str(value).lower()
    return True if text in _TRUE else False if text in _FALSE else _BAD


def _integer(value: Any) -> Any:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() else _BAD


def _dictionary(value: Any, option: Mapping[str, Any], path: str, problems: list[str]) -> Any:
    if not isinstance(value, Mapping):
        problems.append(f"{path}: it is not a dictionary: write OPTION: VALUE.")
        return _BAD
    if "options" not in option:
        return dict(value)
    return check(value, option["options"], f"{path}.", problems)


def _list(value: Any, option: Mapping[str, Any], path: str, problems: list[str]) -> Any:
    if isinstance(value, (str, bytes)) or not isinstance(value, Sequence):
        problems.append(f"{path}: it is not a list: write one entry to a line, each after a hyphen.")
        return _BAD
    element = {**option, "type": option.get("elements", "str")}
    checked = [_value(entry, element, f"{path}[{place}]", problems) for place, entry in enumerate(value)]
    return [None if isinstance(entry, _Bad) else entry for entry in checked]
