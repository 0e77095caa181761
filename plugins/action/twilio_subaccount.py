# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refuses to let a twilio_* module hand out a secret by a result that is shown.

Used by twilio_subaccount, and by the routing in meta/runtime.yml for twilio_api_key. The module cannot be sure itself:
Ansible tells it no_log also where only the log of the target is off (no_target_syslog), and then shows the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.parsing.convert_bool import boolean

from ansible_collections.dialtone.voice.plugins.action.twilio_phone_number import ActionModule as ShowProgress
from ansible_collections.dialtone.voice.plugins.module_utils._twilio.secretfile import hidden_result


def _shows_token(args: Mapping[str, Any]) -> bool:
    return bool(boolean(args.get("return_auth_token") or False, strict=False))


def _shows_secret(args: Mapping[str, Any]) -> bool:
    return not (args.get("secret_path") or args.get("sid") or args.get("state") == "absent")


SECRETS = {
    "twilio_subaccount": (_shows_token, "the auth token of the subaccount", "credentials_path"),
    "twilio_api_key": (_shows_secret, "the secret of the API key", "secret_path"),
}


class ActionModule(ShowProgress):
    """Run the module in the usual way, and show its progress, unless its result would show a secret."""

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        task = self._task
        # ansible-core 2.18 takes this plugin's name for the resolved action of a module that is routed here.
        names = [str(name).rpartition(".")[2] for name in (task.action, task.resolved_action)]
        shows, what, option = next(SECRETS[name] for name in names if name in SECRETS)
        # The result of a task that goes on in the background is fetched, and shown, by another task.
        if shows(task.args) and (task.async_val or not task.no_log):
            error = hidden_result(what, option)
            message = f"{error} An asynchronous task needs {option}." if task.async_val else str(error)
            failure = {**error.failure(), "message": message, "applied": []}
            return {"failed": True, "changed": False, "msg": message, "failure": failure, "api_requests": 0}
        return super().run(tmp, task_vars)
