# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a sound file can be played to a caller by every PBX: WAV, 8 kHz, 16 bit, mono. Private to the collection."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import PurePath

from .errors import VoiceError

MOST_BYTES = 10 * 1024 * 1024  # eleven minutes
RATE, BITS, CHANNELS = 8000, 16, 1
PCM, EXTENSIBLE = 1, 0xFFFE
ENCODINGS = {2: "ADPCM", 3: "floating point", 6: "A-law", 7: "mu-law", 17: "IMA ADPCM", 49: "GSM", 85: "MP3"}
OTHER_FORMATS = {
    b"ID3": "an MP3 file",
    b"\xff\xfb": "an MP3 file",
    b"OggS": "an Ogg file",
    b"fLaC": "a FLAC file",
    b"FORM": "an AIFF file",
    b".snd": "an AU file",
    b"RIFX": "a WAV file with the bytes in the other order",
    b"$ANSIBLE_VAULT": "encrypted by ansible-vault",
}


class PromptError(VoiceError):
    """A sound file that not every PBX can play. The message says what it is and how to convert it."""


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes, int]]:
    """Yield name, content and stated length of each part of a WAV file."""
    at = 12
    while at + 8 <= len(content):
        name, length = struct.unpack_from("<4sI", content, at)
        yield name, content[at + 8 : at + 8 + length], length
        at += 8 + length + length % 2


def _is_something_else(content: bytes) -> str:
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return ""
    if not content:
        return "is empty"
    known = (what for start, what in OTHER_FORMATS.items() if content.startswith(start))
    return f"is {next(known, 'not a WAV file')}"


def _format_fault(form: bytes) -> str:
    if len(form) < 16:
        return "has no description of its format"
    encoding, channels, rate, __, __, bits = struct.unpack_from("<HHIIHH", form)
    if encoding == EXTENSIBLE and len(form) >= 26:
        encoding = struct.unpack_from("<H", form, 24)[0]
    faults = []
    if encoding != PCM:
        faults.append(f"encoded as {ENCODINGS.get(encoding, f'format {encoding}')}")
    if rate != RATE:
        faults.append(f"at {rate} Hz")
    if encoding == PCM and bits != BITS:
        faults.append(f"with {bits} bits a sample")
    if channels != CHANNELS:
        faults.append(f"with {channels} channels")
    return f"is WAV {', '.join(faults)}" if faults else ""


def _sound_fault(content: bytes) -> str:
    fault = _is_something_else(content)
    if fault:
        return fault
    form: bytes | None = None
    for name, part, length in _chunks(content):
        if name == b"fmt ":
            form = part
            fault = _format_fault(part)
            if fault:
                return fault
        elif name == b"data" and form is not None:
            if len(part) < length:
                return f"is cut off: {len(part)} of {length} bytes of sound are there"
            return "" if len(part) >= 2 else "has no sound in it"
    return "has no sound in it" if form is not None else "has no description of its format"


def check_prompt(path: str, content: bytes) -> None:
    """Refuse a sound file that a PBX could not play as it is.

    Args:
        path: name of the file for messages.
        content: what is in it, or at least the first ``MOST_BYTES`` + 1 bytes of that.

    Raises:
        PromptError: with what the file is, and the command that makes it fit.
    """
    if len(content) > MOST_BYTES:
        raise PromptError(f"{path} is larger than {MOST_BYTES // 1024 // 1024} MB; cut it.")
    fault = _sound_fault(content)
    if fault:
        better = f"{PurePath(path).stem}-8k.wav"
        raise PromptError(
            f"{path} {fault}. It has to be WAV with 8000 Hz, 16 bits, one channel: convert it by "
            f"`ffmpeg -i {PurePath(path).name} -ar 8000 -ac 1 -c:a pcm_s16le {better}` or "
            f"`sox {PurePath(path).name} -r 8000 -c 1 -b 16 {better}`."
        )
