# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all twilio_* modules have in common, for their documentation."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  account_sid:
    description:
      - SID of the account that is managed; it begins with C(AC).
      - If not given, the environment variable E(TWILIO_ACCOUNT_SID) is used.
      - The trunks of a subaccount can be managed only with the subaccount's own SID and its own token or key.
    type: str
  auth_token:
    description:
      - Auth token of the account.
      - If not given, the environment variable E(TWILIO_AUTH_TOKEN) is used.
      - Either this or O(api_key) with O(api_secret) is needed; if both are known, the key is used.
    type: str
  api_key:
    description:
      - SID of an API key; it begins with C(SK). A standard key will do, except for subaccounts and API keys, which need
        one of type main. A key opens only the account it was made in, and not its subaccounts.
      - If not given, the environment variable E(TWILIO_API_KEY) is used.
    type: str
  api_secret:
    description:
      - Secret of the API key.
      - If not given, the environment variable E(TWILIO_API_SECRET) is used.
    type: str
  edge:
    description:
      - Twilio edge that requests enter through, for example V(dublin).
      - If not given, the environment variable E(TWILIO_EDGE) is used.
    type: str
  region:
    description:
      - Twilio region whose objects are managed, for example V(ie1). Trunks belong to one region.
      - If not given, the environment variable E(TWILIO_REGION) is used.
    type: str
  base_url:
    description:
      - URL that takes the place of Twilio's hosts, for an emulator or a gateway.
        C(https://trunking.twilio.com/v1/Trunks) then becomes C(BASE_URL/trunking/v1/Trunks).
      - If not given, the environment variable E(TWILIO_BASE_URL) is used.
    type: str
  timeout:
    description: Seconds to wait for an answer.
    type: float
    default: 30.0
  connect_timeout:
    description: Seconds to wait for a connection.
    type: float
    default: 10.0
  retries:
    description:
      - How often a request is tried again, from V(0) to V(20).
      - Requests that Twilio did not process (no connection, 429) and requests that only read are tried again as they
        are. A request that changes something and whose answer was lost is repeated only after looking whether it took
        effect.
    type: int
    default: 5
  retry_delay:
    description:
      - Seconds to wait before the first retry. Each further one waits twice as long, with up to half taken off at
        random.
    type: float
    default: 0.5
  retry_max_delay:
    description:
      - Upper bound in seconds of any wait, also of one that Twilio asks for with C(Retry-After).
    type: float
    default: 30.0
  concurrency:
    description: How many requests may run at once, from V(1) to V(20), where changes do not depend on each other.
    type: int
    default: 4
  progress_file:
    description:
      - File to which a line is appended every few seconds while many changes are made, with how many of them are done.
        It holds no name and no value.
      - Without this option the lines appear on standard error while the task runs, if the module runs on the controller
        (connection V(local)); not in check mode, and not with C(async) or C(no_log).
    type: path
    version_added: 0.2.0
requirements:
  - twilio >= 9.0
  - netaddr >= 0.10
"""

    ATTRIBUTES = r"""
attributes:
  action_group:
    description: Use C(group/dialtone.voice.twilio) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - dialtone.voice.twilio
  check_mode:
    description: Can run in check mode and return the predicted result without changing anything.
    support: full
  diff_mode:
    description: Returns details on what has changed, or would in check mode, when in diff mode.
    support: full
  idempotent:
    description: When run twice in a row outside check mode, with the same options, the second run changes nothing.
    support: full
"""

    # For modules that only read.
    ATTRIBUTES_INFO = r"""
attributes:
  action_group:
    description: Use C(group/dialtone.voice.twilio) in C(module_defaults) to set defaults for this module.
    support: full
    membership:
      - dialtone.voice.twilio
  check_mode:
    description: Can run in check mode; it changes nothing in any mode.
    support: full
  diff_mode:
    description: Returns details on what has changed, or would in check mode, when in diff mode.
    support: N/A
    details: The module changes nothing.
  idempotent:
    description: When run twice in a row outside check mode, with the same options, the second run changes nothing.
    support: full
"""
