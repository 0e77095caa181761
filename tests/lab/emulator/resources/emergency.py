# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emergency address of a number: set at once, registered later."""

from __future__ import annotations

from typing import Any

from lab.emulator.context import Context
from lab.emulator.errors import BAD_PARAMETER, ApiError
from lab.emulator.store import Record

_ENDS = {
    ("pending-registration", "success"): "registered",
    ("pending-registration", "failure"): "registration-failure",
    ("pending-unregistration", "success"): "unregistered",
    ("pending-unregistration", "failure"): "unregistration-failure",
}


def address_status(context: Context, number: Record) -> str:
    """The state of a number's emergency registration now; a pending one ends when its time has come."""
    until = number.hidden.get("pending_until")
    if until is not None and context.clock() >= until:
        outcome = context.settings.emergency_outcome
        status = _ENDS[number.data["emergency_address_status"], outcome]
        number.data["emergency_address_status"] = status
        if status == "unregistered":
            number.data["emergency_address_sid"] = None
        del number.hidden["pending_until"]
    return str(number.data["emergency_address_status"])


def change_address(context: Context, number: Record, values: dict[str, Any]) -> None:
    """Take `emergency_address_sid` out of an update and begin registering or unregistering it.

    ApiError when another address has to be unregistered first.
    """
    if "emergency_address_sid" not in values:
        return
    wanted = values.pop("emergency_address_sid")
    status = address_status(context, number)
    current = number.data["emergency_address_sid"]
    if wanted is None:
        if status in ("unregistered", "pending-unregistration"):
            return
        if status == "registration-failure":
            number.data.update(emergency_address_sid=None, emergency_address_status="unregistered")
            return
        number.data["emergency_address_status"] = "pending-unregistration"
    else:
        if wanted == current and status in ("registered", "pending-registration"):
            return
        free = ("unregistered", "registration-failure", *(["unregistration-failure"] if wanted == current else []))
        if status not in free:  # Twilio's guide wants the old one unregistered first; the code is assumed
            raise ApiError(BAD_PARAMETER, f"The emergency address of this number is {status}: unregister it first")
        number.data.update(emergency_address_sid=wanted, emergency_address_status="pending-registration")
    number.hidden["pending_until"] = context.clock() + context.settings.emergency_seconds
