# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that keeps a PBX from following the description, a sentence each. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .. import edges
from ..ground import ground_problems
from ..number_checks import dialplan_problems, extension_problems, number_problems
from ..office import Host, Office
from ..schema import Options
from ..trunk_checks import trunk_form_problems
from .carrier_checks import carrier_problems
from .circle_checks import circle_problems
from .destination_checks import destination_problems
from .host_checks import host_settings_problems
from .mailbox_checks import mailbox_problems, recording_problems
from .numbering_checks import numbering_problems
from .ranges import range_problems
from .schedule_checks import schedule_problems
from .site import Site, of_host, of_office
from .target_checks import target_problems

_CHECKS = (
    numbering_problems,
    target_problems,
    destination_problems,
    schedule_problems,
    circle_problems,
    mailbox_problems,
    recording_problems,
    range_problems,
    carrier_problems,
)


def host_problems(values: Mapping[str, Any], options: Options) -> list[str]:
    """Return what is wrong with the description of one PBX, but for what only the account's side reads."""
    site, office = of_host(values, options)
    found = [*office.problems, *_of_host(office.hosts[0], office)]
    if not site.values["voice_trunks"]:
        found.append("voice_trunks: it is empty: describe at least one trunk.")
    found += edges.override_problems(site.values["voice_carrier_networks"])
    found += trunk_form_problems(office)
    found += number_problems(office)
    found += extension_problems(office)
    found += dialplan_problems(office)
    found += _of_site(site)
    return list(dict.fromkeys(found))


def office_problems(office: Office, options: Options) -> Iterator[str]:
    """Yield what is wrong with the calls of an office, and with what its PBXs have of their own.

    Trunks, numbers, secrets and the office's policy are judged apart.
    """
    yield from _of_site(of_office(office, options))
    extensions = bool(office.description["voice_extensions"])
    by_host = {
        host.name: [*_of_host(host, office), *ground_problems(host.settings, extensions)] for host in office.hosts
    }
    for problem in dict.fromkeys(problem for found in by_host.values() for problem in found):
        having = [name for name, found in by_host.items() if problem in found]
        path, colon, rest = problem.partition(": ")
        # What all of them have is written in their group, where the path says enough.
        yield problem if len(having) == len(by_host) else f"{path} of {', '.join(having)}{colon}{rest}"


def _of_site(site: Site) -> Iterator[str]:
    yield from site.problems
    for check in _CHECKS:
        yield from check(site)


def _of_host(host: Host, office: Office) -> Iterator[str]:
    yield from host.problems
    yield from host_settings_problems(host.settings, office.description["voice_dialplan"]["limits"])
