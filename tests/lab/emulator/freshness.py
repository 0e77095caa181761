# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Eventual consistency on request: an object that was just made is not found for a while.

Its own path and the paths below it answer 404; lists show it at once.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from lab.emulator.context import Context


def made(context: Context, product: str, answer: Any) -> None:
    """Take note of a create's answer."""
    settings = context.settings
    link = (answer.get("url") or answer.get("uri")) if isinstance(answer, dict) else None
    if link and (settings.read_after_write_requests or settings.read_after_write_seconds):
        until = context.clock() + settings.read_after_write_seconds
        context.store.fresh[product, _stem(urlsplit(link).path)] = [settings.read_after_write_requests, until]


def is_hidden(context: Context, product: str, path: str) -> bool:
    """Whether a request meets an object too early; counts it if so."""
    fresh = context.store.fresh
    if not fresh:
        return False
    parts = _stem(path).split("/")
    for end in range(len(parts), 2, -1):
        key = product, "/".join(parts[:end])
        entry = fresh.get(key)
        if entry is None:
            continue
        if entry[0] > 0:
            entry[0] -= 1
            return True
        if context.clock() < entry[1]:
            return True
        del fresh[key]
    return False


def _stem(path: str) -> str:
    return path[: -len(".json")] if path.endswith(".json") else path
