# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_dialing_permissions_info
short_description: Read which countries a Twilio account may call
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Returns the account's geographic permissions for voice, as lists and by country.
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes_info
options:
  iso_codes:
    description:
      - Only these countries in RV(countries), as two letters of ISO 3166-1. All if not given. One that Twilio does not list is
        left out.
    type: list
    elements: str
seealso:
  - module: dialtone.voice.twilio_dialing_permissions
"""

EXAMPLES = r"""
- name: What may be called
  dialtone.voice.twilio_dialing_permissions_info:
  register: found

- name: Nothing of high risk is open
  ansible.builtin.assert:
    that:
      - found.dialing_permissions.high_risk_special == []
      - found.dialing_permissions.high_risk_tollfraud == []
"""

RETURN = r"""
dialing_permissions:
  description: The permissions, in the shape of the options of M(dialtone.voice.twilio_dialing_permissions).
  returned: success
  type: dict
  contains:
    inheritance: {description: Whether the account inherits them., type: bool, returned: always}
    low_risk: {description: Countries open for ordinary numbers., type: list, elements: str, returned: always}
    high_risk_special: {description: Countries open for special numbers., type: list, elements: str, returned: always}
    high_risk_tollfraud:
      description: Countries open for numbers known from toll fraud.
      type: list
      elements: str
      returned: always
countries:
  description: The countries, ordered by their codes.
  returned: success
  type: list
  elements: dict
  contains:
    iso_code: {description: Two letters of ISO 3166-1., type: str, returned: always}
    name: {description: Its name at Twilio., type: str, returned: always}
    continent: {description: Its continent at Twilio., type: str, returned: always}
    country_codes: {description: What its numbers begin with., type: list, elements: str, returned: always}
    low_risk: {description: Whether ordinary numbers may be called., type: bool, returned: always}
    high_risk_special: {description: Whether special numbers may be called., type: bool, returned: always}
    high_risk_tollfraud:
      description: Whether numbers known from toll fraud may be called.
      type: bool
      returned: always
  sample:
    - iso_code: DE
      name: Germany
      continent: EUROPE
      country_codes: ["+49"]
      low_risk: true
      high_risk_special: false
      high_risk_tollfraud: false
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

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import dialing_permissions
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

SPEC = {"iso_codes": {"type": "list", "elements": "str"}}


def main() -> None:
    run(dialing_permissions.inform_validate, dialing_permissions.inform, SPEC)


if __name__ == "__main__":
    main()
