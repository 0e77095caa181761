# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: twilio_call_info
short_description: Read the calls of a Twilio Elastic SIP trunk
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Returns the calls in a period, of one trunk or of the whole account, the newest first.
  - Twilio's list of calls knows no trunk and counts in whole days (UTC). So all calls of the account on these days are
    read, 1,000 by one request, and the rest is selected by the module; O(from_number), O(to_number) and a single
    O(status) are selected by Twilio and save requests. No more than 100,000 calls are looked through.
extends_documentation_fragment:
  - dialtone.voice.twilio
  - dialtone.voice.twilio.attributes_info
options:
  trunk:
    description:
      - Name, termination domain or SID of the trunk. Without it, all calls of the account are returned.
      - Twilio need not name the trunk of a call before the call has ended; a warning counts calls that are left out for that.
    type: str
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
  status:
    description: Only calls with one of these statuses.
    type: list
    elements: str
    choices: [queued, ringing, in-progress, completed, busy, failed, no-answer, canceled]
  direction:
    description:
      - Only calls with one of these directions. V(trunking-terminating) goes from the PBX to the telephone network,
        V(trunking-originating) comes from there.
    type: list
    elements: str
    choices: [trunking-terminating, trunking-originating, inbound, outbound-api, outbound-dial]
  from_number:
    description: Only calls from this number in E.164, or from this SIP address.
    type: str
  to_number:
    description: Only calls to this number in E.164, or to this SIP address.
    type: str
  include_sip:
    description:
      - Whether to read the SIP response of each call from the summaries of Voice Insights. They need its advanced
        features, which are charged.
      - Summaries are complete half an hour after a call and kept for 30 days. Before, they are read as far as they are.
      - Costs one request for every 25 calls, and one more for each call that is not found that way.
      - What is not there is null. If the account may not read summaries, a warning says what to do.
    type: bool
    default: false
  limit:
    description:
      - How many results to return at most, from V(1) to V(100000). If there are more, a warning says so.
    type: int
    default: 1000
notes:
  - Telephone numbers and SIDs of calls are personal data in many countries. Use C(no_log=true) for the task where its
    result must not get into logs.
seealso:
  - module: dialtone.voice.twilio_alert_info
  - module: dialtone.voice.twilio_usage_info
  - module: dialtone.voice.twilio_trunk
"""

EXAMPLES = r"""
- name: Calls of the last day that failed, with the SIP response
  dialtone.voice.twilio_call_info:
    trunk: acme-hq-production
    last: 24h
    status: [failed, busy, no-answer]
    include_sip: true
  no_log: true
  register: calls

- name: Outgoing calls of a working day
  dialtone.voice.twilio_call_info:
    trunk: acme-hq.pstn.twilio.com
    from: "2026-11-23T08:00:00-05:00"
    to: "2026-11-23T18:00:00-05:00"
    direction: [trunking-terminating]
"""

RETURN = r"""
calls:
  description: The selected calls, the newest first; an empty list if there are none.
  returned: success
  type: list
  elements: dict
  contains:
    sid: {description: SID of the call., type: str, returned: always}
    trunk_sid: {description: SID of its trunk; null if Twilio names none., type: str, returned: always}
    from: {description: Who called., type: str, returned: always}
    to: {description: Who was called., type: str, returned: always}
    direction: {description: Direction of the call., type: str, returned: always}
    status: {description: How far the call is or how it ended., type: str, returned: always}
    start: {description: "When it began, as ISO 8601 in UTC; null if it has not yet.", type: str, returned: always}
    end: {description: "When it ended, as ISO 8601 in UTC; null if it has not yet.", type: str, returned: always}
    duration: {description: Seconds it lasted; null before its end., type: int, returned: always}
    price: {description: What it cost; null while Twilio has not said so., type: float, returned: always}
    price_unit: {description: Currency of the price., type: str, returned: always}
    sip_response: {description: Status of the last SIP response; null if it is not known., type: int, returned: with O(include_sip=true)}
    post_dial_delay_ms: {description: Milliseconds from dialling to ringing; null if it is not known., type: int, returned: with O(include_sip=true)}
    disconnected_by: {description: "Who ended the call, C(caller) or C(callee); null if it is not known.", type: str, returned: with O(include_sip=true)}
  sample:
    - sid: CA0123456789abcdef0123456789abcdef
      trunk_sid: TK0123456789abcdef0123456789abcdef
      from: "+12025550101"
      to: "+442079460000"
      direction: trunking-terminating
      status: completed
      start: "2026-11-23T10:30:00Z"
      end: "2026-11-23T10:32:10Z"
      duration: 130
      price: 0.024
      price_unit: USD
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

from ansible_collections.dialtone.voice.plugins.module_utils._twilio.handlers import readings_calls, readings_period
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.module import run

SPEC = {
    "trunk": {"type": "str"},
    **readings_period.OPTIONS,
    "status": {"type": "list", "elements": "str", "choices": readings_calls.STATUSES},
    "direction": {"type": "list", "elements": "str", "choices": readings_calls.DIRECTIONS},
    "from_number": {"type": "str"},
    "to_number": {"type": "str"},
    "include_sip": {"type": "bool", "default": False},
    "limit": {"type": "int", "default": 1000},
}


def main() -> None:
    run(readings_calls.validate, readings_calls.inform, SPEC, mutually_exclusive=readings_period.EXCLUSIVE)


if __name__ == "__main__":
    main()
