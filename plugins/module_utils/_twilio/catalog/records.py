# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What an account can read about what happened: calls, their summaries, alerts, usage. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..resource import ACCOUNT_PATH, Record, Resource

CALL = Resource(
    label="call",
    product="api",
    path=ACCOUNT_PATH + "/Calls",
    key="calls",
    wire={},
    identity=(),
    read_only=(
        "trunk_sid",
        "from",
        "to",
        "direction",
        "status",
        "date_created",
        "start_time",
        "end_time",
        "duration",
        "price",
        "price_unit",
    ),
    suffix=".json",
)

CALL_SUMMARIES = Resource(
    label="call summary",
    product="insights",
    path="/v1/Voice/Summaries",
    key="call_summaries",
    wire={},
    identity=(),
    read_only=("properties",),
    handle="call_sid",
    page_size=25,  # the largest page of this API
)

# The summary of one call; where its SID stands in the path, no list can be asked for. Without the parameter it is
# refused until it is complete, half an hour after the call (error 17001).
CALL_SUMMARY = Resource(
    label="call summary",
    product="insights",
    path="/v1/Voice",
    key="",
    wire={},
    identity=(),
    read_only=("properties",),
    handle="call_sid",
    suffix="/Summary?ProcessingState=partial",
)

ALERT = Resource(
    label="alert",
    product="monitor",
    path="/v1/Alerts",
    key="alerts",
    wire={},
    identity=(),
    read_only=(
        "error_code",
        "log_level",
        "alert_text",
        "date_generated",
        "resource_sid",
        "service_sid",
        "request_method",
        "request_url",
        "more_info",
    ),
)

GRANULARITIES: Mapping[str, str] = {"all": "", "daily": "/Daily", "monthly": "/Monthly", "yearly": "/Yearly"}


def _named(raw: Mapping[str, Any]) -> Record:
    """Give a usage record what tells it from others: it has no SID."""
    return {**raw, "key": " ".join(str(raw.get(name)) for name in ("category", "start_date", "end_date"))}


def usage(granularity: str) -> Resource:
    """Return what usage records are, one for the whole period or one for each part of it."""
    return Resource(
        label="usage record",
        product="api",
        path=ACCOUNT_PATH + "/Usage/Records" + GRANULARITIES[granularity],
        key="usage_records",
        wire={},
        identity=(),
        read_only=(
            "category",
            "description",
            "start_date",
            "end_date",
            "count",
            "count_unit",
            "usage",
            "usage_unit",
            "price",
            "price_unit",
            "as_of",
        ),
        suffix=".json",
        handle="key",
        decode=_named,
    )
