# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The lookup prompt: only what every PBX can play, with a remedy for everything else."""

from __future__ import annotations

import base64
import struct
import wave
from pathlib import Path
from typing import Any

import pytest
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader

from ansible_collections.dialtone.voice.plugins.lookup.prompt import LookupModule
from ansible_collections.dialtone.voice.plugins.module_utils._voice.prompts import PromptError, check_prompt


def wav(
    *,
    rate: int = 8000,
    bits: int = 16,
    channels: int = 1,
    encoding: int = 1,
    extra: bytes = b"",
    sound: bytes = b"\0" * 320,
) -> bytes:
    width = bits // 8
    form = struct.pack("<HHIIHH", encoding, channels, rate, rate * width * channels, width * channels, bits) + extra
    body = b"WAVE" + b"fmt " + struct.pack("<I", len(form)) + form
    body += b"LIST" + struct.pack("<I", 3) + b"abc\0"  # an odd length is padded
    body += b"data" + struct.pack("<I", len(sound)) + sound
    return b"RIFF" + struct.pack("<I", len(body)) + body


def test_what_the_standard_library_writes_fits(tmp_path: Path) -> None:
    with wave.open(str(tmp_path / "x.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\1\0" * 800)
    check_prompt("x.wav", (tmp_path / "x.wav").read_bytes())


def test_what_fits() -> None:
    check_prompt("x.wav", wav())
    check_prompt("x.wav", wav(encoding=0xFFFE, extra=struct.pack("<HHIH", 22, 16, 4, 1) + b"\0" * 14))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "x.wav is empty."),
        (b"hello", "x.wav is not a WAV file."),
        (b"ID3\4", "x.wav is an MP3 file."),
        (b"OggS", "x.wav is an Ogg file."),
        (b"$ANSIBLE_VAULT;1.1", "x.wav is encrypted by ansible-vault."),
        (wav(rate=44100, channels=2), "x.wav is WAV at 44100 Hz, with 2 channels."),
        (wav(bits=8), "is WAV with 8 bits a sample."),
        (wav(encoding=7, bits=8), "is WAV encoded as mu-law."),
        (wav(encoding=0xFFFE, bits=32, extra=struct.pack("<HHIH", 22, 32, 4, 3) + b"\0" * 14), "as floating point."),
        (wav(encoding=99), "encoded as format 99."),
        (wav()[:-20], "is cut off: 300 of 320 bytes of sound are there."),
        (wav(sound=b""), "has no sound in it."),
        (wav()[:40], "has no sound in it."),
        (wav()[:12], "has no description of its format."),
        (b"RIFF\0\0\0\0WAVEfmt \2\0\0\0ab", "has no description of its format."),
    ],
)  # fmt: skip
def test_what_does_not_fit(content: bytes, words: str) -> None:
    with pytest.raises(PromptError) as caught:
        check_prompt("x.wav", content)
    assert words in str(caught.value)
    assert "`ffmpeg -i x.wav -ar 8000 -ac 1 -c:a pcm_s16le x-8k.wav`" in str(caught.value)


def test_what_is_too_large() -> None:
    with pytest.raises(PromptError, match="larger than 10 MB; cut it"):
        check_prompt("x.wav", wav(sound=b"\0" * (10 * 1024 * 1024)))


def look_up(folder: Path, *terms: str) -> Any:
    loader = DataLoader()
    loader.set_basedir(str(folder))
    plugin = LookupModule(loader=loader)
    return plugin.run(list(terms), {"ansible_search_path": [str(folder)]})


def test_the_lookup_searches_and_encodes(tmp_path: Path) -> None:
    (tmp_path / "files" / "prompts").mkdir(parents=True)
    (tmp_path / "files" / "prompts" / "a.wav").write_bytes(wav())
    encoded = base64.b64encode(wav()).decode()
    assert look_up(tmp_path, "prompts/a.wav", str(tmp_path / "files/prompts/a.wav")) == [encoded, encoded]


def test_the_lookup_says_what_is_wrong(tmp_path: Path) -> None:
    with pytest.raises(AnsibleError, match=r"a\.wav is not on the controller; put it into the folder files"):
        look_up(tmp_path, "a.wav")
    (tmp_path / "a.wav").mkdir()
    with pytest.raises(AnsibleError, match=r"a\.wav cannot be read: Is a directory"):
        look_up(tmp_path, "a.wav")
    (tmp_path / "b.wav").write_bytes(b"ID3")
    with pytest.raises(AnsibleError, match=r"b\.wav is an MP3 file"):
        look_up(tmp_path, "b.wav")
