# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_alert_info
short_description: Read the alerts of a Twilio account, with causes and remedies
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Returns the alerts of a period, the newest first. Twilio writes one for each call that it refused or that failed.
  - For the codes of Elastic SIP Trunking, the module says what happened and what to do.
  - Twilio has the alerts of the last 30 days.
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes_info
options:
  from:
    description:
      - Beginning of the period, as an ISO 8601 date (C(2026-11-23)) or date and time (C(2026-11-23T10:30:00Z)). A date
        begins at midnight. What names no zone is UTC.
      - Without O(from) and O(last), the period is the 24 hours before O(to).
    type: str
  to:
    description:
      - End of the period. A date includes that whole day; a date and time is the first moment that does not belong to it.
      - Without it, the period ends now.
    type: str
  last:
    description:
      - Length of a period that ends now, as a number with V(m), V(h), V(d) or V(w), for example V(90m), V(24h) or V(7d).
      - Excludes O(from) and O(to).
    type: str
  log_level:
    description:
      - Only alerts of this level. Mind that Twilio gives several failures of calls as V(warning), such as a PBX that does not
        answer (32011) and a number that is not in E.164 (32101).
    type: str
    choices: [error, warning, notice, debug]
  codes:
    description: Only alerts with one of these error codes, for example V(32201).
    type: list
    elements: int
  resource_sid:
    description: Only alerts about the object with this SID, for example a call.
    type: str
  limit:
    description:
      - How many results to return at most, from V(1) to V(100000). If there are more, a warning says so.
    type: int
    default: 1000
notes:
  - Telephone numbers and SIDs of calls are personal data in many countries. Use C(no_log=true) for the task where its
    result must not get into logs.
seealso:
  - module: dialtone.voice.twilio_call_info
  - module: dialtone.voice.twilio_dialing_permissions
"""

EXAMPLES = r"""
- name: Calls that were refused in the last hour
  dialtone.voice.twilio_alert_info:
    last: 1h
  register: alerts

- name: Whether somebody dialled countries that are not allowed
  dialtone.voice.twilio_alert_info:
    from: "2026-11-23"
    codes: [32205]
"""

RETURN = r"""
alerts:
  description: The selected alerts, the newest first; an empty list if there are none.
  returned: success
  type: list
  elements: dict
  contains:
    sid: {description: SID of the alert., type: str, returned: always}
    time: {description: "When it was generated, as ISO 8601 in UTC.", type: str, returned: always}
    log_level: {description: "Its level: error, warning, notice or debug.", type: str, returned: always}
    code: {description: Twilio's error code; null if there is none., type: int, returned: always}
    text: {description: Twilio's words., type: str, returned: always}
    cause: {description: What happened; null for a code that is not about trunks., type: str, returned: always}
    remedy: {description: What to do; null for a code that is not about trunks., type: str, returned: always}
    resource_sid: {description: SID of what it is about; null if there is none., type: str, returned: always}
    service_sid: {description: SID of what generated it; null if there is none., type: str, returned: always}
    request_method: {description: HTTP method of the request that failed; null if there was none., type: str, returned: always}
    request_url: {description: URL of that request; null if there was none., type: str, returned: always}
    more_info: {description: URL of Twilio's explanation., type: str, returned: always}
  sample:
    - sid: NO0123456789abcdef0123456789abcdef
      time: "2026-11-23T10:30:00Z"
      log_level: error
      code: 32201
      text: Authentication failure - source IP Address not in ACL
      cause: The call came from an address that is in no IP access control list of the trunk.
      resource_sid: CA0123456789abcdef0123456789abcdef
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

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import readings_alerts, readings_period
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

SPEC = {
    **readings_period.OPTIONS,
    "log_level": {"type": "str", "choices": ["error", "warning", "notice", "debug"]},
    "codes": {"type": "list", "elements": "int"},
    "resource_sid": {"type": "str"},
    "limit": {"type": "int", "default": 1000},
}


def main() -> None:
    run(readings_alerts.validate, readings_alerts.inform, SPEC, mutually_exclusive=readings_period.EXCLUSIVE)


if __name__ == "__main__":
    main()
