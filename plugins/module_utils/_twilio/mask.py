# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeping passwords inside URLs out of everything that is shown. Private to this collection.

Ansible masks options marked no_log by itself. A URL cannot be marked, because users need to see it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.basic import AnsibleModule

# What follows a colon is a port, and not a password, if it is digits up to the end of the authority.
_NO_PORT = r"(?!\d*(?:[/;?#\s'\"]|$))"
# A password inside a URL; the user name before it may stay. Where people forgot to encode characters that end a
# password, all up to the last @ is taken for it: rather too much is masked than a part of it shown.
URL_PASSWORD = re.compile(
    r"([a-z][a-z0-9+.-]*://[^/@\s:?#\[]*):([^/\s?#]*|"
    + _NO_PORT
    + r"\S*)@|(sips?:[^@\s:/\[]*):"
    + _NO_PORT
    + r"(\S*)@",
    re.IGNORECASE,
)
SHORTEST = 4  # masking shorter passwords wherever their letters occur would blot out innocent text


def redact(value: Any) -> Any:
    """Return ``value`` with passwords inside URLs masked, at any depth."""
    if isinstance(value, str):
        return URL_PASSWORD.sub(lambda match: f"{match[1] or match[3]}:***@", value)
    if isinstance(value, Mapping):
        return {name: redact(content) for name, content in value.items()}
    if isinstance(value, (list, tuple)):
        return [redact(content) for content in value]
    return value


def passwords(value: Any) -> set[str]:
    """Return the passwords inside URLs at any depth, so that Ansible can mask them wherever they occur."""
    if isinstance(value, str):
        found = {match[2] or match[4] or "" for match in URL_PASSWORD.finditer(value)}
        return {password for password in found if len(password) >= SHORTEST}
    if isinstance(value, Mapping):
        value = list(value.values())
    return set().union(*map(passwords, value)) if isinstance(value, (list, tuple)) else set()


class MaskingModule(AnsibleModule):  # type: ignore[misc]
    """Ansible's module; however it ends, also on options it refuses itself, passwords inside URLs are masked."""

    def exit_json(self, **kwargs: Any) -> None:
        super().exit_json(**self._masked(kwargs))

    def fail_json(self, msg: str, **kwargs: Any) -> None:
        super().fail_json(**self._masked({**kwargs, "msg": str(msg)}))

    def _masked(self, result: Mapping[str, Any]) -> dict[str, Any]:
        # Ansible collects the secrets too late for options whose type is so wrong that it cannot read them.
        secrets = [self.params.get(name) for name, entry in self.argument_spec.items() if entry.get("no_log")]
        self.no_log_values.update(str(secret) for secret in secrets if secret)
        self.no_log_values.update(passwords(self.params))
        masked: dict[str, Any] = redact(result)
        # Ansible adds the options as they are if they are not there.
        return {"invocation": {"module_args": redact(self.params)}, **masked}
