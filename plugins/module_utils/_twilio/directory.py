# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From the names that people use to the objects they mean: each list is read once in a run. Private."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Callable, Union

from .api import Api
from .catalog.addresses import ADDRESS
from .catalog.numbers import PHONE_NUMBER
from .catalog.sip import CREDENTIAL_LIST, IP_ACL
from .catalog.trunking import TRUNK
from .errors import InvalidInputError
from .lookup import is_sid, missing, only
from .plan import Ref
from .resource import Record, Resource
from .validate import DOMAIN_SUFFIX

Gather = Callable[[Sequence[Callable[[], "list[Record]"]]], "list[list[Record]]"]
Found = Union[Record, Ref, None]


@dataclass(frozen=True)
class Kind:
    """How objects of a kind are referred to.

    Attributes:
        resource: what they are.
        prefix: of their SIDs.
        name: the field people call them by.
        remedy: what to do about a missing one.
        planned: whether an earlier task of the same run may create them, so that check mode must not insist on them.
        domain: the field that is meant instead when what is given looks like a termination domain.
    """

    resource: Resource
    prefix: str
    name: str
    remedy: str
    planned: bool = True
    domain: str = ""

    def field(self, name: str) -> str:
        """Return the field that ``name`` is a value of."""
        return self.domain if self.domain and name.endswith(DOMAIN_SUFFIX) else self.name


def _create_with(module: str) -> str:
    return f"Create it first with dialtone.voice.{module}."


TRUNKS = Kind(TRUNK, "TK", "friendly_name", _create_with("twilio_trunk"), domain="domain_name")
ACCESS_LISTS = Kind(IP_ACL, "AL", "friendly_name", _create_with("twilio_ip_access_control_list"))
CREDENTIAL_LISTS = Kind(CREDENTIAL_LIST, "CL", "friendly_name", _create_with("twilio_credential_list"))
ADDRESSES = Kind(ADDRESS, "AD", "friendly_name", _create_with("twilio_address"))
NUMBERS = Kind(
    PHONE_NUMBER,
    "PN",
    "phone_number",
    "Buying one needs dialtone.voice.twilio_phone_number with purchase: true.",
    planned=False,
)


class Directory:
    """The objects of an account, and those that this run is about to create.

    Args:
        api: access to Twilio.
        gather: makes several reads, some at a time.
        check_mode: whether an earlier task may have created in prediction only what is missing now.
        warnings: where sentences for the user go.
    """

    def __init__(self, api: Api, gather: Gather, check_mode: bool, warnings: list[str]) -> None:
        self._api, self._gather, self._check_mode, self._warnings = api, gather, check_mode, warnings
        self._lists: dict[str, list[Record]] = {}
        self._members: dict[tuple[str, str], list[Record]] = {}
        self._indexes: dict[tuple[str, str], dict[object, list[Record]]] = {}
        self._planned: dict[tuple[str, str, str], Ref | Record] = {}
        self._leaving: dict[str, str] = {}

    def records(self, resource: Resource) -> list[Record]:
        """Return all objects of a kind; only the first call costs requests."""
        return self.load([resource])[0]

    def load(self, resources: Sequence[Resource]) -> list[list[Record]]:
        """Return all objects of several kinds, read at once; what was read before costs no request."""
        new = {resource.label: resource for resource in resources if resource.label not in self._lists}
        read = self._gather([partial(self._api.list, resource) for resource in new.values()])
        self._lists.update(zip(new, read))
        return [self._lists[resource.label] for resource in resources]

    def known(self, resource: Resource) -> list[Record] | None:
        """Return all objects of a kind if the task has read them already, else None; it costs no request."""
        return self._lists.get(resource.label)

    def one(self, resource: Resource, field: str, value: object) -> Record | None:
        """Return the only object of a kind whose field has the value, None if there is none.

        Ten thousand look-ups take no longer than reading ten thousand objects.

        Raises:
            AmbiguousError: there are several.
        """
        return only(resource.label, str(value), self.bearers(resource, field, value))

    def bearers(self, resource: Resource, field: str, value: object) -> list[Record]:
        """Return all objects of a kind whose field has the value."""
        index = self._indexes.get((resource.label, field))
        if index is None:
            index = self._indexes[resource.label, field] = {}
            for record in self.records(resource):
                index.setdefault(record.get(field), []).append(record)
        return index.get(value, [])

    def members(self, resource: Resource, parent: str) -> list[Record]:
        """Return what belongs to an object; only the first call costs requests."""
        return self.prefetch([(resource, parent)])[0]

    def prefetch(self, wanted: Sequence[tuple[Resource, str]]) -> list[list[Record]]:
        """Read the members of several objects, several at a time; an object without a SID has none.

        Args:
            wanted: what the members are, and the SID of what they belong to; empty for what does not exist yet.
        """
        new = [
            (resource, parent)
            for resource, parent in wanted
            if parent and (resource.label, parent) not in self._members
        ]
        new = [*{(resource.label, parent): (resource, parent) for resource, parent in new}.values()]
        read = self._gather([partial(self._api.list, resource, parent) for resource, parent in new])
        self._members.update({(resource.label, parent): records for (resource, parent), records in zip(new, read)})
        return [self._members.get((resource.label, parent), []) for resource, parent in wanted]

    def announce(
        self, kind: Kind, wanted: Mapping[str, object], key: str, current: Mapping[str, object] | None = None
    ) -> None:
        """Let an object be referred to by the names it has after this run.

        Args:
            kind: what it is.
            wanted: its options.
            key: that of the node that creates it.
            current: the object, if it exists and is perhaps renamed.
        """
        for field in filter(None, (kind.name, kind.domain)):
            if wanted.get(field):
                name = str(wanted[field])
                planned = Ref(key, name) if current is None else {**current, field: name}
                self._planned[kind.resource.label, field, name] = planned

    def withdraw(self, kind: Kind, current: Mapping[str, object], option: str) -> None:
        """Let an object not be referred to, because the entry ``option`` of this run deletes it."""
        self._leaving[str(current[kind.resource.handle])] = option

    def stays(self, kind: Kind, option: str, name: str, record: Mapping[str, object]) -> None:
        """Refuse a reference to an object that this run deletes.

        Raises:
            InvalidInputError: naming both options.
        """
        leaving = self._leaving.get(str(record[kind.resource.handle]))
        if leaving is not None:
            raise InvalidInputError(
                option, name, f"is the {kind.resource.label} that {leaving} deletes; leave out the one or the other."
            )

    def find(self, kind: Kind, names: Sequence[str]) -> dict[str, Found]:
        """Return what names or SIDs mean, with as few requests as possible; None for what there is not.

        Raises:
            AmbiguousError: a name is borne by several.
        """
        resource, known = kind.resource, kind.resource.label in self._lists
        found: dict[str, Found] = {}
        for name in names:
            planned = self._planned.get((resource.label, kind.field(name), name))
            if planned is not None:
                found[name] = planned
        rest = [name for name in dict.fromkeys(names) if name not in found]
        if len(rest) == 1 and not known:
            name = rest[0]
            if is_sid(name, kind.prefix):
                return {**found, name: self._api.fetch(resource, name)}
            if resource is PHONE_NUMBER:
                owned = self._api.list(resource, filters={"PhoneNumber": name})
                same = [record for record in owned if record[kind.name] == name]
                return {**found, name: only(resource.label, name, same)}
        for name in rest:
            found[name] = self.one(resource, resource.handle if is_sid(name, kind.prefix) else kind.field(name), name)
        return found

    def insist(self, kind: Kind, option: str, name: str) -> Ref:
        """Refuse a reference to nothing; in check mode an earlier task may be about to create it.

        Raises:
            MissingReferenceError: naming the option, and what there is that looks like it.
        """
        is_name = not is_sid(name, kind.prefix)
        field = kind.field(name)
        names = [str(record[field]) for record in self.records(kind.resource)] if is_name else []
        remedy = kind.remedy if is_name else "Check the SID, account_sid and region."
        error = missing(option, kind.resource.label, name, names, remedy)
        if not (self._check_mode and kind.planned and is_name):
            raise error
        self._warnings.append(f"{error} In check mode it is taken for granted that an earlier task creates it.")
        return Ref("", name)

    def sid(self, kind: Kind, option: str, name: str) -> str | Ref:
        """Return the SID of what a name or SID means.

        Raises:
            AmbiguousError: the name is borne by several.
            MissingReferenceError: there is no such object.
        """
        found = self.find(kind, [name])[name]
        if isinstance(found, Ref):
            return found
        if found is None:
            return self.insist(kind, option, name)
        self.stays(kind, option, name, found)
        return str(found[kind.resource.handle])
