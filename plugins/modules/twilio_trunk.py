# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_trunk
short_description: Manage Twilio Elastic SIP trunks with everything that belongs to them
version_added: 0.1.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Creates, changes and deletes a trunk together with its recording setting, its origination URLs and its associations with
    IP access control lists, credential lists and phone numbers.
  - A setting or list that is left out is not touched. Members that are not listed are removed only with the list's
    C(purge_) option. Additions are made before removals.
  - Before anything is changed, all options are judged and all references looked up.
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes
options:
  state:
    description:
      - Whether the trunk should exist.
      - Deleting a trunk takes its numbers off it; the numbers stay in the account.
    type: str
    choices: [present, absent]
    default: present
  sid:
    description: SID of the trunk (C(TK) and 32 hexadecimal digits), for one that exists.
    type: str
  domain_name:
    description:
      - Termination domain, lower-case labels ending in C(.pstn.twilio.com), without an edge.
      - Identifies the trunk if O(sid) is not given. If no trunk has the domain, one called O(friendly_name) is given it.
      - A sub-domain such as C(lab.acme.pstn.twilio.com) needs a trunk with C(acme.pstn.twilio.com), in this account or in its
        parent account. If this account has none, a warning says so. A domain with sub-domains cannot be taken away.
      - An empty string clears it.
      - With O(state=absent) a trunk is deleted only if it has this domain.
    type: str
  friendly_name:
    description:
      - Name of the trunk, at most 64 characters.
      - Identifies the trunk if neither O(sid) nor O(domain_name) do. Several trunks of that name are an error.
    type: str
  secure:
    description: Whether calls must be encrypted (TLS and SRTP). V(false) when created.
    type: bool
  cnam_lookup_enabled:
    description: Whether the caller's name is looked up for inbound calls from the US and Canada (charged). V(false) when created.
    type: bool
  transfer_mode:
    description: Which call transfers (SIP REFER) are allowed. V(disable-all) when created.
    type: str
    choices: [disable-all, enable-all, sip-only]
  transfer_caller_id:
    description: Whose number the target of a transfer sees. V(from-transferee) when created.
    type: str
    choices: [from-transferee, from-transferor]
  disaster_recovery_url:
    description: URL that Twilio asks what to do with a call when no origination URL works. An empty string clears it.
    type: str
  disaster_recovery_method:
    description: HTTP method for O(disaster_recovery_url). Twilio keeps it when the URL is cleared.
    type: str
    choices: [GET, POST]
  recording:
    description: Recording of the trunk's calls. Mind the law of the places involved.
    type: dict
    suboptions:
      mode:
        description: What is recorded. V(do-not-record) when created.
        type: str
        choices: [do-not-record, record-from-ringing, record-from-answer, record-from-ringing-dual, record-from-answer-dual]
      trim:
        description: Whether silence at both ends is cut off. V(do-not-trim) when created.
        type: str
        choices: [trim-silence, do-not-trim]
  origination_urls:
    description:
      - Where Twilio sends inbound calls, as a set of at most 10. Lower priorities are tried first; among equal ones the weight
        divides the calls.
    type: list
    elements: dict
    suboptions:
      friendly_name:
        description:
          - Name of the entry, at most 64 characters; it identifies the entry.
          - Without it the entry is identified by O(origination_urls[].sip_url), which then is also its name when created,
            and which no other entry may have.
        type: str
      sip_url:
        description: SIP URL such as C(sip:pbx.example.com:5060;transport=tls). C(sips) is not accepted; use C(transport=tls).
        type: str
        required: true
      priority:
        description: From V(0) to V(65535), lowest first. V(10) when created.
        type: int
      weight:
        description: From V(1) to V(65535). V(10) when created.
        type: int
      enabled:
        description: Whether calls are sent there. V(true) when created.
        type: bool
  purge_origination_urls:
    description: Whether origination URLs that are not listed are removed.
    type: bool
    default: false
  ip_access_control_lists:
    description:
      - Names or SIDs of the IP access control lists whose addresses may send calls to the trunk, as a set.
      - In check mode a name that does not exist yet is a warning, because an earlier task may be going to create it.
    type: list
    elements: str
  purge_ip_access_control_lists:
    description: Whether IP access control lists that are not listed are taken off the trunk.
    type: bool
    default: false
  credential_lists:
    description:
      - Names or SIDs of the credential lists whose users may send calls to the trunk, as a set.
      - If a trunk has both kinds of list, a call must satisfy both.
      - In check mode a name that does not exist yet is a warning, because an earlier task may be going to create it.
    type: list
    elements: str
  purge_credential_lists:
    description: Whether credential lists that are not listed are taken off the trunk.
    type: bool
    default: false
  phone_numbers:
    description:
      - Numbers (E.164) or SIDs of the phone numbers of the trunk, as a set. The account must own them, also in check mode.
      - A number that is on another trunk is moved, with a warning.
    type: list
    elements: str
  purge_phone_numbers:
    description: Whether numbers that are not listed are taken off the trunk. They stay in the account.
    type: bool
    default: false
seealso:
  - module: dialtone.voice.twilio_trunk_info
  - module: dialtone.voice.twilio_ip_access_control_list
  - module: dialtone.voice.twilio_phone_number
  - module: dialtone.voice.twilio_credential_list
  - module: dialtone.voice.twilio_trunk_region
  - module: dialtone.voice.twilio_voice_account
"""

EXAMPLES = r"""
- name: A trunk with everything that belongs to it
  dialtone.voice.twilio_trunk:
    friendly_name: acme-hq-production
    domain_name: acme-hq.pstn.twilio.com
    secure: true
    recording:
      mode: do-not-record
    origination_urls:
      - friendly_name: pbx1
        sip_url: sip:203.0.113.10:5061;transport=tls
        priority: 10
      - friendly_name: pbx2
        sip_url: sip:203.0.113.11:5061;transport=tls
        priority: 20
    purge_origination_urls: true
    ip_access_control_lists:
      - acme-hq-production
    phone_numbers:
      - "+12025550101"
      - "+12025550102"

- name: Take a number off a trunk, and leave the others
  dialtone.voice.twilio_trunk:
    domain_name: acme-hq.pstn.twilio.com
    phone_numbers:
      - "+12025550102"
    purge_phone_numbers: true

- name: No trunk of this domain
  dialtone.voice.twilio_trunk:
    domain_name: acme-hq.pstn.twilio.com
    state: absent
"""

RETURN = r"""
trunk:
  description:
    - The trunk as it is, or in check mode as it would be; null if it does not exist or is deleted.
    - The four lists are there if the task manages them. What only Twilio can give (SIDs) is null in a prediction.
  returned: success
  type: dict
  contains:
    sid: {description: SID of the trunk., type: str, returned: always}
    account_sid: {description: SID of its account., type: str, returned: always}
    friendly_name: {description: Its name., type: str, returned: always}
    domain_name: {description: Its termination domain., type: str, returned: always}
    secure: {description: Whether calls must be encrypted., type: bool, returned: always}
    cnam_lookup_enabled: {description: Whether callers' names are looked up., type: bool, returned: always}
    transfer_mode: {description: Which transfers are allowed., type: str, returned: always}
    transfer_caller_id: {description: Whose number the target of a transfer sees., type: str, returned: always}
    disaster_recovery_url: {description: URL for when no origination URL works., type: str, returned: always}
    disaster_recovery_method: {description: HTTP method for that URL., type: str, returned: always}
    recording: {description: The recording setting with RV(ignore:mode) and RV(ignore:trim)., type: dict, returned: always}
    origination_urls:
      description: Entries with C(sid), C(friendly_name), C(sip_url), C(priority), C(weight) and C(enabled).
      type: list
      elements: dict
      returned: if managed
    ip_access_control_lists:
      description: Lists with C(sid) and C(friendly_name).
      type: list
      elements: dict
      returned: if managed
    credential_lists:
      description: Lists with C(sid) and C(friendly_name).
      type: list
      elements: dict
      returned: if managed
    phone_numbers:
      description: Numbers with C(sid) and C(phone_number).
      type: list
      elements: dict
      returned: if managed
  sample:
    sid: TK0123456789abcdef0123456789abcdef
    friendly_name: acme-hq-production
    domain_name: acme-hq.pstn.twilio.com
    secure: true
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

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import trunks
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    **trunks.OPTIONS,
}


def main() -> None:
    needs_list = [(f"purge_{name}", True, [name]) for name in trunks.LISTS]
    run(
        trunks.validate,
        trunks.ensure,
        SPEC,
        required_one_of=[("sid", "domain_name", "friendly_name")],
        required_if=needs_list,
    )


if __name__ == "__main__":
    main()
