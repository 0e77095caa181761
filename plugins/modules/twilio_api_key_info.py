# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_api_key_info
short_description: Read Twilio API keys
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Returns the API keys of an account. Their secrets cannot be read.
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes_info
options:
  sid:
    description: Only the key with this SID.
    type: str
  friendly_name:
    description: Only keys with this name.
    type: str
seealso:
  - module: dialtone.voice.twilio_api_key
"""

EXAMPLES = r"""
- name: Which keys there are
  dialtone.voice.twilio_api_key_info:
  register: found

- name: Keys that nobody can name
  ansible.builtin.debug:
    msg: "{{ found.api_keys | selectattr('friendly_name', 'equalto', '') | map(attribute='sid') }}"
"""

RETURN = r"""
api_keys:
  description: The selected keys; an empty list if there are none.
  returned: success
  type: list
  elements: dict
  contains:
    sid: {description: SID of the key., type: str, returned: always}
    friendly_name: {description: Its name., type: str, returned: always}
    date_created: {description: "When it was created, in the form of RFC 2822.", type: str, returned: always}
  sample:
    - sid: SK0123456789abcdef0123456789abcdef
      friendly_name: automation-2026-11
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

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import api_keys
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

SPEC = {"sid": {"type": "str"}, "friendly_name": {"type": "str"}}


def main() -> None:
    run(api_keys.inform_validate, api_keys.inform, SPEC)


if __name__ == "__main__":
    main()
