# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps a PBX from following the description."""

from __future__ import annotations

DOCUMENTATION = r"""
name: call_problems
short_description: Find everything that keeps a PBX from following the description
version_added: 0.3.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Judges the C(voice_*) variables of one PBX as far as calls depend on them. What only the account's side reads
    (lists, addresses, dialling permissions, C(voice_public_address)) is left to
    P(dialtone.voice.description_problems#filter), which finds all problems of all hosts.
  - Nothing is asked of the network. No sentence holds a secret.
requirements:
  - phonenumbers
options:
  _input:
    description: The C(voice_*) variables of one host. Others are ignored, those left out have their defaults.
    type: dict
    required: true
seealso:
  - plugin: dialtone.voice.call_plan
    plugin_type: filter
  - plugin: dialtone.voice.description_problems
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Judge the description of a host that has no telephones yet
  ansible.builtin.debug:
    msg: "{{ {'voice_country': 'US', 'voice_trunks': [], 'voice_numbers': []} | dialtone.voice.call_problems }}"
"""

RETURN = r"""
_value:
  description: A sentence for each problem, with the path of the variable, the value and the remedy, or nothing.
  type: list
  elements: str
  sample: ["voice_extensions: it is missing: set it."]
"""

from typing import Any

from ansible_collections.dialtone.voice.plugins.module_utils._voice.calls import problems
from ansible_collections.dialtone.voice.plugins.plugin_utils._faces import as_filter, description_options


def call_problems(values: Any) -> list[str]:
    return problems.host_problems(values, description_options())


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"call_problems": as_filter(call_problems)}
