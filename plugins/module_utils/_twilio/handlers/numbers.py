# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Phone numbers: from options to the wanted state. Private to this collection.

Two things cannot be undone and are guarded twice, here and in the API layer: buying a number (it costs money) and
releasing one (somebody else may get it).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .. import validate as check
from ..catalog.numbers import NUMBER_FIELDS, PHONE_NUMBER
from ..catalog.trunking import TRUNK_NUMBER
from ..directory import ADDRESSES, NUMBERS, TRUNKS, Kind
from ..errors import ApplyFailedError, InvalidInputError, RefusedError, TwilioError
from ..lookup import close, is_sid
from ..module import Outcome, Task
from ..plan import Collection, Node, Ref
from ..resource import Record, Resource
from .numbers_emergency import await_emergency, clearing, emergency, replacing, wanted_address

RANK = 2  # numbers refer to trunks and addresses
MEMBERSHIP = "membership"  # slot of the number's place in a trunk, shown to users as trunk_sid
SID_PREFIXES = {
    "voice_application_sid": "AP",
    "sms_application_sid": "AP",
    "address_sid": "AD",
    "bundle_sid": "BU",
    "identity_sid": "RI",
    "emergency_address_sid": "AD",
}
URLS = ("voice_url", "voice_fallback_url", "sms_url", "sms_fallback_url", "status_callback")
# Of each pair one is meant; an entry of a list that gives the one does not inherit the other.
EXCLUSIVE = (
    ("trunk", "voice_application_sid"),
    ("address", "address_sid"),
    ("emergency_address", "emergency_address_sid"),
)

SETTINGS: dict[str, dict[str, Any]] = {
    "trunk": {"type": "str"},
    "address": {"type": "str"},
    "emergency_address": {"type": "str"},
    **{name: {"type": "str"} for name in NUMBER_FIELDS},
    **{name: {"type": "str", "choices": ["GET", "POST"]} for name in NUMBER_FIELDS if name.endswith("_method")},
    "voice_caller_id_lookup": {"type": "bool"},
}
OPTIONS: dict[str, dict[str, Any]] = {"phone_number": {"type": "str"}, "sid": {"type": "str"}, **SETTINGS}


def validate_one(entry: Mapping[str, Any], prefix: str = "") -> None:
    """Judge the options of one number.

    Args:
        entry: its options.
        prefix: what precedes every option's name in errors, such as ``phone_numbers[2].``.
    """
    if not entry.get("phone_number") and not entry.get("sid"):
        raise InvalidInputError(f"{prefix}phone_number", entry.get("phone_number"), "is missing; give it or sid.")
    check.sid(f"{prefix}sid", entry["sid"], "PN")
    check.e164(f"{prefix}phone_number", entry["phone_number"])
    validate_settings(entry, prefix)


def validate_settings(entry: Mapping[str, Any], prefix: str = "") -> None:
    """Judge what is to be set on a number, whichever it is."""
    check.text(f"{prefix}friendly_name", entry["friendly_name"], 64)
    for option in URLS:
        check.web_url(f"{prefix}{option}", entry[option])
    for option, kind in SID_PREFIXES.items():
        check.sid(f"{prefix}{option}", entry[option], kind, empty=True)
    for option, other in EXCLUSIVE[1:]:
        check.text(f"{prefix}{option}", entry[option], 255, empty=True)
        if entry[option] is not None and entry[other] is not None:
            raise InvalidInputError(f"{prefix}{option}", entry[option], f"excludes {other}; give one of them.")
    if entry["trunk"] and entry["voice_application_sid"]:
        raise InvalidInputError(
            f"{prefix}trunk", entry["trunk"], "excludes voice_application_sid; a call goes to the one or to the other."
        )
    if entry["trunk"] and entry["trunk"].endswith(".twilio.com"):
        check.domain_name(f"{prefix}trunk", entry["trunk"])


def prepare(task: Task) -> None:
    """Read the account's numbers at once: for tasks that are about to look for several."""
    task.directory.records(PHONE_NUMBER)


def current(task: Task, entry: Mapping[str, Any], prefix: str = "") -> Record | None:
    """Return the number that the options identify, None if the account does not own it.

    Whoever looks for several calls :func:`prepare` first, so that they cost one list.
    """
    name = entry["sid"] or entry["phone_number"]
    found = task.directory.find(NUMBERS, [name])[name]
    record = None if isinstance(found, Ref) else found
    if record is None and entry["sid"] and entry["state"] == "present":
        raise TwilioError(
            f"{prefix}sid: the account owns no phone number {entry['sid']}: check the SID and account_sid."
        )
    if record is not None and entry["phone_number"] not in (None, record["phone_number"]):
        raise InvalidInputError(
            f"{prefix}sid", entry["sid"], f"is the number {record['phone_number']}, not {entry['phone_number']}."
        )
    return record


def needs(entry: Mapping[str, Any], current: Mapping[str, Any] | None) -> list[tuple[Resource, str]]:
    """Return the member lists that :func:`node` will ask for: a number has none."""
    del entry, current
    return []


def node(
    task: Task, entry: Mapping[str, Any], current: Mapping[str, Any] | None, prefix: str = "", key: str = ""
) -> Node:
    """Return the number as it should be.

    An entry without ``purchase`` never buys, one without ``release`` never releases.

    Raises:
        RefusedError: it would have to be bought, or must not be released.
    """
    if entry["state"] == "absent":
        return _absent(task, entry, current, prefix, key)
    if current is None and not entry.get("purchase"):
        raise _not_owned(task, entry, prefix)
    desired: Record = {name: entry[name] for name in NUMBER_FIELDS if entry[name] is not None}
    derived: Record = {"account_sid": task.params["account_sid"]}
    collections: dict[str, Collection] = {}
    if entry["address"] is not None:
        desired["address_sid"] = _reference(task, ADDRESSES, f"{prefix}address", entry["address"], current)
    if current is None:
        desired["phone_number"] = entry["phone_number"]
        derived["friendly_name"] = None  # Twilio fills in the number as people write it there
    if entry["trunk"]:
        desired["trunk_sid"] = _reference(task, TRUNKS, f"{prefix}trunk", entry["trunk"], current)
        derived["voice_application_sid"] = ""  # Twilio clears the one when the other is set
    elif entry["trunk"] == "":
        collections = _detached(current)
    if entry["voice_application_sid"]:
        derived["trunk_sid"] = ""
        collections = {}
    force: Sequence[str] = ()
    clear: Record = {}
    if wanted_address(entry) is not None:
        desired.pop("emergency_address_sid", None)
        registration, outcome, force = emergency(task, entry, current, prefix)
        desired.update(registration)
        derived.update(outcome)
        clear = replacing(current, registration)
    return Node(
        PHONE_NUMBER,
        current,
        desired,
        match={"phone_number": entry["phone_number"]},
        derived=derived,
        force=force,
        clear=clear,
        collections=collections,
        key=key,
        rank=RANK,
    )


def shown(record: Record | None) -> Record | None:
    """Return a number of a plan, before or after, as users see it; the record itself is changed."""
    if record is not None and record.pop(MEMBERSHIP, None) == []:
        record["trunk_sid"] = ""
    return record


def validate_common(params: Mapping[str, Any]) -> None:
    """Judge the options that concern the task and not a number."""
    if params["purchase"] and params["state"] == "absent":
        raise InvalidInputError("purchase", True, "makes no sense with state: absent.")
    if params["release"] and params["state"] == "present":
        raise InvalidInputError("release", True, "needs state: absent.")
    if not 0 <= params["emergency_timeout"] <= 3600:
        raise InvalidInputError("emergency_timeout", params["emergency_timeout"], "is not between 0 and 3600 seconds.")


def validate(params: Mapping[str, Any]) -> None:
    """Judge the options of the module before the first request."""
    validate_common(params)
    seen: set[str] = set()
    for entry, prefix in expand(params):
        validate_one(entry, prefix)
        if params["purchase"] and not entry["phone_number"]:
            raise InvalidInputError(
                f"{prefix}purchase", True, "needs phone_number; only exactly that number is ever bought."
            )
        for option in ("phone_number", "sid"):
            if entry[option] and entry[option] in seen:
                raise InvalidInputError(f"{prefix}{option}", entry[option], "is listed twice; list it once.")
            seen.add(str(entry[option]))


def expand(params: Mapping[str, Any]) -> list[tuple[Record, str]]:
    """Return the options of each number, with what precedes their names in errors.

    What an entry leaves out it takes from the options of the task.
    """
    common = {name: params[name] for name in ("state", "purchase", "release")}
    top = {**common, **{name: params[name] for name in OPTIONS}}
    if params["phone_numbers"] is None:
        return [(top, "")]
    entries = []
    for index, entry in enumerate(params["phone_numbers"]):
        given = {name: value for name, value in entry.items() if value is not None}
        displaced = {one for pair in EXCLUSIVE for one, other in (pair, pair[::-1]) if given.get(other) is not None}
        defaults = {name: None if name in displaced else value for name, value in top.items()}
        entries.append(({**defaults, **given}, f"phone_numbers[{index}]."))
    return entries


def ensure(task: Task) -> Outcome:
    """Bring one number or many into the wanted state."""
    entries = expand(task.params)
    single = task.params["phone_numbers"] is None
    if not single:
        prepare(task)
    owned = [current(task, entry, prefix) for entry, prefix in entries]
    _check_distinct(entries, owned)
    return converge(task, entries, owned, single)


def converge(
    task: Task,
    entries: Sequence[tuple[Mapping[str, Any], str]],
    owned: Sequence[Record | None],
    single: bool,
    made: Sequence[dict[str, Any]] = (),
) -> Outcome:
    """Plan for all entries at once, apply, and wait for emergency addresses.

    Args:
        task: access to Twilio.
        entries: the options of each number, with what precedes their names in errors.
        owned: each number as it is, None for one to buy.
        single: whether the result is one number, and not a list.
        made: changes that the task made before.
    """
    _read_references(task, entries, owned)
    nodes = [node(task, entry, record, prefix) for (entry, prefix), record in zip(entries, owned)]
    patience = float(task.params["emergency_timeout"])
    try:
        befores, afters, changes = task.converge_all(nodes, patience)
        changes = [*({**change, "sid": None} if change["action"] == "create" else change for change in made), *changes]
    except ApplyFailedError as error:
        if not made:
            raise
        raise ApplyFailedError(error.cause, error.failed, [*made, *error.applied], error.remaining) from error
    await_emergency(task, [entry for entry, __ in entries], afters, changes, patience)
    befores, afters = [*map(shown, befores)], [*map(shown, afters)]
    if single:
        return Outcome(befores[0], afters[0], changes, {"phone_number": afters[0]})
    return Outcome(_by_name(befores), _by_name(afters), changes, {"phone_numbers": afters})


def _read_references(
    task: Task, entries: Sequence[tuple[Mapping[str, Any], str]], owned: Sequence[Record | None]
) -> None:
    """Read lists of trunks and addresses at once if several of them would have to be looked up by SID."""
    fields = {"trunk": "trunk_sid", "address": "address_sid", "emergency_address": "emergency_address_sid"}
    for option, kind in (("trunk", TRUNKS), ("address", ADDRESSES), ("emergency_address", ADDRESSES)):
        unknown = 0
        for (entry, __), record in zip(entries, owned):
            name = wanted_address(entry) if option == "emergency_address" else entry[option]
            unknown += bool(name) and (record is None or record[fields[option]] != name)
        if unknown > 1:
            task.directory.records(kind.resource)


def _by_name(records: Sequence[Record | None]) -> dict[str, Record]:
    """Return the numbers by their names, for a diff that people can read."""
    named = [record for record in records if record is not None]
    return {
        str(record["phone_number"] or f"{record['friendly_name']} {index + 1}"): record
        for index, record in enumerate(named)
    }


def _check_distinct(entries: Sequence[tuple[Mapping[str, Any], str]], owned: Sequence[Record | None]) -> None:
    seen: set[str] = set()
    for (entry, prefix), record in zip(entries, owned):
        if record is not None and record["sid"] in seen:
            option = "sid" if entry["sid"] else "phone_number"
            raise InvalidInputError(f"{prefix}{option}", entry[option], "is listed twice; list it once.")
        if record is not None:
            seen.add(str(record["sid"]))


def _not_owned(task: Task, entry: Mapping[str, Any], prefix: str) -> RefusedError:
    existing = [str(record["phone_number"]) for record in task.directory.records(PHONE_NUMBER)]
    similar = close(entry["phone_number"], existing)
    hint = f" It owns {', '.join(similar)}." if similar else ""
    remedy = (
        "Set purchase: true to buy exactly this number, which costs money every month."
        if "purchase" in entry
        else "Buy it with dialtone.voice.twilio_phone_number and purchase: true."
    )
    return RefusedError(f"{prefix}phone_number: the account does not own {entry['phone_number']}.{hint} {remedy}")


def _absent(task: Task, entry: Mapping[str, Any], current: Mapping[str, Any] | None, prefix: str, key: str) -> Node:
    if current is None:
        return Node(PHONE_NUMBER, None, None, key=key, rank=RANK)
    if not entry.get("release"):
        return Node(PHONE_NUMBER, current, {}, collections=_detached(current), key=key, rank=RANK)
    if current["trunk_sid"]:
        named = entry["trunk"] and _reference(task, TRUNKS, f"{prefix}trunk", entry["trunk"], current)
        if named != current["trunk_sid"]:
            raise RefusedError(
                f"{prefix}release: {current['phone_number']} is on trunk {current['trunk_sid']}, so calls still go "
                "through it. Take it off first (state: absent without release), or name that trunk in trunk to confirm."
            )
    return Node(PHONE_NUMBER, current, None, clear=clearing(current), key=key, rank=RANK)


def _detached(current: Mapping[str, Any] | None) -> dict[str, Collection]:
    """Return the change that takes a number off its trunk, nothing if it is on none."""
    if current is None or not current["trunk_sid"]:
        return {}
    member = {"sid": current["sid"], "phone_number": current["phone_number"]}
    return {
        MEMBERSHIP: Collection(TRUNK_NUMBER, [member], [], purge=True, option="trunk", parent=str(current["trunk_sid"]))
    }


def _reference(task: Task, kind: Kind, option: str, name: str, current: Mapping[str, Any] | None) -> str | Ref:
    """Return the SID of a trunk or address; one that the number has already is not looked up."""
    held = current and current["trunk_sid" if kind is TRUNKS else "address_sid"]
    if name == "" or (is_sid(name, kind.prefix) and held == name):
        return name
    return task.directory.sid(kind, option, name)
