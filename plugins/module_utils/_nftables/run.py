# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One run of the module. Private."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from .durable import Durable, Part
from .errors import AS_IT_WAS, RefusedError, TableError
from .host import Host
from .nft import Nft
from .record import Record
from .text import Table, check_name, check_rules
from .trial import Pending, State, Trial

LEAST_SECONDS = 5
MOST_SECONDS = 3600
NO_NAMESPACE = (
    "The rules could not be loaded into a network namespace of their own here. They are judged by nft -c alone, and "
    "what is in force is compared with what it was after the last run that loaded the same text."
)


class Run:
    """What one call of the module does.

    Args:
        params: the options.
        planned: whether nothing is to be changed.
        host: the machine.
    """

    def __init__(self, params: Mapping[str, Any], planned: bool, host: Host) -> None:
        self.rules: str = params["rules"] or ""
        self.given = params["rules"] is not None
        self.state: str = params["state"]
        self.seconds: int = params["confirm_seconds"]
        self.planned = planned
        check_name(params["name"])
        self.table = Table(params["family"], params["name"])
        self.host = host
        self.nft = Nft(host, self.table)
        program = self.nft.program or "/usr/sbin/nft"  # where its package will put it
        self.trial = Trial(host, self.table, program)
        self.durable = Durable(host, self.table, program)
        self.record = Record(host, self.table)
        self.program = self.table.program(self.rules)
        self.parts: list[Part] = []
        self.warnings: list[str] = []
        self.pending = False
        self.rolled_back: Mapping[str, Any] | None = None

    def result(self) -> dict[str, Any]:
        """Do it, and return what the module returns."""
        if self.seconds and not LEAST_SECONDS <= self.seconds <= MOST_SECONDS:
            raise TableError(
                f"confirm_seconds: {self.seconds} is not 0 and not from {LEAST_SECONDS} to {MOST_SECONDS}. {AS_IT_WAS}"
            )
        if self.given:
            check_rules(self.rules)
        elif self.state == "present":
            raise TableError(f"rules: state present needs the rules. {AS_IT_WAS}")
        if not self.nft.program and self.state != "absent":
            self._without_nft()
        else:
            with self.host.locked(self.trial.lock, self.planned):
                {"present": self._present, "confirmed": self._confirmed, "absent": self._absent}[self.state]()
        return {
            "changed": bool(self.parts),
            "pending": self.pending,
            "changes": [part.what for part in self.parts],
            "rolled_back": self.rolled_back,
            "notes": self.warnings,
            "diff": [
                {
                    "before_header": part.header,
                    "after_header": part.header,
                    "before": part.before,
                    "after": part.after,
                }
                for part in self.parts
            ],
        }

    def _without_nft(self) -> None:
        if not self.planned:
            raise TableError(f"nft is not on this host. Install the package nftables. {AS_IT_WAS}")
        if self.state == "present":
            self._differs("", self.program.rstrip())
            self.parts += self.durable.differences(self.program)
            self.pending = bool(self.seconds)
            self.warnings.append("nft is not on this host: the rules were not judged by it.")

    def _differs(self, before: str, after: str) -> None:
        end = "\n"
        self.parts.append(
            Part(f"{self.table} in force", f"{self.table} in force", before and before + end, after and after + end)
        )

    def _wanted(self) -> str | None:
        """Return what the rules would be in force; None where that cannot be known."""
        wanted = self.nft.tried(self.program, self.rules)
        if wanted is None:
            self.warnings.append(NO_NAMESPACE)
            self.nft.check(self.program, self.rules)
            wanted = self.record.listing(self.program)
        return wanted

    def _present(self) -> None:
        state = self.trial.state()
        self.rolled_back = state.rolled_back
        now = self.nft.in_force()
        wanted = self._wanted()
        differs = wanted is None or wanted != now
        if differs:
            self._differs(now, self.program if wanted is None else wanted)
        self.parts += self.durable.differences(self.program)
        if state.confirmed:
            self._finish(state.confirmed)
        pending = state.pending
        back_to_start = pending is not None and wanted == pending.before
        if self.seconds and (differs or pending) and not back_to_start:
            self._on_trial(state, now, wanted, differs)
        elif not self.planned:
            self.durable.prove(self.program, AS_IT_WAS)
            if differs:
                self._load(wanted)
            if pending:
                self.trial.end()
            if self.parts:
                self.durable.write(self.program)
        if not self.planned and self.rolled_back:
            self.trial.forget_rolled_back()

    def _load(self, wanted: str | None) -> None:
        self.nft.load(self.program, self.rules)
        if wanted is None:
            self.record.keep(self.program, self.nft.in_force())

    def _finish(self, confirmed: Pending) -> None:
        """Do what a run has left undone that was killed after it confirmed."""
        if not self.parts:
            self.parts.append(Part("an earlier trial was confirmed and not completed", "trial", "", ""))
        if not self.planned:
            self.durable.write(confirmed.program)
            self.trial.end()

    def _on_trial(self, state: State, now: str, wanted: str | None, differs: bool) -> None:
        self.pending = True
        self.trial.check_means()
        if not self.parts:
            self.parts.append(Part("a trial is not confirmed yet", "trial", "", ""))
        earlier = state.pending
        before = earlier.before if earlier else now
        if earlier is None:
            way_back = self._way_back(now)
        if self.planned:
            return
        self.durable.prove(self.program, AS_IT_WAS)
        if earlier is None:
            self.trial.keep_before(way_back)
        since = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        token = self.trial.arm(since, self.seconds)
        trial = Pending(token, since, self.seconds, self.program, wanted, before)
        self.trial.begin(trial)
        if earlier:
            self.trial.disarm(earlier.token)
        if not differs:
            return
        try:
            self._load(wanted)
        except RefusedError:
            # Unless nft was wrong: then the way back is needed.
            if earlier is None and self.nft.in_force() == before:
                self.trial.end()
            raise

    def _way_back(self, now: str) -> str:
        """Return a program that brings back what is in force; with the counters' state if it can."""
        if not now:
            return self.table.removal
        for state in (True, False):
            program = self.table.restoring(self.nft.listing(state))
            try:
                back = self.nft.tried(program, "")
                if back is None:
                    self.nft.check(program, "")
            except TableError:
                continue
            if back in (None, now):
                return program
        raise TableError(
            "confirm_seconds: what is in force could not be loaded again as it is listed, so that a trial would have "
            f"no way back. Use 0 this once, or remove by hand what nft cannot read back. {AS_IT_WAS}"
        )

    def _confirmed(self) -> None:
        state = self.trial.state()
        if state.confirmed:
            self._finish(state.confirmed)
            return
        pending = state.pending
        if pending is None:
            self._nothing_to_confirm(state)
            return
        if self.given and pending.program != self.program:
            raise TableError(
                f"state: the trial of {self.table} that began at {pending.since} is of other rules. "
                "Another run has begun it. It goes on; nothing was confirmed."
            )
        if pending.wanted is not None and self.nft.in_force() != pending.wanted:
            raise TableError(
                f"state: {self.table} in force is not what is on trial since {pending.since}: something else has "
                f"changed it. Nothing was confirmed. {pending.seconds} s after that time the rules before come back."
            )
        self.parts.append(Part(f"the trial of {self.table} is confirmed", "trial", "pending\n", "confirmed\n"))
        self.parts += self.durable.differences(pending.program)
        if not self.planned:
            self.durable.prove(
                pending.program,
                f"Nothing was confirmed; {pending.seconds} s after {pending.since} the rules before come back.",
            )
            self.trial.commit()
            self.durable.write(pending.program)
            self.trial.end()

    def _nothing_to_confirm(self, state: State) -> None:
        self.rolled_back = state.rolled_back
        if self.planned:
            return
        if state.rolled_back:
            raise TableError(
                f"The change of {self.table} was taken back at {state.rolled_back['at']}: it was not confirmed within "
                f"{state.rolled_back['seconds']} s. The rules before it are in force. If the connection was lost in "
                "between, the new rules are what cut it off: correct them, then run again with state present."
            )
        if self.given:
            in_force = self._wanted() == self.nft.in_force()
            if in_force and not self.durable.differences(self.program):
                return
        raise TableError(
            f"There is no trial of {self.table} to confirm. If the host was restarted since, the last confirmed rules "
            "are in force. Run again with state present."
        )

    def _absent(self) -> None:
        now = self.nft.in_force() if self.nft.program else ""  # what nft left behind goes also without it
        if now:
            self._differs(now, "")
        self.parts += [Part(f"the file {path}", path, self.host.read(path) or "", "") for path in self.durable.leaves()]
        if self.planned:
            return
        self.durable.remove()
        if now:
            self.nft.load(self.table.removal)
        if self.trial.leaves():
            self.trial.clear()
        self.record.remove()
