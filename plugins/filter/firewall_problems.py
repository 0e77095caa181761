# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that keeps a host from having its firewall."""

from __future__ import annotations

DOCUMENTATION = r"""
name: firewall_problems
short_description: Find everything that keeps a host from having its firewall
version_added: 0.4.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Judges the C(voice_*) and C(firewall_*) variables of one host as far as its firewall depends on them, and whether
    the connection of this run would still be let in.
  - Nothing is asked of the network. No sentence holds a secret.
options:
  _input:
    description:
      - The C(voice_*) variables of P(dialtone.voice.voice_description#role) and the C(firewall_*) variables of
        P(dialtone.voice.firewall#role) of one host. Others are ignored, those left out have their defaults.
      - C(connection) is the connection of this run, a dictionary of C(client), the address that it comes from, and
        C(port), the port of the host that it goes to. Without them it is not judged.
    type: dict
    required: true
seealso:
  - plugin: dialtone.voice.firewall_plan
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Judge the firewall of a host that is no PBX
  ansible.builtin.debug:
    msg: "{{ {'voice_management_networks': ['198.51.100.0/24']} | dialtone.voice.firewall_problems }}"
"""

RETURN = r"""
_value:
  description: A sentence for each problem, with the path of the variable, the value and the remedy, or nothing.
  type: list
  elements: str
  sample: ["firewall_ssh_ports: it is empty: name the ports of SSH, such as [22]."]
"""

from typing import Any

from ansible_collections.dialtone.voice.plugins.module_utils._voice.firewall import problems
from ansible_collections.dialtone.voice.plugins.plugin_utils._faces import as_filter, description_options, role_options


def firewall_problems(values: Any) -> list[str]:
    return problems.problems(values, description_options(), role_options("firewall"))


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"firewall_problems": as_filter(firewall_problems)}
