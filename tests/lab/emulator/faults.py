# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Failures on request: which requests go wrong, how, and whether before or after they took effect."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from lab.emulator.errors import LabError

KINDS = ("status", "reset", "timeout", "malformed", "latency")
DEFAULT_HOLD = 30.0  # seconds a `timeout` keeps the connection open


@dataclass
class Fault:
    """One fault. Counted down as it strikes; `times` None means for ever.

    Attributes:
        method, path: what a request must match; None matches all.
        skip: matching requests to let pass first.
        kind, when: as in tests/lab/README.md.
        status, code, retry_after: of kind `status`; code None: the usual one of the status.
        seconds: of the kinds `latency` and `timeout`.
    """

    method: str | None
    path: re.Pattern[str] | None
    skip: int
    times: int | None
    kind: str
    when: str
    status: int
    code: int | None
    retry_after: int | None
    seconds: float

    def matches(self, method: str, path: str) -> bool:
        return (self.method is None or self.method == method) and (self.path is None or bool(self.path.search(path)))

    def shown(self) -> dict[str, Any]:
        match = {"method": self.method, "path_regex": self.path.pattern if self.path else None}
        rest = ("skip", "times", "kind", "when", "status", "code", "retry_after", "seconds")
        return {"match": match, **{key: getattr(self, key) for key in rest}}


class Faults:
    """The faults in force, in order; the first that matches a request strikes, and only that one."""

    def __init__(self) -> None:
        self._faults: list[Fault] = []

    def replace(self, faults: list[Fault]) -> None:
        self._faults = faults

    def strike(self, method: str, path: str) -> Fault | None:
        """The fault for a request, counted, or None."""
        for fault in self._faults:
            if not fault.matches(method, path) or fault.times == 0:
                continue
            if fault.skip > 0:
                fault.skip -= 1
                continue
            if fault.times is not None:
                fault.times -= 1
            return fault
        return None

    def shown(self) -> list[dict[str, Any]]:
        return [fault.shown() for fault in self._faults]


def parse_faults(body: dict[str, Any]) -> list[Fault]:
    """The faults of a `POST /_lab/faults` body.

    Raises:
        LabError: naming the entry and what is wrong with it.
    """
    entries = body.get("faults")
    if set(body) != {"faults"} or not isinstance(entries, list):
        raise LabError('the body must be {"faults": [...]}')
    return [_parse(entry, f"faults[{index}]") for index, entry in enumerate(entries)]


_KEYS = {"match", "skip", "times", "kind", "when", "status", "code", "retry_after", "seconds"}


def _parse(entry: Any, where: str) -> Fault:
    if not isinstance(entry, dict):
        raise LabError(f"{where} is not an object")
    match = entry.get("match") or {}
    if not isinstance(match, dict):
        raise LabError(f"{where}.match is not an object")
    unknown = [*(set(entry) - _KEYS), *(set(match) - {"method", "path_regex"})]
    if unknown:
        raise LabError(f"{where} has the unknown key {sorted(unknown)[0]!r}")
    kind = entry.get("kind")
    if kind not in KINDS:
        raise LabError(f"{where}.kind is {kind!r}; it must be one of {', '.join(KINDS)}")
    when = entry.get("when") or "before"
    if when not in ("before", "after"):
        raise LabError(f"{where}.when is {when!r}; it must be before or after")
    path = match.get("path_regex")
    try:
        pattern = re.compile(path) if path is not None else None
    except (re.error, TypeError) as error:
        raise LabError(f"{where}.match.path_regex {path!r} is not a regular expression: {error}") from None
    status = _integer(entry, "status", where, 503, range(100, 600))
    if status is None or (kind == "status" and status < 400):
        raise LabError(f"{where}.status is {status}; a fault has a status from 400 to 599")
    method = match.get("method")
    return Fault(
        method=method.upper() if isinstance(method, str) else None,
        path=pattern,
        skip=_integer(entry, "skip", where, 0, range(0, 10**6)) or 0,
        times=_integer(entry, "times", where, 1, range(1, 10**6)) if entry.get("times", 1) is not None else None,
        kind=kind,
        when=when,
        status=status,
        code=_integer(entry, "code", where, None, range(1, 100_000)),
        retry_after=_integer(entry, "retry_after", where, None, range(0, 86_401)),
        seconds=_seconds(entry, where, DEFAULT_HOLD if kind == "timeout" else 0.0),
    )


def _integer(entry: dict[str, Any], key: str, where: str, default: int | None, allowed: range) -> int | None:
    value = entry.get(key, default)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or value not in allowed:
        raise LabError(f"{where}.{key} is {value!r}; it must be an integer from {allowed[0]} to {allowed[-1]}")
    return value


def _seconds(entry: dict[str, Any], where: str, default: float) -> float:
    value = entry.get("seconds")
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= 3600:
        raise LabError(f"{where}.seconds is {value!r}; it must be a number from 0 to 3600")
    return float(value)
