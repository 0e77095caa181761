# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeping secrets out of everything that is shown, where Ansible's no_log does not. Private to this collection.

Ansible masks options marked no_log as long as they are well formed and shown as they were given. What it leaves over:
a URL with a password cannot be marked, because users need to see it; the secrets of suboptions of the wrong shape are
not found; and a secret with a quote or a backslash looks different where a whole structure is shown.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote, quote_plus

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
TOKEN = re.compile(r"[^\s=,:;'\"{}\[\]()]+")  # what a password may be within text that should have been a structure


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


def secrets(spec: Mapping[str, Any], params: Mapping[str, Any]) -> set[str]:
    """Return the secrets among options at any depth, also where their shape is wrong.

    Args:
        spec: an argument spec, or the ``options`` of one.
        params: what was given for it.
    """
    found: set[str] = set()
    for name, entry in spec.items():
        value, inner = params.get(name), entry.get("options")
        if entry.get("no_log"):
            found.update(_leaves(value))
        elif inner and _secretive(inner):
            for element in value if isinstance(value, (list, tuple)) else [value]:
                if isinstance(element, Mapping):
                    found |= secrets(inner, element)
                    # A misspelt option may be the secret one.
                    strays = [content for key, content in element.items() if key not in inner]
                    found.update(text for text in _leaves(strays) if len(text) >= SHORTEST)
                else:
                    found |= _tokens(element)
    return found


def _secretive(spec: Mapping[str, Any]) -> bool:
    return any(entry.get("no_log") or _secretive(entry.get("options") or {}) for entry in spec.values())


def _leaves(value: Any) -> Iterator[str]:
    """Yield what is not empty in a value of any shape, as text."""
    if isinstance(value, Mapping):
        value = [*value.values()]
    if isinstance(value, (list, tuple)):
        for element in value:
            yield from _leaves(element)
    elif value not in (None, "") and not isinstance(value, bool):
        yield str(value)


def _tokens(value: Any) -> set[str]:
    """Return what may be a secret in a value that has not the shape in which secrets can be told from the rest."""
    texts = [*_leaves(value)]
    found = {token for text in texts for token in (text, *TOKEN.findall(text))}
    return {token for token in found if len(token) >= SHORTEST}


def spellings(secret: str) -> set[str]:
    """Return a secret as it looks inside a printed structure, in JSON and in a form."""
    return {secret, repr(secret)[1:-1], json.dumps(secret)[1:-1], quote(secret, safe=""), quote_plus(secret)}


class MaskingModule(AnsibleModule):  # type: ignore[misc]
    """Ansible's module; however it ends, also on options it refuses itself, secrets are masked."""

    def exit_json(self, **kwargs: Any) -> None:
        super().exit_json(**self._masked(kwargs))

    def fail_json(self, msg: str, **kwargs: Any) -> None:
        super().fail_json(**self._masked({**kwargs, "msg": str(msg)}))

    _given: Mapping[str, Any] = {}

    def _load_params(self) -> None:
        super()._load_params()
        # Ansible takes options of the wrong shape out of its own, but not out of its messages.
        self._given = copy.deepcopy(self.params)

    def _log_invocation(self) -> None:
        self._learn()
        super()._log_invocation()

    def _learn(self) -> None:
        """Tell Ansible of the secrets it does not find by itself."""
        found = secrets(self.argument_spec, self._given) | secrets(self.argument_spec, self.params)
        self.no_log_values.update(spelling for secret in found for spelling in spellings(secret))
        self.no_log_values.update(passwords(self.params))

    def _masked(self, result: Mapping[str, Any]) -> dict[str, Any]:
        self._learn()
        masked: dict[str, Any] = redact(result)
        # Ansible adds the options as they are if they are not there.
        return {"invocation": {"module_args": redact(self.params)}, **masked}
