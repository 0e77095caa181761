# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prices (pricing v1 and v2), which are only read. Private to this collection."""

from __future__ import annotations

from ..resource import Resource


def _prices(label: str, path: str, handle: str, *fields: str) -> Resource:
    return Resource(
        label=label,
        product="pricing",
        path=path,
        key="countries",
        wire={},
        identity=(handle,),
        read_only=(*fields, "price_unit"),
        handle=handle,
    )


# What a number costs in a month, by its type; the API has no price of one particular number.
NUMBER_PRICES = _prices(
    "price list of numbers", "/v1/PhoneNumbers/Countries", "iso_country", "country", "phone_number_prices"
)
# What a minute on a trunk costs: terminating is from the PBX to Twilio, originating from Twilio to the PBX.
TRUNKING_PRICES = _prices(
    "price list of trunking",
    "/v2/Trunking/Countries",
    "iso_country",
    "country",
    "terminating_prefix_prices",
    "originating_call_prices",
)
DESTINATION_PRICES = _prices(
    "price of a destination",
    "/v2/Trunking/Numbers",
    "destination_number",
    "origination_number",
    "country",
    "iso_country",
    "terminating_prefix_prices",
    "originating_call_price",
)
