# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who plays what. Each has its own tone, so that what is heard proves where it comes from."""

from __future__ import annotations

# 1004 Hz is the telephone network's usual test tone; 523 Hz is no harmonic of it.
OFFICE_TONE = 523
CARRIER_TONE = 1004

# Prompt -> its tone in Hz and its length in seconds. All are 20 Hz and more apart from each other and from the above.
PROMPTS: dict[str, tuple[int, float]] = {
    "closed": (600, 4.0),
    "holiday": (630, 4.0),
    "main": (700, 4.0),
    "nested": (740, 4.0),
    "greeting": (820, 3.0),
    "music": (880, 6.0),
    "recording": (940, 1.0),
}


def heard(result: dict[str, object]) -> str:
    """Return what a telephone heard, for a person."""
    found = result.get("heard")
    if not isinstance(found, dict) or not found.get("frequency"):
        return "nothing"
    return f"{found['frequency']:.0f} Hz"
