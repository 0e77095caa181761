# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The carrier's networks, for firewalls and PBXs."""

from __future__ import annotations

DOCUMENTATION = r"""
name: twilio_networks
short_description: List the networks of Twilio's Elastic SIP Trunking
version_added: 0.1.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Returns networks of the collection's dated list, or of an override.
  - The list is from U(https://www.twilio.com/docs/sip-trunking/ip-addresses).
positional: kind
options:
  _input:
    description:
      - What replaces the collection's list, as in the variable C(voice_carrier_networks); an empty dictionary for
        nothing.
    type: dict
    required: true
    suboptions:
      signalling:
        description: Networks by edge. Replaces all edges of the list, those of the private interconnect too.
        type: dict
      media:
        description: Networks from which media comes.
        type: list
        elements: str
      as_of:
        description: Date of the override, as YYYY-MM-DD.
        type: str
  kind:
    description:
      - V(signalling) returns the networks from which calls come, V(media) those from which media comes.
      - V(edges) returns the names of the edges, V(as_of) the date of the list.
      - V(all) returns a dictionary of everything.
    type: str
    choices: [signalling, media, edges, as_of, all]
    default: signalling
  edges:
    description:
      - For O(kind=signalling), only the networks of these edges.
      - Without it those of all public edges, because inbound calls may come from any edge.
    type: list
    elements: str
  private:
    description: For O(kind=signalling) without O(edges), whether to add the edges of the private interconnect.
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Where calls may come from
  ansible.builtin.debug:
    msg: "{{ voice_carrier_networks | default({}) | dialtone.voice.twilio_networks('signalling') }}"

- name: How old the list is
  ansible.builtin.debug:
    msg: "{{ {} | dialtone.voice.twilio_networks('as_of') }}"
"""

RETURN = r"""
_value:
  description:
    - For V(signalling), V(media) and V(edges) a list of text, for V(as_of) a date.
    - For V(all) a dictionary of C(signalling) and C(private) (networks by edge), C(media), C(as_of) and C(source).
  type: raw
  sample: ["54.172.60.0/30", "54.244.51.0/30"]
"""

from typing import Any

from ansible_collections.dialtone.voice.plugins.module_utils._voice import edges as edges_
from ansible_collections.dialtone.voice.plugins.module_utils._voice.errors import VoiceError
from ansible_collections.dialtone.voice.plugins.plugin_utils._faces import as_filter

KINDS = ("signalling", "media", "edges", "as_of", "all")


def twilio_networks(override: Any, kind: Any = "signalling", edges: Any = None, private: bool = False) -> Any:
    if kind not in KINDS:
        raise VoiceError(f"'{kind}' is not a kind of network: use one of {', '.join(KINDS)}.")
    known = edges_.networks(override)
    if kind == "signalling":
        return edges_.signalling_networks(known, edges, private)
    if kind == "media":
        return list(known.media)
    if kind == "edges":
        return list(known.edges)
    if kind == "as_of":
        return known.as_of
    return {
        "signalling": {edge: list(cidrs) for edge, cidrs in known.signalling.items()},
        "private": {edge: list(cidrs) for edge, cidrs in known.private.items()},
        "media": list(known.media),
        "as_of": known.as_of,
        "source": known.source,
    }


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"twilio_networks": as_filter(twilio_networks)}
