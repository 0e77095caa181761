# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong. Private."""

from __future__ import annotations

AS_IT_WAS = "Nothing was changed."


class TableError(Exception):
    """One or more whole sentences for the user."""


class RefusedError(TableError):
    """The rules were refused where they would have come into force."""
