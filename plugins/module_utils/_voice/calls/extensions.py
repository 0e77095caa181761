# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Telephones, mailboxes and numbers of a plan. Private to the collection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import prompts, targets, trunks
from .policies import Policies
from .site import Entry, Site


def numbers(site: Site) -> Iterator[dict[str, Any]]:
    """Yield the numbers of a plan."""
    for __, entry in site.entries("voice_numbers"):
        number = site.e164(entry["number"]) or ""
        yield {
            "number": number,
            "digits": number[1:],
            "trunk": trunks.slug(entry["trunk"]),
            "target": targets.target(entry["destination"]),
            "emergency_address": entry["emergency_address"] or "",
            "name": entry["name"] or entry["purpose"],
        }


def caller_id(site: Site, extension: Entry) -> str:
    """Return the number that an extension shows: its own, the one that rings it, or the first; "" if there is none."""
    if extension["caller_id"]:
        return site.e164(extension["caller_id"]) or ""
    return site.ringing.get(extension["extension"]) or next(iter(site.owned), "")


def emergency_caller_id(site: Site, extension: Entry) -> str:
    """Return the number that emergency services see; "" if there is none."""
    return site.e164(extension["emergency_caller_id"] or None) or caller_id(site, extension)


def emergency_address(site: Site, number: str) -> str:
    """Return the name of the emergency address of a number; "" if it has none."""
    return str(site.owned[number][1]["emergency_address"] or "") if number in site.owned else ""


def plan(site: Site, policies: Policies) -> Iterator[dict[str, Any]]:
    """Yield the extensions of a plan."""
    limits = site.values["voice_dialplan"]["limits"]
    mailboxes = [entry["mailbox"] for __, entry in site.entries("voice_mailboxes")]
    for __, entry in site.entries("voice_extensions"):
        extension = entry["extension"]
        shown, emergency = caller_id(site, entry), emergency_caller_id(site, entry)
        yield {
            "extension": extension,
            "name": entry["name"] or extension,
            "caller_id": shown,
            "anonymous": entry["anonymous"],
            "trunk": trunks.trunk_of(site, shown),
            "emergency_caller_id": emergency,
            "emergency_trunk": trunks.trunk_of(site, emergency),
            "emergency_address": emergency_address(site, emergency),
            "policy": policies.name_for(entry),
            "calls": _or(entry["calls"], limits["extension_calls"]),
            "calls_per_minute": _or(entry["calls_per_minute"], limits["extension_calls_per_minute"]),
            "ring_seconds": _or(entry["ring_seconds"], site.values["voice_ring_seconds"]),
            "otherwise": targets.optional(entry["otherwise"]),
            "mailbox": entry["mailbox"] or (extension if extension in mailboxes else ""),
            "record": entry["record"],
            "transport": entry["transport"],
            "srtp": entry["transport"] == "tls",
        }


def mailboxes(site: Site) -> Iterator[dict[str, str]]:
    """Yield the mailboxes of a plan, without their PINs."""
    for __, entry in site.entries("voice_mailboxes"):
        yield {
            "mailbox": entry["mailbox"],
            "name": entry["name"] or entry["mailbox"],
            "email": entry["email"] or "",
            "greeting": prompts.name("greeting", entry["mailbox"], entry["greeting"]),
        }


def _or(value: int | None, otherwise: int) -> int:
    return otherwise if value is None else value
