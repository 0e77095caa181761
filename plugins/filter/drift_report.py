# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between accounts and their description."""

from __future__ import annotations

DOCUMENTATION = r"""
name: drift_report
short_description: Report what differs between Twilio accounts and their description
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Turns the predictions of M(dialtone.voice.twilio_voice_account) into lines, JSON and Markdown. The playbook C(drift)
    writes them.
positional: accounts, unmanaged, regions
options:
  _input:
    description:
      - Results of M(dialtone.voice.twilio_voice_account) in check mode, one for each account. A failed one is an
        account that could not be compared.
    type: list
    elements: dict
    required: true
  accounts:
    description: The accounts, from P(dialtone.voice.account_objects#filter), in the same order.
    type: list
    elements: dict
    required: true
  unmanaged:
    description: Whether objects of the account that no office describes count as a difference.
    type: bool
    default: false
  regions:
    description:
      - Results of M(dialtone.voice.twilio_trunk_region) in check mode, from a loop over the C(regions) of the accounts.
    type: list
    elements: dict
    default: []
seealso:
  - plugin: dialtone.voice.account_objects
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Show what differs
  ansible.builtin.debug:
    msg: "{{ (results | dialtone.voice.drift_report(hosts | dialtone.voice.account_objects)).lines }}"
"""

RETURN = r"""
_value:
  description: The report.
  type: dict
  contains:
    drifted:
      description: Whether anything differs.
      type: bool
    summary:
      description: One sentence.
      type: str
    lines:
      description: The sentence and a line for each difference.
      type: list
      elements: str
    errors:
      description: Which accounts could not be compared, and why.
      type: list
      elements: str
    files:
      description: C(path) and C(content) of C(drift.json) and C(drift.md).
      type: list
      elements: dict
"""

from typing import Any

from ansible_collections.dialtone.voice.plugins.module_utils._voice import drift
from ansible_collections.dialtone.voice.plugins.plugin_utils._faces import as_filter


def drift_report(results: Any, accounts: Any, unmanaged: bool = False, regions: Any = ()) -> dict[str, Any]:
    found = drift.report(results, accounts, unmanaged, regions)
    return {
        "drifted": found.drifted,
        "summary": found.summary,
        "lines": list(found.lines),
        "errors": list(found.errors),
        "files": [
            {"path": "drift.json", "content": found.json},
            {"path": "drift.md", "content": found.markdown},
        ],
    }


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"drift_report": as_filter(drift_report)}
