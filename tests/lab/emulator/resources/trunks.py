# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trunks: /v1/Trunks."""

from __future__ import annotations

from typing import Any

from lab.emulator import errors
from lab.emulator.context import Context
from lab.emulator.errors import ApiError
from lab.emulator.params import Choice, DomainName, Flag, HttpMethod, OptionalText, WebUrl
from lab.emulator.resource import TRUNKING, Call, Resource
from lab.emulator.resources.emergency import address_status
from lab.emulator.store import Record, Store

TRUNKS_PER_ACCOUNT = 100

_PARAMS = (
    OptionalText("FriendlyName", "friendly_name", longest=64),
    DomainName("DomainName", "domain_name"),
    WebUrl("DisasterRecoveryUrl", "disaster_recovery_url"),
    HttpMethod("DisasterRecoveryMethod", "disaster_recovery_method", clearable=True),
    Choice("TransferMode", "transfer_mode", values=("disable-all", "enable-all", "sip-only")),
    Flag("Secure", "secure"),
    Flag("CnamLookupEnabled", "cnam_lookup_enabled"),
    Choice("TransferCallerId", "transfer_caller_id", values=("from-transferee", "from-transferor")),
)


class Trunks(Resource):
    """An elastic SIP trunk. Its recording and its lists are resources of their own."""

    style = TRUNKING
    collection = "/v1/Trunks"
    instance = "/v1/Trunks/{Sid}"
    kind = "TK"
    list_key = "trunks"
    create_params = _PARAMS
    update_params = _PARAMS
    sublinks = ("OriginationUrls", "CredentialLists", "IpAccessControlLists", "PhoneNumbers")

    def defaults(self) -> dict[str, Any]:
        return {
            "friendly_name": None,
            "domain_name": None,
            "disaster_recovery_url": None,
            "disaster_recovery_method": None,
            "transfer_mode": "disable-all",
            "transfer_caller_id": "from-transferee",
            "secure": False,
            "cnam_lookup_enabled": False,
            "symmetric_rtp_enabled": False,
            "recording": {"mode": "do-not-record", "trim": "do-not-trim"},
        }

    def check(self, call: Call, parent: str, values: dict[str, Any], current: Record | None) -> None:
        if call.account.type == "Trial":
            _check_trial(call, parent, current)
        if current is None and len(call.context.store.children("TK", parent)) >= TRUNKS_PER_ACCOUNT:
            raise ApiError(errors.TRUNK_MAXIMUM, f"An account can have {TRUNKS_PER_ACCOUNT} trunks at most")
        if "domain_name" not in values:
            return
        old = current.data["domain_name"] if current else None
        new = values["domain_name"]
        if new == old:
            return
        if old:
            _refuse_with_subdomains(call.context.store, old)
        if new:
            _check_domain(call, new)

    def check_delete(self, call: Call, record: Record) -> None:
        if record.data["domain_name"]:
            _refuse_with_subdomains(call.context.store, record.data["domain_name"])
        for number in call.context.store.trunk_numbers(record):
            if address_status(call.context, number) not in ("unregistered", "registration-failure"):
                raise ApiError(
                    errors.EMERGENCY_IN_USE,
                    f"Trunk {record.sid} carries {number.data['phone_number']}, which has an emergency address",
                )

    def before_delete(self, call: Call, record: Record) -> None:
        store = call.context.store
        for number in store.trunk_numbers(record):
            number.data["trunk_sid"] = None  # disassociated, not released
        for kind in ("OU", "TK/AL", "TK/CL"):
            for part in list(store.children(kind, record.sid).values()):
                store.remove(part)

    def show(self, context: Context, record: Record) -> dict[str, Any]:
        shown = super().show(context, record)
        shown["recording"] = dict(record.data["recording"])
        schemes = [
            scheme
            for kind, scheme in (("TK/AL", "IP_ACL"), ("TK/CL", "CREDENTIAL_LIST"))
            if context.store.children(kind, record.sid)
        ]
        return {**shown, "auth_type": ",".join(schemes), "auth_type_set": schemes}


def _check_trial(call: Call, account_sid: str, current: Record | None) -> None:
    allowed = call.context.settings.trial_trunks
    if allowed == 0:
        raise ApiError(errors.FORBIDDEN, "Trial accounts cannot use Elastic SIP Trunking: upgrade the account", 403)
    if current is None and len(call.context.store.children("TK", account_sid)) >= allowed:
        raise ApiError(errors.TRUNK_MAXIMUM, f"A trial account can have {allowed} trunks at most: upgrade the account")


def _refuse_with_subdomains(store: Store, domain: str) -> None:
    below = next((trunk for trunk in store.all("TK") if (trunk.data["domain_name"] or "").endswith("." + domain)), None)
    if below is not None:
        raise ApiError(
            errors.TRUNK_DEPENDENCIES,
            f"Domain {domain} has the sub-domain {below.data['domain_name']}: remove it first",
        )


def _check_domain(call: Call, domain: str) -> None:
    store = call.context.store
    if store.trunk_of_domain(domain) is not None:
        raise ApiError(errors.DOMAIN_TAKEN, f"Domain {domain} is already in use")
    above = domain.partition(".")[2]
    if above == "pstn.twilio.com":
        return
    parent = store.trunk_of_domain(above)
    allowed = {call.account.sid, call.account.owner_account_sid}
    if parent is None or parent.account_sid not in allowed:
        raise ApiError(
            errors.TRUNK_DEPENDENCIES,
            f"Parameter DomainName is invalid: {domain!r} needs a trunk with the domain {above} in the same account",
        )
