# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IP access control lists and their addresses."""

from __future__ import annotations

from typing import Any

from lab.emulator import errors
from lab.emulator.errors import ApiError
from lab.emulator.params import Int, Ipv4, Text
from lab.emulator.resource import ACCOUNT, V2010, Call, Resource
from lab.emulator.store import Record

LISTS_PER_ACCOUNT = 1000
ADDRESSES_PER_LIST = 100


class IpAccessControlLists(Resource):
    """A named list of addresses; the name is unique within the account."""

    style = V2010
    collection = ACCOUNT + "/SIP/IpAccessControlLists.json"
    instance = ACCOUNT + "/SIP/IpAccessControlLists/{Sid}.json"
    kind = "AL"
    list_key = "ip_access_control_lists"
    create_params = update_params = (
        Text("FriendlyName", "friendly_name", required=True, longest=255, shortest=1, code=errors.ACL_INVALID),
    )
    invalid_code = errors.ACL_INVALID
    sublinks = ("IpAddresses",)

    def check(self, call: Call, parent: str, values: dict[str, Any], current: Record | None) -> None:
        others = self.siblings(call, parent, current)
        if current is None and len(others) >= LISTS_PER_ACCOUNT:
            raise ApiError(errors.ACL_MAXIMUM, f"An account can have {LISTS_PER_ACCOUNT} access lists at most")
        name = values["friendly_name"]
        if any(other.data["friendly_name"] == name for other in others):
            raise ApiError(errors.ACL_INVALID, f"An IpAccessControlList with the FriendlyName {name!r} exists already")

    def check_delete(self, call: Call, record: Record) -> None:
        used = next((link for link in call.context.store.all("TK/AL") if link.sid == record.sid), None)
        if used is not None:
            raise ApiError(
                errors.ACL_MAPPED, f"IpAccessControlList {record.sid} is still mapped to trunk {used.parent}"
            )

    def before_delete(self, call: Call, record: Record) -> None:
        for address in list(call.context.store.children("IP", record.sid).values()):
            call.context.store.remove(address)


class IpAddresses(Resource):
    """An address or network of a list."""

    style = V2010
    collection = ACCOUNT + "/SIP/IpAccessControlLists/{IpAccessControlListSid}/IpAddresses.json"
    instance = ACCOUNT + "/SIP/IpAccessControlLists/{IpAccessControlListSid}/IpAddresses/{Sid}.json"
    kind = "IP"
    list_key = "ip_addresses"
    parent_kind = "AL"
    parent_name = "IpAccessControlListSid"
    create_params = (
        Text("FriendlyName", "friendly_name", required=True, longest=255, shortest=1, code=errors.ACL_INVALID),
        Ipv4("IpAddress", "ip_address", required=True, code=errors.ACL_INVALID),
        Int("CidrPrefixLength", "cidr_prefix_length", lowest=0, highest=32, code=errors.ACL_INVALID),
    )
    update_params = (
        Text("FriendlyName", "friendly_name", longest=255, shortest=1, code=errors.ACL_INVALID),
        Ipv4("IpAddress", "ip_address", code=errors.ACL_INVALID),
        Int("CidrPrefixLength", "cidr_prefix_length", lowest=0, highest=32, code=errors.ACL_INVALID),
    )
    invalid_code = errors.ACL_INVALID

    def defaults(self) -> dict[str, Any]:
        return {"cidr_prefix_length": 32}

    def check(self, call: Call, parent: str, values: dict[str, Any], current: Record | None) -> None:
        others = self.siblings(call, parent, current)
        if current is None:
            if len(others) >= ADDRESSES_PER_LIST:
                raise ApiError(errors.ADDRESSES_MAXIMUM, f"A list can have {ADDRESSES_PER_LIST} addresses at most")
            values["ip_access_control_list_sid"] = parent
        if values.get("cidr_prefix_length") == 0:
            values["cidr_prefix_length"] = 32  # as Twilio does, silently
        after = {**self.defaults(), **(current.data if current else {}), **values}
        for other in others:
            if all(other.data[key] == after[key] for key in ("ip_address", "cidr_prefix_length")):
                shown = f"{after['ip_address']}/{after['cidr_prefix_length']}"
                raise ApiError(errors.ACL_INVALID, f"IpAddress {shown} is in the list {parent} already")
