# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
from __future__ import annotations

DOCUMENTATION = r"""
module: host_files
short_description: Write files in many folders of a host in one task
version_added: 0.4.0
author: The dialtone.voice maintainers (@dialtone)
description:
  - Writes and removes files wherever they belong, all in one task. A role can so have one task in place of a loop, which costs
    a second for each file.
  - All files are prepared beside their places and validated before the first one is put into its place. Each is changed by
    renaming, so that nobody ever reads half a file. If one of the renames fails, those that were done are undone.
  - Says which paths have changed, so that the caller knows what is to be loaded again.
  - For the configuration of a program that wants a folder of its own, see M(dialtone.voice.config_release).
attributes:
  check_mode:
    description: Predicts what would change. Validates too, on copies elsewhere, where the programs for it are installed.
    support: full
  diff_mode:
    description: Shows files by their text; secret ones, and such that not everybody could read until now, by name only.
    support: full
  idempotent:
    description: Files that are as wanted are neither written nor validated again.
    support: full
options:
  files:
    description:
      - What is wanted, by absolute path. A missing folder is made, with mode 0755.
      - A symbolic link in the place of a file is refused, as is a folder.
    type: dict
    required: true
    suboptions:
      content:
        description: Text of the file. Required with O(files.state=present).
        type: str
      state:
        description: Whether the file shall be there.
        type: str
        choices: [present, absent]
        default: present
      mode:
        description: Mode, four octal digits in quotes. Without it V(0644), and V(0600) where O(files.secret) is true.
        type: str
      owner:
        description: Owner, by name or number. Without it, who runs the module. In check mode it does not have to exist yet.
        type: str
      group:
        description: Group, by name or number. Without it, that of who runs the module. In check mode it does not have to exist yet.
        type: str
      validate:
        description:
          - Program and arguments, split as a shell does, but run without one. C(%s) is replaced by the path of the new file
            beside its place.
          - If it ends with another code than 0, nothing is changed, and what it printed is the error.
        type: str
      secret:
        description: Whether the content is shown nowhere. The mode must then keep others out.
        type: bool
        default: false
  validate_seconds:
    description: Seconds after which a validation is stopped, with all that it has started, and has failed.
    type: int
    default: 60
"""

EXAMPLES = r"""
- name: Write the settings
  dialtone.voice.host_files:
    files:
      /etc/sysctl.d/60-example.conf:
        content: |
          net.core.netdev_max_backlog = 4096
      /etc/systemd/system/example.service:
        content: "{{ lookup('ansible.builtin.template', 'example.service.j2') }}"
        validate: systemd-analyze verify --man=no %s
      /etc/example/key:
        content: "{{ example_key }}"
        secret: true
      /etc/sysctl.d/10-former.conf:
        state: absent
  register: written

- name: Load the kernel's settings
  ansible.builtin.command: sysctl --system
  when: written.written is search('/etc/sysctl.d/')
  changed_when: true
"""

RETURN = r"""
written:
  description: Paths of the files that are new, or have another content, owner, group or mode, in order.
  returned: success
  type: list
  elements: str
  sample: [/etc/sysctl.d/60-example.conf]
removed:
  description: Paths of the files that are gone, in order.
  returned: success
  type: list
  elements: str
  sample: [/etc/sysctl.d/10-former.conf]
directories:
  description: Paths of the folders that had to be made.
  returned: success
  type: list
  elements: str
  sample: [/etc/example]
"""

from ansible_collections.dialtone.voice.plugins.module_utils._files.module import run

SPEC = {
    "files": {"type": "dict", "required": True},
    "validate_seconds": {"type": "int", "default": 60},
}


def main() -> None:
    run(SPEC)


if __name__ == "__main__":
    main()
