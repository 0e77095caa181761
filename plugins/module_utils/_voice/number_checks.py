# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of ``voice_numbers``, ``voice_extensions`` and ``voice_dialplan``. Private to the collection.

Each check returns sentences that begin with the path of the variable, name the value and end with the remedy. No
sentence holds a secret.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

from . import countries, dialplan, numbers
from .account_checks import name_problem, names, unknown
from .errors import UnknownCountryError, VoiceError
from .office import Office
from .passwords import REMEDY, secret_problem
from .trunk_checks import LONGEST_NAME


def country_of_office(office: Office) -> str | None:
    """Return the country by which numbers are read, or None if the description has no usable one."""
    try:
        return countries.check_country(office.description["voice_country"])
    except UnknownCountryError:
        return None


def numbers_of_office(office: Office) -> dict[str, int]:
    """Return the numbers of an office in E.164, each with its place in ``voice_numbers``; unusable ones are left
    out."""
    found: dict[str, int] = {}
    for place, entry in enumerate(office.description["voice_numbers"]):
        number = _e164(entry["number"], office) if entry is not None else None
        if number is not None:
            found.setdefault(number, place)
    return found


def _e164(number: str | None, office: Office) -> str | None:
    if number is None:
        return None
    try:
        return numbers.to_e164(number, country_of_office(office))
    except VoiceError:
        return None


def number_problems(office: Office) -> Iterator[str]:
    """Check the number inventory: numbers, their trunks, who answers for them."""
    trunks = [trunk["name"] for trunk in office.description["voice_trunks"] if trunk is not None and trunk["name"]]
    country = country_of_office(office)
    seen: dict[str, int] = {}
    for place, entry in enumerate(office.description["voice_numbers"]):
        if entry is None:
            continue
        path = f"voice_numbers[{place}]"
        if entry["number"] is not None:
            try:
                number = numbers.to_e164(entry["number"], country)
            except VoiceError as error:
                yield f"{path}.number: {error}"
            else:
                if seen.setdefault(number, place) != place:
                    yield f"{path}.number: '{entry['number']}' is voice_numbers[{seen[number]}] too: remove one."
        if entry["trunk"] is not None and entry["trunk"] not in trunks:
            yield f"{path}.trunk: '{entry['trunk']}' is not a trunk: {_known('voice_trunks', trunks)}"
        for key in ("owner", "purpose"):
            if entry[key] is not None and not entry[key].strip():
                yield f"{path}.{key}: it is empty: a number that nobody answers for gets lost, so write it."


def account_side_problems(office: Office) -> Iterator[str]:
    """Check what the account holds of the numbers beside their trunks."""
    for place, entry in enumerate(office.description["voice_numbers"]):
        if entry is not None:
            yield from _account_side_problems(f"voice_numbers[{place}]", entry, office)


def _account_side_problems(path: str, entry: Mapping[str, Any], office: Office) -> Iterator[str]:
    if entry["name"] is not None and (problem := name_problem(entry["name"], LONGEST_NAME)):
        yield f"{path}.name: {problem}"
    described = {each["name"]: each for each in office.description["voice_addresses"] or [] if each is not None}
    known = names(office.description["voice_addresses"])
    for key in ("address", "emergency_address"):
        if entry[key] and entry[key] not in known:
            yield f"{path}.{key}: {unknown(entry[key], 'an address', 'voice_addresses', known)}"
    address = described.get(entry["emergency_address"] or "")
    if address is None:
        return
    if not address["emergency"]:
        yield (
            f"{path}.emergency_address: '{address['name']}' is not for emergency calls: write emergency: true at the "
            "address, or use another."
        )
    number = _e164(entry["number"], office)
    if number is None or address["country"] is None:
        return
    possible = numbers.countries_of(number)
    if address["country"] not in possible:
        yield (
            f"{path}.emergency_address: '{address['name']}' is in {address['country']}, but {number} is a number of "
            f"{', '.join(possible)}: use an address in the country of the number."
        )


def _known(variable: str, names: list[str]) -> str:
    return f"{variable} has {', '.join(dict.fromkeys(names))}." if names else f"{variable} is empty, add it there."


def extension_problems(office: Office) -> Iterator[str]:
    """Check the telephones: secrets, caller IDs."""
    country, owned = country_of_office(office), numbers_of_office(office)
    secrets: dict[str, int] = {}
    for place, entry in enumerate(office.description["voice_extensions"]):
        if entry is None:
            continue
        path = f"voice_extensions[{place}]"
        yield from _secret_problems(path, entry, secrets, place)
        for key in ("caller_id", "emergency_caller_id"):
            if entry[key] is not None and (problem := caller_id_problem(entry[key], country, owned)):
                yield f"{path}.{key}: {problem}"


def _secret_problems(path: str, entry: Mapping[str, Any], secrets: dict[str, int], place: int) -> Iterator[str]:
    secret = entry["secret"]
    if secret is None:
        return
    if problem := secret_problem(secret, (entry["extension"] or "", entry["name"] or "")):
        yield f"{path}.secret: {problem}"
    first = secrets.setdefault(secret, place)
    if first != place:
        yield f"{path}.secret: voice_extensions[{first}] has the same: {REMEDY} for each."


def caller_id_problem(caller_id: str, country: str | None, owned: Container[str]) -> str | None:
    """Return what is wrong with a caller ID, or None.

    Args:
        caller_id: as written.
        country: the country by which numbers are read.
        owned: the numbers of the office in E.164.
    """
    try:
        number = numbers.to_e164(caller_id, country)
    except VoiceError as error:
        return str(error)
    if number in owned:
        return None
    return (
        f"'{caller_id}' is not in voice_numbers: Twilio refuses caller IDs that are not the account's, so use one of "
        "these numbers or add it there."
    )


def dialplan_problems(office: Office) -> Iterator[str]:
    """Check the country and the outbound policy."""
    yield from dialplan.policy_problems(office.description["voice_country"], office.description["voice_dialplan"])
