# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The outbound policy of the description as rules for a PBX."""

from __future__ import annotations

DOCUMENTATION = r"""
name: dialplan_rules
short_description: Turn the outbound policy into ordered rules for a PBX
version_added: 0.1.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Derives, from the country of a site and its policy, how dialled digits become E.164 and which destinations may be
    called.
  - The rules are over E.164, in order. The first rule that matches decides, and a number that no rule matches is
    denied.
  - The patterns come from the metadata of the C(phonenumbers) library; renew that library to renew them.
  - Ordinary (fixed and mobile) numbers of O(country) are the class V(national). Ordinary numbers of the countries in
    O(_input.countries) are the class V(international). All other classes are about numbers of O(country) only.
requirements:
  - phonenumbers
positional: country
options:
  _input:
    description: The policy, as in the variable C(voice_dialplan).
    type: dict
    required: true
    suboptions:
      allow:
        description: Classes of destination that may be called. With an empty list only emergency numbers go out.
        type: list
        elements: str
        default: []
        choices: [national, international, toll_free, shared_cost, premium_rate, voip, uan, personal]
      countries:
        description:
          - ISO 3166-1 alpha-2 codes of the countries that V(international) covers, without O(country) itself.
        type: list
        elements: str
        default: []
  country:
    description: ISO 3166-1 alpha-2 code of the country in which numbers are dialled.
    type: str
    required: true
notes:
  - Numbers for emergencies are listed apart. They go out as dialled, without V(+), whatever the rules say.
  - Carrier selection codes, and the prefixes that some countries insert into mobile numbers (Argentina), are not
    understood. Such dialled digits are denied.
"""

EXAMPLES = r"""
- name: Show what the office may call
  ansible.builtin.debug:
    msg: "{{ {'allow': ['national', 'international'], 'countries': ['CA']} | dialtone.voice.dialplan_rules('US') }}"
"""

RETURN = r"""
_value:
  description: Facts about dialling in the country, and the rules.
  type: dict
  contains:
    country:
      description: The country of the site.
      type: str
      sample: US
    country_code:
      description: Its country code, without V(+).
      type: str
      sample: "1"
    national_prefix:
      description: The trunk prefix dialled before a national number; empty where there is none.
      type: str
      sample: "1"
    national_prefix_optional:
      description: Whether a national number may be dialled without the trunk prefix.
      type: bool
      sample: true
    national_lengths:
      description: Lengths in digits that a national number can have, without the trunk prefix.
      type: list
      elements: int
      sample: [10]
    international_prefix:
      description:
        - POSIX extended expression, anchored at the start, of what is dialled before a country code; may be empty.
      type: str
      sample: ^011
    international_prefixes:
      description: The same as a list of digits, longest first, for PBXs that prefer plain patterns.
      type: list
      elements: str
      sample: ["011"]
    emergency:
      description: Emergency numbers, and the carrier's number for testing them.
      type: list
      elements: str
      sample: ["112", "911", "933"]
    rules:
      description: The rules in order. The first match decides; without a match the call is denied.
      type: list
      elements: dict
      contains:
        action:
          description: V(allow) or V(deny).
          type: str
        class:
          description: Class of destination. V(pager) and V(voicemail) only ever occur in deny rules.
          type: str
        country:
          description: The country whose numbers the rule is about.
          type: str
        regex:
          description:
            - POSIX extended expression over E.164, anchored at both ends. It holds no backslash, comma, double quote or
              semicolon, and has less than 2,000 characters.
          type: str
      sample:
        - {action: deny, class: premium_rate, country: US, regex: "^[+]1(900[2-9][0-9]{6})$"}
"""

from typing import Any

from ansible_collections.dialtone.voice.plugins.module_utils._voice import dialplan
from ansible_collections.dialtone.voice.plugins.plugin_utils._faces import as_filter


def dialplan_rules(policy: Any, country: Any) -> dict[str, Any]:
    return dialplan.build(country, policy)


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"dialplan_rules": as_filter(dialplan_rules)}
