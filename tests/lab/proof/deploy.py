# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs the collection's playbooks on the office of the proofs."""

from __future__ import annotations

import json
import re
import threading
from pathlib import Path
from typing import Any, Protocol

from lab.playbook import Run, run_playbook
from lab.proof.prepare import OFFICE


class Deployed(Protocol):
    """What a playbook run needs of a lab."""

    state: Path

    @property
    def inventory(self) -> Path: ...
    @property
    def nat_inventory(self) -> Path: ...
    @property
    def ssh_sockets(self) -> Path: ...
    def environment(self) -> dict[str, str]: ...


class Deployment(threading.Thread):
    """One run of a playbook, in a thread of its own. `ended` waits for it."""

    def __init__(
        self,
        lab: Deployed,
        pbx: str,
        playbook: str,
        *,
        log: str,
        changes: dict[str, Any],
        office: list[Path] | None = None,
    ) -> None:
        super().__init__(name=f"playbook-{log}", daemon=True)
        self.lab = lab
        self.office = office or [lab.inventory, OFFICE]
        self.playbook = playbook
        self.log = lab.state / "logs" / f"{re.sub('[^a-z0-9]+', '-', log)}.log"
        self.options = ["--diff", "-e", json.dumps({"voice_pbx_software": pbx, **changes})]
        self.titles: list[str] = []
        self.run_result: Run | None = None
        self.start()

    def run(self) -> None:
        self.run_result = run_playbook(
            self.playbook,
            inventory=[*self.office, self.lab.state / "proof.yml"],
            log=self.log,
            options=self.options,
            environment={**self.lab.environment(), "ANSIBLE_SSH_CONTROL_PATH_DIR": str(self.lab.ssh_sockets)},
            progress=self.titles.append,
        )

    def ended(self, within: float = 300.0) -> Run:
        """Return how it ended. RuntimeError if it does not."""
        self.join(within)
        if self.run_result is None:
            raise RuntimeError(f"the playbook {self.playbook} did not end within {within:.0f} s; see {self.log}")
        return self.run_result
