# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Session descriptions: offers and answers for one audio stream (RFC 4566, RFC 3264), with SRTP keys (RFC 4568)."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field

from lab.subscriber.srtp import SUITES, Crypto
from lab.subscriber.uri import SipError

PLAIN, SECURE = "RTP/AVP", "RTP/SAVP"
STATIC = {"PCMU": 0, "PCMA": 8}  # RFC 3551
EVENTS = 101  # payload type of telephone-event in our offers, as Twilio's
DIRECTIONS = ("sendrecv", "sendonly", "recvonly", "inactive")
_MIRROR = {"sendrecv": "sendrecv", "sendonly": "recvonly", "recvonly": "sendonly", "inactive": "inactive"}


@dataclass(frozen=True)
class Security:
    """Whether audio is encrypted, and how.

    mode: `none` (never), `require` (RTP/SAVP or nothing), `offer` (RTP/AVP with keys as a wish; what comes is taken).
    """

    mode: str = "none"
    suites: tuple[str, ...] = ("AES_CM_128_HMAC_SHA1_80",)


@dataclass
class Media:
    """One m= section."""

    kind: str
    port: int
    protocol: str
    formats: list[str]
    address: str | None = None
    direction: str | None = None
    ptime: int | None = None
    names: dict[str, str] = field(default_factory=dict)  # payload type → "PCMU/8000"
    crypto: list[str] = field(default_factory=list)  # the values of a=crypto

    def cryptos(self, suites: Sequence[str]) -> list[Crypto]:
        """The keys we can use, in the order in which they stand there. Raises SipError for a malformed one."""
        found = [Crypto.parse(value) for value in self.crypto]
        return [crypto for crypto in found if crypto is not None and crypto.suite in suites]

    def codecs(self) -> dict[str, int]:
        """Encoding name (upper case) → payload type, in the order of preference, 8000 Hz only."""
        result: dict[str, int] = {}
        for text in self.formats:
            if not text.isdigit():
                continue
            number = int(text)
            static = next((name for name, value in STATIC.items() if value == number), "")
            name, __, rate = self.names.get(text, f"{static}/8000").partition("/")
            if name and rate.split("/")[0] == "8000":
                result.setdefault(name.upper(), number)
        return result


@dataclass
class Session:
    """A whole description, with the session's defaults already filled into `media`."""

    media: list[Media]

    @classmethod
    def parse(cls, body: bytes) -> Session:
        """Read a description; raise SipError when it is malformed."""
        address: str | None = None
        direction = "sendrecv"
        media: list[Media] = []
        lines = body.decode("utf-8", "replace").replace("\r\n", "\n").split("\n")
        if not lines[0].startswith("v=0"):
            raise SipError("the session description does not begin with v=0")
        for line in lines:
            kind, equals, value = line.partition("=")
            value = value.strip()
            if not equals:
                continue
            if kind == "m":
                media.append(_media(value))
            elif kind == "c":
                where = _connection(value)
                if media:
                    media[-1].address = where
                else:
                    address = where
            elif kind == "a" and not media and value in DIRECTIONS:
                direction = value
            elif kind == "a" and media:
                _attribute(media[-1], value)
        for item in media:
            item.address = item.address or address
            item.direction = item.direction or direction
        return cls(media)

    @property
    def audio(self) -> Media | None:
        """The first audio stream that is not switched off."""
        return next((item for item in self.media if item.kind == "audio" and item.port), None)

    def summary(self) -> dict[str, object] | None:
        """The audio stream for reports."""
        audio = self.audio
        if audio is None:
            return None
        return {
            "address": audio.address,
            "port": audio.port,
            "protocol": audio.protocol,
            "codecs": list(audio.codecs()),
            "direction": audio.direction,
            "ptime": audio.ptime,
            "crypto": [" ".join(value.split()[1:2]) for value in audio.crypto],  # the suites, without the keys
        }


def _media(value: str) -> Media:
    words = value.split()
    if len(words) < 4 or not words[1].split("/")[0].isdigit():
        raise SipError(f"m={value!r} is not a media line")
    port = int(words[1].split("/")[0])
    if port > 65535:
        raise SipError(f"port {port} in m={value!r} is above 65535")
    return Media(words[0], port, words[2].upper(), words[3:])


def _connection(value: str) -> str:
    words = value.split()
    if len(words) != 3 or words[0] != "IN":
        raise SipError(f"c={value!r} is not a connection line")
    return words[2].split("/")[0]


def _attribute(media: Media, value: str) -> None:
    name, __, rest = value.partition(":")
    if name in DIRECTIONS:
        media.direction = name
    elif name == "ptime" and rest.strip().isdigit():
        media.ptime = int(rest)
    elif name == "rtpmap":
        number, __, encoding = rest.strip().partition(" ")
        media.names[number] = encoding.strip()
    elif name == "crypto":
        media.crypto.append(rest.strip())


@dataclass
class Chosen:
    """What an offer and its answer agree on."""

    codec: str
    payload_type: int
    event_type: int | None
    address: str
    port: int
    direction: str  # ours
    offered: Session | None = None  # set when the other side made the offer
    crypto: Crypto | None = None  # the other side's key
    local_crypto: Crypto | None = None  # and ours

    @property
    def sending(self) -> bool:
        """Whether we may send: not on hold, and there is somewhere to send to."""
        return self.direction in ("sendrecv", "sendonly") and self.address != "0.0.0.0"

    @property
    def receiving(self) -> bool:
        """Whether audio has to come: who holds may send music, and need not."""
        return self.direction == "sendrecv"


def choose(session: Session, codecs: Sequence[str], security: Security | None = None) -> Chosen:
    """Take the first codec of `session` (an offer, or the answer to ours) that is among `codecs`, and the first key.

    Raises SipError, saying what was wanted and what there was, when nothing fits; the answer to that is 488.
    """
    audio = session.audio
    if audio is None:
        raise SipError("the session description has no audio stream")
    crypto = _choose_crypto(audio, security or Security())
    if audio.address is None:
        raise SipError("the session description names no address for the audio")
    there = audio.codecs()
    codec = next((name for name in there if name in codecs), None)
    if codec is None:
        raise SipError(f"no common codec: wanted one of {', '.join(codecs)}, offered {', '.join(there) or 'none'}")
    direction = _MIRROR[audio.direction or "sendrecv"]
    events = there.get("TELEPHONE-EVENT")
    return Chosen(codec, there[codec], events, audio.address, audio.port, direction, crypto=crypto)


def _choose_crypto(audio: Media, security: Security) -> Crypto | None:
    allowed = {"none": (PLAIN,), "offer": (PLAIN, SECURE), "require": (SECURE,)}[security.mode]
    if audio.protocol not in allowed:
        raise SipError(f"audio over {audio.protocol} is not supported, only {' and '.join(allowed)}")
    if security.mode == "none":
        return None
    keys = audio.cryptos(security.suites)
    if not keys and audio.protocol == SECURE:
        there = ", ".join(value.split()[1] for value in audio.crypto if len(value.split()) > 1)
        raise SipError(f"no common SRTP suite: wanted one of {', '.join(security.suites)}, offered {there or 'none'}")
    return keys[0] if keys else None


class Describer:
    """Writes our descriptions: one origin whose version rises only when the text changes (RFC 3264 section 8)."""

    def __init__(self, address: str, port: int, codecs: Sequence[str], security: Security | None = None) -> None:
        self.address = address
        self.port = port
        self.codecs = list(codecs)
        self.security = security or Security()
        self._protocol = SECURE if self.security.mode == "require" else PLAIN
        # One key for each suite, for as long as the call lasts: a re-INVITE must not begin the counters anew.
        self._keys = {suite: Crypto.fresh(number, suite) for number, suite in enumerate(SUITES, 1)}
        self._id = secrets.randbelow(1 << 31)
        self._version = self._id
        self._last = ""

    def offer(self, direction: str = "sendrecv") -> bytes:
        """Everything we can do."""
        types = {name: STATIC[name] for name in self.codecs}
        keys = [] if self.security.mode == "none" else [self._keys[suite] for suite in self.security.suites]
        return self._write([self._audio(types, EVENTS, direction, self._protocol, keys)])

    def answer(self, chosen: Chosen) -> bytes:
        """The answer to `chosen.offered`: the chosen codec, every other stream refused."""
        if chosen.offered is None:
            raise ValueError("there is no offer to answer")
        sections = []
        taken = chosen.offered.audio
        for media in chosen.offered.media:
            if media is taken:
                self._protocol = media.protocol
                types = {chosen.codec: chosen.payload_type}
                keys = [] if chosen.local_crypto is None else [chosen.local_crypto]
                sections.append(self._audio(types, chosen.event_type, chosen.direction, media.protocol, keys))
            else:
                sections.append([f"m={media.kind} 0 {media.protocol} {' '.join(media.formats)}"])
        return self._write(sections)

    def key_for(self, crypto: Crypto, answered: bool) -> Crypto:
        """Our key beside the other side's. `answered`: it answers our offer, which has to hold that suite and tag.

        Raises SipError when it does not.
        """
        ours = self._keys[crypto.suite]
        if not answered:
            return Crypto(crypto.tag, crypto.suite, ours.key)
        if ours.tag != crypto.tag or crypto.suite not in self.security.suites:
            raise SipError(f"the answer takes the key {crypto.tag} {crypto.suite}, which was not offered")
        return ours

    def _audio(
        self, types: dict[str, int], events: int | None, direction: str, protocol: str, keys: Sequence[Crypto]
    ) -> list[str]:
        numbers = [*types.values(), *([] if events is None else [events])]
        lines = [f"m=audio {self.port} {protocol} {' '.join(map(str, numbers))}"]
        lines += [f"a=crypto:{key}" for key in keys]
        lines += [f"a=rtpmap:{number} {name}/8000" for name, number in types.items()]
        if events is not None:
            lines += [f"a=rtpmap:{events} telephone-event/8000", f"a=fmtp:{events} 0-16"]
        return [*lines, "a=ptime:20", "a=maxptime:20", f"a={direction}"]

    def _write(self, sections: list[list[str]]) -> bytes:
        text = "\r\n".join(line for section in sections for line in section)
        if self._last not in ("", text):
            self._version += 1
        self._last = text
        family = "IP6" if ":" in self.address else "IP4"
        head = [
            "v=0",
            f"o=- {self._id} {self._version} IN {family} {self.address}",
            "s=-",
            f"c=IN {family} {self.address}",
            "t=0 0",
        ]
        return ("\r\n".join([*head, text]) + "\r\n").encode()
