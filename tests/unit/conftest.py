# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes `ansible_collections.dialtone.voice` importable, and gives the Twilio tests their two kinds of network."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# A checkout at .../ansible_collections/dialtone/voice can be imported from there, any other through the link in .venv.
PARENT = (
    ROOT.parents[2] if ROOT.parts[-3:] == ("ansible_collections", "dialtone", "voice") else ROOT / ".venv/collections"
)
sys.path.insert(0, str(PARENT))

from twilio_network import Script, World


@pytest.fixture
def script() -> Iterator[Script]:
    """A network that expects exactly the requests it is told of; one too many or too few fails the test."""
    expected = Script()
    yield expected
    expected.finish()


@pytest.fixture
def world() -> World:
    """A network with the emulated Twilio behind it: one account with three numbers, no sockets."""
    return World()
