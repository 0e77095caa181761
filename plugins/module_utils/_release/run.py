# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the three states of the module do. Private."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from . import judge, shown
from .errors import ReleaseError, doing
from .stage import write_candidate
from .store import State, Store
from .tree import Difference, Entry, compare, differing, read_tree
from .wanted import PLAIN, Wanted, check_effects, effects_of, rights, wanted_files

Label = Callable[[str, str], None]


class Run:
    """One run of the module.

    Args:
        options: the module's.
        planned: whether nothing may be changed (check mode).
        label: gives a path (first) the security context of a name in the release (second).
    """

    def __init__(self, options: Mapping[str, Any], planned: bool, label: Label | None = None) -> None:
        self.options, self.planned, self.label = options, planned, label
        check_effects(options["effects"])
        if options["keep"] < 1:
            raise ReleaseError(f"keep: {options['keep']} leaves no release to go back to; give 1 or more.")
        self.rights = rights(options, planned)
        self.store = Store(options["path"], options["store"], self.rights.gid if self.rights else None)

    def result(self) -> dict[str, Any]:
        """Do what is wanted, and return the result of the module."""
        if self.options["state"] == "present":
            wanted = self._wanted()
            with doing("look at the places"):
                self.store.check_places(self.planned)
            with self._locked():
                return self._present(wanted)
        if not self.store.exists():
            return self._result(State(), None)  # there is nothing to go back to, and nothing to commit
        with self._locked():
            return self._roll_back() if self.options["state"] == "rolled_back" else self._commit()

    @contextmanager
    def _locked(self) -> Iterator[None]:
        with doing("use the store of the releases"), self.store.locked(self.planned):
            if not self.planned:
                self.store.tidy()
            yield

    def _wanted(self) -> dict[str, Wanted]:
        wanted, program = wanted_files(self.options), self.options["validate"]
        if program and not any(judge.PLACE in part for part in program):
            raise ReleaseError("validate: no argument has {path} in it, so that nothing would be validated.")
        if self.options["validate_seconds"] < 1:
            raise ReleaseError("validate_seconds: give 1 or more.")
        return wanted

    def _result(self, state: State, release: str | None, difference: Difference | None = None) -> dict[str, Any]:
        what = difference or Difference()
        return {
            "changed": False,
            "added": what.added,
            "modified": sorted(what.changed),
            "removed": sorted(what.removed),
            "effects": effects_of({*what.names, *state.pending}, self.options["effects"]),
            "release": release,
            "previous": next((name for name in reversed(state.history) if name != release), None),
            "first": not any(name != release for name in state.history),
        }

    # present

    def _present(self, wanted: dict[str, Wanted]) -> dict[str, Any]:
        store = self.store
        state, current, taking_over = store.load(), store.current(), store.found_folder()
        # Somebody removed the link, or a run was killed between two steps: what was good is in force again.
        lost = current is None and not taking_over and bool(state.history)
        current = state.history[-1] if lost else current
        if lost and current and not self.planned:
            with doing("put the last good release into force again", "Nothing is in force."):
                store.switch(current, self.label)
        before = store.place(current) if current else store.path if taking_over else None
        found: dict[str, Entry] = {}
        if before:
            with doing("read the files in force"):
                found = read_tree(before)
        difference = compare(found, wanted, self.rights)
        renew = taking_over or not before or bool(difference)
        mend = not renew and (lost or store.drifted())
        result = self._result(state, current, difference)
        result["changed"] = renew or mend or bool(state.pending)
        result["diff"] = shown.diff(store.shown, difference, found, wanted, state.plain.get(current or "", []))
        if renew:
            with self._candidate(wanted, before) as candidate:
                release = self._renew(candidate, wanted, difference, state, current)
            result.update(self._result(state, release, difference), changed=True)
        elif mend and not self.planned:
            with doing("put the store of the releases right"):
                store.repair()
        return result

    @contextmanager
    def _candidate(self, wanted: dict[str, Wanted], before: str | None) -> Iterator[str | None]:
        """Write and validate a candidate; None if nothing but the validation needs one, and that cannot be done."""
        program = self.options["validate"]
        lacking = judge.missing(program, self.options["validate_requires"]) if program else ""
        if not self.rights or (self.planned and (not program or lacking)):
            yield None
            return
        if lacking:
            raise ReleaseError(f"validate: {lacking} is not on the host; install it, or leave validate out.")
        with doing("make a folder for the candidate"):
            if not self.planned:
                self.store.repair()
            place = self.store.folder if self.store.exists() else None
            folder = tempfile.mkdtemp(prefix=".new-", dir=place)
        try:
            with doing("write the candidate"):
                write_candidate(folder, wanted, self.rights, before, self.label)
            if program:
                judge.judge(folder, program, self.options["validate_seconds"], wanted)
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)  # if it did not become a release

    def _renew(
        self,
        candidate: str | None,
        wanted: dict[str, Wanted],
        difference: Difference,
        state: State,
        current: str | None,
    ) -> str:
        """Put the candidate into force. Return its name."""
        store = self.store
        found = store.new_name(found=True) if store.found_folder() else None
        name = store.new_name(after=found)
        if found:
            state.history = [found]
        elif current and not state.history and not state.pending:
            state.history = [current]
        # Until somebody says that the effects were carried through, the next run takes them for not.
        state.pending = [*state.pending, *difference.names]
        state.plain[name] = [file for file, what in wanted.items() if what.kind == PLAIN]
        if self.planned or not candidate:
            return name
        with doing("put the release into force"):
            os.rename(candidate, store.place(name))
            try:
                store.save(state)
                store.take_over(name, found, self.label) if found else store.switch(name, self.label)
            except BaseException:
                if store.current() != name:
                    shutil.rmtree(store.place(name), ignore_errors=True)
                raise
        return name

    # rolled_back

    def _roll_back(self) -> dict[str, Any]:
        store = self.store
        state, current = store.load(), store.current()
        asked = self.options["release"]
        target = asked or (state.history[-1] if state.history else None)
        if asked and asked not in store.releases():
            raise ReleaseError(f"release: there is no {asked}; there are {', '.join(store.releases()) or 'none'}.")
        if target is None or target == current:
            return self._result(state, current)
        with doing("read the releases"):
            left = read_tree(store.place(current)) if current else {}
            names = differing(left, read_tree(store.place(target)))
        # Whoever reads the files may have read those that are left now.
        state.pending = [*state.pending, *names]
        if not self.planned:
            with doing("go back to the release before"):
                store.save(state)
                store.switch(target, self.label)
        difference = Difference(changed=names)
        return {**self._result(state, target, difference), "changed": True}

    # committed

    def _commit(self) -> dict[str, Any]:
        store = self.store
        state, current = store.load(), store.current()
        if current is None:
            return self._result(state, None)
        kept = [*(name for name in state.history if name != current), current][-self.options["keep"] - 1 :]
        changed = kept != state.history or bool(state.pending) or kept != store.releases()
        state.history, state.pending = kept, []
        if changed and not self.planned:
            with doing("note that the release is good", "It is in force."):
                store.save(state)
            with doing("remove old releases", "The release is in force, and noted as good."):
                store.prune(kept)
        return {**self._result(state, current), "changed": changed}
