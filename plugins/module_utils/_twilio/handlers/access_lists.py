# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""IP access control lists: from options to the wanted state. Private to this collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .. import validate as check
from ..catalog.sip import IP_ACL, IP_ADDRESS
from ..errors import AmbiguousError, TwilioError
from ..lookup import by_field
from ..module import Outcome, Task
from ..plan import Collection, Item, Node
from ..resource import Record

NAME_LENGTH = 255


def _networks(params: Mapping[str, Any]) -> list[str]:
    return [
        check.network(f"ip_addresses[{index}].ip_address", entry["ip_address"], params["allow_private"])
        for index, entry in enumerate(params["ip_addresses"] or [])
    ]


def validate(params: Mapping[str, Any]) -> None:
    """Judge the options of an access list before the first request."""
    check.sid("sid", params["sid"], "AL")
    check.text("friendly_name", params["friendly_name"], NAME_LENGTH)
    for index, entry in enumerate(params["ip_addresses"] or []):
        check.text(f"ip_addresses[{index}].friendly_name", entry["friendly_name"], NAME_LENGTH)
    check.disjoint("ip_addresses[{}].ip_address", _networks(params))
    check.at_most("ip_addresses", params["ip_addresses"], int(IP_ADDRESS.limit or 0))


def ensure(task: Task) -> Outcome:
    """Bring an access list and its addresses into the wanted state."""
    params = task.params
    current = _find(task)
    if params["state"] == "absent":
        node = Node(IP_ACL, current, None)
    else:
        collections = {}
        if params["ip_addresses"] is not None:
            members = task.api.list(IP_ADDRESS, str(current["sid"])) if current else []
            collections["ip_addresses"] = Collection(
                IP_ADDRESS, members, _items(params), bool(params["purge_ip_addresses"]), "ip_addresses"
            )
        desired = task.given(["friendly_name"])
        node = Node(
            IP_ACL,
            current,
            desired,
            match=desired,
            derived={"account_sid": params["account_sid"]},
            collections=collections,
        )
    outcome = task.converge(node)
    outcome.results["ip_access_control_list"] = outcome.after
    return outcome


def _items(params: Mapping[str, Any]) -> list[Item]:
    return [
        Item(
            {"ip_address": network},
            {"friendly_name": entry["friendly_name"]} if entry["friendly_name"] is not None else {},
            {"friendly_name": network},
        )
        for network, entry in zip(_networks(params), params["ip_addresses"])
    ]


def _find(task: Task) -> Record | None:
    params = task.params
    if not params["sid"]:
        return by_field(IP_ACL.label, task.api.list(IP_ACL), "friendly_name", params["friendly_name"])
    record = task.api.fetch(IP_ACL, params["sid"])
    if params["state"] == "absent":
        return record
    if record is None:
        raise TwilioError(
            f"sid: there is no IP access control list {params['sid']} in the account. "
            "One that does not exist yet is described by friendly_name, without sid."
        )
    name = params["friendly_name"]
    if name is not None and record["friendly_name"] != name:
        namesake = by_field(IP_ACL.label, task.api.list(IP_ACL), "friendly_name", name)
        if namesake is not None:
            raise AmbiguousError(IP_ACL.label, name, (str(namesake["sid"]), str(record["sid"])))
    return record
