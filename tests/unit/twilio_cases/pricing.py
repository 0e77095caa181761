# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks of twilio_pricing_info."""

from __future__ import annotations

from typing import Any

READING: dict[str, list[dict[str, Any]]] = {
    "twilio_pricing_info": [{"countries": ["US", "GB"]}, {"destinations": ["+442079460000"]}],
}
