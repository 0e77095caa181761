# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The host: the one place that runs programs and touches files. Private."""

from __future__ import annotations

import fcntl
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from .errors import AS_IT_WAS, TableError

LOCK_SECONDS = 120
ADMIN_PATH = "/usr/local/sbin:/usr/sbin:/sbin:/usr/local/bin:/usr/bin:/bin"


@dataclass(frozen=True)
class Said:
    """What a program said in the end."""

    code: int
    out: str
    words: str


class Host:
    """The machine that the module runs on.

    Args:
        root: folder that stands for the root of the file system, in tests.
    """

    def __init__(self, root: str = "") -> None:
        self.root = root
        self._lock: int | None = None

    def _at(self, path: str) -> str:
        return self.root + path

    def which(self, program: str) -> str | None:
        """Return where a program is, for root."""
        return shutil.which(program, path=ADMIN_PATH)

    def run(self, argv: Sequence[str], text: str = "", seconds: int = 60) -> Said:
        """Run a program to its end."""
        # A program that outlives a killed run keeps the lock until it is done too.
        inherited = (self._lock,) if self._lock is not None and argv[0].endswith("nft") else ()
        try:
            done = subprocess.run(
                list(argv), input=text, capture_output=True, encoding="utf-8", errors="replace", timeout=seconds,
                check=False, cwd="/", env={"PATH": ADMIN_PATH, "LC_ALL": "C"}, pass_fds=inherited,
            )  # fmt: skip
        except OSError as error:
            return Said(127, "", f"{argv[0]} could not be run: {error.strerror}")
        except subprocess.TimeoutExpired as error:
            raise TableError(f"{argv[0]} did not end within {seconds} s and was stopped. Run again.") from error
        return Said(done.returncode, done.stdout, done.stderr)

    def read(self, path: str) -> str | None:
        """Return a file's text; None if there is none, or something else in its place."""
        path = self._at(path)
        if os.path.islink(path):
            return None
        try:
            with open(path, encoding="utf-8", errors="replace") as file:
                return file.read()
        except FileNotFoundError:
            return None

    def mode(self, path: str) -> int:
        """Return the permissions of a file."""
        return os.stat(self._at(path)).st_mode & 0o7777

    def write(self, path: str, text: str, mode: int = 0o600) -> None:
        """Put a file there, whole or not at all."""
        self.write_beside(path, text, mode)
        path = self._at(path)
        os.rename(f"{path}.new", path)
        self._sync(os.path.dirname(path))

    def write_beside(self, path: str, text: str, mode: int = 0o600) -> None:
        """Write what a file is to be beside it, or nothing. An error names the file."""
        path = self._at(path)
        beside = f"{path}.new"
        try:
            self._folders(os.path.dirname(path))
            with suppress(FileNotFoundError):
                os.unlink(beside)
            with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "w", encoding="utf-8") as file:
                os.fchmod(file.fileno(), mode)
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
        except OSError as error:
            with suppress(OSError):
                os.unlink(beside)
            raise OSError(error.errno, error.strerror, path) from error

    def rename(self, path: str, new: str) -> None:
        """Give a file another name, in one step."""
        os.rename(self._at(path), self._at(new))

    def link(self, target: str, path: str) -> None:
        """Put a symbolic link there."""
        path = self._at(path)
        self._folders(os.path.dirname(path))
        beside = f"{path}.new"
        with suppress(FileNotFoundError):
            os.unlink(beside)
        os.symlink(target, beside)
        os.rename(beside, path)

    def linked(self, path: str) -> str | None:
        """Return where a symbolic link leads to."""
        path = self._at(path)
        return os.readlink(path) if os.path.islink(path) else None

    def remove(self, path: str) -> None:
        """Remove a file, or nothing."""
        with suppress(FileNotFoundError):
            os.unlink(self._at(path))
            self._sync(os.path.dirname(self._at(path)))

    def remove_folder(self, path: str) -> None:
        """Remove a folder if it is empty."""
        with suppress(OSError):
            os.rmdir(self._at(path))

    def exists(self, path: str) -> bool:
        """Tell whether anything has that name."""
        return os.path.lexists(self._at(path))

    def uptime(self) -> float:
        """Return the seconds since the machine was started, which no clock's correction changes."""
        with open("/proc/uptime", encoding="ascii") as file:
            return float(file.read().split()[0])

    def interfaces(self) -> list[str]:
        """Return the names of the network's interfaces."""
        return sorted(name for __, name in socket.if_nameindex())

    def _folders(self, folder: str) -> None:
        """Make folders that everybody may enter, whatever the umask is."""
        if os.path.isdir(folder):
            return
        self._folders(os.path.dirname(folder))
        os.mkdir(folder, 0o755)
        os.chmod(folder, 0o755)  # noqa: S103

    @staticmethod
    def _sync(folder: str) -> None:
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)

    @contextmanager
    def locked(self, path: str, planned: bool) -> Iterator[None]:
        """Hold a lock. What is only planned waits for one that there is, and makes none."""
        path = self._at(path)
        if planned and not os.path.exists(path):
            yield
            return
        os.makedirs(os.path.dirname(path), 0o700, exist_ok=True)
        number = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            end = time.monotonic() + LOCK_SECONDS
            while True:
                try:
                    fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError:
                    if time.monotonic() > end:
                        raise TableError(
                            f"Another run works on this table since more than {LOCK_SECONDS} s. {AS_IT_WAS} Run again."
                        ) from None
                    time.sleep(0.1)
            self._lock = number
            yield
        finally:
            self._lock = None
            os.close(number)
