# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The variables that matter to a PBX, with their defaults, read once for the plan and for the checks. Private."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .. import countries, dialplan, numbers
from .. import office as offices
from ..errors import UnknownCountryError, VoiceError
from ..office import Office
from ..schema import Options
from . import targets

#: Variables that only the account's side reads.
ACCOUNT_VARIABLES = (
    "voice_access_lists",
    "voice_credential_lists",
    "voice_addresses",
    "voice_dialing_permissions",
    "voice_public_address",
    "voice_allow_private_addresses",
    "voice_purge",
    "voice_fail_on_drift",
)
_ACCOUNT_PREFIX = "voice_twilio_"

Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Site:
    """What a PBX is told.

    Attributes:
        values: the ``voice_*`` variables with their defaults, None in the place of a list's entry that is not usable.
            The keys of menus are text, and their destinations are checked.
        country: the country by which numbers are read, or None if there is no usable one.
        problems: what is wrong with the form of the menus' keys.
    """

    values: Mapping[str, Any]
    country: str | None
    problems: tuple[str, ...] = ()
    _policies: dict[tuple[tuple[str, ...], tuple[str, ...]], list[dict[str, str]]] = field(default_factory=dict)

    def entries(self, variable: str) -> list[tuple[str, Entry]]:
        """Return the usable entries of a list, each with its path."""
        return [
            (f"{variable}[{place}]", entry)
            for place, entry in enumerate(self.values[variable] or [])
            if entry is not None
        ]

    def destinations(self, kind: str) -> list[tuple[str, Entry]]:
        """Return the usable destinations of a kind, each with its path."""
        listed = targets.LISTS[kind]
        return [
            (f"voice_destinations.{listed}[{place}]", entry)
            for place, entry in enumerate(self.values["voice_destinations"][listed])
            if entry is not None
        ]

    def e164(self, number: str | None) -> str | None:
        """Return a number in E.164, or None if it is none."""
        if number is None:
            return None
        try:
            return numbers.to_e164(number, self.country)
        except VoiceError:
            return None

    @functools.cached_property
    def owned(self) -> dict[str, tuple[str, Entry]]:
        """The numbers of the office in E.164, each with its path and entry; unusable ones are left out."""
        found: dict[str, tuple[str, Entry]] = {}
        for path, entry in self.entries("voice_numbers"):
            if number := self.e164(entry["number"]):
                found.setdefault(number, (path, entry))
        return found

    @functools.cached_property
    def ringing(self) -> dict[str, str]:
        """The first number that rings each extension."""
        found: dict[str, str] = {}
        for number, (__, entry) in self.owned.items():
            extension = (entry["destination"] or {}).get("extension")
            if extension is not None:
                found.setdefault(extension, number)
        return found

    @functools.cached_property
    def emergency(self) -> list[str]:
        """The emergency numbers: the country's, and those that the description adds."""
        own = [number for number in self.values["voice_dialplan"]["emergency"]["numbers"] if number is not None]
        known = countries.facts(self.country).emergency if self.country else ()
        return list(dict.fromkeys((*known, *own)))

    def policy_of(self, extension: Entry) -> dict[str, list[str]]:
        """Return the policy of an extension in the words of ``voice_dialplan``."""
        dialplan_ = self.values["voice_dialplan"]
        own = extension["allow"] is not None
        allow = list(extension["allow"] if own else dialplan_["allow"])
        if extension["countries"] is not None:
            return {"allow": allow, "countries": list(extension["countries"])}
        # Whoever may not call abroad has no use for the office's countries.
        wanted = not own or "international" in allow
        return {"allow": allow, "countries": list(dialplan_["countries"]) if wanted else []}

    def rules(self, policy: Mapping[str, list[str]]) -> list[dict[str, str]]:
        """Return the rules of a policy that has no problems."""
        key = (tuple(policy["allow"]), tuple(policy["countries"]))
        if key not in self._policies:
            built = dialplan.build(self.country or "", policy)
            self._policies[key] = built["rules"]
        return self._policies[key]


def of_office(office: Office, options: Options) -> Site:
    """Return what the PBXs of an office have in common; variables of the hosts have their defaults."""
    return _site(office.description, options)


def of_host(values: Mapping[str, Any], options: Options) -> tuple[Site, Office]:
    """Return what one PBX is told, from all its variables, and the office that it is by itself."""
    own = {
        name: option
        for name, option in options.items()
        if name not in ACCOUNT_VARIABLES and not name.startswith(_ACCOUNT_PREFIX)
    }
    (office,) = offices.group([{"name": "this host", **values}], own)
    return _site({**office.description, **office.hosts[0].settings}, options), office


def _site(description: Mapping[str, Any], options: Options) -> Site:
    problems: list[str] = []
    otherwise = options["voice_extensions"]["options"]["otherwise"]["options"]
    menus = []
    for place, menu in enumerate(description["voice_destinations"]["menus"]):
        path = f"voice_destinations.menus[{place}].keys"
        menus.append(
            None if menu is None else {**menu, "keys": targets.menu_keys(menu["keys"], otherwise, path, problems)}
        )
    destinations = {**description["voice_destinations"], "menus": menus}
    try:
        country: str | None = countries.check_country(description["voice_country"])
    except UnknownCountryError:
        country = None
    return Site({**description, "voice_destinations": destinations}, country, tuple(problems))
