# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks of voicemail and of recording. Private to the collection. No sentence holds a PIN."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..account_checks import unknown
from .site import Site
from .target_checks import known

_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?")
_RANDOM = "use 6 to 12 random digits"


def pin_problem(pin: str, mailbox: str) -> str | None:
    """Return what is wrong with a PIN, as the end of a sentence that begins with its path, or None."""
    if not re.fullmatch("[0-9]{6,12}", pin):
        return f"it is not 6 to 12 digits: {_RANDOM}, in quotes."
    steps = {int(right) - int(left) for left, right in zip(pin, pin[1:])}
    if steps in ({1}, {-1}):
        return f"it is a run of digits: {_RANDOM}."
    if re.fullmatch(r"([0-9]{1,6})\1+", pin):
        return f"it is a repetition: {_RANDOM}."
    if pin == mailbox:
        return f"it is the number of the mailbox: {_RANDOM}."
    return None


def mailbox_problems(site: Site) -> Iterator[str]:
    """Check the mailboxes, and which extension has which."""
    pins: dict[str, str] = {}
    for path, entry in site.entries("voice_mailboxes"):
        pin = entry["pin"]
        if pin is not None:
            if problem := pin_problem(pin, entry["mailbox"] or ""):
                yield f"{path}.pin: {problem}"
            elif pins.setdefault(pin, path) != path:
                yield f"{path}.pin: {pins[pin]} has the same: {_RANDOM} for each."
        email = entry["email"]
        if email and not _EMAIL.fullmatch(email):
            yield f"{path}.email: '{email}' is not an address: write one such as reception@example.com."
    mailboxes = known(site)["voicemail"]
    for path, entry in site.entries("voice_extensions"):
        mailbox = entry["mailbox"]
        if mailbox is not None and mailbox not in mailboxes:
            yield f"{path}.mailbox: {unknown(mailbox, 'a mailbox', 'voice_mailboxes', mailboxes)}"


def recording_problems(site: Site) -> Iterator[str]:
    """Check what is recorded."""
    recording = site.values["voice_call_recording"]
    if recording["prompt"] and recording["calls"] in ("none", "outbound"):
        yield (
            f"voice_call_recording.prompt: it is there, but calls is '{recording['calls']}', so no inbound caller is "
            "recorded: remove it, or write calls: inbound, all or marked."
        )
    for path, entry in site.entries("voice_extensions"):
        if entry["record"] and recording["calls"] == "none":
            yield (
                f"{path}.record: it is true, but voice_call_recording.calls is 'none', so nothing is recorded: write "
                "calls: marked, or remove it."
            )
