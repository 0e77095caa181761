# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the firewall of a host lets in."""

from __future__ import annotations

DOCUMENTATION = r"""
name: firewall_plan
short_description: Work out from the description what the firewall of a host lets in
version_added: 0.4.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Derives, from the C(voice_*) and C(firewall_*) variables of one host, what the role
    P(dialtone.voice.firewall#role) writes its table from.
  - With variables that have problems the filter fails with all of them.
positional: today
options:
  _input:
    description:
      - The C(voice_*) variables of P(dialtone.voice.voice_description#role) and the C(firewall_*) variables of
        P(dialtone.voice.firewall#role) of one host. Others are ignored, those left out have their defaults.
      - C(connection) as for P(dialtone.voice.firewall_problems#filter).
    type: dict
    required: true
  today:
    description: The day by which the age of the carrier's list is told, as YYYY-MM-DD. Without it today.
    type: str
seealso:
  - plugin: dialtone.voice.firewall_problems
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show how many connections a host without telephones is to track
  ansible.builtin.debug:
    msg: "{{ ({'voice_management_networks': ['198.51.100.0/24']} | dialtone.voice.firewall_plan).conntrack }}"
"""

RETURN = r"""
_value:
  description: The plan. All keys are always there.
  type: dict
  contains:
    counters:
      description: Names of the counters of the table. docs/firewall.md says what each counts.
      type: list
      elements: str
    sets:
      description: The sets of networks, with neighbours joined.
      type: list
      elements: dict
      contains:
        name:
          description: Name of the set.
          type: str
        family:
          description: V(4) or V(6).
          type: int
        elements:
          description: Networks, in the order of addresses.
          type: list
          elements: str
    ports:
      description: For C(tcp) and C(udp), which chain judges what comes to a port, as an element of a verdict map.
      type: dict
      sample: {tcp: ["22 : goto ssh"], udp: ["5060 : goto sip_udp"]}
    media:
      description: What media needs.
      type: dict
      contains:
        ports:
          description: The range of UDP ports; empty where no call is taken.
          type: str
        untracked:
          description: Whether it passes by the connection tracking.
          type: bool
    sip:
      description: What SIP needs.
      type: dict
      contains:
        listeners:
          description: >-
            The transports over which SIP is taken, with the name of their C(chain), and whether they are open to the
            C(carrier) and to C(phones).
          type: list
          elements: dict
        phones:
          description: Whether it is taken from telephones.
          type: bool
        phones_tcp:
          description: Whether it is taken from telephones over TCP or TLS.
          type: bool
        phones_udp:
          description: The port to which telephones send it over UDP; 0 if they do not.
          type: int
        families:
          description: 4 and 6, each with the expression that says who sends.
          type: list
          elements: list
        rate:
          description: Packets per second of one source.
          type: int
        burst:
          description: Packets by which it may go beyond.
          type: int
        connection_rate:
          description: New connections per second of one source.
          type: int
        connection_burst:
          description: Connections by which it may go beyond.
          type: int
        connections:
          description: Connections that one source may have open.
          type: int
        crowd_rate:
          description: Packets per second of all sources together for which a meter has no room.
          type: int
        sources:
          description: Sources for which one meter has room.
          type: int
        timeout:
          description: Seconds for which a meter remembers a source.
          type: int
    services:
      description: What else is open.
      type: list
      elements: dict
      contains:
        chain:
          description: The chain that judges what comes to it.
          type: str
        counter:
          description: What its two counters end in, after C(accepted_) and C(dropped_).
          type: str
        protocol:
          description: V(tcp) or V(udp).
          type: str
        networks:
          description: Name of its sets of networks, without the family.
          type: str
    icmp_rate:
      description: Echo requests per second that are answered.
      type: int
    log_rate:
      description: Dropped packets that are logged in a minute; 0 for none.
      type: int
    log_burst:
      description: Those that are logged at once after a silence.
      type: int
    conntrack:
      description: >-
        How many connections the host is to track (C(max)), and in how many C(buckets) they are looked up.
      type: dict
      sample: {max: 262144, buckets: 262144}
    carrier:
      description: The list of the carrier's networks.
      type: dict
      contains:
        as_of:
          description: Its date; empty if nobody knows.
          type: str
        age_days:
          description: Its age; none if nobody knows.
          type: int
        source:
          description: Where it is from.
          type: str
        edges:
          description: Its public edges.
          type: list
          elements: str
    warnings:
      description: Sentences on what is no problem yet, such as the age of the list.
      type: list
      elements: str
"""

import datetime
from typing import Any

from ansible_collections.dialtone.voice.plugins.module_utils._voice.errors import VoiceError
from ansible_collections.dialtone.voice.plugins.module_utils._voice.firewall import plan
from ansible_collections.dialtone.voice.plugins.plugin_utils._faces import as_filter, description_options, role_options


def firewall_plan(values: Any, today: str | None = None) -> dict[str, Any]:
    try:
        day = datetime.date.fromisoformat(today) if today else datetime.date.today()
    except (TypeError, ValueError) as error:
        raise VoiceError(f"'{today}' is not a date: write it as YYYY-MM-DD.") from error
    return plan.build(values, description_options(), role_options("firewall"), day)


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"firewall_plan": as_filter(firewall_plan)}
