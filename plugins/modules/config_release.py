# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: config_release
short_description: Install a set of configuration files as one release
version_added: 0.3.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Writes all files into a new folder, has a program validate it, and puts it into force by changing one symbolic link. At any
    moment either the old or the new files are in force, also when the run is killed.
  - Says which effects, such as a reload, the change needs. An effect is asked for again by the next run, until O(state=committed)
    says that all were carried through.
  - What is in force is compared with what is wanted by content, owner, group and mode. What was changed by hand is shown in the
    diff and replaced; files that are not wanted any more are gone.
  - Runs on the same path wait for each other, for at most two minutes.
attributes:
  check_mode:
    description: Predicts what would change. Validates too, on a candidate that is removed again.
    support: full
  diff_mode:
    description: Shows files by their text, secret and binary ones, and those of a folder that is taken over, by name only.
    support: full
  idempotent:
    description: Files that are as wanted are neither written nor validated again.
    support: full
options:
  path:
    description:
      - Where the release in force is seen. It becomes a symbolic link.
      - A folder that is there is taken over as the first release.
    type: path
    required: true
  store:
    description: Folder of the releases, on the same file system. Without it O(path) with C(.releases) at its end.
    type: path
  files:
    description: Text by name. Names may have folders in them.
    type: dict
    default: {}
  secret_files:
    description: The same for files whose text is shown nowhere.
    type: dict
    default: {}
  binary_files:
    description: The same for files encoded in base64. They are not written again as long as they do not change.
    type: dict
    default: {}
  owner:
    description: Owner of files and folders, by name or number. Without it, who runs the module.
    type: str
  group:
    description: >-
      Their group, and that of the store, by name or number. Without it the primary group of O(owner), or of who runs the module.
    type: str
  mode:
    description: Mode of the files, four octal digits in quotes.
    type: str
    default: "0640"
  directory_mode:
    description: Mode of the folders, four octal digits in quotes.
    type: str
    default: "0750"
  validate:
    description:
      - Program and arguments. C({path}) in them is replaced by the folder of the candidate.
      - If it ends with another code than 0, nothing is changed, and what it printed is the error. Secrets are taken out of that.
    type: list
    elements: str
    default: []
  validate_requires:
    description:
      - Paths that the validation needs, beside its program.
      - In check mode there is no validation where they or the program are missing. Otherwise that is an error.
    type: list
    elements: path
    default: []
  validate_seconds:
    description: Seconds after which the validation is stopped, with all that it has started, and has failed.
    type: int
    default: 60
  effects:
    description:
      - Names of effects, each with a list of patterns of file names, such as C(pjsip*.conf). C(*) matches C(/) too.
    type: dict
    default: {}
  keep:
    description: Number of earlier releases that are kept.
    type: int
    default: 3
  release:
    description: With O(state=rolled_back), the release to go to. Without it the last that was committed.
    type: str
  state:
    description:
      - V(present) puts the files into force.
      - V(rolled_back) puts the last committed release into force again. If that is in force already, or there is none, nothing
        is done; so it is safe after an O(state=present) that failed.
      - V(committed) says that all effects were carried through and the release is good. Older releases are removed.
    type: str
    choices: [present, rolled_back, committed]
    default: present
"""

EXAMPLES = r"""
- name: Install the configuration
  dialtone.voice.config_release:
    path: /etc/asterisk/dialtone
    group: asterisk
    files:
      pjsip.conf: "{{ lookup('ansible.builtin.template', 'pjsip.conf.j2') }}"
      extensions.conf: "{{ lookup('ansible.builtin.template', 'extensions.conf.j2') }}"
    secret_files:
      pjsip_auths.conf: "{{ lookup('ansible.builtin.template', 'pjsip_auths.conf.j2') }}"
    validate: [/usr/local/libexec/check-asterisk, "{path}"]
    effects:
      reload-pjsip: [pjsip*.conf]
      reload-dialplan: [extensions*.conf]
  register: release

- name: Carry through what the change needs
  block:
    - name: Reload
      ansible.builtin.command: asterisk -rx 'dialplan reload'
      when: "'reload-dialplan' in release.effects"
      changed_when: true
  rescue:
    - name: Go back
      dialtone.voice.config_release:
        path: /etc/asterisk/dialtone
        group: asterisk
        state: rolled_back

- name: Keep it
  dialtone.voice.config_release:
    path: /etc/asterisk/dialtone
    group: asterisk
    state: committed
"""

RETURN = r"""
added:
  description: Names of files that are new.
  returned: success
  type: list
  elements: str
  sample: [pjsip_auths.conf]
modified:
  description: Names of files that have another content, owner, group or mode.
  returned: success
  type: list
  elements: str
  sample: [pjsip.conf]
removed:
  description: Names of files that are gone.
  returned: success
  type: list
  elements: str
  sample: []
effects:
  description: >-
    Effects to be carried through, in the order of O(effects): those of the files above, and those that an earlier run left
    open. RV(ignore:changed) is true whenever O(state=present) returns any.
  returned: success
  type: list
  elements: str
  sample: [reload-pjsip]
release:
  description: Name of the release in force, or in check mode of the one that would be; null if there is none.
  returned: success
  type: str
  sample: 000002-20260102T030405Z
previous:
  description: Name of the last other release that was committed; null if there is none.
  returned: success
  type: str
  sample: 000001-20260101T030405Z
first:
  description: Whether there is nothing to go back to.
  returned: success
  type: bool
  sample: false
"""

from ansible_collections.dialtone.voice.plugins.module_utils._release.module import run

SPEC = {
    "path": {"type": "path", "required": True},
    "store": {"type": "path"},
    "files": {"type": "dict", "default": {}},
    "secret_files": {"type": "dict", "default": {}, "no_log": True},
    "binary_files": {"type": "dict", "default": {}},
    "owner": {"type": "str"},
    "group": {"type": "str"},
    "mode": {"type": "str", "default": "0640"},
    "directory_mode": {"type": "str", "default": "0750"},
    "validate": {"type": "list", "elements": "str", "default": []},
    "validate_requires": {"type": "list", "elements": "path", "default": []},
    "validate_seconds": {"type": "int", "default": 60},
    "effects": {"type": "dict", "default": {}},
    "keep": {"type": "int", "default": 3},
    "release": {"type": "str"},
    "state": {"type": "str", "choices": ["present", "rolled_back", "committed"], "default": "present"},
}


def main() -> None:
    run(SPEC)


if __name__ == "__main__":
    main()
