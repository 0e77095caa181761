# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Everything that keeps a host from having its firewall, a sentence each. Private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..schema import Options
from .values import Values, read


def problems(values: Mapping[str, Any], voice: Options, firewall: Options) -> list[str]:
    """Return what is wrong with the variables of one host. The arguments are those of :func:`.values.read`."""
    return problems_of(read(values, voice, firewall))


def problems_of(values: Values) -> list[str]:
    """Return what is wrong with what the firewall of a host is told."""
    return list(dict.fromkeys(values.problems))
