# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every part of the emulator shares: the store, the settings, the clock, the dice and the lock."""

from __future__ import annotations

import random
import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from lab.emulator.errors import LabError
from lab.emulator.store import Store
from lab.hosts.plan import EDGES

EDGE_STATES = ("up", "silent", "503")


@dataclass
class Settings:
    """What `POST /_lab/settings` can change.

    Attributes:
        latency_seconds: added to every REST request, as distance would; 0 by default.
        concurrency_limit: requests of one account at once; above it 429 with code 20429. None, the default: no limit.
        emergency_seconds: how long registering or unregistering an emergency address stays pending; default 1.
        emergency_outcome: how it then ends, `success` (default) or `failure`.
        trunk_cps: calls per second by termination domain or trunk SID, over the account's own figure.
        read_after_write_requests: how many requests for a new object answer 404 first; default 0.
        read_after_write_seconds: for how long they do; default 0. With both, both must be over.
        trial_trunks: trunks of a trial account; default 0, which is no SIP trunking at all.
        trial_numbers: numbers of a trial account; default 1.
        edges: edges, or single addresses of them, that are not `up`: `silent` (nothing gets in or out) or `503`. What
            is posted is added to what there is; `up` takes an entry away.
        pass_unencrypted: whether calls to a secure trunk go to the PBX also without SRTP; default false.
    """

    latency_seconds: float = 0.0
    concurrency_limit: int | None = None
    emergency_seconds: float = 1.0
    emergency_outcome: str = "success"
    trunk_cps: dict[str, int] = field(default_factory=dict)
    read_after_write_requests: int = 0
    read_after_write_seconds: float = 0.0
    trial_trunks: int = 0
    trial_numbers: int = 1
    edges: dict[str, str] = field(default_factory=dict)
    pass_unencrypted: bool = False

    def change(self, body: dict[str, object]) -> None:
        """Take over a JSON object; all of it or, with a LabError, nothing."""
        checks: dict[str, Callable[[object], bool]] = {
            "latency_seconds": _seconds,
            "concurrency_limit": lambda value: value is None or _count(value),
            "emergency_seconds": _seconds,
            "emergency_outcome": lambda value: value in ("success", "failure"),
            "trunk_cps": lambda value: isinstance(value, dict) and all(_count(cps) for cps in value.values()),
            "read_after_write_requests": lambda value: _count(value, 0),
            "read_after_write_seconds": _seconds,
            "trial_trunks": lambda value: _count(value, 0),
            "trial_numbers": lambda value: _count(value, 0),
            "edges": lambda value: isinstance(value, dict) and all(map(_edge_state, value.items())),
            "pass_unencrypted": lambda value: isinstance(value, bool),
        }
        for key, value in body.items():
            if key not in checks:
                raise LabError(f"setting {key!r} is unknown; known are {', '.join(checks)}")
            if not checks[key](value):
                raise LabError(f"setting {key!r} cannot be {value!r}; see docs/emulator.md for its values")
        for key, value in body.items():
            if key == "edges" and isinstance(value, dict):
                value = {name: state for name, state in {**self.edges, **value}.items() if state != "up"}  # noqa: PLW2901
            setattr(self, key, {k.lower(): v for k, v in value.items()} if isinstance(value, dict) else value)


def _edge_state(entry: tuple[object, object]) -> bool:
    name, state = entry
    known = isinstance(name, str) and (name.lower() in EDGES or re.fullmatch(r"[0-9]{1,3}(\.[0-9]{1,3}){3}", name))
    return bool(known) and state in EDGE_STATES


def _seconds(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and 0 <= value <= 3600


def _count(value: object, lowest: int = 1) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= lowest


class Context:
    """The emulator's state.

    Args:
        wall: seconds since the epoch, for dates.
        clock: monotonic seconds, for rates and pending states; tests inject their own.
        dice: the source of chance, for weighted origination.
    """

    def __init__(
        self,
        wall: Callable[[], float] = time.time,
        clock: Callable[[], float] = time.monotonic,
        dice: random.Random | None = None,
    ) -> None:
        self.wall = wall
        self.clock = clock
        self.dice = dice or random.Random()  # noqa: S311 - shares calls out, guards nothing
        self.lock = threading.RLock()
        self.stopping = threading.Event()
        self.store = Store()
        self.settings = Settings()
        self.on_edges: Callable[[dict[str, str]], None] | None = None  # makes edges silent; None: nothing can

    def tell_edges(self) -> None:
        """Put the state of the edges into effect. LabError when that fails."""
        if self.on_edges is not None:
            self.on_edges(dict(self.settings.edges))

    def wait(self, seconds: float) -> None:
        """Let time pass, but no longer than the emulator lives. Not to be called with the lock held."""
        if seconds > 0:
            self.stopping.wait(seconds)
