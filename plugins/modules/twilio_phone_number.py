# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_phone_number
short_description: Manage the phone numbers of a Twilio account
version_added: 0.1.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Manages the settings of a number that the account owns, and which trunk it is on.
  - A number is bought only with O(purchase=true), and then exactly the one that is named; it is released only with
    O(release=true). Neither can be undone. Without these options no such request can be sent.
  - A setting that is left out is not touched.
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes
options:
  state:
    description:
      - V(present) manages a number the account owns.
      - V(absent) takes the number off its trunk and leaves it in the account, unless O(release=true).
    type: str
    choices: [present, absent]
    default: present
  phone_number:
    description: The number in E.164. Either this or O(sid) is needed.
    type: str
  sid:
    description: SID of the number (C(PN) and 32 hexadecimal digits), for one the account owns.
    type: str
  trunk:
    description:
      - Name, termination domain or SID of the trunk the number is on. An empty string takes it off its trunk.
      - Excludes O(voice_application_sid); Twilio clears the one when the other is set.
      - In check mode a name or domain that does not exist yet is a warning, because an earlier task may be going to create it.
    type: str
  purchase:
    description:
      - Whether to buy O(phone_number) if the account does not own it. This costs money, at once and every month.
    type: bool
    default: false
  release:
    description:
      - With O(state=absent), whether to give the number up. Others can then buy it, and it may be impossible to get it back.
      - A number with an emergency address is not released; clear O(emergency_address_sid) first.
    type: bool
    default: false
  friendly_name:
    description: Name of the number, at most 64 characters.
    type: str
  voice_url:
    description: URL asked what to do with a call, while the number is on no trunk. An empty string clears it.
    type: str
  voice_method:
    description: HTTP method for O(voice_url).
    type: str
    choices: [GET, POST]
  voice_fallback_url:
    description: URL asked when O(voice_url) fails. An empty string clears it.
    type: str
  voice_fallback_method:
    description: HTTP method for O(voice_fallback_url).
    type: str
    choices: [GET, POST]
  voice_application_sid:
    description: SID of the application that handles calls (C(AP)). An empty string clears it.
    type: str
  voice_caller_id_lookup:
    description: Whether callers' names are looked up (charged).
    type: bool
  sms_url:
    description: URL asked what to do with a message. An empty string clears it.
    type: str
  sms_method:
    description: HTTP method for O(sms_url).
    type: str
    choices: [GET, POST]
  sms_fallback_url:
    description: URL asked when O(sms_url) fails. An empty string clears it.
    type: str
  sms_fallback_method:
    description: HTTP method for O(sms_fallback_url).
    type: str
    choices: [GET, POST]
  sms_application_sid:
    description: SID of the application that handles messages (C(AP)). An empty string clears it.
    type: str
  status_callback:
    description: URL that is told about calls. An empty string clears it.
    type: str
  status_callback_method:
    description: HTTP method for O(status_callback).
    type: str
    choices: [GET, POST]
  address_sid:
    description: SID of the address (C(AD)) that the number's regulations ask for. An empty string clears it.
    type: str
  bundle_sid:
    description: SID of the regulatory bundle (C(BU)). An empty string clears it.
    type: str
  identity_sid:
    description: SID of the identity (C(RI)). An empty string clears it.
    type: str
  emergency_address_sid:
    description:
      - SID of the address (C(AD)) that emergency services are sent to. An empty string clears it.
      - Twilio registers it later; RV(phone_number.emergency_address_status) says how far it is.
    type: str
seealso:
  - module: dialtone.voice.twilio_trunk
"""

EXAMPLES = r"""
- name: A number on a trunk
  dialtone.voice.twilio_phone_number:
    phone_number: "+12025550101"
    friendly_name: Sales, main line
    trunk: acme-hq-production

- name: Buy exactly this number (this costs money)
  dialtone.voice.twilio_phone_number:
    phone_number: "+12025550103"
    purchase: true

- name: Take a number off its trunk, and keep it
  dialtone.voice.twilio_phone_number:
    phone_number: "+12025550101"
    state: absent
"""

RETURN = r"""
phone_number:
  description:
    - The number as it is, or in check mode as it would be; null if the account does not own it.
    - What only Twilio can give is null in a prediction.
  returned: success
  type: dict
  contains:
    sid: {description: SID of the number., type: str, returned: always}
    account_sid: {description: SID of its account., type: str, returned: always}
    phone_number: {description: The number in E.164., type: str, returned: always}
    friendly_name: {description: Its name., type: str, returned: always}
    trunk_sid: {description: SID of its trunk; empty if it is on none., type: str, returned: always}
    voice_url: {description: URL asked about calls., type: str, returned: always}
    voice_method: {description: HTTP method for it., type: str, returned: always}
    voice_fallback_url: {description: URL asked when that fails., type: str, returned: always}
    voice_fallback_method: {description: HTTP method for it., type: str, returned: always}
    voice_application_sid: {description: Application for calls., type: str, returned: always}
    voice_caller_id_lookup: {description: Whether callers' names are looked up., type: bool, returned: always}
    sms_url: {description: URL asked about messages., type: str, returned: always}
    sms_method: {description: HTTP method for it., type: str, returned: always}
    sms_fallback_url: {description: URL asked when that fails., type: str, returned: always}
    sms_fallback_method: {description: HTTP method for it., type: str, returned: always}
    sms_application_sid: {description: Application for messages., type: str, returned: always}
    status_callback: {description: URL told about calls., type: str, returned: always}
    status_callback_method: {description: HTTP method for it., type: str, returned: always}
    address_sid: {description: Address of the number., type: str, returned: always}
    bundle_sid: {description: Regulatory bundle., type: str, returned: always}
    identity_sid: {description: Identity., type: str, returned: always}
    emergency_address_sid: {description: Address for emergency calls., type: str, returned: always}
    emergency_address_status: {description: How far its registration is., type: str, returned: always}
    address_requirements: {description: "Which address the number needs: none, any, local or foreign.", type: str, returned: always}
    capabilities: {description: "What the number can do: voice, sms, mms, fax.", type: dict, returned: always}
  sample:
    sid: PN0123456789abcdef0123456789abcdef
    phone_number: "+12025550101"
    trunk_sid: TK0123456789abcdef0123456789abcdef
changes:
  description: The changes that were made, or in check mode would be, in order.
  returned: success
  type: list
  elements: dict
  contains:
    action: {description: "One of V(create), V(update) and V(delete).", type: str, returned: always}
    resource: {description: What was changed, type: str, returned: always}
    name: {description: Which one, type: str, returned: always}
    sid: {description: Its SID before the change; null if it is created, type: str, returned: always}
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

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import numbers
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    **numbers.OPTIONS,
    "phone_numbers": {"type": "list", "elements": "dict", "options": numbers.OPTIONS},
    "purchase": {"type": "bool", "default": False},
    "release": {"type": "bool", "default": False},
    "emergency_timeout": {"type": "float", "default": 60.0},
}


def main() -> None:
    run(
        numbers.validate,
        numbers.ensure,
        SPEC,
        permissions=("purchase", "release"),
        required_one_of=[("phone_number", "sid", "phone_numbers")],
        mutually_exclusive=[("phone_numbers", "phone_number"), ("phone_numbers", "sid")],
    )


if __name__ == "__main__":
    main()
