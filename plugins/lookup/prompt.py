# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A sound file that is played to callers."""

from __future__ import annotations

DOCUMENTATION = r"""
name: prompt
short_description: Read a sound file that every PBX can play
version_added: 0.3.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Reads a file on the controller, refuses it unless it is WAV with 8 kHz, 16 bits and one channel, and returns it in
    base64.
  - A file that does not fit is an error with the command that converts it. Nothing is converted here.
options:
  _terms:
    description: >-
      Paths. Relative ones are searched for like those of M(ansible.builtin.copy), in C(files) of role and playbook.
    required: true
    type: list
    elements: path
notes:
  - A file may have at most 10 MB, which are eleven minutes.
"""

EXAMPLES = r"""
- name: Install the menu's prompt
  dialtone.voice.config_release:
    path: /var/lib/asterisk/sounds/dialtone
    binary_files:
      menu-main.wav: "{{ lookup('dialtone.voice.prompt', 'prompts/main-menu.wav') }}"
"""

RETURN = r"""
_raw:
  description: Content of each file in base64.
  type: list
  elements: str
"""

import base64
from typing import Any

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.dialtone.voice.plugins.module_utils._voice.errors import VoiceError
from ansible_collections.dialtone.voice.plugins.module_utils._voice.prompts import MOST_BYTES, check_prompt


class LookupModule(LookupBase):  # type: ignore[misc]
    def run(self, terms: list[str], variables: Any = None, **kwargs: Any) -> list[str]:
        self.set_options(var_options=variables, direct=kwargs)
        return [self._prompt(str(term), variables or {}) for term in terms]

    def _prompt(self, term: str, variables: Any) -> str:
        path = self.find_file_in_search_path(variables, "files", term, ignore_missing=True)
        if not path:
            raise AnsibleLookupError(
                f"{term} is not on the controller; put it into the folder files beside the playbook, or write its "
                "whole path."
            )
        try:
            with open(path, "rb") as file:
                content = file.read(MOST_BYTES + 1)
            check_prompt(str(path), content)
        except OSError as error:
            raise AnsibleLookupError(f"{path} cannot be read: {error.strerror}.") from error
        except VoiceError as error:
            raise AnsibleLookupError(str(error)) from error
        return base64.b64encode(content).decode("ascii")
