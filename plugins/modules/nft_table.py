# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: nft_table
short_description: Keep one table of nftables, with a way back for whoever locks themselves out
version_added: 0.4.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Replaces one table in one transaction, and touches no other; C(flush ruleset) is never said. There is no moment without
    either the old or the new rules.
  - Loads the rules into a network namespace of their own first, which is thrown away. What they are there is compared with what
    is in force. So it is seen what was changed by hand, and what nft or the kernel refuses is refused before anything is changed.
  - With O(confirm_seconds), a change is on trial. A service of systemd waits, and puts back what was in force,
    unless O(state=confirmed) comes in time; best over a new connection.
  - What is confirmed is loaded at boot, before the network is up, and again whenever C(nftables.service) flushes everything.
    It is in C(/etc/dialtone/nftables/NAME.nft), its unit is C(dialtone-nft-NAME.service).
  - Runs for the same table wait for each other, for at most two minutes.
notes:
  - Counters, and elements that packets or time-outs bring and take away, are not compared. A change begins them anew; the way
    back of a trial brings them back as they were.
  - Where a namespace cannot be made, as in a container without privileges, C(nft -c) judges, and what is in force is compared
    with what it was after the last run that loaded the same text. There is a warning then.
  - A host that has never had a confirmed table boots without one. A reboot ends a trial; the rules are then those that were
    confirmed last.
  - An interface that is named by C(iif) or C(oif) has to be there when rules are loaded, so at boot too. Prefer C(iifname) and
    C(oifname).
requirements:
  - nftables 1.0.6 or newer
  - systemd, and C(flock) of util-linux, for O(confirm_seconds)
attributes:
  check_mode:
    description: Loads the rules into the namespace and compares, and changes nothing. Without nft, predicts from nothing.
    support: full
  diff_mode:
    description: Shows the table in force, and files, before and after. Counters are left out.
    support: full
  idempotent:
    description: Rules that are in force, and files that are as wanted, are not loaded or written again.
    support: full
options:
  name:
    description: Name of the table. A letter, then letters, digits and underscores.
    type: str
    required: true
  family:
    description: Family of the table.
    type: str
    choices: [inet, ip, ip6, arp, bridge, netdev]
    default: inet
  rules:
    description:
      - What is in the table, which is what nft expects between its braces. Needed with O(state=present).
      - With O(state=confirmed) it is compared with what is on trial, and differing rules are an error. Without it, whatever is on
        trial is confirmed.
      - Text that closes the table, or has C(include), is refused.
    type: str
  state:
    description:
      - V(present) puts the rules into force.
      - V(confirmed) ends the trial and keeps its rules. It fails if the trial was taken back already, if something else has
        changed the table since, or if there is no trial; but not if O(rules) are given that are confirmed already.
      - V(absent) removes the table, what loads it at boot, and a trial, at once.
    type: str
    choices: [present, confirmed, absent]
    default: present
  confirm_seconds:
    description:
      - How long a change may be on trial, from 5 to 3600 seconds. With 0 it is confirmed at once.
      - A trial that is under way is begun anew, and still goes back to what was in force before the first.
      - Without a change in the rules that are in force there is no trial, also if files have to be written.
    type: int
    default: 0
"""

EXAMPLES = r"""
- name: Let SSH in from the management network only, on trial
  dialtone.voice.nft_table:
    name: example
    rules: |
      set management {
        type ipv4_addr; flags interval; auto-merge
        elements = { 192.0.2.0/24 }
      }
      chain input {
        type filter hook input priority filter; policy accept;
        ct state established,related accept
        tcp dport 22 ip saddr != @management counter drop
      }
    confirm_seconds: 60
  register: table

- name: Connect anew
  ansible.builtin.meta: reset_connection

- name: Keep it
  dialtone.voice.nft_table:
    name: example
    state: confirmed
  when: table.pending

- name: Mark media, without a trial
  dialtone.voice.nft_table:
    name: marks
    rules: "{{ lookup('ansible.builtin.template', 'marks.nft.j2') }}"

- name: Remove a table and what loads it at boot
  dialtone.voice.nft_table:
    name: example
    state: absent
"""

RETURN = r"""
pending:
  description: >-
    Whether the rules are on trial and O(state=confirmed) is needed; in check mode, whether it would be.
  returned: success
  type: bool
  sample: true
changes:
  description: What was, or would be, changed. Empty if nothing.
  returned: success
  type: list
  elements: str
  sample: [table inet example in force, the file /etc/dialtone/nftables/example.nft]
rolled_back:
  description: >-
    The trial that was taken back since the last run with O(state=present); null if there was none.
  returned: success
  type: dict
  contains:
    at:
      description: When it was taken back, in UTC.
      type: str
      sample: "2026-01-02T03:05:06Z"
    since:
      description: When it began, in UTC.
      type: str
      sample: "2026-01-02T03:04:05Z"
    seconds:
      description: How long it could have been confirmed.
      type: int
      sample: 60
"""

from ansible_collections.dialtone.voice.plugins.module_utils._nftables.module import run

SPEC = {
    "name": {"type": "str", "required": True},
    "family": {"type": "str", "choices": ["inet", "ip", "ip6", "arp", "bridge", "netdev"], "default": "inet"},
    "rules": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "confirmed", "absent"], "default": "present"},
    "confirm_seconds": {"type": "int", "default": 0},
}


def main() -> None:
    run(SPEC)


if __name__ == "__main__":
    main()
