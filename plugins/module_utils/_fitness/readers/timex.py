# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the kernel says of its clock: adjtimex without a mode, which changes nothing and needs no rights. Private."""

from __future__ import annotations

import ctypes
import os
from typing import Any

from ..errors import Unreadable

UNSYNCHRONISED = 0x40
_LONGS = ("offset", "freq", "maxerror", "esterror")


class _Timex(ctypes.Structure):
    # struct timex of <sys/timex.h>; what comes after the status is not used, but the kernel writes there.
    _fields_ = [
        ("modes", ctypes.c_uint),
        *((name, ctypes.c_long) for name in _LONGS),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_long * 40),
    ]


def read() -> dict[str, Any]:
    """``synchronised`` (bool) and ``maxerror_ms``.

    Raises:
        Unreadable: where the kernel does not say.
    """
    timex = _Timex()
    try:
        code = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.byref(timex))
    except (AttributeError, OSError) as error:
        raise Unreadable("The C library has no adjtimex.") from error
    if code < 0:
        raise Unreadable(f"The kernel does not tell about its clock: {os.strerror(ctypes.get_errno())}.")
    return {"synchronised": not timex.status & UNSYNCHRONISED, "maxerror_ms": timex.maxerror / 1000}
