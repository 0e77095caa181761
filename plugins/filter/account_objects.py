# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the Twilio modules are told, from the description."""

from __future__ import annotations

DOCUMENTATION = r"""
name: account_objects
short_description: Derive from the description what each Twilio account has to hold
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Returns, for each account, the exact options of M(dialtone.voice.twilio_voice_account).
  - Hosts with the same description are one office. A trunk of an office gets the addresses of all its hosts.
  - Offices with the same account, API key, edge, region and base URL share an account.
  - Fails with all problems if the description has any.
  - The passwords of credential lists are in what it returns. Nothing else that is returned is secret.
requirements:
  - phonenumbers
positional: only
options:
  _input:
    description:
      - The hosts of the group C(voice_pbx) in the order of the inventory, a dictionary for each with C(name)
        and all variables of the host that begin with C(voice_).
    type: list
    elements: dict
    required: true
  only:
    description: Names of hosts. Only offices with one of them are looked at. An empty list means all.
    type: list
    elements: str
    default: []
seealso:
  - plugin: dialtone.voice.description_problems
    plugin_type: filter
  - plugin: dialtone.voice.account_description
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show which trunks the account is going to hold
  ansible.builtin.debug:
    msg: "{{ (hosts | dialtone.voice.account_objects)[0].options.trunks }}"
  vars:
    hosts:
      - name: pbx1
        voice_country: US
        voice_public_address: 203.0.113.10
        voice_trunks:
          - {name: acme-hq-production, domain_name: acme-hq.pstn.twilio.com, edges: [ashburn], transport: udp}
        voice_numbers: []
        voice_extensions: []
        voice_dialplan: {}
"""

RETURN = r"""
_value:
  description: One dictionary for each account.
  type: list
  elements: dict
  contains:
    name:
      description: The account in words, for outputs.
      type: str
    host:
      description: The first host of the account, whose variables hold its credentials.
      type: str
    label:
      description: The name with the first hosts of it, for people.
      type: str
    hosts:
      description: All hosts of the offices.
      type: list
      elements: str
    offices:
      description: The hosts of each office.
      type: list
      elements: list
    options:
      description: >-
        Options of M(dialtone.voice.twilio_voice_account), C(ip_access_control_lists), C(credential_lists),
        C(addresses), C(trunks), C(phone_numbers), and C(dialing_permissions) if they are described.
      type: dict
    regions:
      description: C(host) (as above), C(trunk) (a domain) and C(voice_region) of each trunk that has one described.
      type: list
      elements: dict
    described:
      description: >-
        Names of everything that any office describes of the account, by kind, also of offices that the run is not
        about.
      type: dict
"""

from typing import Any

from ansible_collections.dialtone.voice.plugins.module_utils._voice import description
from ansible_collections.dialtone.voice.plugins.plugin_utils._faces import as_filter, description_options


def account_objects(hosts: Any, only: Any = ()) -> list[dict[str, Any]]:
    return description.account_objects(hosts, description_options(), only)


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"account_objects": as_filter(account_objects)}
