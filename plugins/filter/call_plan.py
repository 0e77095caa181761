# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How a PBX has to treat calls."""

from __future__ import annotations

DOCUMENTATION = r"""
name: call_plan
short_description: Work out from the description how a PBX has to treat calls
version_added: 0.3.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Derives, from the C(voice_*) variables of one PBX, everything that its configuration needs, in a form that is the
    same for any PBX.
  - What the keys mean is in docs/calls.md. There are no secrets in the plan.
  - With a description that has problems the filter fails with all of them.
requirements:
  - phonenumbers
options:
  _input:
    description: The C(voice_*) variables of one host. Others are ignored, those left out have their defaults.
    type: dict
    required: true
seealso:
  - plugin: dialtone.voice.call_problems
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show where calls from outside go
  ansible.builtin.debug:
    msg: "{{ (dict(names | zip(query('ansible.builtin.vars', *names))) | dialtone.voice.call_plan).numbers }}"
  vars:
    names: "{{ query('ansible.builtin.varnames', '^voice_.+') }}"
"""

RETURN = r"""
_value:
  description: The plan. All keys are always there.
  type: dict
"""

from typing import Any

from ansible_collections.dialtone.voice.plugins.module_utils._voice.calls import plan
from ansible_collections.dialtone.voice.plugins.plugin_utils._faces import as_filter, description_options


def call_plan(values: Any) -> dict[str, Any]:
    return plan.build(values, description_options())


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"call_plan": as_filter(call_plan)}
