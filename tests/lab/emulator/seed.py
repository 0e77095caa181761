# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Accounts and numbers that exist already: `POST /_lab/seed` and the command line's --seed."""

from __future__ import annotations

from typing import Any

from lab.emulator import dialing
from lab.emulator.context import Context
from lab.emulator.errors import LabError
from lab.emulator.resources.incoming_numbers import new_number
from lab.emulator.store import Account
from lab.emulator.wire import E164, is_sid, new_sid

_KEYS = {
    "sid",
    "auth_token",
    "friendly_name",
    "numbers",
    "status",
    "type",
    "owner_account_sid",
    "api_keys",
    "caller_ids",
    "blocked_prefixes",
    "cps",
    "dialing",
    "dialing_inheritance",
}


def seed(context: Context, body: dict[str, Any]) -> dict[str, Any]:
    """Add or renew accounts; all of them or, with a LabError, none. Numbers an account has already stay as they are.

    Returns:
        {"accounts": [{"sid": …, "numbers": {"+1…": "PN…"}}]}
    """
    entries = body.get("accounts")
    if set(body) != {"accounts"} or not isinstance(entries, list):
        raise LabError('the body must be {"accounts": [...]}')
    sids = [entry.get("sid") for entry in entries if isinstance(entry, dict)]
    taken: dict[str, str] = {}
    for index, entry in enumerate(entries):
        where = f"accounts[{index}]"
        _check(context, entry, where, sids)
        for number in entry.get("numbers", []):
            owner = context.store.number(number)
            holder = owner.account_sid if owner else taken.get(number, entry["sid"])
            if holder != entry["sid"]:
                raise LabError(f"{where}.numbers has {number}, which account {holder} has")
            taken[number] = entry["sid"]
    return {"accounts": [_apply(context, entry) for entry in entries]}


def _check(context: Context, entry: Any, where: str, sids: list[Any]) -> None:
    if not isinstance(entry, dict):
        raise LabError(f"{where} is not an object")
    unknown = sorted(set(entry) - _KEYS)
    if unknown:
        raise LabError(f"{where} has the unknown key {unknown[0]!r}; known are {', '.join(sorted(_KEYS))}")
    if not isinstance(entry.get("sid"), str) or not is_sid(entry["sid"], "AC"):
        raise LabError(f"{where}.sid must be AC and 32 hexadecimal digits")
    if not isinstance(entry.get("auth_token"), str) or not entry["auth_token"]:
        raise LabError(f"{where}.auth_token must be a string and not empty")
    if entry.get("status", "active") not in ("active", "suspended", "closed"):
        raise LabError(f"{where}.status is {entry['status']!r}; it must be active, suspended or closed")
    if entry.get("type", "Full") not in ("Full", "Trial"):
        raise LabError(f"{where}.type is {entry['type']!r}; it must be Full or Trial")
    owner = entry.get("owner_account_sid", "")
    if owner and owner not in context.store.accounts and owner not in sids:
        raise LabError(f"{where}.owner_account_sid {owner!r} is no account")
    cps = entry.get("cps", 1)
    if isinstance(cps, bool) or not isinstance(cps, int) or cps < 1:
        raise LabError(f"{where}.cps is {cps!r}; it must be an integer from 1")
    wrong = dialing.wrong_permission(entry.get("dialing", {}))
    if wrong:
        raise LabError(f"{where}.dialing {wrong}")
    if not isinstance(entry.get("dialing_inheritance", True), bool):
        raise LabError(f"{where}.dialing_inheritance must be true or false")
    _check_lists(entry, where)


def _check_lists(entry: dict[str, Any], where: str) -> None:
    for key in ("numbers", "caller_ids"):
        for number in _list(entry, key, where):
            if not isinstance(number, str) or not E164.fullmatch(number):
                raise LabError(f"{where}.{key} has {number!r}, which is not in E.164 form")
    for prefix in _list(entry, "blocked_prefixes", where):
        if not isinstance(prefix, str) or not prefix.startswith("+"):
            raise LabError(f"{where}.blocked_prefixes has {prefix!r}, which does not begin with +")
    for key in _list(entry, "api_keys", where):
        known = isinstance(key, dict) and set(key) <= {"sid", "secret", "type"}
        if not known or not is_sid(str(key.get("sid")), "SK") or not _filled(key.get("secret")):
            raise LabError(f'{where}.api_keys must hold {{"sid": "SK…", "secret": "…", "type": "standard"|"main"}}')
        if key.get("type", "standard") not in ("standard", "main"):
            raise LabError(f"{where}.api_keys has the type {key['type']!r}; it must be standard or main")


def _filled(value: Any) -> bool:
    return isinstance(value, str) and value != ""


def _list(entry: dict[str, Any], key: str, where: str) -> list[Any]:
    value = entry.get(key, [])
    if not isinstance(value, list):
        raise LabError(f"{where}.{key} must be a list")
    return value


def _apply(context: Context, entry: dict[str, Any]) -> dict[str, Any]:
    store = context.store
    sid = entry["sid"]
    old = store.accounts.get(sid)
    now = context.wall()
    account = Account(
        sid=sid,
        auth_token=entry["auth_token"],
        friendly_name=entry.get("friendly_name", ""),
        created=old.created if old else now,
        updated=now,
        status=entry.get("status", "active"),
        type=entry.get("type", "Full"),
        owner_account_sid=entry.get("owner_account_sid", ""),
        caller_ids=set(entry.get("caller_ids", [])),
        blocked_prefixes=tuple(entry.get("blocked_prefixes", [])),
        cps=entry.get("cps", 1),
        dialing=(
            {iso: set(risks) for iso, risks in entry["dialing"].items()}
            if "dialing" in entry
            else dialing.opened(dialing.SEEDED_ACCOUNT)
        ),
        dialing_inheritance=entry.get("dialing_inheritance", True),
    )
    store.add_account(account)
    for key in entry.get("api_keys", []):
        known = store.get("SK", key["sid"])
        record = known or store.add("SK", key["sid"], key["sid"], sid, sid, now, {"friendly_name": ""})
        record.hidden.update(secret=key["secret"], type=key.get("type", "standard"))
    for number in entry.get("numbers", []):
        if store.number(number) is None:
            pn = new_sid("PN")
            store.add("PN", pn, pn, sid, sid, context.wall(), new_number(number))
    numbers = store.children("PN", sid).values()
    return {"sid": sid, "numbers": {number.data["phone_number"]: number.sid for number in numbers}}
