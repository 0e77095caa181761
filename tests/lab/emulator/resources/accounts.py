# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The account itself: fetch only. Subaccounts are made by seeding, not through the API."""

from __future__ import annotations

from typing import Any

from lab.emulator.errors import unauthenticated
from lab.emulator.resource import V2010, Call, Operation

_SUBRESOURCES = {
    "addresses": "Addresses",
    "available_phone_numbers": "AvailablePhoneNumbers",
    "incoming_phone_numbers": "IncomingPhoneNumbers",
    "sip": "SIP",
}


class Accounts:
    """GET /2010-04-01/Accounts/{Sid}.json. A standard API key may not read it."""

    template = "/2010-04-01/Accounts/{Sid}.json"

    def operations(self) -> list[Operation]:
        return [Operation("GET", self.template, "api", 200, self.fetch)]

    def fetch(self, call: Call) -> dict[str, Any]:
        if not call.full_access:
            raise unauthenticated("a standard API key cannot read the account; use the auth token or a main key")
        account = call.account
        base = f"/2010-04-01/Accounts/{account.sid}"
        return {
            "sid": account.sid,
            "owner_account_sid": account.owner_account_sid or account.sid,
            "friendly_name": account.friendly_name,
            "auth_token": account.auth_token,
            "status": account.status,
            "type": account.type,
            "date_created": V2010.date(account.created),
            "date_updated": V2010.date(account.created),
            "uri": f"{base}.json",
            "subresource_uris": {key: f"{base}/{part}.json" for key, part in _SUBRESOURCES.items()},
        }
