# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole account in one plan: what each kind's own handler wants, together. Private to this collection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Callable

from ..catalog.numbers import PHONE_NUMBER
from ..directory import ACCESS_LISTS, ADDRESSES, CREDENTIAL_LISTS, NUMBERS, TRUNKS, Kind
from ..errors import AmbiguousError, InvalidInputError
from ..module import Outcome, Task
from ..plan import Node, Ref
from ..resource import Record, Resource
from . import access_lists, addresses, credential_lists, dialing_permissions, numbers, trunks
from .account_view import POINTERS, differing, label, readable
from .numbers_emergency import await_emergency

DIALING = "dialing_permissions"
STATE = {"type": "str", "choices": ["present", "absent"], "default": "present"}
LONGEST_WAIT = 3600  # seconds, as for twilio_phone_number


@dataclass(frozen=True)
class Part:
    """A kind of object that an account has many of.

    Attributes:
        kind: how they are referred to.
        options: of one object.
        names: the options that identify one without a SID, and that no two may share.
        validate_one, current, needs, node: see the handlers.
    """

    kind: Kind
    options: Mapping[str, Mapping[str, Any]]
    names: Sequence[str]
    validate_one: Callable[..., None]
    current: Callable[..., Record | None]
    needs: Callable[..., list[tuple[Resource, str]]]
    node: Callable[..., Node]


def _part(handler: Any, kind: Kind, *names: str, without: Sequence[str] = ()) -> Part:
    options = {name: spec for name, spec in handler.OPTIONS.items() if name not in without}
    return Part(kind, options, names, handler.validate_one, handler.current, handler.needs, handler.node)


# Numbers say on which trunk they are, not trunks which numbers they have: one list shows it for all.
PARTS: Mapping[str, Part] = {
    "ip_access_control_lists": _part(access_lists, ACCESS_LISTS, "friendly_name"),
    "credential_lists": _part(credential_lists, CREDENTIAL_LISTS, "friendly_name"),
    "addresses": _part(addresses, ADDRESSES, "friendly_name"),
    "trunks": _part(trunks, TRUNKS, "domain_name", "friendly_name", without=("phone_numbers", "purge_phone_numbers")),
    "phone_numbers": _part(numbers, NUMBERS, "phone_number"),
}
SPEC: dict[str, dict[str, Any]] = {
    **{
        name: {"type": "list", "elements": "dict", "options": {**part.options, "state": STATE}}
        for name, part in PARTS.items()
    },
    DIALING: {"type": "dict", "options": dialing_permissions.OPTIONS},
    "purge_phone_numbers": {"type": "bool", "default": False},
    "emergency_timeout": {"type": "float", "default": 60.0},
}


@dataclass
class Element:
    """One object of the description.

    Attributes:
        option: the list it stands in.
        key: its place in words, ``trunks[2]``; also the key of its node.
        entry: its options.
        current: the object as it is, None if there is none.
    """

    option: str
    key: str
    entry: Mapping[str, Any]
    current: Record | None = None

    @property
    def prefix(self) -> str:
        """What precedes the names of its options in errors."""
        return f"{self.key}."

    @property
    def part(self) -> Part:
        """What kind of object it is."""
        return PARTS[self.option]

    @property
    def present(self) -> bool:
        """Whether it should be there."""
        return bool(self.entry["state"] == "present")


def elements(params: Mapping[str, Any]) -> list[Element]:
    """Return the objects that the options describe, in their order."""
    return [
        Element(option, f"{option}[{index}]", entry)
        for option in PARTS
        for index, entry in enumerate(params[option] or [])
    ]


def validate(params: Mapping[str, Any]) -> None:
    """Judge all options of all objects before the first request."""
    wanted = elements(params)
    for element in wanted:
        element.part.validate_one(element.entry, element.prefix)
    for option in PARTS:
        _no_name_twice([element for element in wanted if element.option == option])
    if params[DIALING] is not None:
        dialing_permissions.validate_one(params[DIALING], f"{DIALING}.")
    if params["purge_phone_numbers"]:
        for option in ("trunks", "phone_numbers"):
            if params[option] is None:
                raise InvalidInputError("purge_phone_numbers", True, f"needs {option}.")
    if not 0 <= params["emergency_timeout"] <= LONGEST_WAIT:
        raise InvalidInputError(
            "emergency_timeout", params["emergency_timeout"], f"is not between 0 and {LONGEST_WAIT} seconds."
        )


def _no_name_twice(wanted: Sequence[Element]) -> None:
    """Refuse two entries for one object, as far as their names tell; two that both have a SID may share a name."""
    seen: dict[tuple[str, str], Element] = {}
    for element in wanted:
        # What is to be deleted is known by its SID or its first name alone; the rest says nothing.
        names = [name for name in element.part.names if element.entry[name]]
        if element.entry["sid"]:
            names = ["sid", *(names if element.present else [])]
        elif not element.present:
            names = names[:1]
        for name in names:
            value = str(element.entry[name])
            earlier = seen.setdefault((name, value), element)
            both = name != "sid" and element.entry["sid"] and earlier.entry["sid"]
            if earlier is not element and not both:
                raise InvalidInputError(
                    f"{element.prefix}{name}", value, f"is that of {earlier.key} too; describe every object once."
                )


def ensure(task: Task) -> Outcome:
    """Bring the account into the wanted state."""
    params = task.params
    wanted = elements(params)
    task.directory.load([PARTS[option].kind.resource for option in PARTS if params[option] is not None])
    dialing = None if params[DIALING] is None else dialing_permissions.read(task)
    for element in wanted:
        with _at(element.key):
            element.current = element.part.current(task, element.entry, element.prefix)
    _no_object_twice(wanted)
    unmanaged = _unmanaged(task, wanted)
    wanted += _purged(task, wanted)
    _announce(task, wanted)
    nodes = _nodes(task, wanted)
    _keep_used_addresses(task, wanted, nodes)
    if dialing is not None:
        nodes.append(dialing_permissions.node(task, params[DIALING], dialing, f"{DIALING}.", DIALING))
    patience = float(params["emergency_timeout"])
    befores, afters, changes = task.converge_all(nodes, patience)
    _finish(task, wanted, befores, afters, changes)
    account: dict[str, Any] = {
        option: [
            after
            for element, after in zip(wanted, afters)
            if element.option == option and after is not None and not element.key.startswith("purge_")
        ]
        for option in PARTS
        if params[option] is not None
    }
    outcome = Outcome(*readable(task.directory, nodes, [e.option for e in wanted], befores, afters), changes)
    if dialing is not None:
        account[DIALING] = _show_dialing(task, outcome, nodes[-1], dialing, afters[-1])
    outcome.results = {"account": account, "unmanaged": unmanaged}
    return outcome


def _show_dialing(
    task: Task, outcome: Outcome, node: Node, before: Mapping[str, Any], after: Mapping[str, Any] | None
) -> Record:
    """Put what changes of the permissions into the diff, and return them as they are then."""
    if before[dialing_permissions.INHERITANCE] and not task.check_mode and node.desired:
        after = dialing_permissions.read(task)  # what was hidden until now
    pair = dialing_permissions.by_country(before), dialing_permissions.by_country(after)
    if pair[0] != pair[1]:
        outcome.before[DIALING], outcome.after[DIALING] = differing(*pair)
    return dialing_permissions.shown(after)


@contextmanager
def _at(where: str) -> Iterator[None]:
    """Say in which entry a name is ambiguous."""
    try:
        yield
    except AmbiguousError as error:
        raise error.at(where) from None


def _no_object_twice(wanted: Sequence[Element]) -> None:
    seen: dict[str, Element] = {}
    for element in wanted:
        if element.current is not None:
            earlier = seen.setdefault(str(element.current["sid"]), element)
            if earlier is not element:
                raise InvalidInputError(
                    element.key,
                    None,
                    f"is the same {element.part.kind.resource.label} as {earlier.key} ({element.current['sid']}); "
                    "describe every object once.",
                )


def _unmanaged(task: Task, wanted: Sequence[Element]) -> dict[str, list[Record]]:
    """Return what the account has of the kinds that are described, and no entry is about."""
    managed = {str(element.current["sid"]) for element in wanted if element.current is not None}
    return {
        option: sorted(
            (
                {"sid": record["sid"], "name": label(part.kind.resource, record)}
                for record in task.directory.records(part.kind.resource)
                if record["sid"] not in managed
            ),
            key=lambda item: (str(item["name"]), str(item["sid"])),
        )
        for option, part in PARTS.items()
        if task.params[option] is not None
    }


def _purged(task: Task, wanted: Sequence[Element]) -> list[Element]:
    """Return the numbers that have to leave the trunks that are described, as entries of their own."""
    if not task.params["purge_phone_numbers"]:
        return []
    described = {str(e.current["sid"]) for e in wanted if e.option == "trunks" and e.current and e.present}
    listed = {str(e.current["sid"]) for e in wanted if e.option == "phone_numbers" and e.current}
    empty = dict.fromkeys(numbers.OPTIONS)
    return [
        Element(
            "phone_numbers",
            f"purge_phone_numbers[{record['phone_number']}]",
            {**empty, "sid": record["sid"], "phone_number": record["phone_number"], "trunk": "", "state": "present"},
            record,
        )
        for record in task.directory.records(PHONE_NUMBER)
        if record["trunk_sid"] in described and record["sid"] not in listed
    ]


def _announce(task: Task, wanted: Sequence[Element]) -> None:
    """Let entries refer to each other by the names that the objects are going to have."""
    for element in wanted:
        kind = element.part.kind
        if not element.present:
            if element.current is not None and kind is not NUMBERS:
                task.directory.withdraw(kind, element.current, element.key)
        elif kind is not NUMBERS and (
            element.current is None
            or any(element.entry[name] not in (None, element.current[name]) for name in element.part.names)
        ):
            task.directory.announce(kind, element.entry, element.key, element.current)


def _nodes(task: Task, wanted: Sequence[Element]) -> list[Node]:
    """Return what each object should be; the members of all of them are read at once."""
    task.directory.prefetch([need for e in wanted for need in e.part.needs(e.entry, e.current)])
    trunks.judge_domains(task, [(e.entry, e.current, e.prefix) for e in wanted if e.option == "trunks"])
    nodes = []
    for element in wanted:
        with _at(element.key):
            nodes.append(element.part.node(task, element.entry, element.current, element.prefix, element.key))
    # Numbers come after all trunks, also those of sub-domains.
    last = max((node.rank for e, node in zip(wanted, nodes) if e.option == "trunks"), default=1) + 1
    return [replace(node, rank=last) if e.option == "phone_numbers" else node for e, node in zip(wanted, nodes)]


def _keep_used_addresses(task: Task, wanted: Sequence[Element], nodes: Sequence[Node]) -> None:
    """Refuse to delete an address that numbers still use once this task is done."""
    for element, node in zip(wanted, nodes):
        if element.option == "phone_numbers":
            for field in ("address_sid", "emergency_address_sid"):
                sid, option = (node.desired or {}).get(field), POINTERS[field]
                if sid and not isinstance(sid, Ref):
                    given = element.entry[option] or sid
                    task.directory.stays(ADDRESSES, f"{element.prefix}{option}", given, {"sid": sid})
    for element in wanted:
        if element.option == "addresses" and element.current is not None and not element.present:
            sid = element.current["sid"]
            # An emergency address stays in use until Twilio has unregistered it, which takes a while.
            leaving = [
                str(e.current["phone_number"])
                for e, node in zip(wanted, nodes)
                if e.option == "phone_numbers"
                and e.current is not None
                and (node.desired or {}).get("address_sid", e.current["address_sid"]) != sid
                and e.current["emergency_address_sid"] != sid
            ]
            addresses.check_unused(task, element.current, leaving, element.prefix)


def _finish(
    task: Task,
    wanted: Sequence[Element],
    befores: list[Record | None],
    afters: list[Record | None],
    changes: Sequence[Mapping[str, Any]],
) -> None:
    """Wait for emergency addresses, and show numbers as they are once everything else is done."""
    places = [index for index, element in enumerate(wanted) if element.option == "phone_numbers"]
    await_emergency(
        task,
        [wanted[index].entry for index in places],
        [afters[index] for index in places],
        changes,
        float(task.params["emergency_timeout"]),
    )
    for element, after in zip(wanted, afters):
        if element.option == "addresses":
            task.warnings.extend(addresses.corrections(element.entry, after, element.prefix))
    gone = {str(e.current["sid"]) for e in wanted if e.option == "trunks" and e.current and not e.present}
    for index in places:
        befores[index], after = numbers.shown(befores[index]), numbers.shown(afters[index])
        if after is not None and after["trunk_sid"] in gone:
            after["trunk_sid"] = ""  # deleting a trunk takes its numbers off it
        afters[index] = after
