# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_usage_info
short_description: Read what a Twilio account used and what it cost
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Returns usage by category for a period, or for each day, month or year of it, as numbers with units.
  - Needs one request for the whole period, and at a finer granularity one more for each category that was used.
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes_info
options:
  categories:
    description:
      - Which categories to return. Without it, those that make up the cost of a trunk. C(calleridlookups), C(phonenumbers),
        C(trunking-cps), C(trunking-emergency-calls), C(trunking-origination), C(trunking-recordings), C(trunking-secure)
        and C(trunking-termination).
      - A warning names a category that the account does not have.
    type: list
    elements: str
  from:
    description:
      - First day of the period, as C(2026-11-23). Twilio counts usage by days in UTC.
      - Without O(from) and O(last), the first day of the month in which the period ends.
    type: str
  to:
    description: Last day of the period. Without it, today.
    type: str
  last:
    description: Length of a period that ends today, in days or weeks, for example V(30d). Excludes O(from) and O(to).
    type: str
  granularity:
    description:
      - Whether to return one record for the whole period, or one for each part of it.
      - At a finer granularity than V(all), a category that was not used in the period has no records.
    type: str
    choices: [all, daily, monthly, yearly]
    default: all
  include_subaccounts:
    description: Whether to add the usage of all subaccounts.
    type: bool
    default: false
seealso:
  - module: dialtone.voice.twilio_call_info
  - module: dialtone.voice.twilio_pricing_info
"""

EXAMPLES = r"""
- name: What the trunks have cost this month
  dialtone.voice.twilio_usage_info:
  register: usage

- name: Minutes to the telephone network, day by day
  dialtone.voice.twilio_usage_info:
    categories: [trunking-termination]
    last: 30d
    granularity: daily
"""

RETURN = r"""
usage:
  description: The usage records, sorted by category and day.
  returned: success
  type: list
  elements: dict
  contains:
    category: {description: Name of the category., type: str, returned: always}
    description: {description: What it is., type: str, returned: always}
    start: {description: First day that is counted., type: str, returned: always}
    end: {description: Last day that is counted., type: str, returned: always}
    count: {description: "How often something was used, for example the number of calls.", type: float, returned: always}
    count_unit: {description: Unit of the count., type: str, returned: always}
    usage: {description: "How much was used, for example minutes.", type: float, returned: always}
    usage_unit: {description: Unit of the usage., type: str, returned: always}
    price: {description: What it cost., type: float, returned: always}
    price_unit: {description: Currency of the price., type: str, returned: always}
    as_of: {description: Up to when Twilio has counted., type: str, returned: always}
  sample:
    - category: trunking-termination
      start: "2026-11-01"
      end: "2026-11-23"
      count: 1250.0
      count_unit: calls
      usage: 4200.0
      usage_unit: minutes
      price: 25.2
      price_unit: USD
total_price:
  description:
    - What the categories cost together in the period. One that is part of another, such as
      C(trunking-origination-local) of C(trunking-origination), is not counted twice.
  returned: success
  type: float
  sample: 25.2
price_unit:
  description: Currency of RV(total_price); null if there is nothing to count, or if there are several currencies.
  returned: success
  type: str
  sample: USD
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

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import readings_period, readings_usage
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

SPEC = {
    "categories": {"type": "list", "elements": "str"},
    **readings_period.OPTIONS,
    "granularity": {"type": "str", "choices": ["all", "daily", "monthly", "yearly"], "default": "all"},
    "include_subaccounts": {"type": "bool", "default": False},
}


def main() -> None:
    run(readings_usage.validate, readings_usage.inform, SPEC, mutually_exclusive=readings_period.EXCLUSIVE)


if __name__ == "__main__":
    main()
