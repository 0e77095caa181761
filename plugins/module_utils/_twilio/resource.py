# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a kind of Twilio object looks like, as data; the kinds there are stand in ``catalog``. Private.

Paths, list keys, fields and limits in the catalog are those of Twilio's published OpenAPI specifications of
September 2026.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Callable

Record = dict[str, Any]

PAGE_SIZE = 1000  # the largest page Twilio serves
ACCOUNT_PATH = "/2010-04-01/Accounts/{account_sid}"  # what the paths of the 2010-04-01 API begin with


def same(left: object, right: object) -> bool:
    """Compare two values as Twilio does: what is unset reads back as null or as an empty string."""
    return (left in (None, "") and right in (None, "")) or (
        left == right and isinstance(left, bool) == isinstance(right, bool)
    )


def _as_is(record: Mapping[str, Any]) -> Record:
    return dict(record)


@dataclass(frozen=True)
class Settling:
    """A field that Twilio changes by itself for a while after a write.

    Attributes:
        field: its name.
        pending: the values during which it is still changing.
        failed: the values that mean that it went wrong, with the remedy.
        holder: the field whose value Twilio is working on.
        held, free: the values that the end of it has with, and without, a value there.
    """

    field: str
    pending: frozenset[str]
    failed: Mapping[str, str]
    holder: str
    held: str
    free: str

    def unsettled(self, record: Mapping[str, Any]) -> bool:
        """Return whether it is still changing; a state that does not fit what is held is about to change."""
        behind = self.free if record.get(self.holder) else self.held
        return record.get(self.field) in (*self.pending, behind)


@dataclass(frozen=True)
class Bulk:
    """One request that updates many members of a list.

    Attributes:
        path: where it is sent.
        encode: from members (``handle`` and all updatable fields) to the form.
        count: the field of the answer that says how many were updated.
    """

    path: str
    encode: Callable[[Sequence[Mapping[str, Any]]], dict[str, str]]
    count: str


@dataclass(frozen=True)
class Resource:
    """One kind of Twilio object.

    Attributes:
        label: its name in messages and change lists.
        product: first label of the host name.
        path: path of the list; ``{account_sid}`` and ``{parent}`` are filled in.
        key: the list's key in a page.
        wire: field name → form parameter, for everything that can be sent.
        identity: fields that tell objects apart (the first one names it in messages).
        create_only: sent when creating, never when updating.
        updatable: sent when creating and when they change.
        write_only: accepted, never returned: cannot be compared and is never shown.
        read_only: returned as they are.
        defaults: what Twilio fills in on creation (for predictions).
        suffix: ending of every path.
        singleton: there is exactly one, under the list's path.
        handle: the field that names an object in paths.
        page_size: how many to ask for in one page.
        settling: a field that goes on changing after a write; None if there is none.
        bulk: how many members are updated at once; None if each is updated by itself.
        secret: a field that only the answer to a creation has (and no later read); empty if there is none.
        guards: verb → permission without which it is refused.
        limit: how many fit in one parent; None is no limit known.
        serving: a field that says whether a member is in use; there is always one in use if there was one and will be.
        encode, decode: between our fields and the API's, where they differ in more than the name.
    """

    label: str
    product: str
    path: str
    key: str
    wire: Mapping[str, str]
    identity: tuple[str, ...]
    create_only: tuple[str, ...] = ()
    updatable: tuple[str, ...] = ()
    write_only: tuple[str, ...] = ()
    read_only: tuple[str, ...] = ()
    defaults: Mapping[str, Any] = field(default_factory=dict)
    suffix: str = ""
    singleton: bool = False
    handle: str = "sid"
    page_size: int = PAGE_SIZE
    settling: Settling | None = None
    bulk: Bulk | None = None
    secret: str = ""
    guards: Mapping[str, str] = field(default_factory=dict)
    limit: int | None = None
    serving: str = ""
    encode: Callable[[Mapping[str, Any]], Record] = _as_is
    decode: Callable[[Mapping[str, Any]], Record] = _as_is

    @property
    def fields(self) -> tuple[str, ...]:
        """All fields of an object, each once, the handle first."""
        handle = () if self.singleton else (self.handle,)
        return tuple(dict.fromkeys((*handle, *self.identity, *self.create_only, *self.updatable, *self.read_only)))

    def url(self, account_sid: str, parent: str = "", sid: str = "") -> str:
        """Return the URL of the list, or of one object."""
        path = self.path.format(account_sid=account_sid, parent=parent)
        return f"https://{self.product}.twilio.com{path}{'/' + sid if sid else ''}{self.suffix}"

    def read(self, raw: Mapping[str, Any]) -> Record:
        """Return the fields we know of what the API returned; an unset field is an empty string."""
        decoded = self.decode(raw)
        return {
            name: "" if decoded.get(name) is None else decoded[name]
            for name in self.fields
            if name not in self.write_only
        }

    def shown_by(self, raw: Mapping[str, Any]) -> bool:
        """Return whether an answer is one of these objects, and not some other JSON."""
        return all(name in raw for name in self.updatable) if self.singleton else bool(raw.get(self.handle))

    def order(self, record: Mapping[str, Any]) -> tuple[str, ...]:
        """Return the key by which members are shown in the same order every time."""
        return tuple(str(record.get(name)) for name in (*self.read_only, *self.identity))

    def form(self, values: Mapping[str, Any]) -> dict[str, str]:
        """Return the form to send for some fields: booleans are ``true`` or ``false``, None is left out."""
        encoded = self.encode(values)
        return {
            self.wire[name]: str(value).lower() if isinstance(value, bool) else str(value)
            for name, value in encoded.items()
            if value is not None
        }


def names_to_wire(*names: str) -> dict[str, str]:
    """Return ``{"friendly_name": "FriendlyName"}`` for each name: Twilio's usual spelling."""
    return {name: "".join(part.capitalize() for part in name.split("_")) for name in names}
