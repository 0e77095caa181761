# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emergency address of a number, which Twilio registers after a while. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..._voice.errors import MissingLibraryError, load_library
from ..catalog.numbers import EMERGENCY, PHONE_NUMBER
from ..directory import ADDRESSES
from ..errors import ApplyFailedError, InvalidInputError, TwilioError, UnsettledError
from ..module import Task
from ..plan import Ref
from ..resource import Record

STATUS = "emergency_address_status"
REGISTERED, UNREGISTERED = "registered", "unregistered"
REGISTERING, UNREGISTERING = "pending-registration", "pending-unregistration"
KEPT = "unregistration-failure"
# Without an address, as good as unregistered.
NONE = ("", UNREGISTERED, "registration-failure")


def wanted_address(entry: Mapping[str, Any]) -> str | None:
    """Return the address that is asked for, empty for none, None if that is left as it is."""
    chosen = entry["emergency_address"]
    wanted: str | None = entry["emergency_address_sid"] if chosen is None else chosen
    return wanted


def emergency(
    task: Task, entry: Mapping[str, Any], current: Mapping[str, Any] | None, prefix: str
) -> tuple[Record, Record, Sequence[str]]:
    """Return what to send for the emergency address, what follows from it, and what to send even if it is so already.

    Raises:
        InvalidInputError: the address cannot be that of this number.
    """
    wanted = wanted_address(entry) or ""
    held = str((current or {}).get("emergency_address_sid") or "")
    status = str((current or {}).get(STATUS) or "")
    if not wanted:
        if current is None or status == UNREGISTERING or (not held and status in NONE):
            return {}, {}, ()
        return {"emergency_address_sid": ""}, {STATUS: UNREGISTERED}, ("emergency_address_sid",)
    sid = _address(task, entry, wanted, current, prefix)
    if sid == held and status in ("", REGISTERED, REGISTERING):
        return {}, {}, ()
    return {"emergency_address_sid": sid}, {STATUS: REGISTERED}, ("emergency_address_sid",)


def replacing(current: Mapping[str, Any] | None, registration: Mapping[str, Any]) -> Record:
    """Return what has to be so on a number before what ``registration`` says can be sent.

    Twilio's guide to emergency calling wants an address taken off, and unregistered, before the number gets another.
    """
    if current is None or not registration.get("emergency_address_sid"):
        return {}
    other = registration["emergency_address_sid"] != current["emergency_address_sid"]
    registered = bool(current["emergency_address_sid"]) and current[STATUS] in (REGISTERED, REGISTERING, KEPT)
    return clearing(current) if current[STATUS] == UNREGISTERING or (other and registered) else {}


def clearing(current: Mapping[str, Any]) -> Record:
    """Return what has to be so on a number before it can be released."""
    if current[STATUS] == UNREGISTERING:
        return {"phone_number": current["phone_number"]}  # nothing to send, only to wait for
    if current["emergency_address_sid"] or current[STATUS] not in NONE:
        return {"emergency_address_sid": ""}
    return {}


def await_emergency(
    task: Task,
    entries: Sequence[Mapping[str, Any]],
    afters: Sequence[Record | None],
    changes: Sequence[Mapping[str, Any]],
    patience: float,
) -> None:
    """Wait for the registrations that the entries ask for, and bring the numbers up to date.

    In check mode they are foretold instead.

    Args:
        task: access to Twilio.
        entries: the options of each number.
        afters: each number after the changes, None for one that is gone; these records are changed.
        changes: what was made, for the report if the waiting fails.
        patience: seconds to wait in all.

    Raises:
        TwilioError: a registration failed, or is not over in time.
    """
    waiting = [
        (record, bool(wanted_address(entry)))
        for entry, record in zip(entries, afters)
        if record is not None and wanted_address(entry) is not None and _open(record)
    ]
    if task.check_mode:
        for record, registered in waiting:
            record[STATUS] = REGISTERED if registered else UNREGISTERED
            record["emergency_address_sid"] = record["emergency_address_sid"] if registered else ""
        return
    if not waiting:
        return
    try:
        settled = task.api.settle(PHONE_NUMBER, [str(record["sid"]) for record, __ in waiting], patience)
        for record, registered in waiting:
            record.update(settled[str(record["sid"])])
            if record[STATUS] != (REGISTERED if registered else UNREGISTERED):
                remedy = "Something else has changed it in the meantime: run the task again."
                raise UnsettledError(PHONE_NUMBER.label, str(record["phone_number"]), str(record[STATUS]), remedy)
    except TwilioError as error:
        if not changes:
            raise
        asked = [change for change in changes if "emergency_address_sid" in change["fields"]] or [*changes]
        failed = next((change for change in asked if str(change["name"]) in str(error)), asked[-1])
        raise ApplyFailedError(error, dict(failed), [*map(dict, changes)], []) from error


def _open(record: Mapping[str, Any]) -> bool:
    """Return whether a registration is under way or has failed, be it at once."""
    if record[STATUS] in NONE and not record["emergency_address_sid"]:
        return False
    return EMERGENCY.unsettled(record) or record[STATUS] in EMERGENCY.failed


def _address(
    task: Task, entry: Mapping[str, Any], wanted: str, current: Mapping[str, Any] | None, prefix: str
) -> str | Ref:
    """Return the SID of the address, after a look at whether it can be this number's."""
    held = (current or {}).get("emergency_address_sid")
    if wanted == held:
        return wanted
    option = f"{prefix}emergency_address" + ("" if entry["emergency_address"] is not None else "_sid")
    found = task.directory.find(ADDRESSES, [wanted])[wanted]
    if found is None:
        return task.directory.insist(ADDRESSES, option, wanted)
    if isinstance(found, Ref):
        return found
    sid = str(found["sid"])
    if sid == held:
        return sid
    if found["emergency_enabled"] is False:
        raise InvalidInputError(
            option, wanted, "is not enabled for emergency calling; set emergency_enabled on it with twilio_address."
        )
    country = country_of(str((current or entry)["phone_number"]))
    if country and found["iso_country"] and found["iso_country"] != country:
        raise InvalidInputError(
            option, wanted, f"is in {found['iso_country']}, and the number in {country}; give an address there."
        )
    return sid


def country_of(number: str) -> str | None:
    """Return the ISO code of a number's country, None if it has none (toll-free) or nobody here can tell."""
    try:
        library = load_library("phonenumbers")
    except MissingLibraryError:
        return None
    try:
        parsed = library.parse(number)
    except library.NumberParseException:
        return None
    if library.number_type(parsed) == library.PhoneNumberType.TOLL_FREE:
        return None
    country: str | None = library.region_code_for_number(parsed)
    return country
