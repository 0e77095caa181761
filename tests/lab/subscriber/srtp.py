# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""SRTP with keys from the session description (RFC 3711, RFC 4568): AES in counter mode, HMAC-SHA1 tags.

The standard library has no AES. The libcrypto that Python's own `ssl` module is linked with has, so it is called
through ctypes (docs/decisions/measuring-telephone.md says why).
"""

from __future__ import annotations

import base64
import binascii
import ctypes
import hmac
import secrets
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lab.subscriber.uri import SipError

# Length of the authentication tag in bytes; both suites have a key of 16 bytes and a salt of 14.
SUITES = {"AES_CM_128_HMAC_SHA1_80": 10, "AES_CM_128_HMAC_SHA1_32": 4}
KEY, SALT = 16, 14
WINDOW = 64  # packets behind the highest that are still told apart from repeated ones (RFC 3711 3.3.2)

_LIBRARIES = ("libcrypto.so.3", "libcrypto.so.1.1", "libcrypto.so")
_ENCRYPTION, _AUTHENTICATION, _SALTING = 0, 1, 2  # labels of RFC 3711 4.3.1


@cache
def _library() -> ctypes.CDLL:
    for name in _LIBRARIES:
        try:
            found = ctypes.CDLL(name)
        except OSError:
            continue
        found.EVP_CIPHER_CTX_new.restype = ctypes.c_void_p
        found.EVP_aes_128_ctr.restype = ctypes.c_void_p
        found.EVP_CIPHER_CTX_free.argtypes = [ctypes.c_void_p]
        found.EVP_EncryptInit_ex.argtypes = [ctypes.c_void_p] * 3 + [ctypes.c_char_p] * 2
        found.EVP_EncryptUpdate.argtypes = [
            ctypes.c_void_p,
            ctypes.c_void_p,
            ctypes.POINTER(ctypes.c_int),
            ctypes.c_char_p,
            ctypes.c_int,
        ]
        return found
    raise SipError(f"SRTP needs OpenSSL's library, one of {', '.join(_LIBRARIES)}: install the package openssl")


class AesCtr:
    """AES-128 in counter mode with one key. Encrypting and decrypting are the same."""

    def __init__(self, key: bytes) -> None:
        self._library = _library()
        self._context: Any = self._library.EVP_CIPHER_CTX_new()
        self._check(self._library.EVP_EncryptInit_ex(self._context, self._library.EVP_aes_128_ctr(), None, key, None))

    def apply(self, counter: bytes, data: bytes) -> bytes:
        """Return data combined with the key stream that begins at this counter block of 16 bytes."""
        self._check(self._library.EVP_EncryptInit_ex(self._context, None, None, None, counter))
        out = ctypes.create_string_buffer(len(data) + 16)
        length = ctypes.c_int()
        self._check(self._library.EVP_EncryptUpdate(self._context, out, ctypes.byref(length), data, len(data)))
        return out.raw[: length.value]

    def __del__(self) -> None:
        if getattr(self, "_context", None):
            self._library.EVP_CIPHER_CTX_free(self._context)

    @staticmethod
    def _check(result: int) -> None:
        if result != 1:
            raise RuntimeError("libcrypto refused an AES operation")


@dataclass(frozen=True)
class Crypto:
    """One `a=crypto` attribute. The key is kept out of repr."""

    tag: int
    suite: str
    key: bytes = field(repr=False)  # master key and master salt

    @classmethod
    def fresh(cls, tag: int, suite: str) -> Crypto:
        """A crypto attribute with a random key."""
        return cls(tag, suite, secrets.token_bytes(KEY + SALT))

    @classmethod
    def parse(cls, value: str) -> Crypto | None:
        """Read the text behind `crypto:`. None for what is well-formed but not for us: another suite, an MKI, session
        parameters that must be understood. Raises SipError for what is malformed."""
        words = value.split()
        if len(words) < 3 or not words[0].isdigit():
            raise SipError(f"a=crypto:{words[0] if words else ''} is not a tag, a suite and a key")
        tag, suite, params = int(words[0]), words[1].upper(), words[2].split(";")
        if suite not in SUITES or len(params) != 1 or any(not word.startswith("-") for word in words[3:]):
            return None
        method, __, rest = params[0].partition(":")
        text, *more = rest.split("|")
        if method.lower() != "inline":
            return None
        try:
            key = base64.b64decode(text, validate=True)
        except binascii.Error:
            key = b""
        if len(key) != KEY + SALT:
            raise SipError(f"the key of a=crypto:{tag} is not {KEY + SALT} bytes in base64")
        if any(":" in part for part in more):
            return None
        return cls(tag, suite, key)

    def __str__(self) -> str:
        return f"{self.tag} {self.suite} inline:{base64.b64encode(self.key).decode()}"


def derive(key: bytes, label: int, length: int) -> bytes:
    """Return a session key (RFC 3711 4.3.1, key derivation rate 0); `key` is master key and master salt."""
    salt = bytearray(key[KEY:] + b"\0\0")
    salt[7] ^= label
    return AesCtr(key[:KEY]).apply(bytes(salt), bytes(length))


def _header_length(packet: bytes) -> int:
    """Bytes of the RTP header with contributing sources and extension, which stay readable."""
    length = 12 + 4 * (packet[0] & 0x0F)
    if packet[0] & 0x10 and len(packet) >= length + 4:
        length += 4 + 4 * int.from_bytes(packet[length + 2 : length + 4], "big")
    return length


class SrtpError(Exception):
    """A packet that is not to be used. `kind` is `forged` (wrong tag, or cut short) or `replayed`."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


class SrtpContext:
    """One direction: protects what we send, or opens what we receive, with one master key."""

    def __init__(self, crypto: Crypto) -> None:
        self.crypto = crypto
        self._tag = SUITES[crypto.suite]
        self._cipher = AesCtr(derive(crypto.key, _ENCRYPTION, KEY))
        self._secret = derive(crypto.key, _AUTHENTICATION, 20)
        self._salt = int.from_bytes(derive(crypto.key, _SALTING, SALT), "big") << 16
        self._streams: dict[int, _Stream] = {}

    def protect(self, packet: bytes) -> bytes:
        """Encrypt and sign one RTP packet."""
        sequence, ssrc = _identity(packet)
        stream = self._streams.setdefault(ssrc, _Stream())
        index = stream.estimate(sequence)
        stream.accept(index)
        start = _header_length(packet)
        sealed = packet[:start] + self._cipher.apply(self._counter(ssrc, index), packet[start:])
        return sealed + self._sign(sealed, index)

    def open(self, data: bytes) -> bytes:
        """Check and decrypt one packet. Raises SrtpError."""
        if len(data) < 12 + self._tag or len(data) < _header_length(data) + self._tag:
            raise SrtpError("forged")
        packet, tag = data[: -self._tag], data[-self._tag :]
        sequence, ssrc = _identity(packet)
        stream = self._streams.get(ssrc) or _Stream()
        index = stream.estimate(sequence)
        if stream.knows(index):
            raise SrtpError("replayed")
        if not hmac.compare_digest(self._sign(packet, index), tag):
            raise SrtpError("forged")
        stream.accept(index)
        self._streams[ssrc] = stream
        start = _header_length(packet)
        return packet[:start] + self._cipher.apply(self._counter(ssrc, index), packet[start:])

    def _counter(self, ssrc: int, index: int) -> bytes:
        return (self._salt ^ (ssrc << 64) ^ (index << 16)).to_bytes(16, "big")

    def _sign(self, packet: bytes, index: int) -> bytes:
        return hmac.digest(self._secret, packet + (index >> 16).to_bytes(4, "big"), "sha1")[: self._tag]


def _identity(packet: bytes) -> tuple[int, int]:
    """Sequence number and synchronisation source."""
    return int.from_bytes(packet[2:4], "big"), int.from_bytes(packet[8:12], "big")


class _Stream:
    """The packet index of one synchronisation source: sequence number and roll-over counter, and what was seen."""

    def __init__(self) -> None:
        self._highest: int | None = None
        self._seen = 0  # bit n: the packet n before the highest

    def estimate(self, sequence: int) -> int:
        """The index that a sequence number most likely means (RFC 3711 3.3.1, appendix A)."""
        if self._highest is None:
            return sequence
        rollover, last = divmod(self._highest, 1 << 16)
        if last < 1 << 15:
            if sequence - last > 1 << 15 and rollover:
                rollover -= 1
        elif last - (1 << 15) > sequence:
            rollover += 1
        return rollover << 16 | sequence

    def knows(self, index: int) -> bool:
        """Whether this index was seen, or is too old to tell."""
        if self._highest is None or index > self._highest:
            return False
        behind = self._highest - index
        return behind >= WINDOW or bool(self._seen >> behind & 1)

    def accept(self, index: int) -> None:
        """Note an index that was authentic."""
        if self._highest is None:
            self._highest, self._seen = index, 1
        elif index > self._highest:
            self._seen = (self._seen << (index - self._highest) | 1) & ((1 << WINDOW) - 1)
            self._highest = index
        else:
            self._seen |= 1 << (self._highest - index)
