# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""API keys. Those made here are standard keys; main keys come from the console only (here: from the seed)."""

from __future__ import annotations

import secrets
from typing import Any

from lab.emulator.auth import require_full_access
from lab.emulator.context import Context
from lab.emulator.params import Text
from lab.emulator.resource import ACCOUNT, V2010, Call, Resource
from lab.emulator.store import Record


class Keys(Resource):
    """A key opens its account at once and until it is deleted. Its secret is told once, by the create."""

    style = V2010
    collection = ACCOUNT + "/Keys.json"
    instance = ACCOUNT + "/Keys/{Sid}.json"
    kind = "SK"
    list_key = "keys"
    create_params = update_params = (Text("FriendlyName", "friendly_name", longest=64),)

    def parent(self, call: Call) -> str:
        require_full_access(call.full_access, "API keys")  # every verb comes by here
        return super().parent(call)

    def defaults(self) -> dict[str, Any]:
        return {"friendly_name": ""}

    def create(self, call: Call) -> dict[str, Any]:
        shown = super().create(call)
        record = call.context.store.get(self.kind, shown["sid"])
        assert record is not None
        record.hidden.update(secret=secrets.token_urlsafe(24), type="standard")
        return {**shown, "secret": record.hidden["secret"]}

    def show(self, context: Context, record: Record) -> dict[str, Any]:
        shown = super().show(context, record)
        return {key: shown[key] for key in ("sid", "friendly_name", "date_created", "date_updated")}
