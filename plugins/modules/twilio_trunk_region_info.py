# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_trunk_region_info
short_description: Read in which Twilio region trunks' inbound calls are processed
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Returns the inbound processing region of one trunk, or of all trunks that have a termination domain.
  - Needs one request for the trunks and one for each of them.
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes_info
options:
  trunk:
    description: Only the trunk with this name, termination domain or SID.
    type: str
seealso:
  - module: dialtone.voice.twilio_trunk_region
"""

EXAMPLES = r"""
- name: The regions of all trunks
  dialtone.voice.twilio_trunk_region_info:
  register: found
"""

RETURN = r"""
trunk_regions:
  description: The regions; an empty list if there is no such trunk, or it has no domain.
  returned: success
  type: list
  elements: dict
  contains:
    trunk_sid: {description: SID of the trunk., type: str, returned: always}
    friendly_name: {description: Its name., type: str, returned: always}
    domain_name: {description: Its termination domain., type: str, returned: always}
    voice_region: {description: The region., type: str, returned: always}
  sample:
    - trunk_sid: TK0123456789abcdef0123456789abcdef
      friendly_name: acme-hq-production
      domain_name: acme-hq.pstn.twilio.com
      voice_region: us1
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

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import trunk_regions
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

SPEC = {"trunk": {"type": "str"}}


def main() -> None:
    run(trunk_regions.validate, trunk_regions.inform, SPEC)


if __name__ == "__main__":
    main()
