# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_ip_access_control_list
short_description: Manage Twilio's IP access control lists with their addresses
version_added: 0.1.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Creates, changes and deletes a list of the addresses that may send calls to Twilio, with its entries.
  - A list takes effect on a trunk when M(dialtone.voice.twilio_trunk) associates it.
  - Entries that are not listed are removed only with O(purge_ip_addresses). Additions are made before removals.
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes
options:
  state:
    description: Whether the list should exist. Twilio refuses to delete a list that a trunk or SIP domain still uses.
    type: str
    choices: [present, absent]
    default: present
  sid:
    description: SID of the list (C(AL) and 32 hexadecimal digits), for one that exists.
    type: str
  friendly_name:
    description:
      - Name of the list, at most 255 characters. It identifies the list if O(sid) is not given; with O(sid) it is
        the name the list is given.
    type: str
  ip_addresses:
    description:
      - The entries, as a set of at most 100 that do not overlap.
      - With O(merge) there may be more, and entries of the same name may overlap; at most 100 must be left after merging.
    type: list
    elements: dict
    suboptions:
      ip_address:
        description:
          - IPv4 address, or network in CIDR notation without host bits. It identifies the entry.
          - V(0.0.0.0/0) is refused, because it would let in everybody, and because Twilio silently stores it as a single address.
        type: str
        required: true
      friendly_name:
        description: Name of the entry, at most 255 characters. The address when created.
        type: str
  purge_ip_addresses:
    description: Whether entries that are not listed are removed.
    type: bool
    default: false
  merge:
    description:
      - Whether neighbouring entries are merged into larger networks before they are compared with Twilio's, so that more
        than 100 addresses fit. Exactly the same addresses are let in.
      - Only entries with the same O(ip_addresses[].friendly_name) are merged with each other, and entries without one with each other. The
        merged entry keeps that name; one without a name gets the merged network as its name when it is created.
      - Entries that Twilio has and that are covered by a merged one stay unless O(purge_ip_addresses) is set.
    type: bool
    default: false
    version_added: 0.2.0
  allow_private:
    description:
      - Whether entries may be addresses that never reach Twilio over the Internet, such as those of RFC 1918. Only a lab
        needs this.
    type: bool
    default: false
seealso:
  - module: dialtone.voice.twilio_trunk
  - module: dialtone.voice.twilio_ip_access_control_list_info
  - module: dialtone.voice.twilio_voice_account
"""

EXAMPLES = r"""
- name: The addresses of the office
  dialtone.voice.twilio_ip_access_control_list:
    friendly_name: acme-hq-production
    ip_addresses:
      - ip_address: 203.0.113.10
        friendly_name: pbx1
      - ip_address: 198.51.100.0/28
    purge_ip_addresses: true

- name: No such list
  dialtone.voice.twilio_ip_access_control_list:
    friendly_name: acme-hq-production
    state: absent
"""

RETURN = r"""
ip_access_control_list:
  description:
    - The list as it is, or in check mode as it would be; null if it does not exist or is deleted.
    - What only Twilio can give (SIDs) is null in a prediction.
  returned: success
  type: dict
  contains:
    sid: {description: SID of the list., type: str, returned: always}
    account_sid: {description: SID of its account., type: str, returned: always}
    friendly_name: {description: Its name., type: str, returned: always}
    ip_addresses:
      description: Entries with C(sid), C(ip_address) in CIDR notation and C(friendly_name).
      type: list
      elements: dict
      returned: if O(ip_addresses) is given
  sample:
    sid: AL0123456789abcdef0123456789abcdef
    friendly_name: acme-hq-production
    ip_addresses:
      - sid: IP0123456789abcdef0123456789abcdef
        ip_address: 203.0.113.10/32
        friendly_name: pbx1
changes:
  description: The changes that were made, or in check mode would be, in order.
  returned: success
  type: list
  elements: dict
  contains:
    action: {description: "One of V(create), V(update) and V(delete).", type: str, returned: always}
    resource: {description: What was changed, type: str, returned: always}
    name: {description: Which one, type: str, returned: always}
    sid: {description: "Its SID, or what stands for one; null if there is none before the change.", type: str, returned: always}
    fields: {description: Names of the fields that were sent, type: list, elements: str, returned: always}
api_requests:
  description: Requests sent to Twilio, each retry counted.
  returned: always
  type: int
  sample: 3
failure:
  description: What went wrong, for programs.
  returned: failure
  type: dict
  contains:
    status: {description: HTTP status of Twilio's answer, type: int, returned: always}
    code: {description: Twilio's error code, type: int, returned: always}
    message: {description: "Twilio's words, or the sentence of C(msg).", type: str, returned: always}
    more_info: {description: URL of Twilio's explanation, type: str, returned: always}
    applied: {description: The changes that had been made before, type: list, elements: dict, returned: always}
    failed: {description: The change that failed, type: dict, returned: when a change failed}
    remaining: {description: The other changes that were not made, type: list, elements: dict, returned: when a change failed}
"""

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import access_lists
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    **access_lists.OPTIONS,
}


def main() -> None:
    run(
        access_lists.validate,
        access_lists.ensure,
        SPEC,
        required_one_of=[("sid", "friendly_name")],
        required_if=[("purge_ip_addresses", True, ["ip_addresses"])],
    )


if __name__ == "__main__":
    main()
