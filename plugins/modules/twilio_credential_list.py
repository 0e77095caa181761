# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_credential_list
short_description: Manage Twilio's SIP credential lists with their users
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Creates, changes and deletes a list of user names and passwords with which calls are sent to Twilio.
  - A list takes effect on a trunk when M(dialtone.voice.twilio_trunk) associates it.
  - Twilio keeps only a hash of a password and returns not even that. Whether a user's password is the one that the task
    gives cannot be found out, by this module or any other. It therefore sends the password when it creates the user, and
    to a user that exists only when O(update_password=always).
  - To change a password without downtime, add a second user with the new password, let the PBX use it, and then remove the
    first one with C(state) V(absent) in its entry. Additions are made before removals, and users that are not listed stay
    unless O(purge_credentials) is set.
  - Passwords are never shown, neither in results, diffs and messages nor in logs. They are sent in the body of requests to
    Twilio only.
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes
attributes:
  idempotent:
    support: partial
    details:
      - With O(update_password=on_create) the second run changes nothing. It does not notice a password that was changed
        elsewhere.
      - With O(update_password=always) every run sends the given passwords and reports a change, because nobody can tell
        whether they were set already.
options:
  state:
    description: Whether the list should exist. Twilio refuses to delete a list that a trunk or SIP domain still uses.
    type: str
    choices: [present, absent]
    default: present
  sid:
    description: SID of the list (C(CL) and 32 hexadecimal digits), for one that exists.
    type: str
  friendly_name:
    description:
      - Name of the list, at most 64 characters. It identifies the list if O(sid) is not given; with O(sid) it is
        the name the list is given.
      - An account has at most 100 credential lists.
    type: str
  credentials:
    description: The users, as a set of at most 1,000.
    type: list
    elements: dict
    suboptions:
      username:
        description:
          - Name of the user, at most 32 letters, digits and characters of C(-_.!~*'()&=+$,;). It identifies the user, and
            cannot be changed.
        type: str
        required: true
      password:
        description:
          - Password of the user, with at least 12 characters, a digit, a lower-case letter and an upper-case letter. It is
            judged before anything is sent to Twilio.
          - May be left out, or empty, for a user that exists. Then the password stays as it is.
        type: str
      state:
        description: Whether the user should be in the list.
        type: str
        choices: [present, absent]
        default: present
  update_password:
    description:
      - V(on_create) sends a password only when the user is created.
      - V(always) also sends it to users that exist, and is then always a change. If an answer is lost the password is sent
        again, which does no harm.
    type: str
    choices: [on_create, always]
    default: on_create
  purge_credentials:
    description: Whether users that are not listed are removed.
    type: bool
    default: false
seealso:
  - module: dialtone.voice.twilio_credential_list_info
  - module: dialtone.voice.twilio_trunk
  - module: dialtone.voice.twilio_voice_account
"""

EXAMPLES = r"""
- name: The user with which the office's PBX sends calls
  dialtone.voice.twilio_credential_list:
    friendly_name: acme-hq-production
    credentials:
      - username: pbx-2026a
        password: "{{ vault_pbx_2026a }}"

- name: A new password, first step, the old user goes on working
  dialtone.voice.twilio_credential_list:
    friendly_name: acme-hq-production
    credentials:
      - username: pbx-2026b
        password: "{{ vault_pbx_2026b }}"

- name: A new password, last step, when the PBX uses the new one
  dialtone.voice.twilio_credential_list:
    friendly_name: acme-hq-production
    credentials:
      - username: pbx-2026b
      - username: pbx-2026a
        state: absent

- name: Set a password anew that was changed elsewhere
  dialtone.voice.twilio_credential_list:
    friendly_name: acme-hq-production
    credentials:
      - username: pbx-2026b
        password: "{{ vault_pbx_2026b }}"
    update_password: always

- name: No such list
  dialtone.voice.twilio_credential_list:
    friendly_name: acme-hq-production
    state: absent
"""

RETURN = r"""
credential_list:
  description:
    - The list as it is, or in check mode as it would be; null if it does not exist or is deleted. Never with passwords.
    - What only Twilio can give (SIDs) is null in a prediction.
  returned: success
  type: dict
  contains:
    sid: {description: SID of the list., type: str, returned: always}
    account_sid: {description: SID of its account., type: str, returned: always}
    friendly_name: {description: Its name., type: str, returned: always}
    credentials:
      description: Users with C(sid) and C(username), in the order of their names.
      type: list
      elements: dict
      returned: if O(credentials) is given
  sample:
    sid: CL0123456789abcdef0123456789abcdef
    friendly_name: acme-hq-production
    credentials:
      - sid: CR0123456789abcdef0123456789abcdef
        username: pbx-2026a
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

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import credential_lists
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    **credential_lists.OPTIONS,
}


def main() -> None:
    run(
        credential_lists.validate,
        credential_lists.ensure,
        SPEC,
        required_one_of=[("sid", "friendly_name")],
        required_if=[("purge_credentials", True, ["credentials"])],
    )


if __name__ == "__main__":
    main()
