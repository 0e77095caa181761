# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that keeps a PBX from following the description, a sentence each. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .. import edges
from ..number_checks import dialplan_problems, extension_problems, number_problems
from ..office import Office
from ..schema import Options
from .site import Site, of_host, of_office
from .target_checks import target_problems


def host_problems(values: Mapping[str, Any], options: Options) -> list[str]:
    """Return what is wrong with the description of one PBX, but for what only the account's side reads."""
    site, office = of_host(values, options)
    found = [*office.problems, *office.hosts[0].problems]
    found += edges.override_problems(site.values["voice_carrier_networks"])
    found += number_problems(office)
    found += extension_problems(office)
    found += dialplan_problems(office)
    found += site_problems(site)
    return list(dict.fromkeys(found))


def office_problems(office: Office, options: Options) -> Iterator[str]:
    """Yield what is wrong with the calls of an office; its trunks, numbers and policy are judged apart."""
    yield from site_problems(of_office(office, options))


def site_problems(site: Site) -> Iterator[str]:
    """Yield what is wrong with what the PBXs of an office have in common."""
    yield from site.problems
    yield from target_problems(site)
