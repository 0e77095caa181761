# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_subaccount
short_description: Manage Twilio subaccounts
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Creates, renames, suspends, reactivates and closes the subaccounts of the account that the credentials belong to.
  - Twilio lets several subaccounts have the same name. Here a name must be unique among those that are not closed; otherwise
    the module fails and lists the candidates.
  - Closed subaccounts are ignored when one is looked up by its name. Twilio deletes them 30 days after they were closed,
    unless a main account from before July 2018 has not turned that on.
  - The credentials must be the auth token of the main account or an API key of type main. Standard keys cannot manage
    accounts.
  - A main account has at most 1,000 subaccounts unless Twilio raises that. Subaccounts have no subaccounts.
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes
options:
  state:
    description: V(absent) closes the subaccount, which needs O(close=true).
    type: str
    choices: [present, absent]
    default: present
  sid:
    description: SID of the subaccount (C(AC) and 32 hexadecimal digits), for one that exists.
    type: str
  friendly_name:
    description:
      - Name of the subaccount, at most 64 characters. It identifies the subaccount if O(sid) is not given; with O(sid) it is
        the name the subaccount is given.
    type: str
  status:
    description:
      - Whether the subaccount works. A suspended one can neither make nor receive calls; calls that go on are not ended, and
        its phone numbers go on costing money.
      - If not given, it stays as it is; a new subaccount is active.
    type: str
    choices: [active, suspended]
  close:
    description:
      - Has to be V(true) to close a subaccount, because that is for ever. Its phone numbers are released, and it can never be
        opened again.
    type: bool
    default: false
  return_auth_token:
    description:
      - Whether the result holds the subaccount's auth token.
      - Refused before any request unless the task has C(no_log) set to true, and for asynchronous tasks.
    type: bool
    default: false
  credentials_path:
    description:
      - Absolute path of a file, on the machine where the module runs, that is made to hold the subaccount's SID and auth token
        as JSON (C(account_sid), C(auth_token)).
      - It is put in place whole and with mode 0600. Its directory must exist, and must not be one that everybody may write
        to without the sticky bit. The token is then not in the result.
    type: path
seealso:
  - module: dialtone.voice.twilio_subaccount_info
  - module: dialtone.voice.twilio_api_key
  - module: dialtone.voice.twilio_dialing_permissions
"""

EXAMPLES = r"""
- name: An account for a branch office
  dialtone.voice.twilio_subaccount:
    friendly_name: acme-branch-7
    credentials_path: /etc/voice/acme-branch-7.json

- name: Create it and use its token in the same play
  dialtone.voice.twilio_subaccount:
    friendly_name: acme-branch-8
    return_auth_token: true
  no_log: true
  register: branch

- name: A customer who does not pay
  dialtone.voice.twilio_subaccount:
    friendly_name: acme-branch-7
    status: suspended

- name: Close an account for ever
  dialtone.voice.twilio_subaccount:
    friendly_name: acme-branch-7
    state: absent
    close: true
"""

RETURN = r"""
subaccount:
  description:
    - The subaccount as it is, or in check mode as it would be; null if there is none or it is closed.
    - What only Twilio can give (the SID) is null in a prediction.
  returned: success
  type: dict
  contains:
    sid: {description: SID of the subaccount., type: str, returned: always}
    friendly_name: {description: Its name., type: str, returned: always}
    status: {description: V(active) or V(suspended)., type: str, returned: always}
    owner_account_sid: {description: SID of its main account., type: str, returned: always}
    type: {description: V(Full) or V(Trial)., type: str, returned: always}
    date_created: {description: "When it was created, in the form of RFC 2822.", type: str, returned: always}
  sample:
    sid: AC0123456789abcdef0123456789abcdef
    friendly_name: acme-branch-7
    status: active
    owner_account_sid: AC00000000000000000000000000000001
    type: Full
    date_created: Mon, 02 Nov 2026 09:00:00 +0000
auth_token:
  description: The subaccount's auth token; null in a prediction of one that is not there yet.
  returned: if O(return_auth_token)
  type: str
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

SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "sid": {"type": "str"},
    "friendly_name": {"type": "str"},
    "status": {"type": "str", "choices": ["active", "suspended"]},
    "close": {"type": "bool", "default": False},
    "return_auth_token": {"type": "bool", "default": False, "no_log": False},
    "credentials_path": {"type": "path", "no_log": False},
}


def main() -> None:
    run(subaccounts.validate, subaccounts.ensure, SPEC, required_one_of=[("sid", "friendly_name")])


if __name__ == "__main__":
    main()
