# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong. Private."""

from __future__ import annotations


class FitnessError(Exception):
    """Bad input: one or more whole sentences for the user."""


class Unreadable(Exception):  # noqa: N818 - it is a finding, not a failure
    """Something could not be found out. Its text is the reason, and ends with a full stop."""
