# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The outbound policy as ordered rules that any PBX can apply. Private to the collection.

``voice_dialplan`` names classes of destination and countries. What comes out are facts about dialling in the country of
the site, and a list of ``allow`` and ``deny`` rules over E.164, as POSIX extended regular expressions: **the first
rule that matches decides, and what no rule matches is denied.**

The rules of one country stand in the order in which ``phonenumbers`` itself tries the classes of a number, dear ones
first, so that a number in two overlapping patterns is judged by the dearer class. Classes that are not allowed stay
in the list as deny rules for the same reason.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from . import patterns
from .countries import check_country, facts, metadata, normalise
from .errors import DialplanError, UnknownCountryError

# Classes in the order in which phonenumbers decides what a number is, with the fields of its metadata.
# pager and voicemail can never be allowed: nobody needs to dial them, and some of them are charged like premium rate.
CLASS_FIELDS = {
    "premium_rate": ("premium_rate",),
    "toll_free": ("toll_free",),
    "shared_cost": ("shared_cost",),
    "voip": ("voip",),
    "personal": ("personal_number",),
    "pager": ("pager",),
    "uan": ("uan",),
    "voicemail": ("voicemail",),
}
ORDINARY_FIELDS = ("fixed_line", "mobile")

#: What ``voice_dialplan.allow`` may hold.
ALLOWABLE = ("national", "international", "toll_free", "shared_cost", "premium_rate", "voip", "uan", "personal")


@dataclass(frozen=True)
class Rule:
    """One rule over E.164.

    Attributes:
        action: ``allow`` or ``deny``.
        category: the class of destination; rendered as ``class``.
        country: ISO code of the country whose numbers the rule is about.
        regex: POSIX extended expression, anchored at both ends, without backslash, comma and double quote.
    """

    action: str
    category: str
    country: str
    regex: str

    def as_dict(self) -> dict[str, str]:
        return {"action": self.action, "class": self.category, "country": self.country, "regex": self.regex}


@dataclass(frozen=True)
class Decision:
    """What becomes of dialled digits: ``emergency``, ``allow`` or ``deny``; the number to send; the class that
    decided."""

    action: str
    number: str | None
    category: str | None


def policy_problems(country: object, dialplan: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with the policy, each problem a sentence that begins with the variable's path.

    With None as the country, only the policy itself is judged.
    """
    problems: list[str] = []
    if country is not None:
        try:
            check_country(country)
        except UnknownCountryError as error:
            problems.append(f"voice_country: {error}")
    allow = _texts(dialplan, "allow", problems)
    countries = _texts(dialplan, "countries", problems)
    problems += _class_problems(allow)
    problems += _country_problems(countries, country)
    if "international" in allow and not countries:
        problems.append(
            "voice_dialplan.countries: it is empty although voice_dialplan.allow has 'international': list the "
            "countries that may be called, such as [CA, GB], or remove 'international'."
        )
    if countries and "international" not in allow and None not in allow:
        problems.append(
            f"voice_dialplan.countries: it lists {', '.join(map(str, countries))} although voice_dialplan.allow does "
            "not have 'international': add 'international' or empty the list."
        )
    return problems


def _class_problems(allow: list[str | None]) -> Iterator[str]:
    for place, name in enumerate(allow):
        path = f"voice_dialplan.allow[{place}]"
        if name is not None and name not in ALLOWABLE:
            close = difflib.get_close_matches(name, ALLOWABLE, n=1)
            hint = f"did you mean '{close[0]}'? " if close else ""
            yield f"{path}: '{name}' is not a class of destination: {hint}Known are {', '.join(ALLOWABLE)}."
        elif name is not None and name in allow[:place]:
            yield f"{path}: '{name}' is there twice: remove one."


def _country_problems(countries: list[str | None], own: object) -> Iterator[str]:
    for place, name in enumerate(countries):
        if name is None:
            continue
        path = f"voice_dialplan.countries[{place}]"
        try:
            check_country(name)
        except UnknownCountryError as error:
            yield f"{path}: {error}"
            continue
        if name == own:
            yield f"{path}: '{name}' is voice_country itself: remove it, and allow the class 'national' to call there."
        elif name in countries[:place]:
            yield f"{path}: '{name}' is there twice: remove one."


def _texts(dialplan: Mapping[str, Any], key: str, problems: list[str]) -> list[str | None]:
    value = dialplan.get(key) or []
    if isinstance(value, str) or not isinstance(value, Sequence):
        problems.append(f"voice_dialplan.{key}: '{value}' is not a list: write it as [{value}].")
        return []
    # None holds the place of an entry that has been reported already.
    return [entry if entry is None or isinstance(entry, str) else str(entry) for entry in value]


def build(country: str, dialplan: Mapping[str, Any]) -> dict[str, Any]:
    """Return the facts and rules for a PBX; see the documentation of the filter ``dialtone.voice.dialplan_rules``.

    Raises:
        DialplanError: the policy is not usable; the message holds every problem of :func:`policy_problems`.
    """
    if problems := policy_problems(country, dialplan):
        raise DialplanError(" ".join(problems))
    plan = facts(country)
    result = asdict(plan)
    result["international_prefix"] = plan.international_prefix
    result["rules"] = [rule.as_dict() for rule in _rules(country, dialplan)]
    return {key: list(value) if isinstance(value, tuple) else value for key, value in result.items()}


def _rules(country: str, dialplan: Mapping[str, Any]) -> Iterator[Rule]:
    allow = set(dialplan.get("allow") or [])
    if not allow:
        return
    yield from _country_rules(country, allow, "national")
    for other in dialplan.get("countries") or []:
        yield from _country_rules(other, {"international"}, "international")


def _country_rules(country: str, allow: set[str], ordinary: str) -> Iterator[Rule]:
    data = metadata(country)
    for category, fields in CLASS_FIELDS.items():
        yield from _class_rules(country, data, fields, "allow" if category in allow else "deny", category)
    if ordinary in allow:
        yield from _class_rules(country, data, ORDINARY_FIELDS, "allow", ordinary)


def _class_rules(country: str, data: Any, fields: tuple[str, ...], action: str, category: str) -> Iterator[Rule]:
    seen = set()
    for field in fields:
        description = getattr(data, field)
        pattern = description.national_number_pattern if description is not None else None
        if pattern and pattern not in seen:
            seen.add(pattern)
            expression = patterns.to_posix(patterns.parse(pattern))
            yield Rule(action, category, country, f"^[+]{data.country_code}({expression})$")


def decide(dialled: str, rules: Mapping[str, Any]) -> Decision:
    """Decide about dialled digits with the result of :func:`build`, step by step as a PBX does.

    Emergency numbers go out as dialled, whatever the rules say.
    """
    if dialled in rules["emergency"]:
        return Decision("emergency", dialled, None)
    number = normalise(dialled, facts(rules["country"]))
    if number is None:
        return Decision("deny", None, None)
    rule = first_match(number, rules["rules"])
    return Decision(rule["action"], number, rule["class"]) if rule else Decision("deny", number, None)


def first_match(number: str, rules: Sequence[Mapping[str, str]]) -> Mapping[str, str] | None:
    """Return the rule that decides about a number in E.164, or None if none does."""
    return next((rule for rule in rules if re.search(rule["regex"], number)), None)
