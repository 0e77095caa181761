# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks the host's chronyd. Reads alone. Private."""

from __future__ import annotations

import os
import socket
from collections.abc import Sequence
from typing import Callable

from . import reading as parts
from .reading import Reading

#: Runs a program with a time limit; returns its code and what it printed, errors included. None: no such program.
Run = Callable[[Sequence[str], float], "tuple[int, str] | None"]

OTHERS = ("systemd-timesyncd", "ntpsec", "ntp", "ntpd", "openntpd")
UNITS = ("chrony", "chronyd")  # Debian, Enterprise Linux
SECONDS = 15.0
_CONTAINER = "/run/systemd/container"


def read(run: Run) -> Reading:
    """Return what chronyd knows now."""
    found = Reading(container=in_container(run))
    answer = run(["chronyc", "-c", "tracking"], SECONDS)
    if answer is None:
        found.trouble = f"chrony is not installed{_somebody_else(run)}. The role time_sync installs and configures it."
        return found
    if answer[0] != 0:
        found.trouble = _silent(run, answer[1])
        return found
    parts.tracking(answer[1], found)
    names, numbers = (_ask(run, option, "sources", "-a") for option in ("-N", "-n"))
    found.sources = parts.sources(names, numbers)
    parts.details(found.sources, *(_ask(run, "-n", what) for what in ("ntpdata", "authdata", "selectdata")))
    for one in found.sources:
        if not one.address and not one.clock:
            one.resolves = _resolves(one.name)
    if found.selected is None or any(one.nts and not one.cookies for one in found.sources):
        found.words = _logged(run)
    return found


def wait(run: Run, seconds: int, offset: float) -> None:
    """Wait until chronyd is synchronised and at most `offset` off (0: however much), for at most so many seconds."""
    if seconds > 0:
        run(["chronyc", "waitsync", str(seconds), str(offset), "0", "1"], seconds + SECONDS)


def in_container(run: Run) -> bool:
    if os.path.exists(_CONTAINER):
        return True
    answer = run(["systemd-detect-virt", "--quiet", "--container"], SECONDS)
    return answer is not None and answer[0] == 0


def _ask(run: Run, option: str, *command: str) -> str:
    """Return an answer; "" where this chronyd does not know the command or does not tell this user."""
    answer = run(["chronyc", option, "-c", *command], SECONDS)
    return answer[1] if answer is not None and answer[0] == 0 else ""


def _silent(run: Run, text: str) -> str:
    if os.geteuid() != 0:
        return "chronyd tells its state to root alone: use become."
    for unit in UNITS:
        answer = run(["systemctl", "is-active", unit], SECONDS)
        if answer and answer[1].strip() == "active":
            return f"chronyd runs, but does not answer chronyc ({text.strip()}): restart it (systemctl restart {unit})."
    return f"chronyd does not run{_somebody_else(run)}: `journalctl -u chrony -u chronyd` has the reason. Start it."


def _somebody_else(run: Run) -> str:
    for unit in OTHERS:
        answer = run(["systemctl", "is-active", unit], SECONDS)
        if answer and answer[1].strip() == "active":
            return f"; {unit} keeps the clock"
    return ""


def _resolves(name: str) -> bool:
    try:
        return bool(socket.getaddrinfo(name, 123, type=socket.SOCK_DGRAM))
    except OSError:
        return False


def _logged(run: Run) -> list[str]:
    units = [word for unit in UNITS for word in ("-u", unit)]
    answer = run(["journalctl", *units, "--no-pager", "--quiet", "-o", "cat", "-n", "100", "--since", "-1h"], SECONDS)
    return answer[1].splitlines() if answer is not None and answer[0] == 0 else []
