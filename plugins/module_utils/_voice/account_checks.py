# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of what an office describes of its account: lists, addresses, dialling permissions. Private to the collection.

Each check returns sentences that begin with the path of the variable, name the value and end with the remedy. No
sentence holds a password.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from . import countries, schema
from .errors import UnknownCountryError
from .office import Office
from .trunk_checks import LONGEST_LIST_NAME, LONGEST_NAME, MOST_ADDRESSES, address_problems

# Twilio's limits: SIP CredentialList and Credential resources (https://www.twilio.com/docs/voice/sip).
LONGEST_USERNAME = 32
MOST_CREDENTIALS = 1000
LEAST_PASSWORD = 12
# API reference, Address: names of emergency addresses, and of customers.
LONGEST_EMERGENCY_NAME = 32
MOST_CUSTOMER_BYTES = 64

PERMISSIONS = ("low_risk", "high_risk_special", "high_risk_tollfraud")
_PERMISSION_OPTIONS: schema.Options = {name: {"type": "list", "elements": "str", "default": []} for name in PERMISSIONS}
_ADDRESS_OPTIONS: schema.Options = {"address": {"type": "str", "required": True}, "name": {"type": "str"}}
#: Fields of an address that Twilio wants.
_ADDRESS_FIELDS = ("customer_name", "street", "city", "region", "postal_code")


def account_problems(office: Office) -> Iterator[str]:
    """Check the account's own variables of an office."""
    yield from _access_lists(office)
    yield from _credential_lists(office)
    yield from _addresses(office)
    yield from _permissions(office)


def names(entries: Iterable[Mapping[str, Any] | None] | None) -> list[str]:
    """Return the names in a list of named objects."""
    return [entry["name"] for entry in entries or [] if entry is not None and entry["name"] is not None]


def unknown(name: str, what: str, variable: str, known: Sequence[str]) -> str:
    """Return the end of a sentence about a name that points nowhere."""
    close = difflib.get_close_matches(name, known, n=1)
    hint = f"did you mean '{close[0]}'? " if close else ""
    there = f"{variable} has {', '.join(dict.fromkeys(known))}." if known else f"{variable} is empty, add it there."
    return f"'{name}' is not {what}: {hint}{there}"


def name_problem(name: str, longest: int) -> str | None:
    """Return what is wrong with the name of an object in the account, or None."""
    if 1 <= len(name.strip()) == len(name) <= longest:
        return None
    return f"'{name}' is not a name: use 1 to {longest} characters, without spaces at the ends."


def _named(office: Office, variable: str, longest: int) -> Iterator[tuple[str, Mapping[str, Any], str]]:
    """Yield path, entry and problems of the name (empty for none) of each entry."""
    seen: dict[str, int] = {}
    for place, entry in enumerate(office.description[variable] or []):
        if entry is None:
            continue
        path, problem = f"{variable}[{place}]", ""
        if entry["name"] is not None:
            first = seen.setdefault(entry["name"], place)
            problem = name_problem(entry["name"], longest) or ""
            if first != place:
                problem = f"'{entry['name']}' is the name of {variable}[{first}] too: give each its own."
        yield path, entry, f"{path}.name: {problem}" if problem else ""


def _access_lists(office: Office) -> Iterator[str]:
    derived = {
        trunk["name"]: place
        for place, trunk in enumerate(office.description["voice_trunks"])
        if trunk is not None and trunk["name"] and derives_access_list(trunk)
    }
    for path, entry, problem in _named(office, "voice_access_lists", LONGEST_LIST_NAME):
        if problem:
            yield problem
        if entry["name"] in derived:
            yield (
                f"{path}.name: '{entry['name']}' is the list that voice_trunks[{derived[entry['name']]}] gets for its "
                "own addresses: use another name, or set the trunk's authentication.addresses to [] and name this "
                "list under access_lists."
            )
        problems: list[str] = []
        addresses = list_addresses(entry, f"{path}.addresses", problems)
        yield from problems
        if len(addresses) > MOST_ADDRESSES:
            count = f"{len(addresses)} entries, Twilio takes {MOST_ADDRESSES}"
            yield f"{path}.addresses: {count}: join neighbours to networks."
        written = [each["address"] for each in addresses if each is not None and each["address"] is not None]
        if len(written) == len(addresses):
            yield from address_problems(
                f"{path}.addresses", written, bool(office.description["voice_allow_private_addresses"])
            )
        for position, each in enumerate(addresses):
            if each and each["name"] is not None and (wrong := name_problem(each["name"], LONGEST_LIST_NAME)):
                yield f"{path}.addresses[{position}].name: {wrong}"


def derives_access_list(trunk: Mapping[str, Any]) -> bool:
    """Return whether a trunk gets an access list of its own name."""
    return trunk["direction"] != "inbound" and bool(trunk["authentication"]["addresses"])


def list_addresses(entry: Mapping[str, Any], path: str, problems: list[str]) -> list[dict[str, Any] | None]:
    """Return the addresses of an access list as dictionaries of ``address`` and ``name``; None for unusable ones."""
    found: list[dict[str, Any] | None] = []
    for place, value in enumerate(entry["addresses"]):
        if isinstance(value, str):
            found.append({"address": value, "name": None})
        elif isinstance(value, Mapping):
            found.append(schema.check(value, _ADDRESS_OPTIONS, f"{path}[{place}].", problems))
        else:
            problems.append(f"{path}[{place}]: '{value}' is neither text nor a dictionary: write 203.0.113.10 or "
                            "{address: 203.0.113.10, name: pbx1}.")  # fmt: skip
            found.append(None)
    return found


def _credential_lists(office: Office) -> Iterator[str]:
    for path, entry, problem in _named(office, "voice_credential_lists", LONGEST_NAME):
        if problem:
            yield problem
        if len(entry["credentials"]) > MOST_CREDENTIALS:
            count = f"{len(entry['credentials'])} users, Twilio takes {MOST_CREDENTIALS}"
            yield f"{path}.credentials: {count}: use two lists."
        seen: dict[str, int] = {}
        for place, credential in enumerate(entry["credentials"]):
            if credential is None:
                continue
            where, username = f"{path}.credentials[{place}]", credential["username"]
            if username is not None and not re.fullmatch(rf"[\x21-\x7e]{{1,{LONGEST_USERNAME}}}", username):
                yield (
                    f"{where}.username: '{username}' is not a user name: use 1 to {LONGEST_USERNAME} printable ASCII "
                    "characters without spaces."
                )
            if username is not None and seen.setdefault(username, place) != place:
                yield f"{where}.username: '{username}' is credentials[{seen[username]}] too: remove one."
            if credential["password"] and (wrong := password_problem(credential["password"])):
                yield f"{where}.password: {wrong}"
        if entry["update_password"] != "on_create" and any(  # noqa: S105
            credential is not None and not credential["password"] for credential in entry["credentials"]
        ):
            yield (
                f"{path}.update_password: it is always, but not every user has a password: set all of them, or write "
                "on_create."
            )


def password_problem(password: str) -> str | None:
    """Return what Twilio would refuse about a SIP password, without the password, or None."""
    if not re.fullmatch(r"[\x20-\x7e]+", password):
        return "it has control characters or letters outside ASCII: use at least 12 letters and digits."
    missing = [
        what
        for what, pattern in (("a digit", "[0-9]"), ("a capital letter", "[A-Z]"), ("a small letter", "[a-z]"))
        if not re.search(pattern, password)
    ]
    if len(password) < LEAST_PASSWORD:
        missing.insert(0, f"at least {LEAST_PASSWORD} characters")
    if not missing:
        return None
    return f"Twilio would refuse it, since it needs {', '.join(missing)}: use for example `openssl rand -base64 18`."


def _addresses(office: Office) -> Iterator[str]:
    for path, entry, problem in _named(office, "voice_addresses", LONGEST_NAME):
        if problem:
            yield problem
        for key in (*_ADDRESS_FIELDS, "street_secondary"):
            if entry[key] is not None and key in _ADDRESS_FIELDS and not entry[key].strip():
                yield f"{path}.{key}: it is empty: Twilio takes no address without it, so write it."
            elif entry[key] and not entry[key].isprintable():
                yield f"{path}.{key}: it has a line end or another control character: remove it."
        if entry["name"] and entry["emergency"] and len(entry["name"]) > LONGEST_EMERGENCY_NAME:
            yield (
                f"{path}.name: '{entry['name']}' is too long for an emergency address: use at most "
                f"{LONGEST_EMERGENCY_NAME} characters."
            )
        if entry["customer_name"] and len(entry["customer_name"].encode()) > MOST_CUSTOMER_BYTES:
            yield f"{path}.customer_name: it is longer than {MOST_CUSTOMER_BYTES} bytes: shorten it."
        if entry["country"] is not None and (wrong := _country_problem(entry["country"])):
            yield f"{path}.country: {wrong}"


def _country_problem(country: object) -> str | None:
    try:
        countries.check_country(country)
    except UnknownCountryError as error:
        return str(error)
    return None


def _permissions(office: Office) -> Iterator[str]:
    path = "voice_dialing_permissions"
    wanted = office.description[path]
    if wanted is None or wanted == "auto":
        return
    if not isinstance(wanted, Mapping):
        yield f"{path}: '{wanted}' is neither auto nor a dictionary: write auto, or {{low_risk: [US]}}."
        return
    problems: list[str] = []
    clean = schema.check(wanted, _PERMISSION_OPTIONS, f"{path}.", problems)
    yield from problems
    for name in PERMISSIONS:
        for place, country in enumerate(clean[name]):
            if country is None:
                continue
            # Twilio has permissions for a few territories that have no numbering plan of their own.
            plausible = re.fullmatch("[A-Z]{2}", country) and country != "UK"
            if not plausible and (wrong := _country_problem(country)):
                yield f"{path}.{name}[{place}]: {wrong}"
            elif country in clean[name][:place]:
                yield f"{path}.{name}[{place}]: '{country}' is there twice: remove one."
            elif name != "low_risk" and country not in clean["low_risk"]:
                yield (
                    f"{path}.{name}[{place}]: '{country}' is open for risky numbers, but not in low_risk: add it "
                    "there, or remove it here."
                )


def permissions(wanted: Any) -> dict[str, list[str]]:
    """Return written-out dialling permissions that were checked, with all kinds."""
    clean = schema.check(wanted, _PERMISSION_OPTIONS, "", [])
    return {name: sorted(clean[name]) for name in PERMISSIONS}
