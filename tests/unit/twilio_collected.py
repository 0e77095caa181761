# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of all modules need to know of each module: one file for each subject, collected here.

A file may define

    CHANGING   module → tasks, each of which would change something in the populated account of test_twilio_all.py
    READING    module → tasks that only read
    populate   a function that adds to that account what its tasks need
    SCENARIOS  tasks for the systematic faults (twilio_faulty.Scenario)
    SECRETS    options that hold secrets, beside those of the credentials
"""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

import twilio_cases

_FILES = [
    importlib.import_module(f"{twilio_cases.__name__}.{found.name}")
    for found in pkgutil.iter_modules(twilio_cases.__path__)
]


def _merged(name: str) -> dict[str, list[dict[str, Any]]]:
    merged: dict[str, list[dict[str, Any]]] = {}
    for file in _FILES:
        merged.update(getattr(file, name, {}))
    return merged


CHANGING = _merged("CHANGING")
READING = _merged("READING")
POPULATE: list[Callable[[Any], None]] = [file.populate for file in _FILES if hasattr(file, "populate")]
SCENARIOS: list[Any] = [scenario for file in _FILES for scenario in getattr(file, "SCENARIOS", [])]
SECRETS: set[str] = {name for file in _FILES for name in getattr(file, "SECRETS", ())}
