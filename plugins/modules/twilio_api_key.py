# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_api_key
short_description: Manage Twilio API keys
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Creates, renames and deletes standard API keys of an account.
  - Twilio tells the secret of a key once, in the answer to its creation. It goes to the file O(secret_path), or into the
    result of a task that has C(no_log) set to true; without either, nothing is created.
  - If that answer is lost, nobody can have the secret, so the key is deleted and made again.
  - Twilio lets several keys have the same name. Here a name must be unique; otherwise the module fails and lists the candidates.
  - To rotate a key without downtime, create a second key under another name, let everything use it, and then delete the
    first one. See the examples.
  - The credentials must be the auth token or an API key of type main. Standard keys cannot manage keys.
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes
options:
  state:
    description: Whether the key should exist. The key that the task itself uses is not deleted.
    type: str
    choices: [present, absent]
    default: present
  sid:
    description: SID of the key (C(SK) and 32 hexadecimal digits), for one that exists.
    type: str
  friendly_name:
    description:
      - Name of the key, at most 64 characters. It identifies the key if O(sid) is not given; with O(sid) it is the name the key
        is given.
    type: str
  secret_path:
    description:
      - Absolute path of a file, on the machine where the module runs, that is made to hold the SID and the secret of a new key
        as JSON (C(sid), C(secret)).
      - It is put in place whole and with mode 0600. Its directory must exist, and must not be one that everybody may write
        to without the sticky bit. If it cannot be written, the new key is deleted again. The secret is then not in the result.
      - If the key exists but the file does not, or holds the secret of another key, the task fails, because the secret cannot be
        read again.
    type: path
seealso:
  - module: dialtone.voice.twilio_api_key_info
  - module: dialtone.voice.twilio_subaccount
"""

EXAMPLES = r"""
- name: A key for the automation host, with its secret in a file
  dialtone.voice.twilio_api_key:
    friendly_name: automation-2026-11
    secret_path: /etc/voice/twilio-automation-2026-11.json

- name: A key whose secret the play puts elsewhere
  dialtone.voice.twilio_api_key:
    friendly_name: pbx-monitor
  no_log: true
  register: made

# Rotation: after the new key above is in use everywhere, the old one goes.
- name: The key of last year
  dialtone.voice.twilio_api_key:
    friendly_name: automation-2025-11
    state: absent
"""

RETURN = r"""
api_key:
  description:
    - The key as it is, or in check mode as it would be; null if it does not exist or is deleted.
    - What only Twilio can give (the SID) is null in a prediction.
  returned: success
  type: dict
  contains:
    sid: {description: SID of the key., type: str, returned: always}
    friendly_name: {description: Its name., type: str, returned: always}
    date_created: {description: "When it was created, in the form of RFC 2822.", type: str, returned: always}
  sample:
    sid: SK0123456789abcdef0123456789abcdef
    friendly_name: automation-2026-11
    date_created: Mon, 02 Nov 2026 09:00:00 +0000
secret:
  description:
    - The secret of a key that this task created; null for one that existed already, in check mode, and with O(secret_path).
  returned: success and O(state=present)
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

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import api_keys
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "sid": {"type": "str"},
    "friendly_name": {"type": "str"},
    "secret_path": {"type": "path", "no_log": False},
}


def main() -> None:
    run(api_keys.validate, api_keys.ensure, SPEC, required_one_of=[("sid", "friendly_name")])


if __name__ == "__main__":
    main()
