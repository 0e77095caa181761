# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cross-checks of the description."""

from __future__ import annotations

DOCUMENTATION = r"""
name: description_problems
short_description: Find everything that is wrong with the description of the offices
version_added: 0.1.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Judges the C(voice_*) variables of all PBX hosts by the argument spec of the role
    P(dialtone.voice.voice_description#role), and then against each other.
  - Nothing is asked of the network. No sentence holds a secret.
requirements:
  - phonenumbers
options:
  _input:
    description:
      - The hosts of the group C(voice_pbx) in the order of the inventory, a dictionary for each with C(name)
        and all variables of the host that begin with C(voice_).
    type: list
    elements: dict
    required: true
seealso:
  - plugin: dialtone.voice.account_objects
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Judge the description of one host
  ansible.builtin.debug:
    msg: "{{ [{'name': 'pbx1', 'voice_country': 'US', 'voice_trunks': []}] | dialtone.voice.description_problems }}"
"""

RETURN = r"""
_value:
  description: A sentence for each problem, with the path of the variable, the value and the remedy, or nothing.
  type: list
  elements: str
  sample: ["voice_trunks: it is empty: describe at least one trunk."]
"""

from typing import Any

from ansible_collections.dialtone.voice.plugins.module_utils._voice import description
from ansible_collections.dialtone.voice.plugins.plugin_utils._faces import as_filter, description_options


def description_problems(hosts: Any) -> list[str]:
    return description.problems(hosts, description_options())


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"description_problems": as_filter(description_problems)}
