# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Time zones for software that reads no zoneinfo."""

from __future__ import annotations

DOCUMENTATION = r"""
name: posix_timezone
short_description: Write a time zone as POSIX has it
version_added: 0.3.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Returns the rule by which a zone of the IANA database goes now, for software that reads no zoneinfo.
  - The database is that of the controller.
options:
  _input:
    description: Name of the zone.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Show when it is summer in New York
  ansible.builtin.debug:
    msg: "{{ 'America/New_York' | dialtone.voice.posix_timezone }}" # EST5EDT,M3.2.0,M11.1.0
"""

RETURN = r"""
_value:
  description: The rule.
  type: str
"""

from typing import Any

from ansible_collections.dialtone.voice.plugins.module_utils._voice import timezones
from ansible_collections.dialtone.voice.plugins.plugin_utils._faces import as_filter


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"posix_timezone": as_filter(timezones.posix)}
