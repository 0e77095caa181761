# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: host_fitness_info
short_description: Judge whether a host is fit for voice
version_added: 0.4.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Looks at what audio and signalling need of a host, below any PBX. Each finding is V(ok), V(warn), V(fail) or V(unknown), with
    the reason and the remedy. What cannot be found out is V(unknown), never V(ok).
  - Changes nothing, installs nothing, and needs no root. It works before anything is set up, on a host with SSH and Python.
  - Sends a few DNS questions to the host's own name servers and a few packets to a STUN server. Everything else is read on the host.
  - All checks that take time run side by side. The module ends within O(seconds) and a few seconds more.
notes:
  - Register the result. It sets no facts.
  - In a container, processor, clock and disks are those of the machine around it. The findings say so.
attributes:
  check_mode:
    description: Is the same, but that O(storage_path) is not used.
    support: full
  diff_mode:
    description: There is nothing to show.
    support: none
  idempotent:
    description: Changes nothing. What is measured differs from run to run.
    support: full
options:
  checks:
    description:
      - Names of the checks to do. Without it all.
      - >-
        V(virtualization), V(cpus), V(steal), V(load), V(pressure), V(tick), V(governor), V(clock), V(clocksource), V(timezone),
        V(memory), V(swap), V(storage), V(mtu), V(interface), V(link), V(offloads), V(ring), V(backlog), V(conntrack),
        V(udp_buffers), V(listeners), V(dns), V(egress).
    type: list
    elements: str
    default: []
  thresholds:
    description:
      - Thresholds in place of the defaults, each with C(warn), C(fail), or both.
      - >-
        V(cpus), V(steal_percent), V(load_per_cpu), V(pressure_cpu_percent), V(pressure_memory_percent), V(pressure_io_percent),
        V(tick_late_ms), V(tick_worst_ms), V(clock_offset_ms), V(mtu_bytes), V(lost_percent), V(link_mbit), V(dns_ms),
        V(storage_ms), V(memory_percent), V(swap_pages_per_second), V(conntrack_percent).
    type: dict
    default: {}
  seconds:
    description: Seconds for which is sampled, 1 to 60.
    type: float
    default: 5
  public_address:
    description: IPv4 address under which the carrier is to see the host, as C(voice_public_address).
    type: str
  timezone:
    description: Time zone that the host is to have.
    type: str
  open_ports:
    description: Management ports that are meant to be open on all addresses.
    type: list
    elements: int
    default: []
  names:
    description: Names that the host has to resolve. They are asked of each name server in turn.
    type: list
    elements: str
    default: [global.stun.twilio.com]
  nameservers:
    description: Name servers to ask. Without it those of /etc/resolv.conf.
    type: list
    elements: str
    default: []
  stun_servers:
    description: Servers that tell under which address the host is seen (STUN over UDP), as HOST or HOST:PORT. IPv4.
    type: list
    elements: str
    default: ["global.stun.twilio.com:3478"]
  storage_path:
    description:
      - Folder in which small writes are timed, ten in a second, into a file without a name that is gone afterwards.
      - Without it nothing is written, and what the disks took for other programs is judged.
    type: path
"""

EXAMPLES = r"""
- name: Judge the host
  dialtone.voice.host_fitness_info:
    public_address: 203.0.113.10
  register: fitness

- name: Show it
  ansible.builtin.debug:
    var: fitness.report

- name: Refuse a host that is not fit
  ansible.builtin.assert:
    that: fitness.verdict != 'fail'
    fail_msg: "{{ fitness.findings | selectattr('verdict', 'eq', 'fail') | map(attribute='reason') | join(' ') }}"

- name: Listen for half a minute how late timers are, and be stricter
  dialtone.voice.host_fitness_info:
    checks: [tick, steal]
    seconds: 30
    thresholds:
      tick_worst_ms: {warn: 10, fail: 30}
  register: timers
"""

RETURN = r"""
findings:
  description: What was found, in the order of the checks. A check may have several findings, such as one for each name server.
  returned: success
  type: list
  elements: dict
  contains:
    check:
      description: Name of the check.
      type: str
      sample: dns
    subject:
      description: Which of several, such as a network card or a name server. May be empty.
      type: str
      sample: 192.0.2.53
    verdict:
      description: One of V(ok), V(warn), V(fail), V(unknown).
      type: str
      sample: warn
    value:
      description: What was found, with its unit. Empty if unknown.
      type: str
      sample: median 180.2 ms of 10 answers
    reason:
      description: Why this matters, or why it is unknown. Empty if V(ok).
      type: str
      sample: Names of the carrier are looked up while a call is set up, and SIP repeats its requests after 500 ms.
    remedy:
      description: What to do. Empty if V(ok).
      type: str
      sample: Use a name server nearby, or a caching one on the host.
    figures:
      description: The numbers behind it, for programs.
      type: dict
      sample: {median_ms: 180.2}
summary:
  description: Number of findings of each verdict.
  returned: success
  type: dict
  sample: {ok: 20, warn: 1, fail: 0, unknown: 3}
verdict:
  description: >-
    V(fail) or V(warn) if any finding is, otherwise V(ok). V(unknown) if nothing could be found out.
  returned: success
  type: str
  sample: warn
report:
  description: The findings as lines for a person, the worst first.
  returned: success
  type: list
  elements: str
  sample: ["ok      cpus  4"]
seconds:
  description: Seconds that it took.
  returned: success
  type: float
  sample: 5.1
"""

from ansible_collections.dialtone.voice.plugins.module_utils._fitness.module import run

SPEC = {
    "checks": {"type": "list", "elements": "str", "default": []},
    "thresholds": {"type": "dict", "default": {}},
    "seconds": {"type": "float", "default": 5},
    "public_address": {"type": "str"},
    "timezone": {"type": "str"},
    "open_ports": {"type": "list", "elements": "int", "default": []},
    "names": {"type": "list", "elements": "str", "default": ["global.stun.twilio.com"]},
    "nameservers": {"type": "list", "elements": "str", "default": []},
    "stun_servers": {"type": "list", "elements": "str", "default": ["global.stun.twilio.com:3478"]},
    "storage_path": {"type": "path"},
}


def main() -> None:
    run(SPEC)


if __name__ == "__main__":
    main()
