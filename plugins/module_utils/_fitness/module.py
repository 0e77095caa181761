# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The boundary to Ansible. Private."""

from __future__ import annotations

from typing import Any

from ansible.module_utils.basic import AnsibleModule

from .errors import FitnessError
from .machine import Machine
from .options import options
from .run import Run


def run(spec: dict[str, Any]) -> None:
    """Run the module with its argument spec."""
    module = AnsibleModule(argument_spec=spec, supports_check_mode=True)
    params = dict(module.params)
    if module.check_mode:
        params["storage_path"] = ""  # the one thing that writes
    try:
        wished = options(params)
    except FitnessError as error:
        module.fail_json(msg=str(error))
    module.exit_json(**Run(Machine(), wished).result())
