# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Twilio modules are told, from the description."""

from __future__ import annotations

DOCUMENTATION = r"""
name: trunk_objects
short_description: Derive the arguments of the Twilio modules from the description
version_added: 0.1.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Returns, for each trunk of the description, the exact arguments of M(dialtone.voice.twilio_ip_access_control_list)
    and M(dialtone.voice.twilio_trunk).
  - Hosts with the same description are one office. A trunk of an office gets the addresses of all its hosts.
  - Fails with all problems if the description has any. Nothing that is returned is secret.
requirements:
  - phonenumbers
positional: only
options:
  _input:
    description:
      - The hosts of the group C(voice_pbx) in the order of the inventory, a dictionary for each with C(name),
        optionally C(sip_port), and all variables of the host that begin with C(voice_).
    type: list
    elements: dict
    required: true
  only:
    description: Names of hosts. Only the trunks of offices with one of them are returned. An empty list means all.
    type: list
    elements: str
    default: []
seealso:
  - plugin: dialtone.voice.description_problems
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show what the account is going to hold
  ansible.builtin.debug:
    msg: "{{ hosts | dialtone.voice.trunk_objects }}"
  vars:
    hosts:
      - name: pbx1
        voice_country: US
        voice_public_address: 203.0.113.10
        voice_trunks:
          - {name: acme-hq-production, domain_name: acme-hq.pstn.twilio.com, edges: [ashburn], transport: udp}
"""

RETURN = r"""
_value:
  description: One dictionary for each trunk.
  type: list
  elements: dict
  contains:
    host:
      description: The first host of the office, whose variables hold the credentials of the account.
      type: str
    hosts:
      description: All hosts of the office.
      type: list
      elements: str
    purge:
      description: Whether what is not described is taken away.
      type: bool
    access_list:
      description:
        - Arguments of M(dialtone.voice.twilio_ip_access_control_list), C(friendly_name), C(ip_addresses) and
          C(allow_private); null if the trunk has no access list.
      type: dict
    trunk:
      description:
        - Arguments of M(dialtone.voice.twilio_trunk), C(friendly_name), C(domain_name), C(secure), C(recording),
          C(origination_urls), C(ip_access_control_lists), C(credential_lists) and C(phone_numbers).
      type: dict
"""

from typing import Any

from ansible_collections.dialtone.voice.plugins.module_utils._voice import description
from ansible_collections.dialtone.voice.plugins.plugin_utils._faces import as_filter, description_options


def trunk_objects(hosts: Any, only: Any = ()) -> list[dict[str, Any]]:
    return description.trunk_objects(hosts, description_options(), only)


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"trunk_objects": as_filter(trunk_objects)}
