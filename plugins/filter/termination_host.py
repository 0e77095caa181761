# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host name at which an edge takes a trunk's calls."""

from __future__ import annotations

DOCUMENTATION = r"""
name: termination_host
short_description: Name the host of one Twilio edge for a trunk's domain
version_added: 0.1.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Turns the domain name of a trunk and an edge into the localized termination host, to which a PBX sends its calls.
positional: edge
options:
  _input:
    description: The domain name of the trunk, ending in C(.pstn.twilio.com).
    type: str
    required: true
  edge:
    description: Name of an edge, such as V(ashburn). An unknown name is an error that lists the known ones.
    type: str
    required: true
  networks:
    description: The carrier's networks in place of the collection's list, as in the variable C(voice_carrier_networks).
    type: dict
"""

EXAMPLES = r"""
- name: Where calls go
  ansible.builtin.debug:
    msg: "{{ 'acme-hq.pstn.twilio.com' | dialtone.voice.termination_host('ashburn') }}"
"""

RETURN = r"""
_value:
  description: The host name.
  type: str
  sample: acme-hq.pstn.ashburn.twilio.com
"""

from typing import Any

from ansible_collections.dialtone.voice.plugins.module_utils._voice import edges
from ansible_collections.dialtone.voice.plugins.plugin_utils._faces import as_filter


def termination_host(domain: Any, edge: Any, networks: Any = None) -> str:
    return edges.termination_host(domain, edge, networks)


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"termination_host": as_filter(termination_host)}
