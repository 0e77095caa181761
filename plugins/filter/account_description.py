# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The description of an account that exists."""

from __future__ import annotations

DOCUMENTATION = r"""
name: account_description
short_description: Write what a Twilio account holds as the description of an office
version_added: 0.2.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Returns files of a description which, applied to the same account, changes nothing.
  - What the description cannot hold is left out and reported. The playbook C(export) writes the files.
  - The same account gives the same bytes. Nothing that is returned is secret.
requirements:
  - phonenumbers
positional: office, settings, country, regions
options:
  _input:
    description: C(account) of M(dialtone.voice.twilio_voice_account_info).
    type: dict
    required: true
  office:
    description: Name of the office, for its group and its placeholder host.
    type: str
    default: office
  settings:
    description:
      - Variables C(voice_twilio_account_sid), C(voice_twilio_region), C(voice_twilio_edge) and
        C(voice_twilio_base_url) to write, so that the description belongs to this account.
      - The edges of the trunks follow from the region.
    type: dict
    default: {}
  country:
    description: ISO 3166-1 alpha-2 code for C(voice_country). Without it, the country of most numbers.
    type: str
    default: ""
  regions:
    description: C(trunk_regions) of M(dialtone.voice.twilio_trunk_region_info). Without it, regions are not described.
    type: list
    elements: dict
    default: []
seealso:
  - plugin: dialtone.voice.account_objects
    plugin_type: filter
"""

EXAMPLES = r"""
- name: Read an account
  dialtone.voice.twilio_voice_account_info:
  register: found

- name: Show what its description cannot hold
  ansible.builtin.debug:
    msg: "{{ (found.account | dialtone.voice.account_description).lost }}"
"""

RETURN = r"""
_value:
  description: The files and what is not in them.
  type: dict
  contains:
    files:
      description: C(path) (relative), C(mode) and C(content) of each file.
      type: list
      elements: dict
    variables:
      description: The C(voice_*) variables in the files.
      type: dict
    secrets:
      description: Names of the variables that a vault can hold, with whose password it is.
      type: dict
    lost:
      description: What the description cannot hold, a sentence each.
      type: list
      elements: str
    numbers_without_trunk:
      description: Numbers of the account that are on no trunk, which are not described.
      type: list
      elements: str
"""

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.dialtone.voice.plugins.module_utils._voice import export, export_files
from ansible_collections.dialtone.voice.plugins.plugin_utils._faces import as_filter, description_options


def account_description(
    account: Mapping[str, Any],
    office: str = "office",
    settings: Mapping[str, Any] | None = None,
    country: str = "",
    regions: Sequence[Mapping[str, Any]] = (),
) -> dict[str, Any]:
    chosen = {name: str(value) for name, value in (settings or {}).items() if value}
    exported = export.describe(
        account,
        description_options(),
        region=chosen.get("voice_twilio_region", ""),
        country=country,
        regions=regions,
    )
    return {
        "files": export_files.files(exported, office, chosen),
        "variables": exported.variables,
        "secrets": exported.secrets,
        "lost": exported.lost,
        "numbers_without_trunk": exported.numbers_without_trunk,
    }


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"account_description": as_filter(account_description)}
