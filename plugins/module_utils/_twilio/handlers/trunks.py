# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trunks: from options to the wanted state, and reading what there is. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .. import validate as check
from ..catalog.trunking import (
    ORIGINATION_URL,
    RECORDING,
    TRUNK,
    TRUNK_ACL,
    TRUNK_CREDENTIAL_LIST,
    TRUNK_NUMBER,
)
from ..directory import ACCESS_LISTS, CREDENTIAL_LISTS, NUMBERS, Kind
from ..errors import AmbiguousError, InvalidInputError, TwilioError
from ..lookup import by_field, is_sid, only
from ..module import Outcome, Task
from ..plan import Collection, Item, Node, Ref, Setting
from ..resource import Record, Resource

NAME_LENGTH = 64  # trunks and origination URLs
ORIGINATION_DEFAULTS = {"priority": 10, "weight": 10, "enabled": True}


@dataclass(frozen=True)
class Reference:
    """A list of members that exist on their own and are only referred to: the membership, and what they are."""

    resource: Resource
    kind: Kind


# In the order of application: who may call, before where calls go, before the numbers that are called.
REFERENCES: Mapping[str, Reference] = {
    "ip_access_control_lists": Reference(TRUNK_ACL, ACCESS_LISTS),
    "credential_lists": Reference(TRUNK_CREDENTIAL_LIST, CREDENTIAL_LISTS),
    "phone_numbers": Reference(TRUNK_NUMBER, NUMBERS),
}
LISTS = ("ip_access_control_lists", "credential_lists", "origination_urls", "phone_numbers")
RESOURCES = {
    **{name: reference.resource for name, reference in REFERENCES.items()},
    "origination_urls": ORIGINATION_URL,
}


def validate(params: Mapping[str, Any]) -> None:
    """Judge the options of a trunk before the first request."""
    check.sid("sid", params["sid"], "TK")
    check.text(
        "friendly_name", params["friendly_name"], NAME_LENGTH, empty=bool(params["sid"] or params["domain_name"])
    )
    check.domain_name("domain_name", params["domain_name"])
    if not (params["sid"] or params["domain_name"] or params["friendly_name"]):
        raise InvalidInputError(
            "domain_name", params["domain_name"] or "", "identifies no trunk; give sid, domain_name or friendly_name."
        )
    check.web_url("disaster_recovery_url", params["disaster_recovery_url"])
    _validate_origination(params["origination_urls"] or [])
    check.at_most("origination_urls", params["origination_urls"], int(ORIGINATION_URL.limit or 0))
    for option, reference in REFERENCES.items():
        seen: set[str] = set()
        for index, name in enumerate(params[option] or []):
            where = f"{option}[{index}]"
            if not is_sid(name, reference.kind.prefix):
                if option == "phone_numbers":
                    check.e164(where, name)
                else:
                    check.text(where, name, 255)
            if name in seen:
                raise InvalidInputError(where, name, "is listed twice; list it once.")
            seen.add(name)


def _validate_origination(urls: Sequence[Mapping[str, Any]]) -> None:
    seen: set[tuple[str, str]] = set()
    for index, url in enumerate(urls):
        where = f"origination_urls[{index}]"
        check.text(f"{where}.friendly_name", url["friendly_name"], NAME_LENGTH)
        check.sip_url(f"{where}.sip_url", url["sip_url"])
        check.between(f"{where}.priority", url["priority"], 0, 65535)
        check.between(f"{where}.weight", url["weight"], 1, 65535)
        field = "friendly_name" if url["friendly_name"] else "sip_url"
        if (field, url[field]) in seen:
            raise InvalidInputError(
                f"{where}.{field}", url[field], "is listed twice; give each entry a friendly_name of its own."
            )
        seen.add((field, url[field]))
    # An entry without a name is recognised by its URL, and gets that as its name: then nobody else may have either.
    for index, url in enumerate(urls):
        where, target = f"origination_urls[{index}].sip_url", url["sip_url"]
        others = [*urls[:index], *urls[index + 1 :]]
        if not url["friendly_name"] and any(target in (other["sip_url"], other["friendly_name"]) for other in others):
            raise InvalidInputError(where, target, "is used by another entry too; give this entry a friendly_name.")


def ensure(task: Task) -> Outcome:
    """Bring a trunk and what belongs to it into the wanted state."""
    params = task.params
    current = find(task)
    if params["state"] == "absent":
        outcome = task.converge(Node(TRUNK, current, None))
        outcome.results["trunk"] = outcome.after
        return outcome
    desired = task.given(TRUNK.updatable)
    managed = [name for name in LISTS if params[name] is not None]
    members = _members(task, current, managed)
    identity = "domain_name" if params["domain_name"] else "friendly_name"
    outcome = task.converge(
        Node(
            TRUNK,
            current,
            desired,
            match={identity: params[identity]},
            derived={"account_sid": params["account_sid"]},
            settings=_recording(params["recording"], current),
            collections={
                name: Collection(
                    RESOURCES[name],
                    members[name],
                    _origination(params[name]) if name == "origination_urls" else _refer(task, name, members[name]),
                    bool(params[f"purge_{name}"]),
                    name,
                )
                for name in managed
            },
        )
    )
    outcome.results["trunk"] = outcome.after
    return outcome


def find(task: Task) -> Record | None:
    """Return the trunk the options identify, None if there is none.

    Raises:
        AmbiguousError: a name is borne by several, or would be.
        TwilioError: there is no trunk with the SID, and one should be present.
    """
    params = task.params
    present = params.get("state", "present") == "present"
    if params["sid"]:
        record = task.api.fetch(TRUNK, params["sid"])
        if record is None and present:
            raise TwilioError(
                f"sid: there is no trunk {params['sid']} in the account (or region). A trunk that does not exist yet "
                "is described by domain_name or friendly_name, without sid."
            )
        return record
    trunks = task.api.list(TRUNK)
    domain, name = params["domain_name"], params["friendly_name"]
    namesakes = [trunk for trunk in trunks if name and trunk["friendly_name"] == name]
    if not domain:
        return only("trunk", name, namesakes)
    record = by_field("trunk", trunks, "domain_name", domain)
    if not present:
        return record  # a trunk of that name but with another domain is another trunk: it is not deleted
    if record is None:
        return only("trunk", name, namesakes)
    if namesakes and record["friendly_name"] != name:
        raise AmbiguousError("trunk", name, (str(trunk["sid"]) for trunk in (*namesakes, record)))
    return record


def _recording(wanted: Mapping[str, Any] | None, current: Mapping[str, Any] | None) -> dict[str, Setting]:
    desired = {name: value for name, value in (wanted or {}).items() if value is not None}
    if not desired:
        return {}
    return {"recording": Setting(RECORDING, (current or TRUNK.defaults)["recording"] or RECORDING.defaults, desired)}


def _members(task: Task, current: Mapping[str, Any] | None, names: Sequence[str]) -> dict[str, list[Record]]:
    """Return the members of some lists of a trunk; a trunk that does not exist has none, and needs no request."""
    if current is None:
        return {name: [] for name in names}
    parent = str(current["sid"])
    found = task.gather([lambda name=name: task.api.list(RESOURCES[name], parent) for name in names])  # type: ignore[misc]
    return dict(zip(names, found))


def _origination(urls: Sequence[Mapping[str, Any]]) -> list[Item]:
    items = []
    for url in urls:
        values = {name: url[name] for name in ("sip_url", "priority", "weight", "enabled") if url[name] is not None}
        if url["friendly_name"]:
            items.append(Item({"friendly_name": url["friendly_name"]}, values, ORIGINATION_DEFAULTS))
        else:
            match = {"sip_url": values.pop("sip_url")}
            items.append(Item(match, values, {**ORIGINATION_DEFAULTS, "friendly_name": url["sip_url"][:NAME_LENGTH]}))
    return items


def _refer(task: Task, option: str, members: Sequence[Record]) -> list[Item]:
    """Return the wanted members of a list of references.

    Those that are members already are recognised by that, so that an unchanged list costs no further request.
    """
    reference, name_field = REFERENCES[option], REFERENCES[option].kind.name
    items: dict[str, Item] = {}
    unknown: list[str] = []
    for name in task.params[option]:
        field = "sid" if is_sid(name, reference.kind.prefix) else name_field
        member = by_field(reference.resource.label, members, field, name)
        if member is None:
            unknown.append(name)
        else:
            items[name] = Item({"sid": member["sid"]}, known={name_field: member[name_field]})
    directory = task.directory
    for name, found in directory.find(reference.kind, unknown).items():
        position = task.params[option].index(name)
        where = f"{option}[{position}]"
        record = directory.insist(reference.kind, where, name) if found is None else found
        if isinstance(record, Ref):
            items[name] = Item({"sid": record}, known={name_field: name})
            continue
        items[name] = Item({"sid": record["sid"]}, known={name_field: record[name_field]})
        if record.get("trunk_sid"):
            task.warnings.append(f"{where}: {name} is taken from trunk {record['trunk_sid']}: a number has one trunk.")
    return [items[name] for name in task.params[option]]


def inform_validate(params: Mapping[str, Any]) -> None:
    """Judge the options that select trunks."""
    check.sid("sid", params["sid"], "TK")
    check.domain_name("domain_name", params["domain_name"])


def inform(task: Task) -> Outcome:
    """Return the selected trunks with the wanted lists."""
    wanted = {name: task.params[name] for name in ("domain_name", "friendly_name") if task.params[name] is not None}
    if task.params["sid"]:
        record = task.api.fetch(TRUNK, task.params["sid"])
        trunks = [record] if record is not None else []
    else:
        trunks = task.api.list(TRUNK)
    trunks = [trunk for trunk in trunks if all(trunk[name] == value for name, value in wanted.items())]
    names = [name for name in LISTS if name in task.params["include"]]
    pairs = [(trunk, name) for trunk in trunks for name in names]
    lists = task.gather([lambda t=trunk, n=name: task.api.list(RESOURCES[n], str(t["sid"])) for trunk, name in pairs])  # type: ignore[misc]
    for (trunk, name), members in zip(pairs, lists):
        trunk[name] = members
        trunk[name].sort(key=RESOURCES[name].order)
    return Outcome(results={"trunks": trunks})
