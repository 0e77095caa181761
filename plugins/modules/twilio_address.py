# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_address
short_description: Manage Twilio's postal addresses
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Creates, changes and deletes an address, which some phone numbers need, and which can be registered for emergency calls.
  - Twilio lets several addresses have the same name. This module takes a name for one address, and refuses to guess if
    there are more.
  - The country of an address cannot be changed. If it should be, the task fails before anything is changed.
  - An address that is registered for emergency calls of phone numbers is not changed, because Twilio wants it unregistered
    before. The error names the numbers, also in check mode. Describe a new address, and give it to the numbers.
  - An address that phone numbers use is not deleted; the error names the numbers, also in check mode.
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes
attributes:
  idempotent:
    support: partial
    details:
      - Always with O(auto_correct_address=false).
      - With O(auto_correct_address=true) as long as Twilio's correction means the same as what is described; see there.
options:
  state:
    description: Whether the address should exist.
    type: str
    choices: [present, absent]
    default: present
  sid:
    description: SID of the address (C(AD) and 32 hexadecimal digits), for one that exists.
    type: str
  friendly_name:
    description:
      - Name of the address, at most 64 characters, and at most 32 if O(emergency_enabled=true). It identifies the address
        if O(sid) is not given; with O(sid) it is the name the address is given.
    type: str
  customer_name:
    description: Name of the person or company at the address, at most 64 bytes. Needed for a new address.
    type: str
  street:
    description: Number and street. Needed for a new address.
    type: str
  street_secondary:
    description: Suite, floor or apartment. An empty string clears it.
    type: str
  city:
    description: City. Needed for a new address.
    type: str
  address_region:
    description:
      - State, province or region. Needed for a new address.
      - Twilio calls it C(region), which here is the name of the option for the Twilio region, as in every module.
    type: str
  postal_code:
    description: Postal code. Needed for a new address. Write it in quotes, so that YAML keeps leading zeros.
    type: str
  iso_country:
    description: ISO 3166 code of the country, two capital letters. Needed for a new address; it cannot be changed.
    type: str
  emergency_enabled:
    description: Whether the address may be registered as the emergency address of phone numbers.
    type: bool
  auto_correct_address:
    description:
      - Whether Twilio may correct the address. Twilio itself would do so by default; this module does not, so that the
        account holds what the description says. Where Twilio knows a similar address it then refuses yours with error
        21629 and names its own, for you to put into the description.
      - If V(true), what Twilio has stored stays as long as it means the same as what is described. Case, accents and
        punctuation do not count, nor do abbreviations of the United States Postal Service, region names or codes of the
        United States and Canada, and the last four digits of a ZIP code.
      - A correction that goes further is a difference, because it could as well be a move to another address. The task then
        warns, with both values. Until the description says what Twilio says, every run sends the field again.
      - A prediction in check mode has the address as described, because only Twilio knows the correction.
    type: bool
    default: false
seealso:
  - module: dialtone.voice.twilio_address_info
  - module: dialtone.voice.twilio_phone_number
  - module: dialtone.voice.twilio_voice_account
"""

EXAMPLES = r"""
- name: The address of the office, for emergency calls
  dialtone.voice.twilio_address:
    friendly_name: acme-hq
    customer_name: Acme Inc
    street: 100 Main St
    street_secondary: Ste 4
    city: Springfield
    address_region: IL
    postal_code: "62701"
    iso_country: US
    emergency_enabled: true
  register: office

- name: Another floor
  dialtone.voice.twilio_address:
    friendly_name: acme-hq
    street_secondary: Ste 9

- name: No such address
  dialtone.voice.twilio_address:
    friendly_name: acme-hq
    state: absent
"""

RETURN = r"""
address:
  description:
    - The address as it is, or in check mode as it would be; null if it does not exist or is deleted.
    - What only Twilio can give (C(sid), C(validated), C(verified)) is null in a prediction.
  returned: success
  type: dict
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
  sample:
    sid: AD0123456789abcdef0123456789abcdef
    friendly_name: acme-hq
    customer_name: Acme Inc
    street: 100 Main St
    street_secondary: Ste 4
    city: Springfield
    address_region: IL
    postal_code: "62701"
    iso_country: US
    emergency_enabled: true
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

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import addresses
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    **addresses.OPTIONS,
}


def main() -> None:
    run(
        addresses.validate,
        addresses.ensure,
        SPEC,
        required_one_of=[("sid", "friendly_name")],
    )


if __name__ == "__main__":
    main()
