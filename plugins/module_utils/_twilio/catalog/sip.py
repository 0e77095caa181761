# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access lists and credential lists (api 2010-04-01). Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..resource import ACCOUNT_PATH, Record, Resource, names_to_wire

IP_ACL = Resource(
    label="IP access control list",
    product="api",
    path=ACCOUNT_PATH + "/SIP/IpAccessControlLists",
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
    path=ACCOUNT_PATH + "/SIP/CredentialLists",
    key="credential_lists",
    wire=names_to_wire("friendly_name"),
    identity=("friendly_name",),
    updatable=("friendly_name",),
    read_only=("account_sid",),
    suffix=".json",
)

# The password is never returned, not even hashed.
CREDENTIAL = Resource(
    label="credential",
    product="api",
    path=ACCOUNT_PATH + "/SIP/CredentialLists/{parent}/Credentials",
    key="credentials",
    wire=names_to_wire("username", "password"),
    identity=("username",),
    create_only=("username",),
    updatable=("password",),
    write_only=("password",),
    suffix=".json",
    limit=1000,
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
    path=ACCOUNT_PATH + "/SIP/IpAccessControlLists/{parent}/IpAddresses",
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
