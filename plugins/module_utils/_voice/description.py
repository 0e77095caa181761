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

from . import edges
from . import office as offices
from .errors import VoiceError
from .number_checks import (
    dialplan_problems,
    extension_problems,
    number_problems,
    numbers_of_office,
)
from .numbers import to_e164
from .office import Office
from .schema import Options
from .trunk_checks import sip_url, trunk_problems, written_origination

#: Likeness from which an unknown variable counts as a misspelt one (difflib's ratio, 0 to 1).
_MISSPELT = 0.85


class DescriptionError(VoiceError):
    """The description has problems; the message holds them all."""


def problems(hosts: Sequence[Mapping[str, Any]], options: Options) -> list[str]:
    """Return everything that is wrong with the description of a set of hosts, a sentence each.

    Args:
        hosts: the hosts of the group ``voice_pbx`` in the order of the inventory, a dictionary each of ``name``,
            ``sip_port`` (optional) and all variables of the host that begin with ``voice_``.
        options: the options of the role ``voice_description``.
    """
    if not hosts:
        return ["The group voice_pbx has no host: put the PBXs of the office into it."]
    found = offices.group(hosts, options)
    result: list[str] = []
    for office in found:
        # With one office the path says enough.
        prefix = f"{office.label}: " if len(found) > 1 else ""
        result += [prefix + problem for problem in _office_problems(office)]
    for entry in hosts:
        result += _misspelt(entry, options)
    for left, right in combinations(found, 2):
        result += _collisions(left, right)
    return list(dict.fromkeys(result))


def _office_problems(office: Office) -> Iterator[str]:
    yield from office.problems
    yield from edges.override_problems(office.description["voice_carrier_networks"])
    yield from trunk_problems(office)
    yield from number_problems(office)
    yield from extension_problems(office)
    yield from dialplan_problems(office)


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


def trunk_objects(
    hosts: Sequence[Mapping[str, Any]], options: Options, only: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Return what the Twilio modules are told, an entry for each trunk. Nothing in it is secret.

    Args:
        hosts: as for :func:`problems`.
        options: as for :func:`problems`.
        only: names of hosts; only offices with one of them. Empty means all. A trunk has all hosts of its office.

    Raises:
        DescriptionError: the description has problems.
    """
    if found := problems(hosts, options):
        raise DescriptionError(" ".join(found))
    return [
        _trunk_object(office, trunk)
        for office in offices.group(hosts, options)
        if not only or any(host.name in only for host in office.hosts)
        for trunk in office.description["voice_trunks"]
    ]


def _trunk_object(office: Office, trunk: Mapping[str, Any]) -> dict[str, Any]:
    access_list = _access_list(office, trunk)
    country = office.description["voice_country"]
    return {
        "host": office.hosts[0].name,
        "hosts": [host.name for host in office.hosts],
        "purge": office.description["voice_purge"],
        "access_list": access_list,
        "trunk": {
            "friendly_name": trunk["name"],
            "domain_name": trunk["domain_name"],
            "secure": trunk["transport"] == "tls",
            "recording": dict(trunk["recording"]),
            "origination_urls": _origination_urls(office, trunk),
            "ip_access_control_lists": [access_list["friendly_name"]] if access_list else [],
            "credential_lists": list(trunk["authentication"]["credentials"]),
            "phone_numbers": [
                to_e164(entry["number"], country)
                for entry in office.description["voice_numbers"]
                if entry["trunk"] == trunk["name"]
            ],
        },
    }


def _access_list(office: Office, trunk: Mapping[str, Any]) -> dict[str, Any] | None:
    addresses = trunk["authentication"]["addresses"]
    if addresses == "auto":
        named: dict[str, str] = {}
        for host in office.hosts:
            named[host.public_address] = (
                f"{named[host.public_address]}, {host.name}" if host.public_address in named else host.name
            )
        entries = [{"ip_address": address, "friendly_name": name[:255]} for address, name in named.items()]
    else:
        entries = [{"ip_address": address, "friendly_name": address} for address in addresses]
    if not entries:
        return None
    return {
        "friendly_name": trunk["name"],
        "ip_addresses": entries,
        "allow_private": office.description["voice_allow_private_addresses"],
    }


def _origination_urls(office: Office, trunk: Mapping[str, Any]) -> list[dict[str, Any]]:
    if trunk["origination"] == "auto":
        return [
            {
                "friendly_name": host.name[:64],
                "sip_url": sip_url(host, trunk["transport"]),
                "priority": 10 * place,
                "weight": 10,
                "enabled": True,
            }
            for place, host in enumerate(office.hosts, start=1)
        ]
    return [
        {
            **entry,
            "friendly_name": entry["friendly_name"] or entry["sip_url"][:64],
        }
        for entry in written_origination(trunk["origination"], "", [])
        if entry is not None
    ]
