# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The account and its subaccounts: /2010-04-01/Accounts.json. Nothing is ever deleted, only closed."""

from __future__ import annotations

import secrets
from typing import Any

from lab.emulator import errors
from lab.emulator.auth import require_full_access
from lab.emulator.dialing import NEW_ACCOUNT, opened
from lab.emulator.errors import ApiError
from lab.emulator.paging import PAGE_PARAMS
from lab.emulator.params import Choice, Param, Text
from lab.emulator.resource import V2010, Call, Operation, listing
from lab.emulator.store import Account
from lab.emulator.wire import new_sid

SUBACCOUNTS = 1000  # of one account; closed ones do not count
_STATUS = Choice("Status", "status", values=("active", "suspended", "closed"))
_NAME = Text("FriendlyName", "friendly_name", longest=64)
_SUBRESOURCES = {
    "addresses": "Addresses",
    "available_phone_numbers": "AvailablePhoneNumbers",
    "calls": "Calls",
    "incoming_phone_numbers": "IncomingPhoneNumbers",
    "keys": "Keys",
    "sip": "SIP",
    "usage": "Usage",
}


class Accounts:
    """An account sees itself and its subaccounts; a subaccount sees itself. A standard API key sees nothing."""

    collection = "/2010-04-01/Accounts.json"
    instance = "/2010-04-01/Accounts/{Sid}.json"

    def operations(self) -> list[Operation]:
        def named(*params: Param) -> dict[str, Param]:
            return {param.name: param for param in params}

        return [
            Operation("GET", self.collection, "api", 200, self.list, named(_NAME, _STATUS, *PAGE_PARAMS)),
            Operation("POST", self.collection, "api", 201, self.create, named(_NAME)),
            Operation("GET", self.instance, "api", 200, self.fetch),
            Operation("POST", self.instance, "api", 200, self.update, named(_NAME, _STATUS)),
        ]

    def list(self, call: Call) -> dict[str, Any]:
        require_full_access(call.full_access, "accounts")
        wanted = {key: call.values[key] for key in ("friendly_name", "status") if key in call.values}
        visible = [call.caller, *call.context.store.subaccounts(call.caller.sid)]
        found = [account for account in visible if all(getattr(account, key) == wanted[key] for key in wanted)]
        found.sort(key=lambda account: account.serial, reverse=True)
        return listing(call, V2010, "accounts", found, show)

    def create(self, call: Call) -> dict[str, Any]:
        require_full_access(call.full_access, "accounts")
        store, now = call.context.store, call.context.wall()
        if call.caller.owner_account_sid:
            raise ApiError(errors.FORBIDDEN, f"Account {call.caller.sid} is a subaccount and cannot have its own", 403)
        living = [account for account in store.subaccounts(call.caller.sid) if account.status != "closed"]
        if len(living) >= SUBACCOUNTS:
            raise ApiError(errors.BAD_PARAMETER, f"An account can have {SUBACCOUNTS} subaccounts at most")
        account = Account(
            sid=new_sid("AC"),
            auth_token=secrets.token_hex(16),
            friendly_name=call.values.get("friendly_name", f"SubAccount Created at {V2010.date(now)}"),
            created=now,
            updated=now,
            type=call.caller.type,
            owner_account_sid=call.caller.sid,
            dialing=opened(NEW_ACCOUNT),
        )
        store.add_account(account)
        return show(account)

    def fetch(self, call: Call) -> dict[str, Any]:
        require_full_access(call.full_access, "accounts")
        return show(call.account)

    def update(self, call: Call) -> dict[str, Any]:
        require_full_access(call.full_access, "accounts")
        account, values = call.account, call.values
        status = values.get("status", account.status)
        if account.status == "closed":
            raise ApiError(errors.CONFLICT, f"Account {account.sid} is closed, which is for ever", 409)
        if status != account.status and account is call.caller:
            raise ApiError(errors.BAD_PARAMETER, f"Parameter Status is invalid: {account.sid} cannot be {status} by "
                           "its own credentials")  # fmt: skip
        account.status = status
        account.friendly_name = values.get("friendly_name", account.friendly_name)
        account.updated = call.context.wall()
        return show(account)


def show(account: Account) -> dict[str, Any]:
    """The account as the API shows it, its token included."""
    base = f"/2010-04-01/Accounts/{account.sid}"
    return {
        "sid": account.sid,
        "owner_account_sid": account.owner_account_sid or account.sid,
        "friendly_name": account.friendly_name,
        "auth_token": account.auth_token,
        "status": account.status,
        "type": account.type,
        "date_created": V2010.date(account.created),
        "date_updated": V2010.date(account.updated),
        "uri": f"{base}.json",
        "subresource_uris": {key: f"{base}/{part}.json" for key, part in _SUBRESOURCES.items()},
    }
