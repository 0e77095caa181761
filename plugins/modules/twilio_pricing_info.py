# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_pricing_info
short_description: Read what numbers and calls on a trunk cost at Twilio
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Returns the monthly prices of numbers and the prices of a minute on an Elastic SIP trunk, by country or for particular
    destinations, as this account pays them.
  - Needs one request for each country and kind of price, and one for each destination.
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes_info
options:
  countries:
    description: ISO codes of countries, for example V(US). Either this or O(destinations) is needed.
    type: list
    elements: str
  include:
    description:
      - Which prices of O(countries) to read.
      - V(phone_numbers) is what a number costs in a month, by type.
      - V(trunking) is what a minute costs, in both directions.
    type: list
    elements: str
    choices: [phone_numbers, trunking]
    default: [phone_numbers, trunking]
  destinations:
    description: Numbers in E.164 whose price of a minute is asked for.
    type: list
    elements: str
  origination_number:
    description: Number in E.164 that calls O(destinations); in some countries the price depends on it.
    type: str
seealso:
  - module: dialtone.voice.twilio_phone_number
  - module: dialtone.voice.twilio_usage_info
"""

EXAMPLES = r"""
- name: What does a number cost in the United Kingdom
  dialtone.voice.twilio_pricing_info:
    countries: [GB]
    include: [phone_numbers]
  register: prices

- name: What does a call to this mobile cost
  dialtone.voice.twilio_pricing_info:
    destinations: ["+447700900123"]
    origination_number: "+442079460000"
"""

RETURN = r"""
phone_numbers:
  description: What numbers cost, for each of O(countries).
  returned: if O(countries) is given and O(include) has V(phone_numbers)
  type: list
  elements: dict
  contains:
    iso_country: {description: ISO code of the country., type: str, returned: always}
    country: {description: Its name., type: str, returned: always}
    price_unit: {description: "Currency, such as USD.", type: str, returned: always}
    phone_number_prices:
      description:
        - Entries with C(number_type) (V(local), V(toll_free), V(mobile) or V(national)), C(base_price) and
          C(current_price) (with the discounts of the account), in the currency C(price_unit), a month.
        - Prices are decimal numbers in text, so that nothing is rounded.
      type: list
      elements: dict
      returned: always
  sample:
    - iso_country: US
      country: United States
      price_unit: USD
      phone_number_prices:
        - {number_type: local, base_price: "1.15", current_price: "1.15"}
trunking:
  description: What minutes on a trunk cost, for each of O(countries).
  returned: if O(countries) is given and O(include) has V(trunking)
  type: list
  elements: dict
  contains:
    iso_country: {description: ISO code of the country., type: str, returned: always}
    country: {description: Its name., type: str, returned: always}
    price_unit: {description: "Currency, such as USD.", type: str, returned: always}
    terminating_prefix_prices:
      description:
        - Calls from the PBX to numbers there. Entries with C(friendly_name), C(destination_prefixes),
          C(origination_prefixes), C(base_price) and C(current_price).
        - The longest prefix that fits a number counts.
      type: list
      elements: dict
      returned: always
    originating_call_prices:
      description: Calls to numbers there. Entries with C(number_type), C(base_price) and C(current_price).
      type: list
      elements: dict
      returned: always
destinations:
  description: What a minute costs, for each of O(destinations).
  returned: if O(destinations) is given
  type: list
  elements: dict
  contains:
    destination_number: {description: The number., type: str, returned: always}
    origination_number: {description: Who calls it; empty if not given., type: str, returned: always}
    iso_country: {description: ISO code of its country., type: str, returned: always}
    country: {description: Name of its country., type: str, returned: always}
    price_unit: {description: "Currency, such as USD.", type: str, returned: always}
    terminating_prefix_prices:
      description: What a call to it costs. Entries as in RV(trunking[].terminating_prefix_prices).
      type: list
      elements: dict
      returned: always
    originating_call_price:
      description:
        - What a call to it costs if it is a number of the account, as C(number_type), C(base_price) and C(current_price).
        - Null if Twilio has no price.
      type: dict
      returned: always
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

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import pricing
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

SPEC = {
    "countries": {"type": "list", "elements": "str"},
    "include": {
        "type": "list",
        "elements": "str",
        "choices": list(pricing.INCLUDE),
        "default": list(pricing.INCLUDE),
    },
    "destinations": {"type": "list", "elements": "str"},
    "origination_number": {"type": "str"},
}


def main() -> None:
    run(pricing.inform_validate, pricing.inform, SPEC, required_one_of=[("countries", "destinations")])


if __name__ == "__main__":
    main()
