# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the firewall of a host lets in."""

from __future__ import annotations

DOCUMENTATION = r"""
name: firewall_plan
short_description: Work out from the description what the firewall of a host lets in
version_added: 0.4.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Derives, from the C(voice_*) and C(firewall_*) variables of one host, what the role P(dialtone.voice.firewall#role) writes
    its table from.
  - With variables that have problems the filter fails with all of them.
positional: today
options:
  _input:
    description:
      - The C(voice_*) variables of P(dialtone.voice.voice_description#role) and the C(firewall_*) variables of
        P(dialtone.voice.firewall#role) of one host. Others are ignored, those left out have their defaults.
      - C(connection) as for P(dialtone.voice.firewall_problems#filter).
    type: dict
    required: true
  today:
    description: The day by which the age of the carrier's list is told, as YYYY-MM-DD. Without it that of the controller.
    type: str
seealso:
  - plugin: dialtone.voice.firewall_problems
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show how many connections a host without telephones is to track
  ansible.builtin.debug:
    msg: "{{ ({'voice_management_networks': ['198.51.100.0/24']} | dialtone.voice.firewall_plan).conntrack }}"
"""

RETURN = r"""
_value:
  description: The plan. All keys are always there.
  type: dict
"""

import datetime
from typing import Any

from ansible_collections.dialtone.voice.plugins.module_utils._voice.firewall import plan
from ansible_collections.dialtone.voice.plugins.plugin_utils._faces import as_filter, description_options, role_options


def firewall_plan(values: Any, today: str | None = None) -> dict[str, Any]:
    day = datetime.date.fromisoformat(today) if today else datetime.date.today()
    return plan.build(values, description_options(), role_options("firewall"), day)


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"firewall_plan": as_filter(firewall_plan)}
