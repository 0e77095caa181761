# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses: from options to the wanted state. Private to this collection.

Twilio lets several addresses bear the same name. Here a name means one address, and two of the same name are an error.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from ..catalog.addresses import ADDRESS, ADDRESS_FIELDS, ADDRESS_TO_CORRECT, DEPENDENT_NUMBER
from ..directory import ADDRESSES
from ..errors import InvalidInputError, RefusedError
from ..module import Outcome, Task
from ..plan import Node
from ..postal import alike
from ..resource import Record, Resource, same
from .named import check_identity, check_selection, find_named, select_named

NAME_LENGTH = 64  # Twilio's API reference, Address
EMERGENCY_NAME_LENGTH = 32  # likewise, of an address that is enabled for emergency calling
CUSTOMER_BYTES = 64  # likewise: "16 4-byte characters, or 21 3-byte characters"
NEEDED = ("customer_name", "street", "city", "address_region", "postal_code", "iso_country")
CORRECTED = (
    "street",
    "street_secondary",
    "city",
    "address_region",
    "postal_code",
)  # what Twilio's correction may rewrite
REGISTERED = ("customer_name", *CORRECTED, "emergency_enabled")  # what emergency services go by
SHOWN = 10  # how many numbers a message names

OPTIONS: dict[str, dict[str, Any]] = {
    "sid": {"type": "str"},
    **{name: {"type": "str"} for name in ADDRESS_FIELDS if name != "emergency_enabled"},
    "iso_country": {"type": "str"},
    "emergency_enabled": {"type": "bool"},
    "auto_correct_address": {"type": "bool", "default": False},
}


def validate_one(entry: Mapping[str, Any], prefix: str = "") -> None:
    """Judge the options of one address.

    Args:
        entry: its options.
        prefix: what precedes every option's name in errors, such as ``addresses[2].``.
    """
    longest = EMERGENCY_NAME_LENGTH if entry["emergency_enabled"] else NAME_LENGTH
    check_identity(ADDRESSES, entry, longest, prefix)
    for name in (*NEEDED, "street_secondary"):
        value = entry[name]
        if value is not None and not value.strip() and name != "street_secondary":
            raise InvalidInputError(f"{prefix}{name}", value, "is empty; Twilio needs it in every address.")
        if value is not None and not value.isprintable():
            raise InvalidInputError(f"{prefix}{name}", value, "has a line end or another control character.")
    customer = entry["customer_name"] or ""
    if len(customer.encode()) > CUSTOMER_BYTES:
        raise InvalidInputError(
            f"{prefix}customer_name",
            customer,
            f"has {len(customer.encode())} bytes in UTF-8; Twilio takes at most {CUSTOMER_BYTES}.",
        )
    country = entry["iso_country"]
    if country is not None and not re.fullmatch("[A-Z]{2}", country):
        raise InvalidInputError(
            f"{prefix}iso_country", country, "is not an ISO 3166 code of two capital letters, such as US or GB."
        )


def current(task: Task, entry: Mapping[str, Any], prefix: str = "") -> Record | None:
    """Return the address that the options identify, None if there is none.

    Raises:
        InvalidInputError: it is in another country than the options say, which cannot be changed.
    """
    found = find_named(task, ADDRESSES, entry, prefix)
    country = entry["iso_country"]
    if found is not None and entry["state"] == "present" and country not in (None, found["iso_country"]):
        raise InvalidInputError(
            f"{prefix}iso_country",
            country,
            f"is not the country of the address {found['friendly_name']!r} ({found['sid']}), which is in "
            f"{found['iso_country']}, and Twilio lets nobody change it. Describe a new address with another "
            "friendly_name, give it to the numbers, and then delete this one.",
        )
    return found


def needs(entry: Mapping[str, Any], current: Mapping[str, Any] | None) -> list[tuple[Resource, str]]:
    """Return the lists that :func:`check_unused` will ask for, with the SID of what they belong to."""
    return [(DEPENDENT_NUMBER, str(current["sid"]))] if current is not None and entry["state"] == "absent" else []


def node(
    task: Task, entry: Mapping[str, Any], current: Mapping[str, Any] | None, prefix: str = "", key: str = ""
) -> Node:
    """Return the address as it should be.

    Raises:
        InvalidInputError: it does not exist yet, and what Twilio needs is missing.
    """
    if entry["state"] == "absent":
        return Node(ADDRESS, current, None, key=key)
    missing = [name for name in NEEDED if entry[name] is None]
    if current is None and missing:
        others = f" (and so are {', '.join(missing[1:])})" if missing[1:] else ""
        raise InvalidInputError(
            f"{prefix}{missing[0]}",
            None,
            f"is missing{others}, and there is no address {entry['friendly_name']!r} yet; a new one needs it.",
        )
    desired = {name: entry[name] for name in (*ADDRESS_FIELDS, "iso_country") if entry[name] is not None}
    if current is not None and entry["auto_correct_address"]:
        # What Twilio made of it stands, as long as it means the same.
        for name in CORRECTED:
            if name in desired and alike(name, desired[name], current[name], str(current["iso_country"])):
                desired[name] = current[name]
    if current is not None:
        _check_unregistered(task, desired, current, prefix)
    return Node(
        ADDRESS_TO_CORRECT if entry["auto_correct_address"] else ADDRESS,
        current,
        desired,
        match={"friendly_name": entry["friendly_name"]},
        derived={"account_sid": task.params["account_sid"], "validated": None, "verified": None},
        key=key,
    )


def _check_unregistered(task: Task, desired: Mapping[str, Any], current: Mapping[str, Any], prefix: str) -> None:
    """Refuse to change what emergency services are told of numbers.

    Twilio's guide wants an address unregistered from all numbers before it is changed, and registered again afterwards.

    Raises:
        InvalidInputError: naming the first option that differs, and the numbers.
    """
    changed = next((name for name in REGISTERED if not same(desired.get(name, current[name]), current[name])), None)
    if changed is None or not current["emergency_enabled"]:
        return
    sid = str(current["sid"])
    members = task.directory.members(DEPENDENT_NUMBER, sid)
    using = sorted(str(number["phone_number"]) for number in members if number["emergency_address_sid"] == sid)
    if using:
        raise InvalidInputError(
            f"{prefix}{changed}",
            desired[changed],
            f"cannot replace {current[changed]!r}: the address {current['friendly_name']!r} ({sid}) is registered for "
            f"emergency calls from {_named(using)}. Describe a new address with another friendly_name, and give it to "
            "the numbers as emergency_address; Twilio then registers it in place of this one.",
        )


def _named(numbers: Sequence[str]) -> str:
    """Return numbers as a message names them."""
    more = f" and {len(numbers) - SHOWN} more" if len(numbers) > SHOWN else ""
    return ", ".join(numbers[:SHOWN]) + more


def check_unused(task: Task, current: Mapping[str, Any], leaving: Collection[str] = (), prefix: str = "") -> None:
    """Refuse to delete an address that numbers use.

    Args:
        task: the task.
        current: the address.
        leaving: numbers in E.164 that the same task takes off the address.
        prefix: what precedes an option's name in errors.

    Raises:
        RefusedError: naming the numbers.
    """
    using = [str(number["phone_number"]) for number in task.directory.members(DEPENDENT_NUMBER, str(current["sid"]))]
    using = sorted(set(using) - set(leaving))
    if using:
        raise RefusedError(
            f"{prefix}state: the address {current['friendly_name']!r} ({current['sid']}) is used by "
            f"{_named(using)}. First give these numbers another address, or none, with "
            "dialtone.voice.twilio_phone_number; if it is their emergency address, wait until they are unregistered."
        )


def corrections(entry: Mapping[str, Any], after: Mapping[str, Any] | None, prefix: str = "") -> list[str]:
    """Return a sentence for each field that Twilio has corrected to something that does not mean the same."""
    if after is None or entry["state"] == "absent" or not entry["auto_correct_address"]:
        return []
    return [
        f"{prefix}{name}: Twilio has corrected {entry[name]!r} to {after[name]!r}. Write it so in the description, or "
        "every run sends yours again."
        for name in CORRECTED
        if entry[name] is not None and not alike(name, entry[name], after[name], str(after["iso_country"]))
    ]


def validate(params: Mapping[str, Any]) -> None:
    """Judge the options of an address before the first request."""
    validate_one(params)


def ensure(task: Task) -> Outcome:
    """Bring an address into the wanted state."""
    found = current(task, task.params)
    if found is not None and task.params["state"] == "absent":
        check_unused(task, found)
    outcome = task.converge(node(task, task.params, found))
    task.warnings.extend(corrections(task.params, outcome.after))
    outcome.results["address"] = outcome.after
    return outcome


def inform_validate(params: Mapping[str, Any]) -> None:
    """Judge the options that select addresses."""
    check_selection(ADDRESSES, params)


def inform(task: Task) -> Outcome:
    """Return the selected addresses, with the numbers that use them if they are wanted."""
    records = select_named(task, ADDRESSES)
    if task.params["include_phone_numbers"]:
        members = task.directory.prefetch([(DEPENDENT_NUMBER, str(record["sid"])) for record in records])
        for record, numbers in zip(records, members):
            record["phone_numbers"] = sorted(str(number["phone_number"]) for number in numbers)
    return Outcome(results={"addresses": records})
