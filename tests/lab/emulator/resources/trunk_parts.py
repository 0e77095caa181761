# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a trunk: its recording, and the access and credential lists associated with it."""

from __future__ import annotations

from typing import Any, ClassVar

from lab.emulator import errors
from lab.emulator.context import Context
from lab.emulator.errors import ApiError
from lab.emulator.params import Choice, Sid
from lab.emulator.resource import TRUNKING, Call, Operation, Resource
from lab.emulator.store import Record

_MODES = (
    "do-not-record",
    "record-from-ringing",
    "record-from-answer",
    "record-from-ringing-dual",
    "record-from-answer-dual",
)


class TrunkRecording(Resource):
    """The one recording setting of a trunk; there is nothing to create or delete."""

    style = TRUNKING
    instance = "/v1/Trunks/{TrunkSid}/Recording"
    update_params = (
        Choice("Mode", "mode", values=_MODES),
        Choice("Trim", "trim", values=("trim-silence", "do-not-trim")),
    )

    def operations(self) -> list[Operation]:
        params = {param.name: param for param in self.update_params}
        return [
            Operation("GET", self.instance, "trunking", 200, self.fetch),
            Operation("POST", self.instance, "trunking", 200, self.update, params),
        ]

    def find(self, call: Call) -> Record:
        trunk = call.context.store.get("TK", call.names["TrunkSid"])
        if trunk is None or trunk.account_sid != call.account.sid:
            raise call.not_found()
        return trunk

    def fetch(self, call: Call) -> dict[str, Any]:
        return dict(self.find(call).data["recording"])

    def update(self, call: Call) -> dict[str, Any]:
        trunk = self.find(call)
        trunk.data["recording"].update(call.values)
        trunk.updated = call.context.wall()
        return dict(trunk.data["recording"])


class _Association(Resource):
    """A list of the account that a trunk uses. Its `sid` is that of the list: the association has none of its own."""

    style = TRUNKING
    parent_kind = "TK"
    parent_name = "TrunkSid"
    update_params = None
    list_kind: ClassVar[str]
    list_name: ClassVar[str]

    def create(self, call: Call) -> dict[str, Any]:
        trunk = self.parent(call)
        sid = call.values["sid"]
        target = call.context.store.get(self.list_kind, sid)
        if target is None or target.account_sid != call.account.sid:
            raise ApiError(errors.NOT_FOUND, f"The requested resource {self.list_name} {sid} was not found", 404)
        key = f"{trunk}/{sid}"
        if call.context.store.get(self.kind, key) is not None:
            raise ApiError(errors.TRUNK_INVALID, f"{self.list_name} {sid} is already associated with trunk {trunk}")
        return self.show(call.context, self.add(call, key, sid, trunk, {"trunk_sid": trunk}))

    def find(self, call: Call) -> Record:
        trunk = self.parent(call)
        record = call.context.store.get(self.kind, f"{trunk}/{call.names['Sid']}")
        if record is None:
            raise call.not_found()
        return record

    def show(self, context: Context, record: Record) -> dict[str, Any]:
        target = context.store.get(self.list_kind, record.sid)
        name = target.data["friendly_name"] if target else None
        return {**super().show(context, record), "friendly_name": name}


class TrunkIpAccessControlLists(_Association):
    """The access lists a trunk admits traffic by."""

    collection = "/v1/Trunks/{TrunkSid}/IpAccessControlLists"
    instance = "/v1/Trunks/{TrunkSid}/IpAccessControlLists/{Sid}"
    kind = "TK/AL"
    list_kind = "AL"
    list_name = "IpAccessControlList"
    list_key = "ip_access_control_lists"
    create_params = (Sid("IpAccessControlListSid", "sid", required=True, prefix="AL"),)


class TrunkCredentialLists(_Association):
    """The credential lists a trunk admits traffic by."""

    collection = "/v1/Trunks/{TrunkSid}/CredentialLists"
    instance = "/v1/Trunks/{TrunkSid}/CredentialLists/{Sid}"
    kind = "TK/CL"
    list_kind = "CL"
    list_name = "CredentialList"
    list_key = "credential_lists"
    create_params = (Sid("CredentialListSid", "sid", required=True, prefix="CL"),)
