# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_dialing_permissions
short_description: Manage which countries a Twilio account may call
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Sets the account's geographic permissions for voice. They are the outermost wall against toll fraud, because Twilio
    refuses a call to a country that is not open whoever asks for it.
  - The options are allow-lists. What is not listed is closed, unless O(purge=false).
  - Only countries that differ are sent, all of them in one request. Within it opening and closing happen at the same time; one
    cannot be had before the other.
  - A warning tells when numbers of high risk are opened.
  - The module reads with two requests, one for the countries and one for whether the account inherits its permissions.
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes
options:
  low_risk:
    description:
      - Countries whose ordinary numbers may be called, as two letters of ISO 3166-1.
      - An empty list closes every country. If not given, these permissions stay as they are.
      - Where Twilio has one entry for the United States and Canada, as in the example of its reference, V(CA) means the
        same as V(US), and either opens both.
    type: list
    elements: str
  high_risk_special:
    description:
      - Countries whose expensive service numbers may be called too. Each must be open for ordinary numbers as well, because
        opening only the risky part of a country is a slip.
      - An empty list closes all of them. If not given, these permissions stay as they are.
    type: list
    elements: str
  high_risk_tollfraud:
    description:
      - Countries whose numbers that are known from toll fraud may be called too. Each must be open for ordinary
        numbers as well.
      - An empty list closes all of them. If not given, these permissions stay as they are.
    type: list
    elements: str
  purge:
    description:
      - Whether countries that are not in a given list are closed in its respect. V(false) only opens.
    type: bool
    default: true
  inheritance:
    description:
      - Whether a subaccount takes over the permissions of its main account. It excludes the lists if V(true).
      - If V(false) where the subaccount has inherited until now, either all three lists are needed, with O(purge=true), or
        none, because the subaccount's own permissions cannot be seen before.
      - If not given, it stays as it is. Only subaccounts can inherit.
    type: bool
seealso:
  - module: dialtone.voice.twilio_dialing_permissions_info
  - module: dialtone.voice.twilio_subaccount
  - module: dialtone.voice.twilio_voice_account
"""

EXAMPLES = r"""
- name: Only these countries, and nothing of high risk anywhere
  dialtone.voice.twilio_dialing_permissions:
    low_risk: [US, CA, GB, DE]
    high_risk_special: []
    high_risk_tollfraud: []

- name: Open one country more, and close nothing
  dialtone.voice.twilio_dialing_permissions:
    low_risk: [FR]
    purge: false

- name: Let a subaccount have what its main account has
  dialtone.voice.twilio_dialing_permissions:
    account_sid: "{{ branch_account_sid }}"
    auth_token: "{{ branch_auth_token }}"
    inheritance: true
"""

RETURN = r"""
dialing_permissions:
  description: The permissions as they are, or in check mode as they would be; in the shape of the options.
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
  sample:
    inheritance: false
    low_risk: [CA, DE, GB, US]
    high_risk_special: []
    high_risk_tollfraud: []
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

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import dialing_permissions
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

SPEC = dialing_permissions.OPTIONS


def main() -> None:
    run(dialing_permissions.validate, dialing_permissions.ensure, SPEC)


if __name__ == "__main__":
    main()
