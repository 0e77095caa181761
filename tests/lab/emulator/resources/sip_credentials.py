# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credential lists and their user names and passwords."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

from lab.emulator import errors
from lab.emulator.errors import ApiError
from lab.emulator.params import Param, RefusedError, Text
from lab.emulator.resource import ACCOUNT, V2010, Call, Resource
from lab.emulator.store import Record

LISTS_PER_ACCOUNT = 100
USERS_PER_LIST = 1000
REALM = "sip.twilio.com"


@dataclass(frozen=True)
class _Username(Text):
    """A SIP user name without white space, quotes or characters that would end it."""

    def convert(self, raw: str) -> Any:
        if not re.fullmatch(r"[A-Za-z0-9._~!$&'()*+,;=-]+", raw):
            raise RefusedError("is empty or has a character that a SIP user name cannot have")
        return super().convert(raw)


@dataclass(frozen=True)
class _Password(Param):
    """At least 12 characters with a digit, a lower-case and an upper-case letter."""

    secret: bool = True

    def convert(self, raw: str) -> Any:
        if len(raw) < 12 or not all(re.search(part, raw) for part in ("[0-9]", "[a-z]", "[A-Z]")):
            raise RefusedError("needs at least 12 characters with a digit, a lower-case and an upper-case letter")
        return raw


class CredentialLists(Resource):
    """A named list of users; the name is unique within the account."""

    style = V2010
    collection = ACCOUNT + "/SIP/CredentialLists.json"
    instance = ACCOUNT + "/SIP/CredentialLists/{Sid}.json"
    kind = "CL"
    list_key = "credential_lists"
    create_params = update_params = (
        Text(
            "FriendlyName", "friendly_name", required=True, longest=64, shortest=1, code=errors.CREDENTIAL_LIST_INVALID
        ),
    )
    invalid_code = errors.CREDENTIAL_LIST_INVALID
    sublinks = ("Credentials",)

    def check(self, call: Call, parent: str, values: dict[str, Any], current: Record | None) -> None:
        others = self.siblings(call, parent, current)
        if current is None and len(others) >= LISTS_PER_ACCOUNT:
            raise ApiError(
                errors.CREDENTIAL_LIST_MAXIMUM, f"An account can have {LISTS_PER_ACCOUNT} credential lists at most"
            )
        name = values["friendly_name"]
        if any(other.data["friendly_name"] == name for other in others):
            raise ApiError(
                errors.CREDENTIAL_LIST_INVALID, f"A CredentialList with the FriendlyName {name!r} exists already"
            )

    def check_delete(self, call: Call, record: Record) -> None:
        used = next((link for link in call.context.store.all("TK/CL") if link.sid == record.sid), None)
        if used is not None:
            raise ApiError(
                errors.CREDENTIAL_LIST_MAPPED, f"CredentialList {record.sid} is still mapped to trunk {used.parent}"
            )

    def before_delete(self, call: Call, record: Record) -> None:
        for credential in list(call.context.store.children("CR", record.sid).values()):
            call.context.store.remove(credential)


class Credentials(Resource):
    """A user of a list. The password is kept only as a digest hash and never returned."""

    style = V2010
    collection = ACCOUNT + "/SIP/CredentialLists/{CredentialListSid}/Credentials.json"
    instance = ACCOUNT + "/SIP/CredentialLists/{CredentialListSid}/Credentials/{Sid}.json"
    kind = "CR"
    list_key = "credentials"
    parent_kind = "CL"
    parent_name = "CredentialListSid"
    create_params = (
        _Username("Username", "username", required=True, longest=32, code=errors.CREDENTIAL_INVALID),
        _Password("Password", "password", required=True, code=errors.CREDENTIAL_INVALID),
    )
    update_params = (_Password("Password", "password", code=errors.CREDENTIAL_INVALID),)
    invalid_code = errors.CREDENTIAL_INVALID

    def check(self, call: Call, parent: str, values: dict[str, Any], current: Record | None) -> None:
        if current is None:
            others = self.siblings(call, parent, current)
            if len(others) >= USERS_PER_LIST:
                raise ApiError(errors.CREDENTIALS_MAXIMUM, f"A list can have {USERS_PER_LIST} credentials at most")
            if any(other.data["username"] == values["username"] for other in others):
                raise ApiError(
                    errors.CREDENTIAL_INVALID, f"Username {values['username']!r} is in the list {parent} already"
                )
            values["credential_list_sid"] = parent

    def stored(self, call: Call, record: Record) -> None:  # noqa: ARG002
        password = record.data.pop("password", None)
        if password is not None:
            text = f"{record.data['username']}:{REALM}:{password}"
            record.hidden["ha1"] = hashlib.md5(text.encode()).hexdigest()  # noqa: S324 - what SIP digest is made of
