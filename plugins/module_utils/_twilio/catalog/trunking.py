# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Trunks and what belongs to them (trunking v1). Private to this collection."""

from __future__ import annotations

from ..resource import Resource, names_to_wire

_TRUNK_FIELDS = (
    "friendly_name",
    "domain_name",
    "disaster_recovery_url",
    "disaster_recovery_method",
    "transfer_mode",
    "transfer_caller_id",
    "secure",
    "cnam_lookup_enabled",
)

TRUNK = Resource(
    label="trunk",
    product="trunking",
    path="/v1/Trunks",
    key="trunks",
    wire=names_to_wire(*_TRUNK_FIELDS),
    identity=("friendly_name", "domain_name"),
    updatable=_TRUNK_FIELDS,
    read_only=("account_sid", "recording"),
    defaults={
        "recording": {"mode": "do-not-record", "trim": "do-not-trim"},
        "disaster_recovery_url": "",
        "disaster_recovery_method": "",
        "domain_name": "",
        "friendly_name": "",
        "transfer_mode": "disable-all",
        "transfer_caller_id": "from-transferee",
        "secure": False,
        "cnam_lookup_enabled": False,
    },
)

RECORDING = Resource(
    label="recording",
    product="trunking",
    path="/v1/Trunks/{parent}/Recording",
    key="",
    wire=names_to_wire("mode", "trim"),
    identity=(),
    updatable=("mode", "trim"),
    defaults={"mode": "do-not-record", "trim": "do-not-trim"},
    singleton=True,
)

ORIGINATION_URL = Resource(
    label="origination URL",
    product="trunking",
    path="/v1/Trunks/{parent}/OriginationUrls",
    key="origination_urls",
    wire=names_to_wire("friendly_name", "sip_url", "priority", "weight", "enabled"),
    identity=("friendly_name", "sip_url"),
    updatable=("friendly_name", "sip_url", "priority", "weight", "enabled"),
    limit=10,
    serving="enabled",
)


def _association(label: str, segment: str, key: str, parameter: str, name: str) -> Resource:
    """Return the membership of an object in a trunk: its SID is the object's own."""
    return Resource(
        label=label,
        product="trunking",
        path="/v1/Trunks/{parent}/" + segment,
        key=key,
        wire={"sid": parameter},
        identity=("sid",),
        create_only=("sid",),
        read_only=(name,),
        encode=lambda values: {"sid": values["sid"]},
    )


TRUNK_ACL = _association(
    "IP access control list of the trunk",
    "IpAccessControlLists",
    "ip_access_control_lists",
    "IpAccessControlListSid",
    "friendly_name",
)
TRUNK_CREDENTIAL_LIST = _association(
    "credential list of the trunk", "CredentialLists", "credential_lists", "CredentialListSid", "friendly_name"
)
TRUNK_NUMBER = _association(
    "phone number of the trunk", "PhoneNumbers", "phone_numbers", "PhoneNumberSid", "phone_number"
)
