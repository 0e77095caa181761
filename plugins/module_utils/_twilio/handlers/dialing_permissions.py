# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Geographic permissions: from allow-lists to the wanted state. Private to this collection.

Countries are updated by one request, in which opening and closing cannot be told apart: all of it holds from the same
moment on. There is nothing to order.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from ..catalog.voice import COUNTRY, DIALING_SETTINGS, RISKS
from ..errors import InvalidInputError, TwilioError
from ..module import Outcome, Task
from ..plan import Collection, Item, Node
from ..resource import Record

INHERITANCE = "dialing_permissions_inheritance"
COUNTRIES = "countries"  # slot of the node
HIGH_RISKS = ("high_risk_special", "high_risk_tollfraud")
# Countries that share an entry with another one where Twilio lists them by no code of their own. In the published
# example of the API, US is "United States/Canada"; whether every account sees it so is not known.
SHARED = {"CA": "US"}
# Codes that people write and ISO 3166-1 does not have, or has for something else.
MISTAKEN = {"UK": "GB", "EN": "GB", "EL": "GR", "SU": "RU", "YU": "RS", "ZR": "CD"}

OPTIONS: dict[str, dict[str, Any]] = {
    **{risk: {"type": "list", "elements": "str"} for risk in RISKS},
    "purge": {"type": "bool", "default": True},
    "inheritance": {"type": "bool"},
}


def validate_one(entry: Mapping[str, Any], prefix: str = "") -> None:
    """Judge the allow-lists before the first request; which codes there are is known only to Twilio.

    Args:
        entry: the options.
        prefix: what precedes the name of an option in messages.
    """
    given = [risk for risk in RISKS if entry.get(risk) is not None]
    if not given and entry.get("inheritance") is None:
        raise InvalidInputError(f"{prefix}low_risk", None, "is missing; list the countries that may be called.")
    for risk in given:
        seen: set[str] = set()
        for index, code in enumerate(entry[risk]):
            _code(f"{prefix}{risk}[{index}]", code, seen)
    if entry.get("inheritance") and given:
        raise InvalidInputError(
            f"{prefix}inheritance",
            True,
            f"makes the account take over its main account's permissions; leave out {', '.join(given)}.",
        )
    if entry.get("low_risk") is not None and entry.get("purge") is not False:
        _need_low_risk(entry, set(_codes(entry, "low_risk")), prefix)


def _code(option: str, code: str, seen: set[str]) -> None:
    """Refuse what cannot be a country."""
    upper = code.upper()
    if upper in MISTAKEN:
        raise InvalidInputError(option, code, f"is not the country's code in ISO 3166-1; write {MISTAKEN[upper]}.")
    if not (len(code) == 2 and code.isascii() and code.isalpha()):
        raise InvalidInputError(option, code, "is not a country; write its two letters of ISO 3166-1, such as DE.")
    if upper in seen:
        raise InvalidInputError(option, code, "is listed twice; list it once.")
    seen.add(upper)


def _codes(entry: Mapping[str, Any], risk: str) -> list[str]:
    return [str(code).upper() for code in entry.get(risk) or ()]


def _need_low_risk(entry: Mapping[str, Any], opened: set[str], prefix: str) -> None:
    """Refuse a high-risk range of a country whose ordinary numbers stay closed: nobody wants only that."""
    for risk in HIGH_RISKS:
        for index, code in enumerate(_codes(entry, risk)):
            if code not in opened:
                raise InvalidInputError(
                    f"{prefix}{risk}[{index}]",
                    code,
                    "would open high-risk numbers of a country whose ordinary numbers stay closed, which is rarely "
                    "meant; list it in low_risk too.",
                )


def read(task: Task) -> Record:
    """Return the permissions as they are: two requests, at once."""

    def settings() -> list[Record]:
        return [task.api.fetch(DIALING_SETTINGS) or {INHERITANCE: False}]

    found, countries = task.gather([settings, lambda: task.api.list(COUNTRY)])
    if not countries:
        raise TwilioError("Twilio listed no country at all: check account_sid and base_url.")
    return {**found[0], COUNTRIES: countries}


def node(task: Task, entry: Mapping[str, Any], current: Record, prefix: str = "", key: str = "") -> Node:
    """Return what is to be done.

    Args:
        task: for warnings.
        entry: the options.
        current: from :func:`read`.
        prefix: what precedes the name of an option in messages.
        key: of the node.
    """
    settings = {name: value for name, value in current.items() if name != COUNTRIES}
    countries: list[Record] = current[COUNTRIES]
    given = [risk for risk in RISKS if entry.get(risk) is not None]
    purge = entry.get("purge") is not False
    inheritance = entry.get("inheritance")
    inherits = bool(current[INHERITANCE])
    entry = _as_listed(task, entry, countries, prefix)
    _known(entry, countries, prefix)
    if given and inherits and inheritance is None:
        raise InvalidInputError(
            f"{prefix}{given[0]}",
            None,
            "cannot be set while the subaccount inherits its main account's permissions; set inheritance: false as "
            "well, or manage the main account.",
        )
    if inherits and inheritance is False:
        if given and not (purge and len(given) == len(RISKS)):
            raise InvalidInputError(
                f"{prefix}inheritance",
                False,
                "uncovers permissions of the subaccount that cannot be seen while it inherits; give low_risk, "
                "high_risk_special and high_risk_tollfraud with purge: true, or turn it off in a task of its own.",
            )
        if given:  # what will be uncovered is not known, so every country is told what it should be
            countries = [dict(country, **dict.fromkeys(RISKS.values())) for country in countries]
    items = [item for item in (_item(entry, given, purge, country) for country in countries) if item.values]
    if given:
        values = {item.match["iso_code"]: item.values for item in items}
        after = [{**country, **values.get(country["iso_code"], {})} for country in countries]
        _need_low_risk(entry, {str(country["iso_code"]) for country in after if country[RISKS["low_risk"]]}, prefix)
        _warn(task, items, current[COUNTRIES])
        _warn_of_rest(task, after, prefix)
    return Node(
        DIALING_SETTINGS,
        settings,
        {} if inheritance is None else {INHERITANCE: inheritance},
        collections={COUNTRIES: Collection(COUNTRY, countries, items, purge=False, option=f"{prefix}low_risk")},
        key=key,
    )


def _as_listed(task: Task, entry: Mapping[str, Any], countries: Sequence[Record], prefix: str) -> Record:
    """Return the options with the codes under which Twilio lists the countries."""
    names = {str(country["iso_code"]): country["name"] for country in countries}
    listed = {code: other for code, other in SHARED.items() if code not in names and other in names}
    changed = dict(entry)
    for risk in RISKS:
        codes = _codes(entry, risk)
        if entry.get(risk) is not None:
            changed[risk] = [listed.get(code, code) for code in codes]
        for code in codes:
            if code in listed and listed[code] not in codes:
                other = listed[code]
                task.warnings.append(
                    f"{prefix}{risk}: Twilio has one entry for {code} and {other}, {other} ({names[other]}): both are "
                    "opened."
                )
    return changed


def _known(entry: Mapping[str, Any], countries: Sequence[Record], prefix: str) -> None:
    """Refuse countries that Twilio does not list."""
    known = {str(country["iso_code"]): str(country["name"]) for country in countries}
    for risk in RISKS:
        for index, code in enumerate(_codes(entry, risk)):
            if code not in known:
                similar = ", ".join(f"{match} ({known[match]})" for match in get_close_matches(code, known, cutoff=0.5))
                raise InvalidInputError(
                    f"{prefix}{risk}[{index}]",
                    code,
                    "is not among the countries that Twilio calls." + (f" Similar: {similar}." if similar else ""),
                )


def _item(entry: Mapping[str, Any], given: Sequence[str], purge: bool, country: Mapping[str, Any]) -> Item:
    """Return what a country should be: of the given lists, and without purge only what is to be opened."""
    code = str(country["iso_code"])
    wanted = {RISKS[risk]: code in _codes(entry, risk) for risk in given}
    return Item({"iso_code": code}, {flag: value for flag, value in wanted.items() if value or purge})


def _warn(task: Task, items: Sequence[Item], countries: Sequence[Record]) -> None:
    """Tell the user which high-risk numbers this task opens."""
    before = {country["iso_code"]: country for country in countries}
    for risk in HIGH_RISKS:
        flag = RISKS[risk]
        opened = sorted(
            str(item.match["iso_code"])
            for item in items
            if item.values.get(flag) and before[item.match["iso_code"]][flag] is False
        )
        if opened:
            task.warnings.append(
                f"{risk}: opens high-risk numbers of {', '.join(opened)}. Whoever gets into the PBX can call them at "
                "your expense: open them only as long as they are needed."
            )


def _warn_of_rest(task: Task, countries: Sequence[Record], prefix: str) -> None:
    """Tell the user of high-risk numbers that stay open, by a list not given, where ordinary ones are closed."""
    for risk in HIGH_RISKS:
        rest = [country["iso_code"] for country in countries if country[RISKS[risk]] and not country[RISKS["low_risk"]]]
        if rest:
            task.warnings.append(
                f"{prefix}{risk} is not given, and high-risk numbers of {', '.join(sorted(rest))} stay open, whose "
                f"ordinary numbers are closed. Give {risk}: [] to close them as well."
            )


def shown(record: Mapping[str, Any] | None) -> Record:
    """Return permissions in the shape of the options, from what :func:`read` or a node's before or after is."""
    record = record or {}
    return {
        "inheritance": bool(record.get(INHERITANCE)),
        **{
            risk: sorted(str(country["iso_code"]) for country in record.get(COUNTRIES, ()) if country[flag])
            for risk, flag in RISKS.items()
        },
    }


def by_country(record: Mapping[str, Any] | None) -> Record:
    """Return permissions as a diff shows them: each country that may be called on a line of its own."""
    record = record or {}
    opened = {
        str(country["iso_code"]): " ".join(risk for risk, flag in RISKS.items() if country[flag])
        for country in record.get(COUNTRIES, ())
    }
    return {
        "inheritance": bool(record.get(INHERITANCE)),
        COUNTRIES: {code: risks for code, risks in sorted(opened.items()) if risks},
    }


def validate(params: Mapping[str, Any]) -> None:
    """Judge the options of the module before the first request."""
    validate_one(params)


def ensure(task: Task) -> Outcome:
    """Bring the permissions into the wanted state."""
    current = read(task)
    outcome = task.converge(node(task, task.params, current))
    outcome.before = current  # also where what will be uncovered is not known
    if current[INHERITANCE] and task.params["inheritance"] is False and not task.check_mode:
        outcome.after = read(task)
    outcome.results["dialing_permissions"] = shown(outcome.after)
    outcome.before, outcome.after = by_country(outcome.before), by_country(outcome.after)
    return outcome


def inform_validate(params: Mapping[str, Any]) -> None:
    """Judge the options of the info module before the first request."""
    seen: set[str] = set()
    for index, code in enumerate(params["iso_codes"] or []):
        _code(f"iso_codes[{index}]", code, seen)


def inform(task: Task) -> Outcome:
    """Return the permissions, and what Twilio knows of the countries."""
    current = read(task)
    listed = {country["iso_code"] for country in current[COUNTRIES]}
    codes = {str(code).upper() for code in task.params["iso_codes"] or ()}
    codes = {code if code in listed else SHARED.get(code, code) for code in codes}
    chosen = [country for country in current[COUNTRIES] if not codes or country["iso_code"] in codes]
    chosen.sort(key=lambda country: str(country["iso_code"]))
    shorter = {flag: risk for risk, flag in RISKS.items()}
    return Outcome(
        results={
            "dialing_permissions": shown(current),
            COUNTRIES: [{shorter.get(name, name): value for name, value in item.items()} for item in chosen],
        }
    )
