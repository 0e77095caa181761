# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Weak secrets are found, random ones are let through, and no sentence holds one."""

from __future__ import annotations

import random
import string

import pytest

from ansible_collections.dialtone.voice.plugins.module_utils._voice.passwords import secret_problem


@pytest.mark.parametrize(
    "secret",
    [
        "password1234",
        "Password12345!",
        "aaaaaaaaaaaaaaaaaaaaaaaa",
        "123456789012345678",
        "abcdefghijklmnopqrstuvwxyz",
        "abababababababababababab",
        "asterisk-101-asterisk",
        "Reception101Reception",
        "changemechangeme",
        "qwertyqwerty12",
        "101101101101101",
        "000000000000",
        "29384756102938",
    ],
)
def test_secrets_that_can_be_guessed(secret: str) -> None:
    problem = secret_problem(secret, ("101", "Reception"))
    assert problem is not None
    assert problem.startswith("it can be guessed: use at least 12 random characters")
    assert secret not in problem


@pytest.mark.parametrize("secret", ["", "hunter2", "x7G!p2Lq9Zk"])
def test_short_secrets(secret: str) -> None:
    problem = secret_problem(secret)
    assert problem is not None
    assert secret == "" or secret not in problem


@pytest.mark.parametrize("secret", ["correct horse battery", "kJ8_xq2Lw0Tz\n", "kJ8_xq2Lw0Tzé", "kJ8_xq2\x00w0TzP"])
def test_characters_that_do_not_survive_a_configuration_file(secret: str) -> None:
    assert "spaces, control characters or letters outside ASCII" in str(secret_problem(secret))


@pytest.mark.parametrize(
    "pool", [string.ascii_letters + string.digits, string.ascii_lowercase + string.digits, "0123456789abcdef"]
)
@pytest.mark.parametrize("length", [12, 16, 24])
def test_random_secrets_are_let_through(pool: str, length: int) -> None:
    if len(pool) == 16 and length == 12:
        length = 20  # 48 bits are too few
    chance = random.Random(7)  # noqa: S311
    refused = sum(
        secret_problem("".join(chance.choice(pool) for __ in range(length)), ("101", "Reception")) is not None
        for __ in range(2000)
    )
    assert refused <= 2
