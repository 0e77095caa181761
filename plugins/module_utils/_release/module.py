# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The boundary to Ansible: the options, one exit, and a log without contents. Private."""

from __future__ import annotations

import os
import signal
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from .errors import ReleaseError
from .run import Run

CONTENTS = ("files", "secret_files", "binary_files")


class ReleaseModule(AnsibleModule):  # type: ignore[misc]
    """A module whose options are too large for logs and results."""

    def options_in_short(self) -> dict[str, Any]:
        """Return the options, with the names of the files in place of their contents."""
        return {name: sorted(value or {}) if name in CONTENTS else value for name, value in self.params.items()}

    def _log_invocation(self) -> None:
        self.log(f"Invoked with {self.options_in_short()}")


def _interrupted(number: int, _frame: object) -> None:
    raise ReleaseError(f"Interrupted by signal {number}. Either the old or the new files are in force; run again.")


def run(spec: dict[str, Any]) -> None:
    """Run the module with its argument spec."""
    module = ReleaseModule(argument_spec=spec, supports_check_mode=True)
    short = {"module_args": module.options_in_short()}
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupted)  # so that the candidate is removed, and its judge is stopped
    path = module.params["path"]

    def label(place: str, name: str) -> None:
        context = module.selinux_default_context(os.path.join(path, name) if name else path)
        module.set_context_if_different(place, context, False)

    try:
        result = Run(module.params, module.check_mode, label if module.selinux_enabled() else None).result()
    except ReleaseError as error:
        module.fail_json(msg=str(error), invocation=short)
    if not module._diff:
        result.pop("diff", None)
    module.exit_json(invocation=short, **result)
