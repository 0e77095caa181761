# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The boundary to Ansible: the options, one exit, and a log without the rules. Private."""

from __future__ import annotations

import signal
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from .errors import TableError
from .host import Host
from .run import Run


class TableModule(AnsibleModule):  # type: ignore[misc]
    """A module whose options are too large for logs and results."""

    def options_in_short(self) -> dict[str, Any]:
        """Return the options, with the length of the rules in place of them."""
        rules = self.params["rules"]
        return {**self.params, "rules": None if rules is None else f"{len(rules.splitlines())} lines"}

    def _log_invocation(self) -> None:
        self.log(f"Invoked with {self.options_in_short()}")


def _interrupted(number: int, _frame: object) -> None:
    raise TableError(
        f"Interrupted by signal {number}. Either the old or the new rules are in force; new ones that are on trial are "
        "taken back by themselves. Run again."
    )


def run(spec: dict[str, Any]) -> None:
    """Run the module with its argument spec."""
    module = TableModule(argument_spec=spec, supports_check_mode=True, required_if=[("state", "present", ["rules"])])
    short = {"module_args": module.options_in_short()}
    for number in (signal.SIGHUP, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupted)
    try:
        result = Run(module.params, module.check_mode, Host()).result()
    except TableError as error:
        module.fail_json(msg=str(error), invocation=short)
    except PermissionError as error:
        module.fail_json(msg=f"{error.filename}: {error.strerror}. Run as root (become: true).", invocation=short)
    except OSError as error:
        module.fail_json(msg=f"{error.filename}: {error.strerror or error}. Run again.", invocation=short)
    for note in result.pop("notes"):
        module.warn(note)
    if not module._diff:
        result.pop("diff")
    module.exit_json(invocation=short, **result)
