# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Addresses (api 2010-04-01). Private to this collection."""

from __future__ import annotations

from ..resource import ACCOUNT_PATH, Resource, names_to_wire

ADDRESS_FIELDS = (
    "friendly_name",
    "customer_name",
    "street",
    "street_secondary",
    "city",
    "region",
    "postal_code",
    "emergency_enabled",
)

# Whether Twilio corrects an address on its own account is asked with every write and never returned.
ADDRESS = Resource(
    label="address",
    product="api",
    path=ACCOUNT_PATH + "/Addresses",
    key="addresses",
    wire=names_to_wire(*ADDRESS_FIELDS, "iso_country", "auto_correct_address"),
    identity=("friendly_name",),
    create_only=("iso_country",),
    updatable=ADDRESS_FIELDS,
    read_only=("account_sid", "validated", "verified"),
    defaults={"street_secondary": "", "friendly_name": "", "emergency_enabled": False},
    suffix=".json",
)
