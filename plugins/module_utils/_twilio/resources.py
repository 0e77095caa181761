# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What each Twilio resource looks like, as data. Private to this collection.

Paths, list keys, fields and limits are those of Twilio's published OpenAPI specifications (trunking v1, api v2010) of
September 2026.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Callable

Record = dict[str, Any]

PAGE_SIZE = 1000  # the largest page Twilio serves


def same(left: object, right: object) -> bool:
    """Compare two values as Twilio does: what is unset reads back as null or as an empty string."""
    return (left in (None, "") and right in (None, "")) or (
        left == right and isinstance(left, bool) == isinstance(right, bool)
    )


def _as_is(record: Mapping[str, Any]) -> Record:
    return dict(record)


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
        guards: verb → permission without which it is refused.
        limit: how many fit in one parent; None is no limit known.
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
    guards: Mapping[str, str] = field(default_factory=dict)
    limit: int | None = None
    encode: Callable[[Mapping[str, Any]], Record] = _as_is
    decode: Callable[[Mapping[str, Any]], Record] = _as_is

    def url(self, account_sid: str, parent: str = "", sid: str = "") -> str:
        """Return the URL of the list, or of one object."""
        path = self.path.format(account_sid=account_sid, parent=parent)
        return f"https://{self.product}.twilio.com{path}{'/' + sid if sid else ''}{self.suffix}"

    def read(self, raw: Mapping[str, Any]) -> Record:
        """Return the fields we know of what the API returned; an unset field is an empty string."""
        decoded = self.decode(raw)
        names = dict.fromkeys(("sid", *self.identity, *self.create_only, *self.updatable, *self.read_only))
        if self.singleton:
            del names["sid"]
        return {
            name: "" if decoded.get(name) is None else decoded[name] for name in names if name not in self.write_only
        }

    def shown_by(self, raw: Mapping[str, Any]) -> bool:
        """Return whether an answer is one of these objects, and not some other JSON."""
        return all(name in raw for name in self.updatable) if self.singleton else bool(raw.get("sid"))

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

_V2010 = "/2010-04-01/Accounts/{account_sid}"

IP_ACL = Resource(
    label="IP access control list",
    product="api",
    path=_V2010 + "/SIP/IpAccessControlLists",
    key="ip_access_control_lists",
    wire=names_to_wire("friendly_name"),
    identity=("friendly_name",),
    updatable=("friendly_name",),
    read_only=("account_sid",),
    suffix=".json",
)

CREDENTIAL_LIST = Resource(
    label="credential list",
    product="api",
    path=_V2010 + "/SIP/CredentialLists",
    key="credential_lists",
    wire=names_to_wire("friendly_name"),
    identity=("friendly_name",),
    updatable=("friendly_name",),
    read_only=("account_sid",),
    suffix=".json",
)


def _split_network(values: Mapping[str, Any]) -> Record:
    """Our one network (``203.0.113.0/24``) is two parameters of the API."""
    encoded = dict(values)
    if "ip_address" in encoded:
        encoded["ip_address"], _slash, encoded["cidr_prefix_length"] = str(encoded["ip_address"]).partition("/")
    return encoded


def _join_network(raw: Mapping[str, Any]) -> Record:
    return dict(raw, ip_address=f"{raw.get('ip_address')}/{raw.get('cidr_prefix_length')}")


IP_ADDRESS = Resource(
    label="IP address",
    product="api",
    path=_V2010 + "/SIP/IpAccessControlLists/{parent}/IpAddresses",
    key="ip_addresses",
    wire=names_to_wire("friendly_name", "ip_address", "cidr_prefix_length"),
    identity=("ip_address",),
    create_only=("ip_address",),
    updatable=("friendly_name",),
    suffix=".json",
    limit=100,
    encode=_split_network,
    decode=_join_network,
)

NUMBER_FIELDS: Sequence[str] = (
    "friendly_name",
    "voice_url",
    "voice_method",
    "voice_fallback_url",
    "voice_fallback_method",
    "voice_application_sid",
    "voice_caller_id_lookup",
    "sms_url",
    "sms_method",
    "sms_fallback_url",
    "sms_fallback_method",
    "sms_application_sid",
    "status_callback",
    "status_callback_method",
    "address_sid",
    "bundle_sid",
    "identity_sid",
    "emergency_address_sid",
)

PHONE_NUMBER = Resource(
    label="phone number",
    product="api",
    path=_V2010 + "/IncomingPhoneNumbers",
    key="incoming_phone_numbers",
    wire=names_to_wire("phone_number", *NUMBER_FIELDS, "trunk_sid"),
    identity=("phone_number",),
    create_only=("phone_number",),
    updatable=(*NUMBER_FIELDS, "trunk_sid"),
    read_only=("account_sid", "address_requirements", "capabilities", "emergency_address_status"),
    defaults={
        **dict.fromkeys((*NUMBER_FIELDS, "trunk_sid"), ""),
        "voice_method": "POST",
        "voice_fallback_method": "POST",
        "voice_caller_id_lookup": False,
        "sms_method": "POST",
        "sms_fallback_method": "POST",
        "status_callback_method": "POST",
    },
    suffix=".json",
    guards={"create": "purchase", "delete": "release"},
)
