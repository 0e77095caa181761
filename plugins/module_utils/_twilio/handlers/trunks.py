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
from ..directory import ACCESS_LISTS, CREDENTIAL_LISTS, NUMBERS, TRUNKS, Kind
from ..errors import AmbiguousError, InvalidInputError, TwilioError
from ..lookup import is_sid, only
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
DOMAIN_LABELS = 3  # those of pstn.twilio.com

ORIGINATION_OPTIONS: dict[str, dict[str, Any]] = {
    "friendly_name": {"type": "str"},
    "sip_url": {"type": "str", "required": True},
    "priority": {"type": "int"},
    "weight": {"type": "int"},
    "enabled": {"type": "bool"},
}
RECORDING_OPTIONS: dict[str, dict[str, Any]] = {
    "mode": {
        "type": "str",
        "choices": [
            "do-not-record",
            "record-from-ringing",
            "record-from-answer",
            "record-from-ringing-dual",
            "record-from-answer-dual",
        ],
    },
    "trim": {"type": "str", "choices": ["trim-silence", "do-not-trim"]},
}
OPTIONS: dict[str, dict[str, Any]] = {
    "sid": {"type": "str"},
    "domain_name": {"type": "str"},
    "friendly_name": {"type": "str"},
    "secure": {"type": "bool"},
    "cnam_lookup_enabled": {"type": "bool"},
    "transfer_mode": {"type": "str", "choices": ["disable-all", "enable-all", "sip-only"]},
    "transfer_caller_id": {"type": "str", "choices": ["from-transferee", "from-transferor"]},
    "disaster_recovery_url": {"type": "str"},
    "disaster_recovery_method": {"type": "str", "choices": ["GET", "POST"]},
    "recording": {"type": "dict", "options": RECORDING_OPTIONS},
    "origination_urls": {"type": "list", "elements": "dict", "options": ORIGINATION_OPTIONS},
    **{name: {"type": "list", "elements": "str"} for name in REFERENCES},
    **{f"purge_{name}": {"type": "bool", "default": False} for name in LISTS},
}


def validate_one(entry: Mapping[str, Any], prefix: str = "") -> None:
    """Judge the options of one trunk.

    Args:
        entry: its options; the lists that somebody else manages may be missing.
        prefix: what precedes every option's name in errors, such as ``trunks[2].``.
    """
    check.sid(f"{prefix}sid", entry["sid"], "TK")
    named = bool(entry["sid"] or entry["domain_name"])
    check.text(f"{prefix}friendly_name", entry["friendly_name"], NAME_LENGTH, empty=named)
    check.domain_name(f"{prefix}domain_name", entry["domain_name"])
    if not (named or entry["friendly_name"]):
        raise InvalidInputError(
            f"{prefix}domain_name",
            entry["domain_name"] or "",
            "identifies no trunk; give sid, domain_name or friendly_name.",
        )
    check.web_url(f"{prefix}disaster_recovery_url", entry["disaster_recovery_url"])
    for name in LISTS:
        if entry.get(f"purge_{name}") and entry[name] is None:
            raise InvalidInputError(
                f"{prefix}purge_{name}", True, f"needs {name}; an empty list takes every member off the trunk."
            )
    _validate_origination(entry["origination_urls"] or [], prefix)
    check.at_most(f"{prefix}origination_urls", entry["origination_urls"], int(ORIGINATION_URL.limit or 0))
    for option, reference in REFERENCES.items():
        seen: set[str] = set()
        for index, name in enumerate(entry.get(option) or []):
            where = f"{prefix}{option}[{index}]"
            if not is_sid(name, reference.kind.prefix):
                if option == "phone_numbers":
                    check.e164(where, name)
                else:
                    check.text(where, name, 255)
            if name in seen:
                raise InvalidInputError(where, name, "is listed twice; list it once.")
            seen.add(name)


def _validate_origination(urls: Sequence[Mapping[str, Any]], prefix: str) -> None:
    seen: set[tuple[str, str]] = set()
    for index, url in enumerate(urls):
        where = f"{prefix}origination_urls[{index}]"
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
        where, target = f"{prefix}origination_urls[{index}].sip_url", url["sip_url"]
        others = [*urls[:index], *urls[index + 1 :]]
        if not url["friendly_name"] and any(target in (other["sip_url"], other["friendly_name"]) for other in others):
            raise InvalidInputError(where, target, "is used by another entry too; give this entry a friendly_name.")


def current(task: Task, entry: Mapping[str, Any], prefix: str = "") -> Record | None:
    """Return the trunk the options identify, None if there is none.

    Raises:
        AmbiguousError: a name is borne by several, or would be.
        TwilioError: there is no trunk with the SID, and one should be present.
    """
    present = entry["state"] == "present"
    if entry["sid"]:
        found = task.directory.find(TRUNKS, [entry["sid"]])[entry["sid"]]
        if not isinstance(found, dict) and present:
            raise TwilioError(
                f"{prefix}sid: there is no trunk {entry['sid']} in the account (or region). A trunk that does not "
                "exist yet is described by domain_name or friendly_name, without sid."
            )
        return found if isinstance(found, dict) else None
    domain, name = entry["domain_name"], entry["friendly_name"]
    if not domain:
        return task.directory.one(TRUNK, "friendly_name", name)
    record = task.directory.one(TRUNK, "domain_name", domain)
    if not present:
        return record  # a trunk of that name but with another domain is another trunk: it is not deleted
    if record is None:
        return task.directory.one(TRUNK, "friendly_name", name) if name else None
    namesakes = [trunk for trunk in task.directory.records(TRUNK) if name and trunk["friendly_name"] == name]
    if namesakes and record["friendly_name"] != name:
        raise AmbiguousError(TRUNK.label, str(name), (str(trunk["sid"]) for trunk in (*namesakes, record)))
    return record


def managed(entry: Mapping[str, Any]) -> list[str]:
    """Return the names of the lists that the options say something about."""
    return [name for name in LISTS if entry.get(name) is not None and entry["state"] == "present"]


def needs(entry: Mapping[str, Any], current: Mapping[str, Any] | None) -> list[tuple[Resource, str]]:
    """Return the member lists that :func:`node` will ask for, with the SID of what they belong to."""
    return [] if current is None else [(RESOURCES[name], str(current["sid"])) for name in managed(entry)]


def node(
    task: Task, entry: Mapping[str, Any], current: Mapping[str, Any] | None, prefix: str = "", key: str = ""
) -> Node:
    """Return the trunk with everything that belongs to it as it should be.

    A trunk of a sub-domain has a higher rank than that of the domain above it: it is created later and deleted earlier.
    """
    if entry["state"] == "absent":
        return Node(TRUNK, current, None, key=key, rank=rank((current or {}).get("domain_name")))
    identity = "domain_name" if entry["domain_name"] else "friendly_name"
    desired = {name: entry[name] for name in TRUNK.updatable if entry[name] is not None}
    collections = {}
    for name in managed(entry):
        members = task.directory.members(RESOURCES[name], str(current["sid"]) if current else "")
        wanted = (
            _origination(entry[name])
            if name == "origination_urls"
            else _refer(task, name, entry[name], members, prefix)
        )
        purge = bool(entry[f"purge_{name}"])
        collections[name] = Collection(RESOURCES[name], members, wanted, purge, f"{prefix}{name}")
    return Node(
        TRUNK,
        current,
        desired,
        match={identity: entry[identity]},
        derived={"account_sid": task.params["account_sid"]},
        settings=_recording(entry["recording"], current),
        collections=collections,
        key=key,
        rank=rank(entry["domain_name"] or (current or {}).get("domain_name")),
    )


def rank(domain: str | None) -> int:
    """Return the place of a trunk among others: 1, or as many as its domain has labels of its own."""
    return max(1, len((domain or "").split(".")) - DOMAIN_LABELS)


def above(domain: str | None) -> str:
    """Return the termination domain that one is a sub-domain of; empty if it is none."""
    return str(domain).partition(".")[2] if rank(domain) > 1 else ""


def judge_domains(task: Task, wanted: Sequence[tuple[Mapping[str, Any], Mapping[str, Any] | None, str]]) -> None:
    """Explain what Twilio will say about sub-domains, as far as the trunks that the task has read show it.

    Args:
        task: the task; a warning is added where the domain above may be one of the parent account's.
        wanted: the options of each trunk, the trunk as it is, and the prefix for errors.

    Raises:
        InvalidInputError: a domain is to go that others of the account are sub-domains of.
    """
    known = task.directory.known(TRUNK)
    after = {str(trunk["sid"]): str(trunk["domain_name"]) for trunk in known or []}
    for number, (entry, current, __) in enumerate(wanted):
        sid = str(current["sid"]) if current else f"new {number}"
        if entry["state"] == "absent":
            after.pop(sid, None)
        elif entry["domain_name"] is not None:
            after[sid] = entry["domain_name"]
    there = set(after.values())
    for entry, current, prefix in wanted:
        domain, old = str(entry["domain_name"] or ""), str((current or {}).get("domain_name") or "")
        present = entry["state"] == "present"
        upper = above(domain)
        if present and known is not None and upper and domain != old and upper not in there:
            task.warnings.append(
                f"{prefix}domain_name: {domain} is a sub-domain, and no trunk of the account has {upper}. Twilio "
                f"accepts it only if a trunk of the parent account has it; otherwise create a trunk with {upper} first."
            )
        lower = sorted(name for name in there if old and above(name) == old)
        if lower and old not in there:
            option = "domain_name" if present else "state"
            raise InvalidInputError(
                f"{prefix}{option}",
                entry[option],
                f"takes the domain {old} away, and {', '.join(lower)} "
                f"{'is a sub-domain' if len(lower) == 1 else 'are sub-domains'} of it: delete or rename "
                f"{'that trunk' if len(lower) == 1 else 'those trunks'} first, or in the same task of "
                "dialtone.voice.twilio_voice_account.",
            )


def validate(params: Mapping[str, Any]) -> None:
    """Judge the options of a trunk before the first request."""
    validate_one(params)


def ensure(task: Task) -> Outcome:
    """Bring a trunk and what belongs to it into the wanted state."""
    found = current(task, task.params)
    judge_domains(task, [(task.params, found, "")])
    task.directory.prefetch(needs(task.params, found))
    outcome = task.converge(node(task, task.params, found))
    outcome.results["trunk"] = outcome.after
    return outcome


def _recording(wanted: Mapping[str, Any] | None, current: Mapping[str, Any] | None) -> dict[str, Setting]:
    desired = {name: value for name, value in (wanted or {}).items() if value is not None}
    if not desired:
        return {}
    return {"recording": Setting(RECORDING, (current or TRUNK.defaults)["recording"] or RECORDING.defaults, desired)}


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


def _refer(task: Task, option: str, names: Sequence[str], members: Sequence[Record], prefix: str) -> list[Item]:
    """Return the wanted members of a list of references.

    Those that are members already are recognised by that, so that an unchanged list costs no further request.
    """
    reference, name_field, directory = REFERENCES[option], REFERENCES[option].kind.name, task.directory
    by: dict[str, list[Record]] = {}
    for member in members:
        for field in ("sid", name_field):
            by.setdefault(str(member[field]), []).append(member)
    found: dict[str, Record | Ref | None] = {
        name: only(reference.resource.label, name, by[name]) for name in names if name in by
    }
    found.update(directory.find(reference.kind, [name for name in names if name not in found]))
    items = []
    for position, name in enumerate(names):
        where = f"{prefix}{option}[{position}]"
        record = found[name]
        if record is None:
            record = directory.insist(reference.kind, where, name)
        if isinstance(record, Ref):
            items.append(Item({"sid": record}, known={name_field: name}))
            continue
        directory.stays(reference.kind, where, name, record)
        items.append(Item({"sid": record["sid"]}, known={name_field: record[name_field]}))
        if record.get("trunk_sid"):
            task.warnings.append(f"{where}: {name} is taken from trunk {record['trunk_sid']}: a number has one trunk.")
    return items


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
