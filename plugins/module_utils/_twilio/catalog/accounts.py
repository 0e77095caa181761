# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts (api 2010-04-01). Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ..resource import Record, Resource, names_to_wire


def _tell_main(raw: Mapping[str, Any]) -> Record:
    """A main account owns itself; it stands in the same list as its subaccounts."""
    return dict(raw, main=raw.get("owner_account_sid") == raw.get("sid"))


# The list is that of the credentials' own account and its subaccounts. What is closed stays in it for a while.
SUBACCOUNT = Resource(
    label="subaccount",
    product="api",
    path="/2010-04-01/Accounts",
    key="accounts",
    wire=names_to_wire("friendly_name", "status"),
    identity=("friendly_name",),
    updatable=("friendly_name", "status"),
    read_only=("owner_account_sid", "type", "date_created", "main"),
    defaults={"status": "active", "main": False},
    suffix=".json",
    decode=_tell_main,
)

# The token is in every answer. It is read here only, so that no other record ever holds it.
SUBACCOUNT_TOKEN = replace(SUBACCOUNT, updatable=(), read_only=("auth_token",))
