# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_trunk_region
short_description: Manage in which Twilio region a trunk's inbound calls are processed
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Assigns the inbound processing region to a trunk's termination domain. What concerns calls to the trunk is then processed and
    stored there.
  - It may take Twilio up to five minutes until a change takes effect.
  - What Twilio answers for a trunk to which no region was ever assigned is not known. The module takes an unknown or empty
    assignment for V(us1), Twilio's default region.
  - An assignment cannot be deleted. To have the default again, assign V(us1).
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes
options:
  trunk:
    description: Name, termination domain or SID of the trunk. It must have a termination domain.
    type: str
    required: true
  voice_region:
    description: The region.
    type: str
    choices: [us1, ie1, au1]
    required: true
seealso:
  - module: dialtone.voice.twilio_trunk
  - module: dialtone.voice.twilio_trunk_region_info
"""

EXAMPLES = r"""
- name: Process the calls in Ireland
  dialtone.voice.twilio_trunk_region:
    trunk: acme-hq.pstn.twilio.com
    voice_region: ie1
"""

RETURN = r"""
trunk_region:
  description: The assignment as it is, or in check mode as it would be.
  returned: success
  type: dict
  contains:
    trunk_sid: {description: SID of the trunk; null if it does not exist yet in check mode, type: str, returned: always}
    friendly_name: {description: Its name., type: str, returned: always}
    domain_name: {description: Its termination domain., type: str, returned: always}
    voice_region: {description: The region., type: str, returned: always}
  sample:
    trunk_sid: TK0123456789abcdef0123456789abcdef
    friendly_name: acme-hq-production
    domain_name: acme-hq.pstn.twilio.com
    voice_region: ie1
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

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.catalog.routes import REGIONS
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import trunk_regions
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

SPEC = {
    "trunk": {"type": "str", "required": True},
    "voice_region": {"type": "str", "choices": list(REGIONS), "required": True},
}


def main() -> None:
    run(trunk_regions.validate, trunk_regions.ensure, SPEC)


if __name__ == "__main__":
    main()
