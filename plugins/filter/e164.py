# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Telephone numbers as people write them, in E.164."""

from __future__ import annotations

DOCUMENTATION = r"""
name: e164
short_description: Turn a telephone number into E.164
version_added: 0.1.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Reads a national number with or without trunk prefix, a number with international prefix, or E.164 itself, each
    with the usual punctuation, and returns V(+) and digits.
  - Fails, rather than guesses, for text that is not a number, for a length that the country does not have, and for a
    number without the area code or country code that would make it unambiguous.
  - The number must be possible, not in service, so that fictional numbers (555-0100 to 555-0199) can be used.
requirements:
  - phonenumbers
positional: country
options:
  _input:
    description: The number, as text. An integer is refused, since YAML has then dropped its V(+) and leading zeros.
    type: str
    required: true
  country:
    description:
      - ISO 3166-1 alpha-2 code of the country in which the number is dialled.
      - Without it only numbers that start with V(+) are accepted.
    type: str
"""

EXAMPLES = r"""
- name: A number as a user wrote it
  ansible.builtin.debug:
    msg: "{{ '(202) 555-0199' | dialtone.voice.e164('US') }}"  # +12025550199
"""

RETURN = r"""
_value:
  description: The number in E.164.
  type: str
  sample: "+12025550199"
"""

from typing import Any

from ansible_collections.dialtone.voice.plugins.module_utils._voice import numbers
from ansible_collections.dialtone.voice.plugins.plugin_utils._faces import as_filter


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"e164": as_filter(numbers.to_e164)}
