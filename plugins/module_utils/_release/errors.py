# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong. Private."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


class ReleaseError(Exception):
    """One or more whole sentences for the user."""


@contextmanager
def doing(what: str, outcome: str = "The files in force are as they were.") -> Iterator[None]:
    """Turn an error of the operating system into a sentence.

    Args:
        what: what is being done, as ``write the candidate``.
        outcome: what holds when it fails.
    """
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise ReleaseError(f"Could not {what}: {error.strerror or error}{where}. {outcome}") from error
