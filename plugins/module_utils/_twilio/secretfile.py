# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a secret that Twilio hands out may go: a hidden result, or a file that only its owner reads. Private."""

from __future__ import annotations

import json
import os
import stat
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from .errors import InvalidInputError, RefusedError, TwilioError

MODE = 0o600


def hidden_result(what: str, option: str) -> RefusedError:
    """Return the refusal to put a secret into a result that is shown.

    Args:
        what: the secret.
        option: name of the option for a file in its place.
    """
    return RefusedError(
        f"The result would show {what}, because the task is not hidden. Set no_log: true on the task, or give {option} "
        "to have it written to a file that only its owner can read. Nothing was sent."
    )


class SecretFile:
    """A JSON file of mode 0600 on the machine that runs the module.

    Args:
        option: name of the option, for messages.
        path: where the file is.
    """

    def __init__(self, option: str, path: str) -> None:
        self._option, self.path = option, path

    def check(self, planned: bool = False) -> list[str]:
        """Refuse a place where the file cannot be written, or where others could take its place.

        Args:
            planned: whether an earlier task may have made the directory in prediction only (check mode).

        Returns:
            Warnings.

        Raises:
            InvalidInputError: naming the remedy.
        """
        if not os.path.isabs(self.path):
            raise self._refusal("is not an absolute path; begin it with /.")
        folder = os.path.dirname(self.path)
        try:
            mode = os.stat(folder).st_mode
        except OSError as error:
            refusal = self._refusal(f"is in a directory that cannot be used ({error.strerror}); create {folder}.")
            if planned and isinstance(error, FileNotFoundError):
                return [f"{refusal} In check mode it is taken for granted that an earlier task does."]
            raise refusal from None
        if not stat.S_ISDIR(mode):
            raise self._refusal(f"is not in a directory: {folder} is something else.")
        if mode & stat.S_IWOTH and not mode & stat.S_ISVTX:
            raise self._refusal(f"is in a directory that everybody may write to; run chmod o-w {folder}.")
        if not os.access(folder, os.W_OK | os.X_OK):
            raise self._refusal(f"is in a directory that may not be written to; change the rights of {folder}.")
        if os.path.lexists(self.path) and not stat.S_ISREG(os.lstat(self.path).st_mode):
            raise self._refusal("is not a regular file; give another path.")
        return []

    def read(self) -> dict[str, Any] | None:
        """Return what the file holds; None if it is not there.

        Raises:
            InvalidInputError: it is there, and is not such a file.
        """
        try:
            with open(self.path, encoding="utf-8") as file:
                content = json.load(file)
        except FileNotFoundError:
            return None
        except (OSError, ValueError) as error:
            content = type(error).__name__
        if not isinstance(content, dict):
            raise self._refusal("is there, and is not a file that this module wrote; give another path.")
        return content

    def differs(self, content: Mapping[str, Any]) -> bool:
        """Return whether the file has to be written: it is not there, holds something else, or others may read it."""
        return self.read() != content or self.loose()

    def loose(self) -> bool:
        """Return whether the file is there with other rights than it should have."""
        return os.path.lexists(self.path) and stat.S_IMODE(os.lstat(self.path).st_mode) != MODE

    def tighten(self) -> None:
        """Take the file away from others."""
        try:
            os.chmod(self.path, MODE)
        except OSError as error:
            raise TwilioError(f"{self._option}: the rights of {self.path} cannot be set: {error.strerror}.") from None

    def write(self, content: Mapping[str, Any]) -> None:
        """Put the file in its place, whole: nobody else can read it at any moment.

        Raises:
            TwilioError: that failed, and nothing is left behind.
        """
        folder, name = os.path.split(self.path)
        temporary = ""
        try:
            handle, temporary = tempfile.mkstemp(prefix=f".{name}.", dir=folder)  # mode 0600 from the beginning
            with os.fdopen(handle, "w", encoding="utf-8") as file:
                json.dump(content, file, indent=2, sort_keys=True)
                file.write("\n")
                file.flush()
                os.fsync(file.fileno())
            os.replace(temporary, self.path)
        except OSError as error:
            if temporary:
                with suppress(OSError):
                    os.unlink(temporary)
            raise TwilioError(f"{self._option}: {self.path} cannot be written: {error.strerror}.") from None

    def change(self, action: str) -> dict[str, Any]:
        """Return the entry for the list of changes."""
        return {"action": action, "resource": "file", "name": self.path, "sid": None, "fields": []}

    def _refusal(self, why: str) -> InvalidInputError:
        return InvalidInputError(self._option, self.path, why)
