# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a telephone's password withstands guessing. Private to the collection.

SIP passwords are attacked by machines that try thousands of guesses a second, and an answer to a challenge can be tried
off-line. So a secret has to be random. No message here ever holds the secret or a part of it.
"""

from __future__ import annotations

import math
import re
import string

#: The least number of characters.
LEAST_LENGTH = 12
#: The least strength, in bits, by the estimate below. Twelve random letters and digits have 71.
LEAST_BITS = 55.0

REMEDY = "use at least 12 random characters, for example from `openssl rand -base64 18`"

# What is guessed first, in lower case. Each counts as one character.
_GUESSED = re.compile(
    "password|passwort|passw0rd|secret|geheim|changeme|welcome|letmein|qwertz|qwerty|asdfgh|yxcvbn|zxcvbn|admin|"
    "root|asterisk|freeswitch|twilio|phone|office|extension|telephone|voip|test|demo|example|company"
)

_POOLS = (string.ascii_lowercase, string.ascii_uppercase, string.digits, string.punctuation)


def strength(secret: str, known: tuple[str, ...] = ()) -> float:
    """Estimate the strength of ``secret`` in bits.

    Words that are guessed first, and what is known about its owner, count as one character; what continues a row
    of at least two characters (aaaa, 1234, dcba) counts as nothing.

    Args:
        secret: the secret.
        known: what an attacker knows, such as the extension and the owner's name.
    """
    pool = sum(len(characters) for characters in _POOLS if any(character in characters for character in secret))
    text = _GUESSED.sub("\0", secret.lower())
    for word in (part for phrase in known for part in re.findall(r"\w{3,}", phrase.lower())):
        text = text.replace(word, "\0")
    steps = [ord(right) - ord(left) for left, right in zip(text, text[1:])]
    continued = sum(1 for first, second in zip(steps, steps[1:]) if first == second and abs(first) <= 1)
    count = len(text) - continued
    # However long, a secret of few different characters is one pattern repeated.
    count = min(count, 3 * len(set(text)))
    return count * math.log2(pool) if pool else 0.0


def secret_problem(secret: str, known: tuple[str, ...] = ()) -> str | None:
    """Return what is wrong with a secret, as the end of a sentence that begins with its path, or None."""
    if not re.fullmatch(r"[\x21-\x7e]+", secret):
        return f"it is empty or has spaces, control characters or letters outside ASCII: {REMEDY}."
    if len(secret) < LEAST_LENGTH:
        return f"it is shorter than {LEAST_LENGTH} characters: {REMEDY}."
    if strength(secret, known) < LEAST_BITS:
        return f"it can be guessed: {REMEDY}."
    return None
