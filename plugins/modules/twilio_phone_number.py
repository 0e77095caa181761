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
  - Manages the settings of one number or many that the account owns, which trunk they are on, and to which address
    emergency services are sent.
  - A thousand numbers are one task (O(phone_numbers)); if nothing differs it costs one request, and one more if trunks or
    addresses are given by name.
  - A number is bought only with O(purchase=true); either exactly the one that is named, or as many as are missing of a set
    that O(search) describes, under the ceiling of O(max_price). It is released only with O(release=true). Neither can be
    undone. Without these options no such request can be sent.
  - A setting that is left out is not touched.
  - The names that called people see (outbound CNAM) are registered with Twilio's Trust Hub, not with a number, and this
    module does not do that; O(voice_caller_id_lookup) is about the names of callers.
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
  phone_number: &phone_number
    description: The number in E.164.
    type: str
  sid: &sid
    description: SID of the number (C(PN) and 32 hexadecimal digits), for one the account owns, in place of O(phone_number).
    type: str
  trunk: &trunk
    description:
      - Name, termination domain or SID of the trunk the number is on. An empty string takes it off its trunk.
      - Excludes O(voice_application_sid); Twilio clears the one when the other is set.
      - In check mode a name or domain that does not exist yet is a warning, because an earlier task may be going to create it.
      - With O(release=true) it confirms that the number may be released although it is on that trunk.
    type: str
  purchase:
    description:
      - Whether to buy what the account does not own. This costs money, at once and every month.
      - With O(phone_number) or O(phone_numbers) exactly those numbers are bought, with O(search) the missing ones of the set.
    type: bool
    default: false
  release:
    description:
      - With O(state=absent), whether to give the number up. Others can then buy it, and it may be impossible to get it back.
      - A number with an emergency address is unregistered first, and is released when Twilio has done that.
      - A number that is on a trunk is in use and therefore not released, unless O(trunk) names that trunk. Take it off
        the trunk first, with O(state=absent) alone.
    type: bool
    default: false
  search:
    description:
      - Which numbers a set has. What is missing of the set is bought if O(purchase=true), and is a failure otherwise.
      - A number belongs to the set if the account owns it, it has exactly the O(friendly_name), and its digits do not
        contradict O(search.country), O(search.area_code) and O(search.contains). Give each set a name of its own, and
        do not rename its numbers. Numbers beyond O(count) are left alone.
      - A number is bought by naming it, together with its friendly name and its other settings, in one request. If
        somebody else was faster, the next one of the search is bought. If an answer was lost, the number is looked up; as
        long as it is not certain that it was not bought, no other one is.
      - Numbers that Twilio sells only to whoever has an address are bought only if O(address) or O(bundle_sid) is given.
        That a regulatory bundle is needed only Twilio's refusal of the purchase tells.
      - In check mode the numbers to be bought are null, because what a search shows may be sold a moment later.
    type: dict
    version_added: 0.2.0
    suboptions:
      country:
        description: ISO code of the country, for example V(US).
        type: str
        required: true
      type:
        description: Type of the numbers. Not every country has every type.
        type: str
        choices: [local, toll_free, mobile, national]
        default: local
      area_code:
        description: Area code, three digits, in the US and Canada only.
        type: str
      contains:
        description:
          - Pattern of 2 to 16 characters that occurs in the number; C(*) is any digit, and letters are those of the keypad.
        type: str
      in_region:
        description: Region, in North America the two letters of the state or province.
        type: str
      in_locality:
        description: City.
        type: str
      in_postal_code:
        description: Postal code.
        type: str
      sms_enabled:
        description: Whether the numbers can receive short messages.
        type: bool
      mms_enabled:
        description: Whether the numbers can receive multimedia messages.
        type: bool
  count:
    description: How many numbers the set of O(search) has, from V(1) to V(30).
    type: int
    default: 1
    version_added: 0.2.0
  max_price:
    description:
      - The most that one number may cost a month, in O(price_unit). Needed with O(search).
      - It is compared with the price of this account in Twilio's price list. Where the list has no price, nothing is bought.
    type: float
    version_added: 0.2.0
  price_unit:
    description: Currency of O(max_price). If Twilio's prices for the account are in another one, nothing is bought.
    type: str
    default: USD
    version_added: 0.2.0
  friendly_name: &friendly_name
    description:
      - Name of the number, at most 64 characters. Twilio names a number that is bought without one after its digits.
      - With O(search) it is needed and marks the set.
    type: str
  voice_url: &voice_url
    description: URL that Twilio asks what to do with a call while the number is on no trunk. An empty string clears it.
    type: str
  voice_method: &voice_method
    description: HTTP method for O(voice_url). V(POST) when bought.
    type: str
    choices: [GET, POST]
  voice_fallback_url: &voice_fallback_url
    description: URL that Twilio asks when O(voice_url) fails. An empty string clears it.
    type: str
  voice_fallback_method: &voice_fallback_method
    description: HTTP method for O(voice_fallback_url). V(POST) when bought.
    type: str
    choices: [GET, POST]
  voice_application_sid: &voice_application_sid
    description: SID of the application that handles calls (C(AP)). An empty string clears it.
    type: str
  voice_caller_id_lookup: &voice_caller_id_lookup
    description: Whether the names of callers are looked up (CNAM, US and Canada only; each look-up is charged). V(false) when bought.
    type: bool
  sms_url: &sms_url
    description: URL that Twilio asks what to do with a text message. An empty string clears it.
    type: str
  sms_method: &sms_method
    description: HTTP method for O(sms_url). V(POST) when bought.
    type: str
    choices: [GET, POST]
  sms_fallback_url: &sms_fallback_url
    description: URL that Twilio asks when O(sms_url) fails. An empty string clears it.
    type: str
  sms_fallback_method: &sms_fallback_method
    description: HTTP method for O(sms_fallback_url). V(POST) when bought.
    type: str
    choices: [GET, POST]
  sms_application_sid: &sms_application_sid
    description: SID of the application that handles text messages (C(AP)). An empty string clears it.
    type: str
  status_callback: &status_callback
    description: URL that Twilio tells about the progress of calls. An empty string clears it.
    type: str
  status_callback_method: &status_callback_method
    description: HTTP method for O(status_callback). V(POST) when bought.
    type: str
    choices: [GET, POST]
  address: &address
    description:
      - Name or SID of the address that the number's regulations ask for. An empty string clears it.
    type: str
    version_added: 0.2.0
  address_sid: &address_sid
    description: SID of the address (C(AD)), in place of O(address). An empty string clears it.
    type: str
  bundle_sid: &bundle_sid
    description: SID of the regulatory bundle (C(BU)). An empty string clears it.
    type: str
  identity_sid: &identity_sid
    description: SID of the identity (C(RI)). An empty string clears it.
    type: str
  emergency_address: &emergency_address
    description:
      - Name or SID of the address that emergency services are sent to. An empty string unregisters it.
      - Twilio registers and unregisters it some time later. The task waits for that, also if an earlier task
        asked for it, and fails if it fails. A registration that failed is tried again by the next run.
      - A number that has another emergency address is unregistered from that one first, as Twilio demands. Until the new
        one is registered, the number has none.
      - Twilio registers addresses in the US, Canada and the United Kingdom. In the US and Canada a call to 911 from
        a number without a registered address costs a fee.
      - An address that is not enabled for emergency calling or is in another country than the number is refused.
    type: str
    version_added: 0.2.0
  emergency_address_sid: &emergency_address_sid
    description: SID of that address (C(AD)), in place of O(emergency_address).
    type: str
  emergency_timeout:
    description:
      - Seconds to wait until Twilio has registered or unregistered emergency addresses, from V(0) to V(3600). Where one
        replaces another, each of the two steps may take that long.
      - If it takes longer, the task fails, and the next run goes on waiting.
    type: float
    default: 60.0
    version_added: 0.2.0
  phone_numbers:
    description:
      - Many numbers in one task. What an entry leaves out it takes from the options of the task of the same name.
      - Excludes O(phone_number), O(sid) and O(search).
    type: list
    elements: dict
    version_added: 0.2.0
    suboptions:
      phone_number: *phone_number
      sid: *sid
      trunk: *trunk
      friendly_name: *friendly_name
      voice_url: *voice_url
      voice_method: *voice_method
      voice_fallback_url: *voice_fallback_url
      voice_fallback_method: *voice_fallback_method
      voice_application_sid: *voice_application_sid
      voice_caller_id_lookup: *voice_caller_id_lookup
      sms_url: *sms_url
      sms_method: *sms_method
      sms_fallback_url: *sms_fallback_url
      sms_fallback_method: *sms_fallback_method
      sms_application_sid: *sms_application_sid
      status_callback: *status_callback
      status_callback_method: *status_callback_method
      address_sid: *address_sid
      bundle_sid: *bundle_sid
      identity_sid: *identity_sid
      address: *address
      emergency_address: *emergency_address
      emergency_address_sid: *emergency_address_sid
notes:
  - If the Python library C(phonenumbers) is there, an emergency address in another country than the number is refused before
    anything is changed, and numbers of another country do not count for O(search). Without it only Twilio judges that.
  - Lists that Twilio serves may lag behind a purchase by moments. Do not run two tasks for the same set of O(search) at once.
seealso:
  - module: dialtone.voice.twilio_phone_number_info
  - module: dialtone.voice.twilio_pricing_info
  - module: dialtone.voice.twilio_trunk
  - module: dialtone.voice.twilio_address
  - module: dialtone.voice.twilio_voice_account
"""

EXAMPLES = r"""
- name: A number on a trunk
  dialtone.voice.twilio_phone_number:
    phone_number: "+12025550101"
    friendly_name: Sales, main line
    trunk: acme-hq-production

- name: Many numbers on one trunk, all with the same emergency address
  dialtone.voice.twilio_phone_number:
    trunk: acme-hq-production
    emergency_address: hq
    phone_numbers:
      - phone_number: "+12025550101"
        friendly_name: Sales, main line
      - phone_number: "+12025550102"
        friendly_name: Support

- name: Buy exactly this number (this costs money)
  dialtone.voice.twilio_phone_number:
    phone_number: "+12025550103"
    purchase: true

- name: Have five numbers in Washington; buy what is missing of them, for at most 1.50 USD a month each
  dialtone.voice.twilio_phone_number:
    friendly_name: branch-dc
    search:
      country: US
      type: local
      area_code: "202"
    count: 5
    max_price: 1.50
    purchase: true
    trunk: acme-hq-production
  register: numbers

- name: Take a number off its trunk, and keep it
  dialtone.voice.twilio_phone_number:
    phone_number: "+12025550101"
    state: absent

- name: Give a number up for good, although it is on a trunk
  dialtone.voice.twilio_phone_number:
    phone_number: "+12025550103"
    state: absent
    release: true
    trunk: acme-hq-production
"""

RETURN = r"""
phone_number:
  description:
    - The number as it is, or in check mode as it would be; null if the account does not own it.
    - What only Twilio can give is null in a prediction.
  returned: success, with O(phone_number) or O(sid)
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
phone_numbers:
  description:
    - The numbers, each as RV(phone_number); in the order of O(phone_numbers), or for O(search) those of the set.
  returned: success, with O(phone_numbers) or O(search)
  type: list
  elements: dict
offer:
  description: What O(search) came to.
  returned: success, with O(search)
  type: dict
  contains:
    country: {description: ISO code of the country., type: str, returned: always}
    type: {description: Type of the numbers., type: str, returned: always}
    count: {description: How many there should be., type: int, returned: always}
    owned: {description: How many there were before., type: int, returned: always}
    missing: {description: "How many were bought, or in check mode would be.", type: int, returned: always}
    base_price: {description: Price of one for a month without discounts; null if none is missing., type: str, returned: always}
    current_price: {description: Price of one for a month for this account; null if none is missing., type: str, returned: always}
    price_unit: {description: Currency of the prices; null if none is missing., type: str, returned: always}
  sample: {country: US, type: local, count: 5, owned: 3, missing: 2, base_price: "1.15", current_price: "1.15", price_unit: USD}
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

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import numbers, purchase
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    **numbers.OPTIONS,
    "phone_numbers": {"type": "list", "elements": "dict", "options": numbers.OPTIONS},
    **purchase.OPTIONS,
    "purchase": {"type": "bool", "default": False},
    "release": {"type": "bool", "default": False},
    "emergency_timeout": {"type": "float", "default": 60.0},
}


def main() -> None:
    run(
        purchase.validate,
        purchase.ensure,
        SPEC,
        permissions=("purchase", "release"),
        required_one_of=[("phone_number", "sid", "phone_numbers", "search")],
        mutually_exclusive=[
            ("phone_numbers", "phone_number", "search"),
            ("phone_numbers", "sid", "search"),
        ],
    )


if __name__ == "__main__":
    main()
