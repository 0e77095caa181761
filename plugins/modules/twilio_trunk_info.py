# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_trunk_info
short_description: Read Twilio Elastic SIP trunks with everything that belongs to them
version_added: 0.1.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Returns the trunks of the account, or those that the options select, with their origination URLs, IP access control
    lists, credential lists and phone numbers.
  - Needs one request for the trunks and one for each list of each trunk.
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes_info
options:
  sid:
    description: Only the trunk with this SID.
    type: str
  domain_name:
    description: Only the trunk with this termination domain.
    type: str
  friendly_name:
    description: Only trunks with this name.
    type: str
  include:
    description: Which lists to read. An empty list saves the requests for them.
    type: list
    elements: str
    choices: [origination_urls, ip_access_control_lists, credential_lists, phone_numbers]
    default: [origination_urls, ip_access_control_lists, credential_lists, phone_numbers]
seealso:
  - module: dialtone.voice.twilio_trunk
"""

EXAMPLES = r"""
- name: Everything about one trunk
  dialtone.voice.twilio_trunk_info:
    domain_name: acme-hq.pstn.twilio.com
  register: found

- name: Only which trunks there are
  dialtone.voice.twilio_trunk_info:
    include: []
"""

RETURN = r"""
trunks:
  description: The selected trunks; an empty list if there are none.
  returned: success
  type: list
  elements: dict
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
    recording: {description: "The recording setting, with C(mode) and C(trim).", type: dict, returned: always}
    origination_urls:
      description: Entries with C(sid), C(friendly_name), C(sip_url), C(priority), C(weight) and C(enabled).
      type: list
      elements: dict
      returned: if included
    ip_access_control_lists:
      description: Lists with C(sid) and C(friendly_name).
      type: list
      elements: dict
      returned: if included
    credential_lists:
      description: Lists with C(sid) and C(friendly_name).
      type: list
      elements: dict
      returned: if included
    phone_numbers:
      description: Numbers with C(sid) and C(phone_number).
      type: list
      elements: dict
      returned: if included
  sample:
    - sid: TK0123456789abcdef0123456789abcdef
      friendly_name: acme-hq-production
      domain_name: acme-hq.pstn.twilio.com
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

LISTS = ["origination_urls", "ip_access_control_lists", "credential_lists", "phone_numbers"]
SPEC = {
    "sid": {"type": "str"},
    "domain_name": {"type": "str"},
    "friendly_name": {"type": "str"},
    "include": {"type": "list", "elements": "str", "choices": LISTS, "default": LISTS},
}


def main() -> None:
    run(trunks.inform_validate, trunks.inform, SPEC)


if __name__ == "__main__":
    main()
