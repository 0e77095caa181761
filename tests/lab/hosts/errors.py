# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one exception of the lab's machines."""

from __future__ import annotations


class LabError(Exception):
    """Something the person in front of the lab has to know: what is wrong, and what to do, in a sentence."""
