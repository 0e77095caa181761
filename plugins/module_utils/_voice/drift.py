# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From predicted changes to a report of what differs, short enough to be read at night. Private to the collection."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .markdown import difference, plain

#: Of drift.json. It goes up when a field goes away or means something else; fields may be added without that.
VERSION = 1
_MEMBERSHIP = "phone number of the trunk"
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
        errors: why an account could not be compared, a sentence each.
    """

    drifted: bool
    summary: str
    lines: tuple[str, ...]
    data: Mapping[str, Any]
    markdown: str
    errors: tuple[str, ...] = ()

    @property
    def json(self) -> str:
        return json.dumps(self.data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def report(
    results: Sequence[Mapping[str, Any]],
    accounts: Sequence[Mapping[str, Any]],
    unmanaged: bool = False,
    regions: Sequence[Mapping[str, Any]] = (),
) -> Report:
    """Return the report of a comparison.

    Args:
        results: of twilio_voice_account in check mode, one for each account; failed ones too.
        accounts: from ``account.objects``, in the same order.
        unmanaged: whether objects that no office describes count as a difference.
        regions: results of twilio_trunk_region in check mode, each with its ``item`` of ``accounts``.
    """
    found = [
        _account(result, account, unmanaged, [each for each in regions if each["item"]["host"] == account["host"]])
        for result, account in zip(results, accounts)
    ]
    errors = tuple(
        f"{account['name']} ({', '.join(account['hosts'])}): {account['error']}"
        for account in found
        if account["error"]
    )
    drifted = any(account["drifted"] for account in found)
    summary = _summary(found, unmanaged)
    data = {"version": VERSION, "complete": not errors, "drifted": drifted, "summary": summary, "accounts": found}
    lines = [summary]
    for account in found:
        if account["error"]:
            lines.append(f"{account['name']}: could not be compared")
        lines += [f"{account['name']}: {each['text']}" for each in account["differences"]]
        lines += [f"{account['name']}: not described: {text}" for text in _unmanaged_lines(account["unmanaged"])]
    return Report(drifted, summary, tuple(lines), data, _markdown(summary, found), errors)


def _summary(found: Sequence[Mapping[str, Any]], unmanaged: bool) -> str:
    failed = [account["name"] for account in found if account["error"]]
    count = sum(len(account["differences"]) for account in found)
    extra = sum(len(entries) for account in found for entries in account["unmanaged"].values())
    differing = [account["name"] for account in found if account["drifted"]]
    if differing:
        summary = f"{count} difference(s) in {', '.join(differing)}"
        summary += f", and {extra} object(s) that no office describes." if unmanaged and extra else "."
    else:
        summary = f"No difference in {len(found) - len(failed)} account(s)."
        summary += f" {extra} object(s) are described by no office." if extra else ""
    return summary + (f" {len(failed)} account(s) could not be compared: {', '.join(failed)}." if failed else "")


def _account(
    result: Mapping[str, Any], account: Mapping[str, Any], unmanaged: bool, regions: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    failures = [str(each.get("msg") or "an unknown error") for each in (result, *regions) if each.get("failed")]
    changes = list(result.get("changes") or [])
    before, after = (dict((result.get("diff") or {}).get(side) or {}) for side in ("before", "after"))
    for each in regions:
        trunk = each["item"]["trunk"]
        for change in each.get("changes") or []:
            changes.append({**change, "object": f"trunk {trunk}", "resource": "region of trunk", "name": trunk})
            for side, shown in (("before", before), ("after", after)):
                region = ((each.get("diff") or {}).get(side) or {}).get("voice_region")
                shown.setdefault("trunk_regions", {})[trunk] = region
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
        for change in changes
    ]
    strangers = _strangers(result.get("unmanaged") or {}, account["described"])
    return {
        "name": account["name"],
        "hosts": list(account["hosts"]),
        "error": " ".join(failures) or None,
        "differences": differences,
        "account": before,
        "description": after,
        "unmanaged": strangers,
        "drifted": bool(differences) or (unmanaged and any(strangers.values())),
    }


def _text(change: Mapping[str, Any]) -> str:
    own = f"{change['resource']} {change['name']}"
    where = change.get("object") or ""
    if change["resource"] == _MEMBERSHIP and change["action"] == "delete":
        return f"{where or own} is on a trunk where it is not described"
    place = "" if not where or where == own or change["resource"] == "region of trunk" else f"{where}: "
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
    lines = ["# Drift of the voice accounts", "", plain(summary)]
    for account in accounts:
        lines += ["", f"## {plain(account['name'])}", "", f"Hosts: {plain(', '.join(account['hosts']))}", ""]
        if account["error"]:
            lines.append(f"Could not be compared: {plain(account['error'])}")
        elif not account["differences"]:
            lines.append("No difference.")
        if account["differences"]:
            lines += ["", *_differences(account)]
        for kind, entries in account["unmanaged"].items():
            if entries:
                names = ", ".join(plain(entry["name"] or entry["sid"]) for entry in entries)
                lines += ["", f"Not described, {_KINDS.get(kind, kind)}: {names}"]
    return "\n".join(line for place, line in enumerate(lines) if line or lines[place - 1]) + "\n"


def _differences(account: Mapping[str, Any]) -> list[str]:
    lines = ["| Object | What | Name | Fields |", "|---|---|---|---|"]
    lines += [
        f"| {plain(each['object'])} | {each['resource']} {_VERBS.get(each['action'], each['action'])} "
        f"| {plain(each['name'])} | {', '.join(each['fields'])} |"
        for each in account["differences"]
    ]
    if account["account"] or account["description"]:
        lines += ["", "In the account (-) and in the description (+):", ""]
        lines += difference(account["account"], account["description"])
    return lines
