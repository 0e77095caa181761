# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_voice_account
short_description: Make a whole Twilio voice account what a description says
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Manages access lists, credential lists, addresses, trunks, numbers and dialling permissions of an account together. It
    reads once, plans once, and makes the changes in the right order, side by side where they do not depend on each other.
  - What builds comes before what takes away, over all objects. Lists and addresses are built first, then trunks, then
    numbers; what is not wanted any more goes in the reverse order. A trunk that has a list is at no moment without one.
  - A kind of object that is left out is not touched, nor is an object that is not listed. RV(unmanaged) tells which ones there
    are. An object is deleted only by an entry with C(state=absent), a member only with its C(purge_) option.
  - Entries refer to each other by name, also to objects that this task creates or renames, so that check mode foretells a
    whole new account.
  - All options are judged before the first request, and all references are looked up before the first change. An error names
    the place, for example C(trunks[3].origination_urls[0].sip_url).
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes
  - dialtone.voice.twilio_account.ip_access_control_lists
  - dialtone.voice.twilio_account.credential_lists
  - dialtone.voice.twilio_account.addresses
  - dialtone.voice.twilio_account.trunks
  - dialtone.voice.twilio_account.phone_numbers
  - dialtone.voice.twilio_account.dialing_permissions
options:
  purge_phone_numbers:
    description:
      - Whether numbers that are on one of the O(trunks) and not among the O(phone_numbers) are taken off it. They stay in the
        account. Numbers on other trunks are left alone.
    type: bool
    default: false
  emergency_timeout:
    description:
      - Seconds to wait until Twilio has registered or unregistered emergency addresses, from V(0) to V(3600). Where one
        replaces another, each of the two steps may take that long.
      - If it takes longer, the task fails, and the next run goes on waiting.
    type: float
    default: 60.0
seealso:
  - module: dialtone.voice.twilio_voice_account_info
  - module: dialtone.voice.twilio_trunk
  - module: dialtone.voice.twilio_phone_number
  - module: dialtone.voice.twilio_ip_access_control_list
  - module: dialtone.voice.twilio_credential_list
  - module: dialtone.voice.twilio_address
  - module: dialtone.voice.twilio_dialing_permissions
  - module: dialtone.voice.twilio_trunk_region
"""

EXAMPLES = r"""
- name: An office with its lists, trunk and numbers
  dialtone.voice.twilio_voice_account:
    ip_access_control_lists:
      - friendly_name: acme-hq
        ip_addresses:
          - ip_address: 203.0.113.10
            friendly_name: pbx1
        purge_ip_addresses: true
    credential_lists:
      - friendly_name: acme-hq
        credentials:
          - username: pbx1
            password: "{{ vault_pbx1_password }}"
    trunks:
      - friendly_name: acme-hq
        domain_name: acme-hq.pstn.twilio.com
        secure: true
        ip_access_control_lists: [acme-hq]
        credential_lists: [acme-hq]
        origination_urls:
          - friendly_name: pbx1
            sip_url: sip:203.0.113.10:5061;transport=tls
        purge_origination_urls: true
    phone_numbers:
      - phone_number: "+12025550101"
        friendly_name: Sales
        trunk: acme-hq
    purge_phone_numbers: true
    dialing_permissions:
      low_risk: [US, CA]
      high_risk_special: []
      high_risk_tollfraud: []

- name: Replace an access list, without a moment in which the trunk has none
  dialtone.voice.twilio_voice_account:
    ip_access_control_lists:
      - friendly_name: acme-hq-2026
        ip_addresses:
          - ip_address: 198.51.100.0/28
      - friendly_name: acme-hq
        state: absent
    trunks:
      - domain_name: acme-hq.pstn.twilio.com
        ip_access_control_lists: [acme-hq-2026]
        purge_ip_access_control_lists: true
"""

RETURN = r"""
account:
  description:
    - The objects of the task as they are, or in check mode as they would be, of each kind that the task describes; in the order
      of the options. What is deleted is not among them.
    - What only Twilio can give (SIDs) is null in a prediction.
  returned: success
  type: dict
  contains:
    ip_access_control_lists:
      description:
        - Lists with C(sid), C(account_sid), C(friendly_name) and C(ip_addresses), as
          M(dialtone.voice.twilio_ip_access_control_list) returns them.
      type: list
      elements: dict
      returned: if given
    credential_lists:
      description:
        - Lists with C(sid), C(account_sid), C(friendly_name) and C(credentials), as
          M(dialtone.voice.twilio_credential_list) returns them. No password is among them.
      type: list
      elements: dict
      returned: if given
    addresses:
      description:
        - Addresses as M(dialtone.voice.twilio_address) returns them, with C(sid), C(friendly_name), C(iso_country),
          C(customer_name), C(street), C(street_secondary), C(city), C(address_region), C(postal_code),
          C(emergency_enabled), C(account_sid), C(validated) and C(verified).
      type: list
      elements: dict
      returned: if given
    trunks:
      description:
        - Trunks as M(dialtone.voice.twilio_trunk) returns them, with C(sid), C(friendly_name), C(domain_name),
          C(disaster_recovery_url), C(disaster_recovery_method), C(transfer_mode), C(transfer_caller_id), C(secure),
          C(cnam_lookup_enabled), C(account_sid) and C(recording), and with those of C(origination_urls),
          C(ip_access_control_lists) and C(credential_lists) that the task describes.
      type: list
      elements: dict
      returned: if given
    phone_numbers:
      description:
        - Numbers as M(dialtone.voice.twilio_phone_number) returns them, with C(sid), C(phone_number),
          C(friendly_name), C(voice_url), C(voice_method), C(voice_fallback_url), C(voice_fallback_method),
          C(voice_application_sid), C(voice_caller_id_lookup), C(sms_url), C(sms_method), C(sms_fallback_url),
          C(sms_fallback_method), C(sms_application_sid), C(status_callback), C(status_callback_method),
          C(address_sid), C(bundle_sid), C(identity_sid), C(emergency_address_sid), C(trunk_sid), C(account_sid),
          C(address_requirements), C(capabilities) and C(emergency_address_status).
      type: list
      elements: dict
      returned: if given
    dialing_permissions:
      description:
        - Permissions with C(inheritance), C(low_risk), C(high_risk_special) and C(high_risk_tollfraud).
      type: dict
      returned: if given
unmanaged:
  description: What the account has of the kinds that the task describes, and that no entry is about. It is left alone.
  returned: success
  type: dict
  contains:
    ip_access_control_lists: {description: Objects with C(sid) and C(name)., type: list, elements: dict, returned: if given}
    credential_lists: {description: Objects with C(sid) and C(name)., type: list, elements: dict, returned: if given}
    addresses: {description: Objects with C(sid) and C(name)., type: list, elements: dict, returned: if given}
    trunks: {description: Objects with C(sid) and C(name)., type: list, elements: dict, returned: if given}
    phone_numbers: {description: Objects with C(sid) and C(name)., type: list, elements: dict, returned: if given}
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
    object: {description: "The object it belongs to, for example V(trunk acme-hq).", type: str, returned: always}
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

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import account
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

SPEC = dict(account.SPEC)


def main() -> None:
    run(account.validate, account.ensure, SPEC)


if __name__ == "__main__":
    main()
