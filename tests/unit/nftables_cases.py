# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A machine with tables of nftables to try things on: files in a folder, a kernel and a systemd that are made up.

It can be killed after each thing it does. The way back of a trial is the real script, run by the real shell.
"""

from __future__ import annotations

import fnmatch
import re
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ansible_collections.dialtone.voice.plugins.module_utils._nftables.host import Host, Said
from ansible_collections.dialtone.voice.plugins.module_utils._nftables.run import Run
from ansible_collections.dialtone.voice.plugins.modules import nft_table

NAME = "example"
TABLE = f"table inet {NAME}"
UNIT = f"dialtone-nft-{NAME}.service"
BOOT = f"/etc/dialtone/nftables/{NAME}.nft"
WANTS = f"/etc/systemd/system/sysinit.target.wants/{UNIT}"
OLD = "chain old {\n}\n"
NEW = "chain new {\n}\n"
OTHER = "chain other {\n}\n"
OTHERS = {"table ip docker": "table ip docker {\n}\n"}  # another program's
PROGRAM = re.compile(r"table (\S+ \S+)\ndelete table \1\n(?:table \1 \{\n(.*)^\}\n)?", re.DOTALL | re.MULTILINE)
LIST = ["list", "table", "inet", NAME]


class Killed(BaseException):
    """The run is dead."""


def listed(rules: str) -> str:
    """Return what the made-up nft lists: without comments and empty lines."""
    lines = (line.split("#")[0].strip() for line in rules.splitlines())
    return f"{TABLE} {{\n" + "".join(f"\t{line}\n" for line in lines if line) + "}\n"


class Machine(Host):
    """See above."""

    def __init__(self, folder: Path) -> None:
        super().__init__(str(folder))
        self.folder = folder
        self.kernel = dict(OTHERS)
        self.refuses = ""  # a word that the kernel does not take, outside the namespace
        self.namespaces = True
        self.missing: set[str] = set()
        self.timers: dict[str, list[str]] = {}
        self.active: set[str] = set()
        self.stale = False
        self.failing: set[str] = set()  # words of systemctl that fail
        self.steps: list[str] = []
        self.dies_after: int | None = None
        self.watch: Callable[[], None] = lambda: None
        (folder / "run/systemd/system").mkdir(parents=True)
        self.start_over()

    # What the module does

    def which(self, program: str) -> str | None:
        if program in self.missing:
            return None
        return shutil.which(program) if program == "flock" else f"/usr/sbin/{program}"

    def interfaces(self) -> list[str]:
        return ["eth0", "lo"]

    def start_over(self, dies_after: int | None = None) -> None:
        """Forget what was done."""
        self.steps.clear()
        self.dies_after = dies_after

    def _did(self, what: str) -> None:
        self.steps.append(what)
        self.watch()
        if self.dies_after == len(self.steps):
            raise Killed(what)

    def write(self, path: str, text: str, mode: int = 0o600) -> None:
        super().write(path, text, mode)
        self.stale = self.stale or path.startswith("/etc/systemd")
        self._did(f"write {path}")

    def rename(self, path: str, new: str) -> None:
        super().rename(path, new)
        self._did(f"rename {path}")

    def link(self, target: str, path: str) -> None:
        super().link(target, path)
        self._did(f"link {path}")

    def remove(self, path: str) -> None:
        there = self.exists(path)
        super().remove(path)
        if there:
            self._did(f"remove {path}")

    def run(self, argv: Sequence[str], text: str = "", seconds: int = 60) -> Said:  # noqa: ARG002
        program, *words = argv
        name = program.rpartition("/")[2]
        said = {"nft": self._nft, "unshare": self._unshare, "systemctl": self._systemctl, "systemd-run": self._timer}[
            name
        ](words, text)
        if "list" not in words and "show" not in words and name != "unshare" and "-c" not in words:
            self._did(" ".join([name, *words[:2]]))
        return said

    def _nft(self, words: list[str], text: str) -> Said:
        if words[-4:] == LIST:
            listing = self.kernel.get(TABLE)
            missing = "Error: No such file or directory\n"
            return Said(0, listing, "") if listing is not None else Said(1, "", missing)
        if words == ["-c", "-f", "-"]:
            return self._load(dict(self.kernel), text)
        assert words == ["-f", "-"]
        if self.refuses and self.refuses in text:
            return Said(
                1, "", "/dev/stdin:4:1-5: Error: Could not process rule: Operation not supported\nchain\n^^^^^\n"
            )
        return self._load(self.kernel, text)

    @staticmethod
    def _load(kernel: dict[str, str], text: str) -> Said:
        match = PROGRAM.fullmatch(re.sub(r"\A(?:#.*\n)+", "", text))
        assert match, text
        body = match.group(2)
        if body is not None and "wrong" in body:
            line = text[: text.index("wrong")].count("\n") + 1
            return Said(1, "", f"/dev/stdin:{line}:1-5: Error: syntax error, unexpected string\nwrong\n^^^^^\n")
        kernel.pop(f"table {match.group(1)}", None)
        if body is not None:
            kernel[f"table {match.group(1)}"] = listed(body)
        return Said(0, "", "")

    def _unshare(self, __: list[str], text: str) -> Said:
        if not self.namespaces:
            return Said(1, "", "unshare: unshare failed: Operation not permitted\n")
        kernel = {"table inet dialtone_beside": ""}
        said = self._load(kernel, text)
        if said.code:
            return Said(said.code, "in\n", said.words)
        names = "".join(f"{name}\n" for name in kernel)
        return Said(0, f"in\nloaded\n{names}--\n{kernel.get(TABLE, '')}", "")

    def _systemctl(self, words: list[str], __: str) -> Said:
        if words[0] in self.failing:
            return Said(1, "", f"Failed to {words[0]}.\n")
        if words[0] == "daemon-reload":
            self.stale = False
        elif words[0] == "start":
            self._load(self.kernel, self.read(BOOT) or "")
            self.active.add(words[1])
        elif words[0] == "stop":
            for unit in fnmatch.filter(list(self.timers), words[1].removesuffix(".service")):
                del self.timers[unit]
            if words[1] in self.active:
                self.active.discard(words[1])
                self.kernel.pop(TABLE, None)
        else:
            assert words[0] == "show"
            state = "active" if UNIT in self.active else "inactive"
            stale = "yes" if self.stale else "no"
            blocks = [f"Id={UNIT}\nActiveState={state}\n", f"Id=nftables.service\nNeedDaemonReload={stale}\n"]
            return Said(0, "\n".join(blocks), "")
        return Said(0, "", "")

    def _timer(self, words: list[str], __: str) -> Said:
        if "systemd-run" in self.failing:
            return Said(1, "", "Failed to start transient service unit.\n")
        unit = next(word for word in words if word.startswith("--unit=")).removeprefix("--unit=")
        self.timers[unit] = words[words.index("/bin/sh") :]
        return Said(0, "", "")

    # What happens to it

    def call(self, planned: bool = False, **given: Any) -> dict[str, Any]:
        """Run the module."""
        values = {"name": NAME, **given}
        params = {name: values.get(name, option.get("default")) for name, option in nft_table.SPEC.items()}
        return Run(params, planned, self).result()

    def fire(self) -> list[str]:
        """Let all trials end, and return what their scripts said."""
        said = []
        for unit, (shell, script, *arguments) in list(self.timers.items()):
            del self.timers[unit]
            loaded = self.folder / "loaded"
            nft = self.folder / "nft"
            nft.write_text(f'#!/bin/sh\ncat "$2" >{loaded}\n', encoding="utf-8")
            nft.chmod(0o755)
            text = (self.folder / script[1:]).read_text(encoding="utf-8") if self.exists(script) else "exit 0"
            text = text.replace("/run/dialtone", f"{self.folder}/run/dialtone").replace("/usr/sbin/nft", str(nft))
            arguments[-1] = "0"  # the uptime at which it ends
            done = subprocess.run([shell, "-c", text, "back", *arguments], capture_output=True, text=True, check=True)
            said.append(done.stderr)
            if loaded.exists():
                self._load(self.kernel, loaded.read_text(encoding="utf-8"))
                loaded.unlink()
        return said

    def reboot(self) -> None:
        """Lose what is in memory, and boot."""
        self.kernel = dict(OTHERS)
        self.timers.clear()
        self.active.clear()
        self.stale = False
        shutil.rmtree(self.folder / "run")
        (self.folder / "run/systemd/system").mkdir(parents=True)
        unit = self.linked(WANTS)
        if unit and self.read(unit) and self.read(BOOT):
            self._load(self.kernel, self.read(BOOT) or "")
            self.active.add(UNIT)

    @property
    def rules(self) -> str | None:
        """What is in force: the options OLD, NEW, OTHER; None without a table, the listing if it is none of these."""
        return self._named(self.kernel.get(TABLE))

    @property
    def boot(self) -> str | None:
        """What the next boot would load."""
        text = self.read(BOOT)
        kernel: dict[str, str] = {}
        if text is not None:
            self._load(kernel, text)
        return self._named(kernel.get(TABLE))

    @staticmethod
    def _named(listing: str | None) -> str | None:
        return next((rules for rules in (OLD, NEW, OTHER) if listed(rules) == listing), listing)
