# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator's memory: accounts and their objects. It knows no rules; the resources do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class Record:
    """One object.

    Attributes:
        kind: what it is: a SID prefix (`TK`), or two joined by / for an association (`TK/AL`).
        key: unique within the kind; the SID, or `TK…/AL…` for an association.
        parent: the SID of the account, trunk or list that holds it.
        serial: creation order; lists show the newest first.
        created, updated: seconds since the epoch.
        data: the fields as they are shown, without dates and links.
        hidden: what must never be shown (the digest hash of a password).
    """

    kind: str
    key: str
    sid: str
    account_sid: str
    parent: str
    serial: int
    created: float
    updated: float
    data: dict[str, Any]
    hidden: dict[str, Any] = field(default_factory=dict)


@dataclass
class Account:
    """An account or subaccount and the credentials that open it."""

    sid: str
    auth_token: str
    friendly_name: str
    created: float
    status: str = "active"
    type: str = "Full"
    owner_account_sid: str = ""
    updated: float = 0.0
    serial: int = 0  # creation order
    caller_ids: set[str] = field(default_factory=set)  # verified numbers that Twilio does not host
    blocked_prefixes: tuple[str, ...] = ()  # destinations the geographic permissions forbid
    cps: int = 1  # calls per second of each of its trunks
    dialing: dict[str, set[str]] = field(default_factory=dict)  # ISO code → what may be called there, see dialing.py
    dialing_inheritance: bool = True  # of a subaccount: its owner's permissions count, not its own


class Store:
    """Every account and object. Not locked: its users hold the emulator's lock."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.released: set[str] = set()  # numbers given back: no longer to be had
        self.fresh: dict[tuple[str, str], list[float]] = {}  # what is not to be found yet, see freshness.py
        self.unverified: dict[str, tuple[str, dict[str, Any]]] = {}  # calls before their digest, see sip/history.py
        self.ledger: list[dict[str, Any]] = []  # every purchase of a number, see incoming_numbers.py
        self._records: dict[str, dict[str, Record]] = {}
        self._children: dict[tuple[str, str], dict[str, Record]] = {}
        self._numbers: dict[str, Record] = {}
        self._serial = 0

    def add_account(self, account: Account) -> None:
        """Take in an account, or put a renewed one in the place of the old."""
        old = self.accounts.get(account.sid)
        if old is None:
            self._serial += 1
        account.serial = old.serial if old else self._serial
        self.accounts[account.sid] = account

    def inactive(self, account: Account) -> Account | None:
        """What shuts an account: itself or its owner, if suspended or closed; None while it is open."""
        owner = self.accounts.get(account.owner_account_sid, account)
        return next((found for found in (account, owner) if found.status != "active"), None)

    def subaccounts(self, owner: str) -> list[Account]:
        """The subaccounts of an account, oldest first, closed ones included."""
        return [account for account in self.accounts.values() if account.owner_account_sid == owner]

    def add(  # noqa: PLR0917
        self, kind: str, key: str, sid: str, account_sid: str, parent: str, now: float, data: dict[str, Any]
    ) -> Record:
        self._serial += 1
        record = Record(kind, key, sid, account_sid, parent, self._serial, now, now, data)
        self._records.setdefault(kind, {})[key] = record
        self._children.setdefault((kind, parent), {})[key] = record
        if kind == "PN":
            self._numbers[data["phone_number"]] = record
        return record

    def remove(self, record: Record) -> None:
        del self._records[record.kind][record.key]
        del self._children[(record.kind, record.parent)][record.key]
        if record.kind == "PN":
            del self._numbers[record.data["phone_number"]]

    def move(self, record: Record, account_sid: str) -> None:
        """Hand a number over to another account."""
        del self._children[(record.kind, record.parent)][record.key]
        record.account_sid = record.parent = account_sid
        self._children.setdefault((record.kind, account_sid), {})[record.key] = record

    def get(self, kind: str, key: str) -> Record | None:
        return self._records.get(kind, {}).get(key)

    def all(self, kind: str) -> Iterator[Record]:
        return iter(self._records.get(kind, {}).values())

    def children(self, kind: str, parent: str) -> dict[str, Record]:
        """The objects of a kind that a parent holds, oldest first, by key."""
        return self._children.get((kind, parent), {})

    def number(self, phone_number: str) -> Record | None:
        return self._numbers.get(phone_number)

    def trunk_numbers(self, trunk: Record) -> list[Record]:
        """The numbers attached to a trunk, oldest first."""
        numbers = self.children("PN", trunk.account_sid).values()
        return [number for number in numbers if number.data["trunk_sid"] == trunk.sid]

    def trunk_of_domain(self, domain: str) -> Record | None:
        """The trunk with a termination domain, which is written in lower case."""
        return next((trunk for trunk in self.all("TK") if trunk.data["domain_name"] == domain), None)
