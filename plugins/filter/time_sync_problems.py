# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that is wrong with the variables of the role time_sync."""

from __future__ import annotations

DOCUMENTATION = r"""
name: time_sync_problems
short_description: Find everything that is wrong with the variables of the role time_sync
version_added: 0.4.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Judges the C(time_sync_*) variables of one host, with C(voice_time_server) and C(voice_phone_networks).
  - Nothing is asked of the network.
options:
  _input:
    description:
      - The variables of P(dialtone.voice.time_sync#role). Others are ignored, those left out are not judged.
      - C(clock) is the device of the hypervisor's clock, where there is one. With it, there may be no other source.
    type: dict
    required: true
"""

EXAMPLES = r"""
- name: Judge the sources of time
  ansible.builtin.debug:
    msg: "{{ {'time_sync_sources': [{'hostname': '192.0.2.123', 'nts': true}]} | dialtone.voice.time_sync_problems }}"
"""

RETURN = r"""
_value:
  description: A sentence for each problem, with the path of the variable, the value and the remedy, or nothing.
  type: list
  elements: str
  sample: ["time_sync_max_offset: 0 is no time: give seconds, more than 0, for example 0.1."]
"""

from typing import Any

from ansible_collections.dialtone.voice.plugins.module_utils._clock.wanted import problems


def time_sync_problems(values: Any) -> list[str]:
    return problems(values)


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"time_sync_problems": time_sync_problems}
