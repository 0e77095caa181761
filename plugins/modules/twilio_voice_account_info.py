# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_voice_account_info
short_description: Read a whole Twilio voice account as the options that would make it so
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Returns access lists, credential lists, addresses, trunks, numbers and dialling permissions of an account, in exactly the
    shape of the options of M(dialtone.voice.twilio_voice_account). Given back to that module, they change nothing.
  - Objects refer to each other by name, or by SID where a name is borne by several or missing. Each object also has its
    C(sid); leave it out to describe another account.
  - Passwords of credentials are never returned by Twilio, and so they are not here.
  - Needs one request for each kind (numbers and others with more than a page need more), one for the members of each list,
    and three for each trunk, several at a time.
  - A warning tells what the account has and M(dialtone.voice.twilio_voice_account) would refuse, such as access lists whose
    entries overlap.
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes_info
options:
  include:
    description: Which kinds to read.
    type: list
    elements: str
    choices: [ip_access_control_lists, credential_lists, addresses, trunks, phone_numbers, dialing_permissions]
    default: [ip_access_control_lists, credential_lists, addresses, trunks, phone_numbers, dialing_permissions]
seealso:
  - module: dialtone.voice.twilio_voice_account
"""

EXAMPLES = r"""
- name: Read everything
  dialtone.voice.twilio_voice_account_info:
  register: found

- name: Only trunks and their numbers
  dialtone.voice.twilio_voice_account_info:
    include: [trunks, phone_numbers]
"""

RETURN = r"""
account:
  description: The options of M(dialtone.voice.twilio_voice_account) that describe the account.
  returned: success
  type: dict
  contains:
    ip_access_control_lists:
      description:
        - Lists with C(sid), C(friendly_name), C(ip_addresses), and C(allow_private) where the entries need it.
      type: list
      elements: dict
      returned: if included
    credential_lists:
      description: Lists with C(sid), C(friendly_name) and C(credentials).
      type: list
      elements: dict
      returned: if included
    addresses:
      description:
        - Addresses with C(sid), C(friendly_name), C(iso_country), C(customer_name), C(street), C(street_secondary),
          C(city), C(address_region), C(postal_code) and C(emergency_enabled).
      type: list
      elements: dict
      returned: if included
    trunks:
      description:
        - Trunks with C(sid), C(friendly_name), C(domain_name), C(disaster_recovery_url), C(disaster_recovery_method),
          C(transfer_mode), C(transfer_caller_id), C(secure), C(cnam_lookup_enabled), C(recording),
          C(origination_urls), C(ip_access_control_lists) and C(credential_lists), the last two by name.
      type: list
      elements: dict
      returned: if included
    phone_numbers:
      description:
        - Numbers with C(sid), C(phone_number), C(friendly_name), C(voice_url), C(voice_method),
          C(voice_fallback_url), C(voice_fallback_method), C(voice_application_sid), C(voice_caller_id_lookup),
          C(sms_url), C(sms_method), C(sms_fallback_url), C(sms_fallback_method), C(sms_application_sid),
          C(status_callback), C(status_callback_method), C(bundle_sid), C(identity_sid), C(trunk), C(address) and
          C(emergency_address), the last three by name.
      type: list
      elements: dict
      returned: if included
    dialing_permissions:
      description: Permissions with C(inheritance), C(low_risk), C(high_risk_special) and C(high_risk_tollfraud).
      type: dict
      returned: if included
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

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import account_info
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

INCLUDE = [*account_info.INCLUDE]
SPEC = {
    "include": {"type": "list", "elements": "str", "choices": INCLUDE, "default": INCLUDE},
}


def main() -> None:
    run(account_info.inform_validate, account_info.inform, SPEC)


if __name__ == "__main__":
    main()
