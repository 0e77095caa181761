# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One demo at a time on a machine: two would reset each other's account in the middle of a proof."""

from __future__ import annotations

import contextlib
import os
import socket
import struct
from collections.abc import Iterator

from lab.hosts.errors import LabError


@contextlib.contextmanager
def alone(name: str) -> Iterator[None]:
    """Hold the lab `name` for one demo, or for taking it down. LabError if another process of this machine holds it.

    An abstract socket: it is gone with its process, however that ends, and leaves no file.
    """
    address = f"\0dialtone-voice-{name}"
    with socket.socket(socket.AF_UNIX) as holder:
        try:
            holder.bind(address)
            holder.listen()
        except OSError as error:
            raise LabError(
                f"A demo uses the lab '{name}' just now{_who(address)}: wait for its end, or end it there with Ctrl-C."
            ) from error
        yield


def _who(address: str) -> str:
    """Return the other process's number in brackets; nothing if it has gone meanwhile, or lives in a container."""
    with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX) as asker:
        asker.settimeout(1.0)
        asker.connect(address)
        size = struct.calcsize("3i")
        pid, __, __ = struct.unpack("3i", asker.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
        if pid and pid != os.getpid():
            return f" (process {pid})"
    return ""
