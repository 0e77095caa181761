# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the lab reads and changes on the machine itself: programs, processes, interfaces, free space."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from lab.hosts.errors import LabError


def run(
    argv: Sequence[str],
    *,
    input: str | None = None,
    check: bool = True,
    timeout: float = 120.0,
    env: dict[str, str] | None = None,
) -> subprocess.CompletedProcess[str]:
    """Run a program of this machine. LabError with its last words if it fails (check) or hangs (timeout, seconds)."""
    try:
        done = subprocess.run(
            list(argv), input=input, capture_output=True, text=True, check=False, timeout=timeout, env=env
        )
    except FileNotFoundError as error:
        raise LabError(f"The program '{argv[0]}' is missing: run `python -m lab up`, which installs it.") from error
    except subprocess.TimeoutExpired as error:
        raise LabError(f"`{' '.join(argv[:6])}` did not end within {timeout:.0f} s.") from error
    if check and done.returncode != 0:
        words = (done.stderr or done.stdout).strip().splitlines()
        raise LabError(f"`{' '.join(argv)}` failed ({done.returncode}): {' '.join(words[-3:])}")
    return done


def boot_id() -> str:
    """Identity of this boot of the machine; process numbers mean nothing in another."""
    return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()


def start_time(pid: int) -> int:
    """Return when a process started (clock ticks since boot); 0 if there is none, or only its corpse."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return 0
    fields = stat.rpartition(")")[2].split()  # the name before may hold spaces
    return 0 if fields[0] in "ZX" else int(fields[19])


def processes_named(program: str, argument: str) -> list[int]:
    """Return the processes whose program has that name and whose arguments hold that text."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            argv = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if Path(argv[0]).name == program and any(argument in word for word in argv[1:]):
            found.append(int(entry.name))
    return found


def ip_json(*arguments: str) -> list[dict[str, Any]]:
    """Return what `ip -j …` prints, as objects."""
    text = run(["ip", "-j", *arguments]).stdout.strip()
    found: list[dict[str, Any]] = json.loads(text) if text else []
    return found


def own(path: Path) -> None:
    """Give a file to the person who called sudo, so that they can read their own lab's state."""
    if os.geteuid() == 0 and "SUDO_UID" in os.environ:
        os.chown(path, int(os.environ["SUDO_UID"]), int(os.environ.get("SUDO_GID", "-1")))


def own_tree(folder: Path) -> None:
    """Give a file, or a folder with all that is in it, to the person who called sudo."""
    if os.geteuid() == 0 and "SUDO_UID" in os.environ:
        for path in (folder, *sorted(folder.rglob("*"))):
            if path.exists() and not path.is_symlink():
                own(path)


def write_private(path: Path, text: str, mode: int = 0o600) -> None:
    """Write a file that nobody else ever sees half-written or readable."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.unlink(missing_ok=True)
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
    own(temporary)
    temporary.replace(path)
