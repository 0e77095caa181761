# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_credential_list_info
short_description: Read Twilio's SIP credential lists with their users
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Returns the credential lists of the account, or the one that the options select, with the names of their users.
  - Twilio returns no passwords.
  - Needs one request for the lists and one for the users of each.
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
  include_credentials:
    description: Whether to read the users. Without them the requests for them are saved.
    type: bool
    default: true
seealso:
  - module: dialtone.voice.twilio_credential_list
"""

EXAMPLES = r"""
- name: Who may send calls with this list
  dialtone.voice.twilio_credential_list_info:
    friendly_name: acme-hq-production
  register: found

- name: Only which lists there are
  dialtone.voice.twilio_credential_list_info:
    include_credentials: false
"""

RETURN = r"""
credential_lists:
  description: The selected lists; an empty list if there are none.
  returned: success
  type: list
  elements: dict
  contains:
    sid: {description: SID of the list., type: str, returned: always}
    account_sid: {description: SID of its account., type: str, returned: always}
    friendly_name: {description: Its name., type: str, returned: always}
    credentials:
      description: Users with C(sid) and C(username), in the order of their names.
      type: list
      elements: dict
      returned: if O(include_credentials) is true
  sample:
    - sid: CL0123456789abcdef0123456789abcdef
      friendly_name: acme-hq-production
      credentials:
        - sid: CR0123456789abcdef0123456789abcdef
          username: pbx-2026a
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

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import credential_lists
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

SPEC = {
    "sid": {"type": "str"},
    "friendly_name": {"type": "str"},
    "include_credentials": {"type": "bool", "default": True},
}


def main() -> None:
    run(credential_lists.inform_validate, credential_lists.inform, SPEC)


if __name__ == "__main__":
    main()
