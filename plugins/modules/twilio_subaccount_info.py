# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_subaccount_info
short_description: Read Twilio subaccounts
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Returns the subaccounts of the account that the credentials belong to. Auth tokens are never returned.
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes_info
options:
  sid:
    description: Only the subaccount with this SID.
    type: str
  friendly_name:
    description: Only subaccounts with this name.
    type: str
  status:
    description: Only subaccounts in one of these states.
    type: list
    elements: str
    choices: [active, suspended, closed]
    default: [active, suspended]
seealso:
  - module: dialtone.voice.twilio_subaccount
"""

EXAMPLES = r"""
- name: All subaccounts that are not closed
  dialtone.voice.twilio_subaccount_info:
  register: found

- name: Those that are suspended
  dialtone.voice.twilio_subaccount_info:
    status: [suspended]
"""

RETURN = r"""
subaccounts:
  description: The selected subaccounts; an empty list if there are none.
  returned: success
  type: list
  elements: dict
  contains:
    sid: {description: SID of the subaccount., type: str, returned: always}
    friendly_name: {description: Its name., type: str, returned: always}
    status: {description: "V(active), V(suspended) or V(closed).", type: str, returned: always}
    owner_account_sid: {description: SID of its main account., type: str, returned: always}
    type: {description: V(Full) or V(Trial)., type: str, returned: always}
    date_created: {description: "When it was created, in the form of RFC 2822.", type: str, returned: always}
  sample:
    - sid: AC0123456789abcdef0123456789abcdef
      friendly_name: acme-branch-7
      status: active
      owner_account_sid: AC00000000000000000000000000000001
      type: Full
      date_created: Mon, 02 Nov 2026 09:00:00 +0000
api_requests:
  description: Requests sent to Twilio, each retry counted.
  returned: always
  type: int
  sample: 2
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

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import subaccounts
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

STATUSES = ["active", "suspended", "closed"]
SPEC = {
    "sid": {"type": "str"},
    "friendly_name": {"type": "str"},
    "status": {"type": "list", "elements": "str", "choices": STATUSES, "default": STATUSES[:2]},
}


def main() -> None:
    run(subaccounts.inform_validate, subaccounts.inform, SPEC)


if __name__ == "__main__":
    main()
