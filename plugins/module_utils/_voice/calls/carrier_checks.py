# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of what calls out need: trunks, credentials, policies of extensions, emergency calls. Private."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from .. import dialplan
from ..account_checks import names, unknown
from . import codecs, extensions, trunks
from .site import Site
from .target_checks import few

#: Countries in which Twilio registers addresses for emergency calls (twilio.com/docs/sip-trunking/emergency-calling).
ADDRESS_COUNTRIES = ("US", "CA", "GB")

_CREDENTIAL = ("username", "password")
_PRINTABLE = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")
_PROGRAM = re.compile(r"(?:/[A-Za-z0-9._+-]+)+")
_REALM = re.compile("[A-Za-z0-9._-]{1,64}")


def carrier_problems(site: Site) -> Iterator[str]:
    """Check what calls out need."""
    yield from _slugs(site)
    yield from _credentials(site)
    yield from _ways_out(site)
    yield from _policies(site)
    yield from _emergency(site)
    yield from _media(site)


def _slugs(site: Site) -> Iterator[str]:
    seen: dict[str, str] = {}
    destinations = [entry["destination"] or {} for __, entry in site.entries("voice_numbers")]
    if not site.entries("voice_extensions") and all(each.get("unassigned") for each in destinations):
        return  # No PBX has anything to do with them, only the account.
    for path, trunk in site.entries("voice_trunks"):
        if trunk["name"] is None:
            continue
        first = seen.setdefault(trunks.slug(trunk["name"]), trunk["name"])
        if first != trunk["name"]:
            yield (
                f"{path}.name: '{trunk['name']}' differs from '{first}' in punctuation only, which a PBX's files "
                "cannot tell apart: rename one."
            )


def _credentials(site: Site) -> Iterator[str]:
    given = site.values["voice_trunk_credentials"]
    entries = [trunk for __, trunk in site.entries("voice_trunks")]
    calls_out = bool(site.entries("voice_extensions") or site.destinations("external"))
    for name, value in given.items():
        path = f"voice_trunk_credentials.{name}"
        if name not in names(entries):
            yield f"{path}: {unknown(str(name), 'a trunk', 'voice_trunks', names(entries))}"
        yield from _credential(path, value)
    for path, trunk in site.entries("voice_trunks"):
        name, needed = trunk["name"], trunk["authentication"]["credentials"]
        if needed and trunks.goes_out(trunk) and calls_out and name is not None and name not in given:
            yield (
                f"voice_trunk_credentials: nothing for '{name}', but {path} has credential lists, and the carrier "
                "refuses every call without: add a username and a password of one of them, in a vault."
            )


def _credential(path: str, value: Any) -> Iterator[str]:
    if not isinstance(value, Mapping):
        yield f"{path}: it is not a dictionary: write username and password."
        return
    for key in value:
        if key not in _CREDENTIAL:
            yield f"{path}.{key}: no such option: Known are {', '.join(_CREDENTIAL)}."
    for key in _CREDENTIAL:
        text = value.get(key)
        if text is None:
            yield f"{path}.{key}: it is missing: set it."
        elif "{{" in str(text):
            yield f"{path}.{key}: a variable in it is not defined: define it, or open the vault that has it."
        elif not isinstance(text, str) or not _PRINTABLE.fullmatch(text):
            yield (
                f"{path}.{key}: it is no text in quotes, is empty, begins or ends with a space, or has line breaks or "
                "letters outside ASCII: use printable ASCII characters."
            )


def _ways_out(site: Site) -> Iterator[str]:
    if trunks.outbound(site) or not site.entries("voice_trunks"):
        return
    remedy = "write direction: both or outbound for one of voice_trunks"
    policies = [site.policy_of(entry)["allow"] for __, entry in site.entries("voice_extensions")]
    if any(policies):
        what = "extensions may call outside, but all trunks are inbound"
        yield f"voice_dialplan.allow: {what}: {remedy}, or allow nothing."
    for path, __ in site.destinations("external"):
        yield f"{path}: it is outside, but all trunks are inbound: {remedy}."


def _policies(site: Site) -> Iterator[str]:
    for path, entry in site.entries("voice_extensions"):
        if entry["allow"] is not None or entry["countries"] is not None:
            for problem in dialplan.policy_problems(site.country, site.policy_of(entry)):
                yield problem.replace("voice_dialplan", path)


def _emergency(site: Site) -> Iterator[str]:
    emergency: Mapping[str, Any] = site.values["voice_dialplan"]["emergency"]
    command = emergency["notify_command"]
    if command is not None and not _PROGRAM.fullmatch(command):
        yield (
            f"voice_dialplan.emergency.notify_command: '{command}' is not the absolute path of a program: write one "
            "such as /usr/local/bin/tell-reception, without arguments."
        )
    if site.country not in ADDRESS_COUNTRIES or not emergency["address_required"]:
        return
    lift = "write voice_dialplan.emergency.address_required: false only if the addresses are kept elsewhere."
    asking: dict[str, list[str]] = {}
    for __, entry in site.entries("voice_extensions"):
        if entry["extension"] is not None:
            asking.setdefault(extensions.emergency_caller_id(site, entry), []).append(entry["extension"])
    ways = [trunk["name"] for trunk in trunks.outbound(site)]
    for number, waiting in asking.items():
        who = f"emergency calls of extension {few(waiting)}"
        if number not in site.owned:
            yield (
                f"voice_extensions: {who} have no number of voice_numbers to show: set an emergency_caller_id whose "
                f"number has an emergency_address; {lift}"
            )
            continue
        path, entry = site.owned[number]
        if not entry["emergency_address"]:
            yield (
                f"{path}.emergency_address: {who} show {number}, which has no emergency address, so nobody knows where "
                f"to send help: name one of voice_addresses with emergency: true; {lift}"
            )
        if entry["trunk"] is not None and entry["trunk"] not in ways:
            yield (
                f"{path}.trunk: {who} show {number}, but no call goes out by '{entry['trunk']}': use a trunk with "
                f"direction: both, or another emergency_caller_id; {lift}"
            )


def _media(site: Site) -> Iterator[str]:
    wanted = [codec for codec in site.values["voice_codecs"] if codec is not None]
    if wanted and not set(wanted) & set(codecs.CARRIER):
        yield "voice_codecs: neither ulaw nor alaw is in it: the carrier takes no other, so add one."
    for place, codec in enumerate(wanted):
        if codec in wanted[:place]:
            yield f"voice_codecs[{place}]: '{codec}' is there twice: remove one."
    realm = site.values["voice_sip_realm"]
    if not _REALM.fullmatch(realm):
        yield f"voice_sip_realm: '{realm}' is not a realm: use 1 to 64 of letters, digits, dots, hyphens, underscores."
