# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the program that judges a candidate. Private."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from typing import IO

from .errors import ReleaseError
from .wanted import SECRET, Wanted

PLACE = "{path}"
MOST = 8000  # bytes of the program's words that are passed on
WORDS = re.compile(r"[^\s\"'<>=;,()\[\]{}]+")


def missing(program: Sequence[str], requires: Iterable[str]) -> str:
    """Return what has to be on the host for the judgement and is not; an empty text if nothing."""
    if shutil.which(program[0]) is None:
        return program[0]
    return next((path for path in requires if not os.path.exists(path)), "")


def _secret_words(wanted: Mapping[str, Wanted]) -> list[str]:
    """Return the words that stand in secret files alone and look like secrets, the longest first."""

    def words(secret: bool) -> set[str]:
        texts = (file.content.decode("utf-8", "replace") for file in wanted.values() if (file.kind == SECRET) == secret)
        return {word for text in texts for word in WORDS.findall(text)}

    known = words(secret=False) | set(wanted)
    secrets = {
        word
        for word in words(secret=True) - known
        if len(word) >= 12 or (len(word) >= 6 and any(letter.isdigit() for letter in word))
    }
    return sorted(secrets, key=len, reverse=True)


def _said(file: IO[bytes], wanted: Mapping[str, Wanted], folder: str) -> str:
    file.seek(0)
    start = file.read(MOST + 1)
    text = start[:MOST].decode("utf-8", "replace").strip()
    for word in _secret_words(wanted):
        text = text.replace(word, "********")
    text = text.replace(f"{folder}/", "")  # the candidate's folder is gone when this is read
    return f"{text} … (cut off)" if len(start) > MOST else text


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End the program with all that it started and that is in its group."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(2)  # to tidy up
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)  # a group's number is not given away while somebody is in it
    process.wait()


def judge(folder: str, program: Sequence[str], seconds: int, wanted: Mapping[str, Wanted]) -> None:
    """Run the program on the candidate.

    Raises:
        ReleaseError: in the words of the program.
    """
    command = [part.replace(PLACE, folder) for part in program]
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as complaints:
        try:
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=complaints, cwd="/", start_new_session=True
            )
        except OSError as error:
            raise ReleaseError(f"validate: {program[0]} could not be run: {error.strerror}.") from error
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            _stop(process)
            raise ReleaseError(
                f"validate: {program[0]} did not end within {seconds} s and was stopped. Nothing was changed. "
                "If it only is slow, raise validate_seconds."
            ) from None
        except BaseException:
            _stop(process)
            raise
        if code:
            words = _said(out, wanted, folder) or _said(complaints, wanted, folder)
            raise ReleaseError(words or f"validate: {program[0]} ended with code {code} and said nothing.")
