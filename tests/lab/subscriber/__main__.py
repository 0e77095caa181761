# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Entry point of `python3 -m lab.subscriber`."""

from __future__ import annotations

import sys

from lab.subscriber.cli import main

if __name__ == "__main__":
    sys.exit(main())
