# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything the emulator knows, as one document for tests. Secrets are left out."""

from __future__ import annotations

from typing import Any

from lab.emulator.context import Context
from lab.emulator.resource import Resource
from lab.emulator.resources.addresses import Addresses
from lab.emulator.resources.incoming_numbers import IncomingPhoneNumbers
from lab.emulator.resources.keys import Keys
from lab.emulator.resources.origination_urls import OriginationUrls
from lab.emulator.resources.sip_access_lists import IpAccessControlLists, IpAddresses
from lab.emulator.resources.sip_credentials import CredentialLists, Credentials
from lab.emulator.resources.trunk_parts import TrunkCredentialLists, TrunkIpAccessControlLists
from lab.emulator.resources.trunks import Trunks

_ALL: dict[str, tuple[Resource, dict[str, Resource]]] = {
    "trunks": (
        Trunks(),
        {
            "origination_urls": OriginationUrls(),
            "ip_access_control_lists": TrunkIpAccessControlLists(),
            "credential_lists": TrunkCredentialLists(),
        },
    ),
    "ip_access_control_lists": (IpAccessControlLists(), {"ip_addresses": IpAddresses()}),
    "credential_lists": (CredentialLists(), {"credentials": Credentials()}),
    "incoming_phone_numbers": (IncomingPhoneNumbers(), {}),
    "addresses": (Addresses(), {}),
    "keys": (Keys(), {}),
}


def state(context: Context) -> dict[str, Any]:
    """{"accounts": [{…, "trunks": [{…, "origination_urls": […], "phone_numbers": ["+1…"]}], …}]}, oldest first."""
    accounts = []
    for account in context.store.accounts.values():
        shown: dict[str, Any] = {
            "sid": account.sid,
            "friendly_name": account.friendly_name,
            "status": account.status,
            "type": account.type,
            "owner_account_sid": account.owner_account_sid,
            "dialing": {iso: sorted(risks) for iso, risks in sorted(account.dialing.items()) if risks},
            "dialing_inheritance": account.dialing_inheritance,
        }
        shown["ledger"] = [
            {key: value for key, value in entry.items() if key != "account_sid"}
            for entry in context.store.ledger
            if entry["account_sid"] == account.sid
        ]
        for key, (resource, parts) in _ALL.items():
            shown[key] = _objects(context, resource, parts, account.sid)
        for trunk in shown["trunks"]:
            record = context.store.get("TK", trunk["sid"])
            numbers = context.store.trunk_numbers(record) if record else []
            trunk["phone_numbers"] = [number.data["phone_number"] for number in numbers]
        accounts.append(shown)
    return {"accounts": accounts}


def _objects(context: Context, resource: Resource, parts: dict[str, Resource], parent: str) -> list[dict[str, Any]]:
    shown = []
    for record in context.store.children(resource.kind, parent).values():
        item = resource.show(context, record)
        for key, part in parts.items():
            item[key] = _objects(context, part, {}, record.sid)
        shown.append(item)
    return shown
