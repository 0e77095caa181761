# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What access lists, credential lists and addresses share: they go by ``sid`` or ``friendly_name``. Private."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import validate as check
from ..directory import Kind
from ..errors import AmbiguousError, InvalidInputError, TwilioError
from ..module import Task
from ..resource import Record


def check_identity(kind: Kind, entry: Mapping[str, Any], longest: int, prefix: str = "") -> None:
    """Refuse an object that nothing identifies, or whose SID or name cannot be one.

    Args:
        kind: what it is.
        entry: its options.
        longest: how many characters a name may have.
        prefix: what precedes every option's name in errors.
    """
    if not entry["sid"] and entry["friendly_name"] is None:
        raise InvalidInputError(f"{prefix}friendly_name", None, "is missing, and so is sid; give one of them.")
    check.sid(f"{prefix}sid", entry["sid"], kind.prefix)
    check.text(f"{prefix}friendly_name", entry["friendly_name"], longest)


def find_named(task: Task, kind: Kind, entry: Mapping[str, Any], prefix: str = "") -> Record | None:
    """Return the object that the options identify, None if there is none.

    Raises:
        AmbiguousError: the name is borne by several, or would be after renaming.
        TwilioError: there is no object with the SID, and one should be present.
    """
    try:
        return _find(task, kind, entry, prefix)
    except AmbiguousError as error:
        raise error.at(f"{prefix}friendly_name") if prefix else error from None


def _find(task: Task, kind: Kind, entry: Mapping[str, Any], prefix: str) -> Record | None:
    directory, label, name = task.directory, kind.resource.label, entry["friendly_name"]
    if not entry["sid"]:
        return directory.one(kind.resource, "friendly_name", name)
    record = directory.find(kind, [entry["sid"]])[entry["sid"]]
    if entry["state"] == "absent":
        return record if isinstance(record, dict) else None
    if not isinstance(record, dict):
        raise TwilioError(
            f"{prefix}sid: there is no {label} {entry['sid']} in the account. "
            "One that does not exist yet is described by friendly_name, without sid."
        )
    if name is not None and record["friendly_name"] != name:
        namesake = directory.one(kind.resource, "friendly_name", name)
        if namesake is not None:
            raise AmbiguousError(label, name, (str(namesake["sid"]), str(record["sid"])))
    return record


def select_named(task: Task, kind: Kind) -> list[Record]:
    """Return the objects that an ``_info`` module's ``sid`` and ``friendly_name`` select, all without them."""
    sid, name = task.params["sid"], task.params["friendly_name"]
    if sid:
        found = task.directory.find(kind, [sid])[sid]
        records = [found] if isinstance(found, dict) else []
    else:
        records = task.directory.records(kind.resource)
    return [dict(record) for record in records if name is None or record["friendly_name"] == name]


def check_selection(kind: Kind, params: Mapping[str, Any]) -> None:
    """Judge the options that select objects in an ``_info`` module."""
    check.sid("sid", params["sid"], kind.prefix)
