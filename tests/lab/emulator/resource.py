# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The base of all REST resources: declare paths, parameters and rules; listing, creating and the rest follow."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, ClassVar

from lab.emulator import errors
from lab.emulator.context import Context
from lab.emulator.errors import ApiError, not_found
from lab.emulator.paging import PAGE_PARAMS, AnyRow, Envelope, Page, product_envelope, v2010_envelope
from lab.emulator.params import Param
from lab.emulator.store import Account, Record
from lab.emulator.wire import iso_8601, new_sid, rfc_2822


@dataclass
class Call:
    """A request on its way through a resource.

    Attributes:
        caller: the account whose credentials came with the request.
        account: the account it is about (for v2010 possibly a subaccount of the caller).
        full_access: whether the credentials may see account settings (not a standard API key).
        names: the path's variables, for example {"TrunkSid": "TK…"}.
        values: the parameters given, converted, by field.
        raw: the parameters given, as sent, by name.
        path: the request's path without the product.
    """

    context: Context
    caller: Account
    account: Account
    full_access: bool
    names: dict[str, str]
    values: dict[str, Any]
    raw: dict[str, str]
    path: str

    def not_found(self) -> ApiError:
        return not_found(self.path)


Handler = Callable[[Call], "dict[str, Any] | None"]


@dataclass(frozen=True)
class Operation:
    """One method on one path: what it takes and who handles it. `status` is that of success."""

    method: str
    template: str
    product: str
    status: int
    handler: Handler
    params: Mapping[str, Param] = field(default_factory=dict)
    missing_code: int = errors.BAD_PARAMETER

    @property
    def required(self) -> list[str]:
        return [param.name for param in self.params.values() if param.required]


@dataclass(frozen=True)
class Style:
    """What a product's answers have in common.

    Attributes:
        base: what every link in its bodies begins with; v2010 links are relative.
        link_key: the name under which an object carries its own link.
        sublink_key: the name under which it carries those of its parts.
    """

    product: str
    base: str
    date: Callable[[float], str]
    envelope: Envelope
    link_key: str
    sublink_key: str


def product_style(product: str) -> Style:
    """The style of the product APIs: absolute links on the product's own host, ISO 8601 dates."""
    return Style(product, f"https://{product}.twilio.com", iso_8601, product_envelope, "url", "links")


TRUNKING = product_style("trunking")
V2010 = Style("api", "", rfc_2822, v2010_envelope, "uri", "subresource_uris")
ACCOUNT = "/2010-04-01/Accounts/{AccountSid}"


class Resource:
    """A kind of object and its rules. Subclasses set the class attributes and override the hooks they need."""

    style: ClassVar[Style]
    collection: ClassVar[str]  # path template of the list
    instance: ClassVar[str]  # path template of one object; its last variable is the object's SID
    kind: ClassVar[str]
    list_key: ClassVar[str]
    parent_kind: ClassVar[str] = ""  # the SID prefix of the object that holds these; empty: the account
    parent_name: ClassVar[str] = ""  # the path variable that names it
    create_params: ClassVar[Sequence[Param]] = ()
    update_params: ClassVar[Sequence[Param] | None] = ()  # None: there is no update
    filters: ClassVar[Sequence[Param]] = ()
    invalid_code: ClassVar[int] = errors.BAD_PARAMETER  # for a missing required parameter
    sublinks: ClassVar[Sequence[str]] = ()  # the parts of an instance, named as in its path

    def operations(self) -> list[Operation]:
        """Every method on every path this resource answers."""

        def operation(method: str, template: str, status: int, handler: Handler, params: Sequence[Param]) -> Operation:
            by_name = {param.name: param for param in params}
            return Operation(method, template, self.style.product, status, handler, by_name, self.invalid_code)

        found = [
            operation("GET", self.collection, 200, self.list, [*self.filters, *PAGE_PARAMS]),
            operation("POST", self.collection, 201, self.create, self.create_params),
            operation("GET", self.instance, 200, self.fetch, ()),
            operation("DELETE", self.instance, 204, self.delete, ()),
        ]
        if self.update_params is not None:
            found.append(operation("POST", self.instance, 200, self.update, self.update_params))
        return found

    # -- what subclasses override -------------------------------------------------------------------------------

    def candidates(self, call: Call, parent: str) -> Sequence[Record]:
        """What a list shows, oldest first, before `matches`."""
        return list(call.context.store.children(self.kind, parent).values())

    def matches(self, record: Record, values: Mapping[str, Any]) -> bool:
        """Whether a record passes the list's filters; by default each must equal its field."""
        return all(
            record.data.get(param.field) == values[param.field] for param in self.filters if param.field in values
        )

    def defaults(self) -> dict[str, Any]:
        """The fields of a new object before the request's values."""
        return {}

    def check(self, call: Call, parent: str, values: dict[str, Any], current: Record | None) -> None:
        """Refuse, by ApiError, values that break a rule; `current` is None for a create. May adjust the values."""

    def check_delete(self, call: Call, record: Record) -> None:
        """Refuse, by ApiError, a delete that something depends on."""

    def stored(self, call: Call, record: Record) -> None:
        """Act on an object that was just created or updated."""

    def before_delete(self, call: Call, record: Record) -> None:
        """Let go of what refers to an object that is about to go."""

    def show(self, context: Context, record: Record) -> dict[str, Any]:  # noqa: ARG002
        """The object as the API shows it."""
        shown = {
            "sid": record.sid,
            "account_sid": record.account_sid,
            **record.data,
            "date_created": self.style.date(record.created),
            "date_updated": self.style.date(record.updated),
            self.style.link_key: self.style.base + self.path_of(record),
        }
        if self.sublinks:
            shown[self.style.sublink_key] = self.sublink_urls(record)
        return shown

    # -- the five verbs -----------------------------------------------------------------------------------------

    def list(self, call: Call) -> dict[str, Any]:
        parent = self.parent(call)
        candidates = reversed(self.candidates(call, parent))
        records = [record for record in candidates if self.matches(record, call.values)]
        return listing(call, self.style, self.list_key, records, lambda record: self.show(call.context, record))

    def create(self, call: Call) -> dict[str, Any]:
        parent = self.parent(call)
        values = dict(call.values)
        self.check(call, parent, values, None)
        sid = new_sid(self.kind)
        record = self.add(call, sid, sid, parent, {**self.defaults(), **values})
        self.stored(call, record)
        return self.show(call.context, record)

    def fetch(self, call: Call) -> dict[str, Any]:
        return self.show(call.context, self.find(call))

    def update(self, call: Call) -> dict[str, Any]:
        record = self.find(call)
        values = dict(call.values)
        self.check(call, record.parent, values, record)
        if values:
            record.data.update(values)
            record.updated = call.context.wall()
        self.stored(call, record)
        return self.show(call.context, record)

    def delete(self, call: Call) -> None:
        record = self.find(call)
        self.check_delete(call, record)
        self.before_delete(call, record)
        call.context.store.remove(record)

    # -- helpers ------------------------------------------------------------------------------------------------

    def add(self, call: Call, key: str, sid: str, parent: str, data: dict[str, Any]) -> Record:
        context = call.context
        return context.store.add(self.kind, key, sid, call.account.sid, parent, context.wall(), data)

    def parent(self, call: Call) -> str:
        """The SID of the object that holds these; 404 when it is not the account's."""
        if not self.parent_kind:
            return call.account.sid
        sid = call.names[self.parent_name]
        holder = call.context.store.get(self.parent_kind, sid)
        if holder is None or holder.account_sid != call.account.sid:
            raise call.not_found()
        return sid

    def find(self, call: Call) -> Record:
        record = call.context.store.get(self.kind, call.names["Sid"])
        if record is None or record.parent != self.parent(call):
            raise call.not_found()
        return record

    def path_of(self, record: Record) -> str:
        names = {"AccountSid": record.account_sid, self.parent_name: record.parent, "Sid": record.sid}
        return self.instance.format_map(names)

    def sublink_urls(self, record: Record) -> dict[str, str]:
        path = self.path_of(record)
        stem, dot, extension = path.partition(".json")
        base = self.style.base
        return {_snake(part): f"{base}{stem}/{part}{dot}{extension}" for part in self.sublinks}

    def siblings(self, call: Call, parent: str, current: Record | None) -> Sequence[Record]:
        """The other objects of the same holder."""
        return [record for record in call.context.store.children(self.kind, parent).values() if record is not current]


def listing(
    call: Call, style: Style, list_key: str, rows: Sequence[AnyRow], show: Callable[[AnyRow], dict[str, Any]]
) -> dict[str, Any]:
    """One page of a list in its envelope. `rows` are what passed the filters, by falling serial."""
    page = Page(rows, call.values)
    filters = {name: value for name, value in call.raw.items() if name not in _PAGING}
    links = page.links(style.base + call.path, filters, call.raw.get("PageToken"))
    return style.envelope(page, list_key, [show(row) for row in page.records], links)


_PAGING = {param.name for param in PAGE_PARAMS}


@cache
def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
