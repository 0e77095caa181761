# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From predicted changes to a report of what differs, short enough to be read at night. Private to the collection."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_KINDS = {
    "ip_access_control_lists": "access list",
    "credential_lists": "credential list",
    "addresses": "address",
    "trunks": "trunk",
    "phone_numbers": "number",
}
_VERBS = {"create": "missing", "update": "different", "delete": "too many"}


@dataclass(frozen=True)
class Report:
    """What differs between accounts and their description.

    Attributes:
        drifted: whether anything does.
        summary: one sentence.
        lines: what differs, a line each, by account.
        data: the same for machines.
        markdown: the same for people.
    """

    drifted: bool
    summary: str
    lines: tuple[str, ...]
    data: Mapping[str, Any]
    markdown: str

    @property
    def json(self) -> str:
        return json.dumps(self.data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def report(
    results: Sequence[Mapping[str, Any]], accounts: Sequence[Mapping[str, Any]], unmanaged: bool = False
) -> Report:
    """Return the report of a comparison.

    Args:
        results: of twilio_voice_account in check mode, one for each account.
        accounts: from ``account.objects``, in the same order.
        unmanaged: whether objects that no office describes count as a difference.
    """
    found = [_account(result, account, unmanaged) for result, account in zip(results, accounts)]
    drifted = any(account["drifted"] for account in found)
    count = sum(len(account["differences"]) for account in found)
    extra = sum(len(entries) for account in found for entries in account["unmanaged"].values())
    differing = [account["name"] for account in found if account["drifted"]]
    if drifted:
        summary = f"{count} difference(s) in {', '.join(differing)}"
        summary += f", and {extra} object(s) that no office describes." if unmanaged and extra else "."
    else:
        summary = f"No difference in {len(found)} account(s)."
        summary += f" {extra} object(s) are described by no office." if extra else ""
    data = {"drifted": drifted, "summary": summary, "accounts": found}
    lines = [summary]
    for account in found:
        lines += [f"{account['name']}: {difference['text']}" for difference in account["differences"]]
        lines += [f"{account['name']}: not described: {text}" for text in _unmanaged_lines(account["unmanaged"])]
    return Report(drifted, summary, tuple(lines), data, _markdown(summary, found))


def _account(result: Mapping[str, Any], account: Mapping[str, Any], unmanaged: bool) -> dict[str, Any]:
    differences = [
        {
            "object": change.get("object") or f"{change['resource']} {change['name']}",
            "action": change["action"],
            "resource": change["resource"],
            "name": change["name"],
            "sid": change["sid"],
            "fields": list(change["fields"]),
            "text": _text(change),
        }
        for change in result.get("changes") or []
    ]
    strangers = _strangers(result.get("unmanaged") or {}, account["described"])
    return {
        "name": account["name"],
        "hosts": list(account["hosts"]),
        "differences": differences,
        "unmanaged": strangers,
        "drifted": bool(differences) or (unmanaged and any(strangers.values())),
    }


def _text(change: Mapping[str, Any]) -> str:
    own = f"{change['resource']} {change['name']}"
    where = change.get("object") or ""
    place = "" if not where or where == own else f"{where}: "
    what = f"{place}{own} is {_VERBS.get(change['action'], change['action'])}"
    fields = [field for field in change["fields"] if change["action"] == "update"]
    return f"{what} ({', '.join(fields)})" if fields else what


def _strangers(
    unmanaged: Mapping[str, Sequence[Mapping[str, Any]]], described: Mapping[str, Sequence[str]]
) -> dict[str, list[dict[str, str]]]:
    """Return what no office describes, also none that the run is not about."""
    return {
        kind: sorted(
            (
                {"name": str(entry.get("name") or ""), "sid": str(entry.get("sid") or "")}
                for entry in entries
                if entry.get("name") not in described.get(kind, ())
            ),
            key=lambda entry: (entry["name"], entry["sid"]),
        )
        for kind, entries in sorted(unmanaged.items())
    }


def _unmanaged_lines(unmanaged: Mapping[str, Sequence[Mapping[str, str]]]) -> list[str]:
    return [f"{len(entries)} {_KINDS.get(kind, kind)}(s)" for kind, entries in unmanaged.items() if entries]


def _markdown(summary: str, accounts: Sequence[Mapping[str, Any]]) -> str:
    lines = ["# Drift of the voice accounts", "", _cell(summary)]
    for account in accounts:
        lines += ["", f"## {_cell(account['name'])}", "", f"Hosts: {_cell(', '.join(account['hosts']))}", ""]
        if account["differences"]:
            lines += ["| Object | What | Name | Fields |", "|---|---|---|---|"]
            lines += [
                f"| {_cell(each['object'])} | {each['resource']} {_VERBS.get(each['action'], each['action'])} "
                f"| {_cell(each['name'])} | {', '.join(each['fields'])} |"
                for each in account["differences"]
            ]
        else:
            lines.append("No difference.")
        for kind, entries in account["unmanaged"].items():
            if entries:
                names = ", ".join(_cell(entry["name"] or entry["sid"]) for entry in entries)
                lines += ["", f"Not described, {_KINDS.get(kind, kind)}: {names}"]
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """Return text that breaks no table and marks nothing up."""
    return re.sub(r"([\\`*_{}\[\]<>|#])", r"\\\1", re.sub(r"\s+", " ", text))
