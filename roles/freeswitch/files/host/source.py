# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a configuration as FreeSWITCH's preprocessor does: line by line, which no XML tool knows of.

The preprocessor drops a line with <include> or <?xml whole, and takes a line with X-PRE-PROCESS for nothing else. What
else stands on such a line is lost without a word.
"""

from __future__ import annotations

import glob
import re
import xml.parsers.expat
from collections.abc import Collection
from pathlib import Path
from typing import NamedTuple

DEPTH = 20
ALONE = re.compile(r"\s*(?:</?include>|<\?xml[^>]*\?>)\s*$")
DROPPED = re.compile(r"</?include>|<\?", re.IGNORECASE)
COMMAND = re.compile(r'\s*<X-PRE-PROCESS\s+cmd="(?P<cmd>[^"]*)"\s+data="(?P<data>[^"]*)"\s*/>\s*$')
VARIABLE = re.compile(r"\$\$\{([A-Za-z0-9_.-]+)\}")


class Line(NamedTuple):
    """A line of the expanded document."""

    file: Path
    number: int
    text: str


class Source:
    """A configuration below a folder, expanded. problems: a sentence for each mistake in it."""

    def __init__(self, folder: Path, secret: Collection[str] = ()) -> None:
        self.folder, self._secret = folder, frozenset(secret)
        self.lines: list[Line] = []
        self.problems: list[str] = []
        self.used: dict[str, Line] = {}  # variables of the preprocessor, and where each is used first
        self._read(folder / "freeswitch.xml", 0)
        self._parse()

    def place(self, line: Line) -> str:
        """Return the beginning of a sentence: file, line, and what stands there unless it may be a secret."""
        inside = self.folder in line.file.parents
        name = str(line.file.relative_to(self.folder)) if inside else str(line.file)
        if name in self._secret or not inside:
            return f"{name}, line {line.number}"
        return f"{name}, line {line.number}, `{line.text.strip()[:160]}`"

    def find(self, text: str) -> Line | None:
        """Return the first line with a text."""
        return next((line for line in self.lines if text in line.text), None)

    def _read(self, file: Path, depth: int) -> None:
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            self.problems.append(f"{file.name}: this is not UTF-8.")
            return
        except OSError as error:
            self.problems.append(f"{file.name}: cannot be read ({error.strerror}).")
            return
        for number, content in enumerate(text.splitlines(), 1):
            line = Line(file, number, content)
            if "x-pre-process" in content.lower():
                self._command(line, depth)
            elif DROPPED.search(content):
                if not ALONE.match(content):
                    self.problems.append(
                        f"{self.place(line)}: FreeSWITCH drops this whole line; let <include> stand alone on its line."
                    )
            else:
                for name in VARIABLE.findall(content):
                    self.used.setdefault(name, line)
                self.lines.append(line)

    def _command(self, line: Line, depth: int) -> None:
        command = COMMAND.match(line.text)
        if not command:
            self.problems.append(
                f"{self.place(line)}: FreeSWITCH reads nothing else on this line; let X-PRE-PROCESS stand alone."
            )
            return
        if command["cmd"] != "include":
            return
        pattern = command["data"].replace("$${conf_dir}", str(self.folder))
        target = pattern if pattern.startswith("/") else str(line.file.parent / pattern)
        found = sorted(glob.glob(target))
        if not found and not re.search(r"[*?\[]", target):
            self.problems.append(f"{self.place(line)}: there is no file '{command['data']}'.")
        if depth >= DEPTH:
            self.problems.append(f"{self.place(line)}: files include each other more than {DEPTH} deep.")
            return
        for one in found:
            self._read(Path(one), depth + 1)

    def _parse(self) -> None:
        parser = xml.parsers.expat.ParserCreate()
        try:
            parser.Parse("\n".join(line.text for line in self.lines), True)
        except xml.parsers.expat.ExpatError as error:
            reason = xml.parsers.expat.ErrorString(error.code)
            if not self.lines:
                self.problems.append(f"freeswitch.xml: {reason}.")
                return
            line = self.lines[min(error.lineno, len(self.lines)) - 1]
            self.problems.append(f"{self.place(line)}: this is no XML from here on: {reason}.")
