# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all filters and lookups of the collection share: how an error of the voice library reaches the user. Private."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any, Callable

import yaml
from ansible.errors import AnsibleFilterError

from ansible_collections.dialtone.voice.plugins.module_utils._voice.errors import VoiceError


def as_filter(function: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a function of the voice library: its errors are whole sentences for users, so they become the filter's."""

    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        try:
            return function(*args, **kwargs)
        except VoiceError as error:
            raise AnsibleFilterError(str(error)) from error

    return wrapper


def description_options() -> dict[str, Any]:
    """Return the options of the role voice_description: the one definition of the ``voice_*`` variables."""
    return role_options("voice_description")


@functools.cache
def role_options(role: str) -> dict[str, Any]:
    """Return the options of a role of the collection, the one definition of its variables."""
    spec = Path(__file__).parents[2] / "roles" / role / "meta" / "argument_specs.yml"
    options: dict[str, Any] = yaml.safe_load(spec.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
    return options
