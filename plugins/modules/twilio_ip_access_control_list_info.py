# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_ip_access_control_list_info
short_description: Read Twilio's IP access control lists with their addresses
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Returns the IP access control lists of the account, or the one that the options select, with their entries.
  - Needs one request for the lists and one for the entries of each.
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes_info
options:
  sid:
    description: Only the list with this SID.
    type: str
  friendly_name:
    description: Only the list with this name.
    type: str
  include_addresses:
    description: Whether to read the entries. Without them the requests for them are saved.
    type: bool
    default: true
seealso:
  - module: dialtone.voice.twilio_ip_access_control_list
"""

EXAMPLES = r"""
- name: Which addresses may send calls
  dialtone.voice.twilio_ip_access_control_list_info:
    friendly_name: acme-hq-production
  register: found

- name: Only which lists there are
  dialtone.voice.twilio_ip_access_control_list_info:
    include_addresses: false
"""

RETURN = r"""
ip_access_control_lists:
  description: The selected lists; an empty list if there are none.
  returned: success
  type: list
  elements: dict
  contains:
    sid: {description: SID of the list., type: str, returned: always}
    account_sid: {description: SID of its account., type: str, returned: always}
    friendly_name: {description: Its name., type: str, returned: always}
    ip_addresses:
      description: Entries with C(sid), C(ip_address) in CIDR notation and C(friendly_name).
      type: list
      elements: dict
      returned: if O(include_addresses) is true
  sample:
    - sid: AL0123456789abcdef0123456789abcdef
      friendly_name: acme-hq-production
      ip_addresses:
        - sid: IP0123456789abcdef0123456789abcdef
          ip_address: 203.0.113.10/32
          friendly_name: pbx1
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
    "sid": {"type": "str"},
    "friendly_name": {"type": "str"},
    "include_addresses": {"type": "bool", "default": True},
}


def main() -> None:
    run(access_lists.inform_validate, access_lists.inform, SPEC)


if __name__ == "__main__":
    main()
