# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The outbound policies of a plan: extensions with equal rules share one. Private to the collection."""

from __future__ import annotations

from typing import Any

from .site import Entry, Site


class Policies:
    """The policies met so far."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._found: list[dict[str, Any]] = []

    def name_for(self, extension: Entry) -> str:
        """Return the name of the policy of an extension."""
        rules = self._site.rules(self._site.policy_of(extension))
        for policy in self._found:
            if policy["rules"] == rules:
                return str(policy["name"])
        self._found.append({"name": f"policy-{len(self._found) + 1}", "rules": rules})
        return str(self._found[-1]["name"])

    def plan(self) -> list[dict[str, Any]]:
        return list(self._found)
