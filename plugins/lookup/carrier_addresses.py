# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether DNS still agrees with the list of the carrier's networks."""

from __future__ import annotations

DOCUMENTATION = r"""
name: carrier_addresses
short_description: Compare the list of the carrier's networks with what DNS says
version_added: 0.4.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Looks up where the carrier's edges are, C(pstn.EDGE.twilio.com), and says which of these addresses are in no
    network of the list, so that a firewall made from it would keep them out.
  - DNS that fails or does not answer is a warning in the result, never an error.
requirements:
  - dnspython
options:
  _terms:
    description: Edges. Without any, all public ones of the list.
    type: list
    elements: str
  networks:
    description: What replaces the collection's list, as in the variable C(voice_carrier_networks).
    type: dict
    default: {}
  nameservers:
    description:
      - Addresses of the name servers to ask, with a port if it is not 53, as in V(192.0.2.53:5353).
      - Without it those of the controller.
    type: list
    elements: str
    default: []
  timeout:
    description: Seconds to wait for each name. Edges are asked for side by side.
    type: float
    default: 5.0
seealso:
  - plugin: dialtone.voice.srv
    plugin_type: lookup
"""

EXAMPLES = r"""
- name: Show what has changed
  ansible.builtin.debug:
    msg: "{{ query('dialtone.voice.carrier_addresses') | map(attribute='warning') | select | list }}"
"""

RETURN = r"""
_raw:
  description: One dictionary for each edge.
  type: list
  elements: dict
  contains:
    edge:
      description: The edge.
      type: str
    name:
      description: The name that was looked up.
      type: str
    addresses:
      description: Where it is; nothing if that could not be found out.
      type: list
      elements: str
    unknown:
      description: Those of its addresses that are in no network of the list.
      type: list
      elements: str
    warning:
      description: A sentence on what does not agree, or on why nothing could be compared. Empty if all is well.
      type: str
"""

from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.dialtone.voice.plugins.module_utils._voice import srv
from ansible_collections.dialtone.voice.plugins.module_utils._voice.errors import VoiceError
from ansible_collections.dialtone.voice.plugins.module_utils._voice.firewall import carrier


class LookupModule(LookupBase):  # type: ignore[misc]
    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[dict[str, Any]]:
        self.set_options(var_options=variables, direct=kwargs)
        try:
            return carrier.asked(self.get_option("networks"), terms, self._look_up)
        except VoiceError as error:
            raise AnsibleLookupError(str(error)) from error

    def _look_up(self, name: str) -> list[str]:
        # A machine without any name server is one more way in which DNS fails, so it is found out here.
        return carrier.addresses_of(srv.make_resolver(self.get_option("nameservers"), self.get_option("timeout")))(name)
