# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of the destinations by themselves: names, members, keys, numbers outside. Private to the collection."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .. import dialplan, numbers
from ..account_checks import unknown
from ..errors import VoiceError
from ..number_checks import caller_id_problem
from . import targets
from .site import Entry, Site
from .target_checks import few, known

_NAME = re.compile("[a-z0-9-]{1,40}")
_KEYS = "0123456789*#"


def destination_problems(site: Site) -> Iterator[str]:
    """Check the destinations of all kinds."""
    extensions = known(site)["extension"]
    for kind in targets.LISTS:
        yield from _names(site, kind)
        for path, entry in site.destinations(kind):
            if "members" in entry:
                yield from _members(path, entry, extensions)
    for path, menu in site.destinations("menu"):
        yield from _keys(path, menu, extensions)
    for kind in ("menu", "announcement"):
        for path, entry in site.destinations(kind):
            if entry["prompt"] == "":
                yield f"{path}.prompt: it is empty: name a WAV file."
    for path, entry in site.destinations("external"):
        yield from _external(path, entry, site)


def _names(site: Site, kind: str) -> Iterator[str]:
    seen: dict[str, str] = {}
    for path, entry in site.destinations(kind):
        name = entry["name"]
        if name is None:
            continue
        if not _NAME.fullmatch(name):
            yield f"{path}.name: '{name}' is not a name: use 1 to 40 of a-z, 0-9 and hyphens."
        if seen.setdefault(name, path) != path:
            yield f"{path}.name: '{name}' is the name of {seen[name]} too: give each its own."


def _members(path: str, entry: Entry, extensions: list[str]) -> Iterator[str]:
    members = entry["members"]
    if not members:
        yield f'{path}.members: it is empty: name at least one extension, such as ["101"].'
    for place, member in enumerate(members):
        if member is None:
            continue
        if member not in extensions:
            yield f"{path}.members[{place}]: {unknown(member, 'an extension', 'voice_extensions', extensions)}"
        elif member in members[:place]:
            yield f"{path}.members[{place}]: '{member}' is there twice: remove one."


def _keys(path: str, menu: Entry, extensions: list[str]) -> Iterator[str]:
    keys = menu["keys"]
    if not keys:
        yield f'{path}.keys: it is empty: name at least one key, such as {{"1": {{extension: "101"}}}}.'
    for key in keys:
        if len(key) != 1 or key not in _KEYS:
            yield f"{path}.keys: '{key}' is not a key of a telephone: use 0 to 9, * or #."
    if menu["dial_extensions"]:
        for key in sorted(keys):
            clashing = [extension for extension in extensions if key and extension.startswith(key)]
            if clashing:
                yield (
                    f"{path}.keys.{key}: dial_extensions is true, and extension {few(clashing)} begins with "
                    f"this key: use another key, such as {_free(keys, extensions)}, or write dial_extensions: false."
                )


def _free(keys: Entry, extensions: list[str]) -> str:
    free = [key for key in _KEYS if key not in keys and not any(each.startswith(key) for each in extensions)]
    return free[0] if free else "none that is left"


def _external(path: str, entry: Entry, site: Site) -> Iterator[str]:
    if entry["caller_id"] is not None and (problem := caller_id_problem(entry["caller_id"], site.country, site.owned)):
        yield f"{path}.caller_id: {problem}"
    written = entry["number"]
    if written is None:
        return
    path = f"{path}.number"
    if written in site.emergency:
        yield f"{path}: '{written}' is an emergency number, which no description may call: use another number."
        return
    try:
        number = numbers.to_e164(written, site.country)
    except VoiceError as error:
        yield f"{path}: {error}"
        return
    if number in site.owned:
        yield (
            f"{path}: '{written}' is in voice_numbers, so the call would come back: name the destination of that "
            "number instead."
        )
        return
    policy = site.values["voice_dialplan"]
    refused = None in policy["allow"] or None in policy["countries"]
    if site.country is None or refused or dialplan.policy_problems(site.country, policy):
        return  # reported where the policy is checked
    rules = site.rules({"allow": policy["allow"], "countries": policy["countries"]})
    rule = dialplan.first_match(number, rules)
    if rule is None or rule["action"] != "allow":
        what = f", being {rule['class']} of {rule['country']}" if rule else ""
        yield (
            f"{path}: '{written}' is not allowed by voice_dialplan{what}: add its class to voice_dialplan.allow, or "
            "its country to voice_dialplan.countries, or use another number."
        )
