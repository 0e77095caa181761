# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_address_info
short_description: Read Twilio's postal addresses
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Returns the addresses of the account, or those that the options select.
  - Needs one request for the addresses, and one for the phone numbers of each if these are wanted.
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes_info
options:
  sid:
    description: Only the address with this SID.
    type: str
  friendly_name:
    description: Only addresses with this name.
    type: str
  include_phone_numbers:
    description: Whether to read which phone numbers use each address. Such an address cannot be deleted.
    type: bool
    default: false
seealso:
  - module: dialtone.voice.twilio_address
"""

EXAMPLES = r"""
- name: Every address
  dialtone.voice.twilio_address_info:
  register: found

- name: Who uses this address
  dialtone.voice.twilio_address_info:
    friendly_name: acme-hq
    include_phone_numbers: true
"""

RETURN = r"""
addresses:
  description: The selected addresses; an empty list if there are none.
  returned: success
  type: list
  elements: dict
  contains:
    sid: {description: SID of the address., type: str, returned: always}
    account_sid: {description: SID of its account., type: str, returned: always}
    friendly_name: {description: Its name., type: str, returned: always}
    customer_name: {description: Whose address it is., type: str, returned: always}
    street: {description: Number and street., type: str, returned: always}
    street_secondary: {description: Suite or floor., type: str, returned: always}
    city: {description: City., type: str, returned: always}
    address_region: {description: State or region., type: str, returned: always}
    postal_code: {description: Postal code., type: str, returned: always}
    iso_country: {description: ISO code of the country., type: str, returned: always}
    emergency_enabled: {description: Whether it may be an emergency address., type: bool, returned: always}
    validated: {description: Whether Twilio has validated it., type: bool, returned: always}
    verified: {description: Whether Twilio has verified it., type: bool, returned: always}
    phone_numbers:
      description: Numbers in E.164 that use the address, in rising order.
      type: list
      elements: str
      returned: if O(include_phone_numbers) is true
  sample:
    - sid: AD0123456789abcdef0123456789abcdef
      friendly_name: acme-hq
      customer_name: Acme Inc
      street: 100 Main St
      street_secondary: Ste 4
      city: Springfield
      address_region: IL
      postal_code: "62701"
      iso_country: US
      emergency_enabled: true
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

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import addresses
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

SPEC = {
    "sid": {"type": "str"},
    "friendly_name": {"type": "str"},
    "include_phone_numbers": {"type": "bool", "default": False},
}


def main() -> None:
    run(addresses.inform_validate, addresses.inform, SPEC)


if __name__ == "__main__":
    main()
