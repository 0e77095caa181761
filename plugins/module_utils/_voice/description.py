# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cross-checks of the whole description, and what the carrier is told. Private to the collection.

A pure function of the inventory's variables: nothing is read, asked or changed. All problems are found at once.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import Any

from . import account, edges
from . import office as offices
from .account_checks import account_problems
from .calls.problems import office_problems
from .errors import VoiceError
from .number_checks import (
    account_side_problems,
    dialplan_problems,
    extension_problems,
    number_problems,
    numbers_of_office,
)
from .office import Office
from .schema import Options
from .trunk_checks import trunk_problems

#: Likeness from which an unknown variable counts as a misspelt one (difflib's ratio, 0 to 1).
_MISSPELT = 0.85


class DescriptionError(VoiceError):
    """The description has problems; the message holds them all."""


def problems(hosts: Sequence[Mapping[str, Any]], options: Options) -> list[str]:
    """Return everything that is wrong with the description of a set of hosts, a sentence each.

    Args:
        hosts: the hosts of the group ``voice_pbx`` in the order of the inventory, a dictionary each of ``name`` and all
            variables of the host that begin with ``voice_``.
        options: the options of the role ``voice_description``.
    """
    if not hosts:
        return ["The group voice_pbx has no host: put the PBXs of the office into it."]
    found = offices.group(hosts, options)
    result: list[str] = []
    for office in found:
        # With one office the path says enough.
        prefix = f"{office.label}: " if len(found) > 1 else ""
        result += [prefix + problem for problem in _office_problems(office, options)]
    for entry in hosts:
        result += _misspelt(entry, options)
    for left, right in combinations(found, 2):
        result += _collisions(left, right)
    result += account.collisions(found)
    return list(dict.fromkeys(result))


def _office_problems(office: Office, options: Options) -> Iterator[str]:
    yield from office.problems
    yield from edges.override_problems(office.description["voice_carrier_networks"])
    yield from trunk_problems(office)
    yield from account_problems(office)
    yield from number_problems(office)
    yield from account_side_problems(office)
    yield from extension_problems(office)
    yield from dialplan_problems(office)
    yield from office_problems(office, options)


def _misspelt(entry: Mapping[str, Any], options: Options) -> Iterator[str]:
    for name in entry:
        if name.startswith("voice_") and name not in options:
            close = difflib.get_close_matches(name, list(options), n=1, cutoff=_MISSPELT)
            if close:
                yield f"{name} of {entry['name']}: no such variable: did you mean '{close[0]}'?"


def _collisions(left: Office, right: Office) -> Iterator[str]:
    """Yield what two offices both claim."""
    differing = ", ".join(offices.differences(left, right))
    remedy = (
        f"The two descriptions differ in {differing}. If these hosts are one office, put these variables into its "
        "group; if not, use another"
    )
    mine, theirs = _claims(left), _claims(right)
    for kind, value in mine:
        if kind == "trunk name" and left.account != right.account:
            # Names are unique in an account only; domains and numbers are unique everywhere.
            continue
        if (kind, value) in theirs:
            where = f"the description of {left.label} and in that of {right.label}"
            yield f"The {kind} '{value}' is in {where}. {remedy} {kind}."


def _claims(office: Office) -> list[tuple[str, str]]:
    claims = []
    for trunk in office.description["voice_trunks"]:
        if trunk is not None:
            claims += [("trunk name", trunk["name"]), ("domain name", trunk["domain_name"])]
    claims += [("number", number) for number in numbers_of_office(office)]
    return [(kind, value) for kind, value in dict.fromkeys(claims) if value]


def account_objects(
    hosts: Sequence[Mapping[str, Any]], options: Options, only: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Return what the Twilio modules are told, an entry for each account. The passwords of credential lists are in it.

    Args:
        hosts: as for :func:`problems`.
        options: as for :func:`problems`.
        only: names of hosts; only offices with one of them. Empty means all. A trunk has all hosts of its office.

    Raises:
        DescriptionError: the description has problems.
    """
    if found := problems(hosts, options):
        raise DescriptionError(" ".join(found))
    return account.objects(offices.group(hosts, options), only)
