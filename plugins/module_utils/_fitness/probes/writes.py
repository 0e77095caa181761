# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How long small writes take until they are on the disk. It writes: only where the user names a folder. Private."""

from __future__ import annotations

import os
import time
from typing import Any

from ..errors import Unreadable
from .ticks import percentile

PAUSE = 0.1
BLOCK = b"\0" * 4096


def writes(folder: str, seconds: float) -> dict[str, Any]:
    """Write 4 KiB and wait for the disk, ten times a second, into a file without a name, which nothing is left of.

    Raises:
        Unreadable: where no such file can be made.
    """
    try:
        file = os.open(folder, os.O_TMPFILE | os.O_WRONLY, 0o600)
    except OSError as error:
        raise Unreadable(f"No file can be made in storage_path {folder}: {error.strerror}.") from error
    took: list[float] = []
    end = time.monotonic() + seconds
    try:
        while not took or time.monotonic() + PAUSE < end:
            begun = time.monotonic()
            os.pwrite(file, BLOCK, 0)
            os.fsync(file)
            took.append((time.monotonic() - begun) * 1000)
            time.sleep(PAUSE)
    except OSError as error:
        raise Unreadable(f"Writing in storage_path {folder} failed: {error.strerror}.") from error
    finally:
        os.close(file)
    return {"writes": len(took), "median_ms": round(percentile(took, 50), 2), "worst_ms": round(max(took), 2)}
