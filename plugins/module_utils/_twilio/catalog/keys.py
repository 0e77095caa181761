# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys (api 2010-04-01). Private to this collection."""

from __future__ import annotations

from ..resource import ACCOUNT_PATH, Resource, names_to_wire

API_KEY = Resource(
    label="API key",
    product="api",
    path=ACCOUNT_PATH + "/Keys",
    key="keys",
    wire=names_to_wire("friendly_name"),
    identity=("friendly_name",),
    updatable=("friendly_name",),
    read_only=("date_created",),
    suffix=".json",
    secret="secret",  # noqa: S106 (the name of a field)
)
