# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What makes a table last: the file for the boot, its unit, and a drop-in for nftables.service. Private."""

from __future__ import annotations

from dataclasses import dataclass

from .errors import TableError
from .host import Host
from .text import Table

FILES = "/etc/dialtone/nftables"
UNITS = "/etc/systemd/system"
WANTS = f"{UNITS}/sysinit.target.wants"
FLUSHING = "nftables.service"  # its start, reload and stop flush everything
HEADING = "# Written by dialtone.voice: the confirmed rules of {table}, loaded at boot by {unit}.\n"
UNIT = """\
# Written by dialtone.voice.
[Unit]
Description=The {table} of nftables
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target
After={flushing}

[Service]
Type=oneshot
RemainAfterExit=yes
StandardInput=null
ExecStart={nft} -f {file}
ExecReload={nft} -f {file}
ExecStop=-{nft} delete {table}

[Install]
WantedBy=sysinit.target
"""
DROP_IN = """\
# Written by dialtone.voice: {flushing} flushes all tables; this puts {table} back.
[Service]
ExecStartPost=-{nft} -f {file}
ExecReload=-{nft} -f {file}
ExecStop=-{nft} -f {file}
"""


@dataclass(frozen=True)
class Part:
    """Something that is not as it should be.

    Attributes:
        what: a sentence's worth of words.
        header: what a diff calls it.
        before: its text, empty if there is none.
        after: its text as it should be.
    """

    what: str
    header: str
    before: str
    after: str


class Durable:
    """The files and units of one table."""

    def __init__(self, host: Host, table: Table, nft: str) -> None:
        self.host = host
        self.table = table
        self.name = f"dialtone-nft-{table.key}.service"
        self.file = f"{FILES}/{table.key}.nft"
        self.unit = f"{UNITS}/{self.name}"
        self.drop_in = f"{UNITS}/{FLUSHING}.d/dialtone-{table.key}.conf"
        self.link = f"{WANTS}/{self.name}"
        words = {"table": table, "flushing": FLUSHING, "nft": nft, "file": self.file}
        self._units = {self.unit: UNIT.format(**words), self.drop_in: DROP_IN.format(**words)}

    def _files(self, program: str) -> dict[str, tuple[str, int]]:
        heading = HEADING.format(table=self.table, unit=self.name)
        units = {path: (text, 0o644) for path, text in self._units.items()}
        # What is loaded comes last: once it is there, all else is.
        return {**units, self.file: (heading + program, 0o600)}

    def differences(self, program: str) -> list[Part]:
        """Return what of it is not as it should be."""
        found = []
        for path, (text, mode) in self._files(program).items():
            there = self.host.read(path)
            if there != text:
                found.append(Part(f"the file {path}", path, there or "", text))
            elif self.host.mode(path) != mode:
                found.append(Part(f"the mode of {path}", path, f"{self.host.mode(path):04o}\n", f"{mode:04o}\n"))
        target = self.host.linked(self.link)
        if target != self.unit:
            found.append(Part(f"{self.name} is not enabled", self.link, target or "", self.unit))
        active, stale = self._systemd()
        if stale:
            found.append(Part("systemd has not read the units again", "systemd", "", ""))
        if not active:
            found.append(Part(f"{self.name} is not started", self.name, "inactive\n", "active\n"))
        return found

    def _systemd(self) -> tuple[bool, bool]:
        """Tell whether the unit is active, and whether systemd has to read units again."""
        if not self.host.exists("/run/systemd/system"):
            return True, False
        properties = ["-p", "Id", "-p", "ActiveState", "-p", "NeedDaemonReload"]
        said = self.host.run(["systemctl", "show", *properties, self.name, FLUSHING])
        if said.code:
            raise TableError(f"systemctl show {self.name}: {said.words.strip()}. Run again.")
        blocks = [dict(line.split("=", 1) for line in block.splitlines()) for block in said.out.split("\n\n")]
        active = any(block.get("Id") == self.name and block.get("ActiveState") == "active" for block in blocks)
        return active, any(block.get("NeedDaemonReload") == "yes" for block in blocks)

    def prove(self, program: str, otherwise: str) -> None:
        """Refuse what could not be made to last, such as on a disk that is full, before anything hangs on it.

        Args:
            program: what is to be loaded at boot.
            otherwise: what is true if it is refused.
        """
        for path, (text, mode) in self._files(program).items():
            if self.host.read(path) == text:
                continue
            try:
                self.host.write_beside(path, text, mode)
            except PermissionError:
                raise
            except OSError as error:
                raise TableError(
                    f"{error.filename}: {error.strerror}, so {self.table} would not come back after a reboot. Make "
                    f"room, or the file system writable, and run again. {otherwise}"
                ) from error
            self.host.remove(f"{path}.new")

    def write(self, program: str) -> None:
        """Make it last. A run that is killed here is completed by the next one."""
        if self.host.linked(self.link) != self.unit:
            self.host.link(self.unit, self.link)
        for path, (text, mode) in self._files(program).items():
            if self.host.read(path) != text or self.host.mode(path) != mode:
                self.host.write(path, text, mode)
        if not self.host.exists("/run/systemd/system"):
            return
        self._systemctl("daemon-reload")
        if not self._systemd()[0]:
            self._systemctl("start", self.name)

    def _systemctl(self, *words: str) -> None:
        said = self.host.run(["systemctl", *words])
        if said.code:
            raise TableError(
                f"systemctl {' '.join(words)} failed: {said.words.strip()}. The table is in force; "
                f"it would not come back after a reboot. See journalctl -u {self.name}, then run again."
            )

    def leaves(self) -> list[str]:
        """Return which of the files are there."""
        paths = (self.link, self.unit, self.drop_in, self.file)
        return [path for path in paths if self.host.exists(path)]

    def remove(self) -> None:
        """Remove all of it, what loads the table first."""
        running = self.host.exists("/run/systemd/system")
        if running and self.host.exists(self.unit):
            self.host.run(["systemctl", "stop", self.name])
        for path in self.leaves():
            self.host.remove(path)
            self.host.remove(f"{path}.new")  # of a run that was killed
        self.host.remove_folder(f"{UNITS}/{FLUSHING}.d")
        self.host.remove_folder(FILES)
        if running:
            self.host.run(["systemctl", "daemon-reload"])
