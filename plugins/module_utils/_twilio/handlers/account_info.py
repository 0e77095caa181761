# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole account as the options that would make it so. Private to this collection."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..catalog.sip import CREDENTIAL, IP_ADDRESS
from ..directory import ADDRESSES, TRUNKS, Kind
from ..errors import InvalidInputError
from ..module import Outcome, Task
from ..resource import Record, Resource
from . import dialing_permissions, trunks
from .account import DIALING, PARTS, Part
from .account_view import POINTERS, label

INCLUDE = (*PARTS, DIALING)
# The members of each kind, by the option that holds them.
MEMBERS: Mapping[str, Mapping[str, Resource]] = {
    "ip_access_control_lists": {"ip_addresses": IP_ADDRESS},
    "credential_lists": {"credentials": CREDENTIAL},
    "trunks": {name: trunks.RESOURCES[name] for name in trunks.LISTS if name in PARTS["trunks"].options},
}
SETTLED = ("", "registered", "unregistered")


def inform_validate(params: Mapping[str, Any]) -> None:
    """Accept what the argument spec accepts."""
    del params


def inform(task: Task) -> Outcome:
    """Return the account in the shape of the options of twilio_voice_account."""
    include = [name for name in INCLUDE if name in task.params["include"]]
    kinds = [name for name in PARTS if name in include]
    # Numbers name their trunk and their addresses.
    named = [TRUNKS.resource, ADDRESSES.resource] if "phone_numbers" in include else []
    task.directory.load([*(PARTS[name].kind.resource for name in kinds), *named])
    records = {name: _sorted(PARTS[name], task.directory.records(PARTS[name].kind.resource)) for name in kinds}
    parts = [
        (record, option, resource)
        for name in kinds
        for record in records[name]
        for option, resource in MEMBERS.get(name, {}).items()
    ]
    read = task.directory.prefetch([(resource, str(record["sid"])) for record, __, resource in parts])
    members: dict[str, Record] = {}
    for (record, option, resource), found in zip(parts, read):
        members.setdefault(str(record["sid"]), {})[option] = sorted(found, key=resource.order)
    account: dict[str, Any] = {}
    for name in kinds:
        account[name] = [
            _described(task, name, record, members.get(str(record["sid"]), {})) for record in records[name]
        ]
    if DIALING in include:
        shown = dialing_permissions.shown(dialing_permissions.read(task))
        # What an account inherits it does not have itself.
        account[DIALING] = {"inheritance": True} if shown["inheritance"] else shown
    task.warnings.extend(_not_describable(account))
    return Outcome(results={"account": account})


def _sorted(part: Part, records: Sequence[Record]) -> list[Record]:
    return sorted(records, key=lambda record: (label(part.kind.resource, record), str(record["sid"])))


def _described(task: Task, name: str, record: Mapping[str, Any], members: Mapping[str, Any]) -> Record:
    """Return the options that describe an object; what they could not say is left out."""
    source: Record = {**record, **members}
    if name == "trunks":
        for option in trunks.REFERENCES:
            if option in source:
                source[option] = _names(source[option])
    if name == "phone_numbers":
        _point(task, source)
    described = _fitting(PARTS[name].options, source)
    if name == "ip_access_control_lists" and any(_problems(name, [described])):
        described["allow_private"] = True
    return described


def _fitting(options: Mapping[str, Mapping[str, Any]], source: Mapping[str, Any]) -> Record:
    """Return of an object what there are options for, and nothing that such an option would not take."""
    described: Record = {}
    for option, spec in options.items():
        value = source.get(option)
        if value is None or ("choices" in spec and value not in spec["choices"]):
            continue
        if "options" in spec:
            value = (
                [_fitting(spec["options"], item) for item in value]
                if isinstance(value, list)
                else _fitting(spec["options"], value)
            )
        described[option] = value
    return described


def _names(members: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return what to call members: their names, and the SIDs of those that share one."""
    count = Counter(member["friendly_name"] for member in members)
    return [
        str(member["friendly_name"] if count[member["friendly_name"]] == 1 else member["sid"]) for member in members
    ]


def _point(task: Task, number: Record) -> None:
    """Put names in place of the SIDs of a number's trunk and addresses."""
    for field, option in POINTERS.items():
        sid = str(number.pop(field))
        number[option] = _name(task, TRUNKS if option == "trunk" else ADDRESSES, sid) if sid else ""
    if number["trunk"]:
        del number["voice_application_sid"]  # it would exclude the trunk
    elif number["voice_application_sid"]:
        del number["trunk"]
    if number["emergency_address_status"] not in SETTLED:
        del number["emergency_address"]  # nobody knows yet what it will be


def _name(task: Task, kind: Kind, sid: str) -> str:
    """Return what a reference calls an object: a name that means only it, else its SID."""
    record = task.directory.one(kind.resource, "sid", sid)
    for field in filter(None, (kind.name, kind.domain)):
        name = str((record or {}).get(field) or "")
        if name and kind.field(name) == field and len(task.directory.bearers(kind.resource, field, name)) == 1:
            return name
    return sid


def _problems(name: str, objects: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Yield what twilio_voice_account would refuse of some described objects."""
    for index, described in enumerate(objects):
        part = PARTS[name]
        entry = _completed({**part.options, "state": {"default": "present"}}, described)
        try:
            part.validate_one(entry, f"{name}[{index}].")
        except InvalidInputError as error:
            yield str(error)


def _completed(options: Mapping[str, Mapping[str, Any]], entry: Mapping[str, Any]) -> Record:
    """Return options as Ansible hands them to a module: with defaults, and None for what is not given."""
    completed: Record = {name: entry.get(name, spec.get("default")) for name, spec in options.items()}
    for name, spec in options.items():
        if "options" in spec and isinstance(completed[name], list):
            completed[name] = [_completed(spec["options"], item) for item in completed[name]]
        elif "options" in spec and completed[name] is not None:
            completed[name] = _completed(spec["options"], completed[name])
    return completed


def _not_describable(account: Mapping[str, Any]) -> Iterator[str]:
    """Yield a warning for each thing in the account that the options cannot describe."""
    remedy = "The account has it, but twilio_voice_account would refuse it: change it in the account first."
    for name in PARTS:
        for problem in _problems(name, account.get(name, [])):
            yield f"{problem} {remedy}"
    if DIALING in account:
        entry = _completed(dialing_permissions.OPTIONS, account[DIALING])
        try:
            dialing_permissions.validate_one(entry, f"{DIALING}.")
        except InvalidInputError as error:
            yield f"{error} {remedy}"
