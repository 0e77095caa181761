# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The boundary to Ansible: the options, one exit, and a log without contents. Private."""

from __future__ import annotations

import signal
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from .._release.errors import ReleaseError
from .plan import diff, plan
from .wanted import wanted_files
from .write import Writer, predict


class FilesModule(AnsibleModule):  # type: ignore[misc]
    """A module whose options are too large for logs and results, and may be secret."""

    def options_in_short(self) -> dict[str, Any]:
        """Return the options, with the paths of the files in place of their contents."""
        return {**self.params, "files": sorted(map(str, self.params["files"]))}

    def _log_invocation(self) -> None:
        self.log(f"Invoked with {self.options_in_short()}")


def _interrupted(signal_number: int, _frame: object) -> None:
    raise ReleaseError(f"Interrupted by signal {signal_number}; run again.")


def run(spec: dict[str, Any]) -> None:
    """Run the module with its argument spec."""
    module = FilesModule(argument_spec=spec, supports_check_mode=True)
    short = {"module_args": module.options_in_short()}
    for signal_number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(signal_number, _interrupted)  # so that what was begun is put back

    def label(place: str, path: str) -> None:
        module.set_context_if_different(place, module.selinux_default_context(path), False)

    seconds = module.params["validate_seconds"]
    try:
        found = plan(wanted_files(module.params["files"], planned=module.check_mode))
        if module.check_mode:
            predict(found, seconds)
        elif found.changes:
            Writer(found, label if module.selinux_enabled() else None).write(seconds)
    except ReleaseError as error:
        module.fail_json(msg=str(error), invocation=short)
    result = {
        "changed": bool(found.changes),
        "written": found.written,
        "removed": found.removed,
        "directories": found.directories,
    }
    if module._diff:
        result["diff"] = diff(found)
    module.exit_json(invocation=short, **result)
