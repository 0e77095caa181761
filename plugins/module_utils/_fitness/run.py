# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From options to findings: read, wait and measure side by side, read again, judge. Private."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import Any

from .checks import CHECKS, NAMES, STUN, TICKS, WRITES, Check
from .errors import Unreadable
from .findings import Finding, overall, summary, unknown
from .judges.case import Case
from .machine import Machine
from .options import Options
from .probes import names, stun, ticks, writes
from .readers import virtual
from .report import lines

LOOKUP_SECONDS = 1.0  # for the address of a STUN server, at one name server
NOTE = "Measured on the machine around this container."


def _attempt(action: Callable[[], Any]) -> Any:
    """What an action returns, or why it cannot be known."""
    try:
        return action()
    except Unreadable as error:
        return error
    except (ValueError, KeyError, IndexError, TypeError, OSError) as error:
        return Unreadable(f"What the kernel says is not as expected ({type(error).__name__}: {error}).")


class Run:
    """One look at a host.

    Args:
        machine: the host.
        wished: the options.
        dns_port: port of the name servers; for tests.
    """

    def __init__(self, machine: Machine, wished: Options, dns_port: int = names.PORT) -> None:
        self._machine = machine
        self._wished = wished
        self._dns_port = dns_port
        self._checks = {name: CHECKS[name] for name in wished.checks}

    # -- probes --------------------------------------------------------------------------------------------------

    def _servers(self) -> list[str]:
        return list(self._wished.nameservers) or names.nameservers(self._machine.text("/etc/resolv.conf"))

    def _resolve(self, name: str) -> list[str]:
        for server in self._servers():
            try:
                reply = names.ask(server, name, min(LOOKUP_SECONDS, self._wished.seconds / 3), self._dns_port)
            except Unreadable:
                continue
            if reply and reply["addresses"]:
                return list(reply["addresses"])
        return []

    def _names(self) -> Any:
        return names.survey(self._servers(), self._wished.names, self._wished.seconds, self._dns_port)

    def _stun(self) -> dict[str, Any]:
        begun = time.monotonic()
        servers = list(self._wished.stun_servers)
        targets, problems = stun.targets(servers, self._resolve)
        left = max(1.0, self._wished.seconds - (time.monotonic() - begun))
        seen = stun.seen(targets, min(left, 4.0)) if targets else []
        return {"seen": seen, "problems": problems, "servers": servers}

    def _probes(self) -> dict[str, Callable[[], Any]]:
        seconds = self._wished.seconds
        known = {
            TICKS: lambda: ticks.ticks(seconds),
            NAMES: self._names,
            STUN: self._stun,
            WRITES: lambda: writes.writes(self._wished.storage_path, seconds),
        }
        wanted = {check.probe for check in self._checks.values()} - {
            "",
            *([] if self._wished.storage_path else [WRITES]),
        }
        return {name: action for name, action in known.items() if name in wanted}

    def _measure(self) -> dict[str, Any]:
        """Run the probes side by side, and let the time of sampling pass."""
        begun = time.monotonic()
        results: dict[str, Any] = {}

        def work(name: str, action: Callable[[], Any]) -> None:
            results[name] = _attempt(action)

        threads = [threading.Thread(target=work, args=pair, daemon=True) for pair in self._probes().items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if any(check.sampled for check in self._checks.values()):
            time.sleep(max(0.0, begun + self._wished.seconds - time.monotonic()))
        return results

    # -- the whole -----------------------------------------------------------------------------------------------

    def _read(self, again: bool = False) -> dict[str, Any]:
        return {
            name: _attempt(lambda check=check: check.read(self._machine))  # type: ignore[misc]
            for name, check in self._checks.items()
            if check.read is not None and (check.sampled or not again)
        }

    def _judge(self, name: str, check: Check, case: Case) -> list[Finding]:
        for reading in (case.before, case.after, case.probed):
            if isinstance(reading, Unreadable):
                return [unknown(name, str(reading))]
        found = _attempt(lambda: check.judge(case))
        return [unknown(name, str(found))] if isinstance(found, Unreadable) else list(found)

    def findings(self) -> list[Finding]:
        """Look, wait, look again, and judge."""
        note = NOTE if _attempt(lambda: virtual.container(self._machine)) else ""
        before = self._read()
        begun = time.monotonic()
        probed = self._measure()
        seconds = time.monotonic() - begun
        after = {**before, **self._read(again=True)}
        found = []
        for name, check in self._checks.items():
            case = Case(
                before.get(name), after.get(name), seconds, probed.get(check.probe), self._wished.limits,
                self._wished.wanted, note if check.machine else "",
            )  # fmt: skip
            found += self._judge(name, check, case)
        return found

    def result(self) -> dict[str, Any]:
        """What the module returns."""
        begun = time.monotonic()
        found = self.findings()
        return {
            "changed": False,
            "findings": [finding.shown() for finding in found],
            "summary": summary(found),
            "verdict": overall(found),
            "report": lines(found),
            "seconds": round(time.monotonic() - begun, 1),
        }
