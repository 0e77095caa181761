# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_phone_number_info
short_description: Read the phone numbers of a Twilio account
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Returns the numbers that the account owns, or those that the options select, in the order of the numbers.
  - Needs one request for every thousand numbers that O(phone_number) and O(friendly_name) leave, and one for the names of
    the trunks.
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes_info
options:
  phone_number:
    description:
      - Only numbers that contain this, for example V(+1202) or V(+1202555*); V(*) stands for any one digit.
      - A whole number in E.164 selects that one.
    type: str
  friendly_name:
    description: Only numbers with exactly this name.
    type: str
  trunk:
    description:
      - Only numbers on this trunk, by name, termination domain or SID. An empty string selects those on no trunk.
    type: str
  sid:
    description: Only the number with this SID.
    type: str
  include_trunk_names:
    description: Whether to return the names of the trunks, too. This costs one request if a number is on a trunk.
    type: bool
    default: true
seealso:
  - module: dialtone.voice.twilio_phone_number
"""

EXAMPLES = r"""
- name: Which numbers in Washington are on no trunk
  dialtone.voice.twilio_phone_number_info:
    phone_number: "+1202"
    trunk: ""
  register: spare

- name: The numbers of a trunk
  dialtone.voice.twilio_phone_number_info:
    trunk: acme-hq-production
"""

RETURN = r"""
phone_numbers:
  description: The selected numbers; an empty list if there are none.
  returned: success
  type: list
  elements: dict
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
    trunk: {description: Name of its trunk; empty if it is on none., type: str, returned: if O(include_trunk_names) is true}
  sample:
    - sid: PN0123456789abcdef0123456789abcdef
      phone_number: "+12025550101"
      trunk_sid: TK0123456789abcdef0123456789abcdef
      trunk: acme-hq-production
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

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import numbers_info
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

SPEC = {
    "phone_number": {"type": "str"},
    "friendly_name": {"type": "str"},
    "trunk": {"type": "str"},
    "sid": {"type": "str"},
    "include_trunk_names": {"type": "bool", "default": True},
}


def main() -> None:
    run(numbers_info.validate, numbers_info.inform, SPEC)


if __name__ == "__main__":
    main()
