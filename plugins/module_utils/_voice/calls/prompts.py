# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The WAV files that a plan plays, under names of the plan's own. Private to the collection."""

from __future__ import annotations

from .site import Site

#: What a destination plays: the option with the file.
_OPTIONS = {"queue": "music", "menu": "prompt", "announcement": "prompt"}


def name(kind: str, name_: str, path: str | None) -> str:
    """Return the name under which a file is installed; "" for no file."""
    return f"{kind}-{name_}.wav" if path else ""


def recording(path: str | None) -> str:
    return "recording.wav" if path else ""


def plan(site: Site) -> dict[str, str]:
    """Return every file to install, by its name, with its path as it was written."""
    found: dict[str, str] = {}
    for kind, option in _OPTIONS.items():
        for __, entry in site.destinations(kind):
            found[name(kind, entry["name"], entry[option])] = entry[option]
    for __, entry in site.entries("voice_mailboxes"):
        found[name("greeting", entry["mailbox"], entry["greeting"])] = entry["greeting"]
    prompt = site.values["voice_call_recording"]["prompt"]
    found[recording(prompt)] = prompt
    return {file: path for file, path in found.items() if file}
