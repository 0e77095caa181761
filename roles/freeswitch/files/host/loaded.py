# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what a FreeSWITCH has loaded with what it should have: lines such as `gateway carrier trunk-acme`.

A module with a bad configuration, or a gateway that the preprocessor lost, is no reason for FreeSWITCH not to be ready.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as Tree
from collections.abc import Collection, Iterable
from pathlib import Path

from console import Console

LISTENING = "0A"


def tree(text: str) -> Tree.Element:
    """Return what an answer in XML says; an empty element if it is none."""
    try:
        return Tree.fromstring(text)  # noqa: S314 - FreeSWITCH's own words
    except Tree.ParseError:
        return Tree.Element("nothing")


class Loaded:
    """What a FreeSWITCH says it has; each list is asked for once."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self._lists: dict[str, frozenset[str]] = {}

    def known(self, kind: str) -> frozenset[str]:
        if kind not in self._lists:
            self._lists[kind] = frozenset(getattr(self, f"{kind}s")())
        return self._lists[kind]

    def has(self, expected: str) -> bool:
        """Whether it has what a line says. Kinds that cannot be asked for are taken for there."""
        kind, __, name = expected.partition(" ")
        if kind == "module":
            return self.console.ask(f"module_exists {name}").strip() == "true"
        if kind == "user":
            user, __, domain = name.partition("@")
            return self.console.ask(f"user_exists id {user} {domain}").strip() == "true"
        return name in self.known(kind) if hasattr(self, f"{kind}s") else True

    def profiles(self) -> Iterable[str]:
        # "RUNNING (0)": a profile that could not bind its address is not in the list at all.
        for profile in tree(self.console.ask("sofia xmlstatus")).iter("profile"):
            if profile.findtext("type") == "profile" and "RUNNING" in profile.findtext("state", ""):
                yield profile.findtext("name", "")

    def gateways(self) -> Iterable[str]:
        for gateway in tree(self.console.ask("sofia xmlstatus gateway")).iter("gateway"):
            yield f"{gateway.findtext('profile')} {gateway.findtext('name')}"

    def contexts(self) -> Iterable[str]:
        for context in tree(self.console.ask("xml_locate dialplan")).iter("context"):
            yield context.get("name", "")

    def queues(self) -> Iterable[str]:
        for line in self.console.ask("callcenter_config queue list").splitlines():
            yield line.partition("|")[0]


def missing(console: Console, expected: Collection[str]) -> list[str]:
    """Return the lines of what FreeSWITCH should have and has not."""
    loaded = Loaded(console)
    return [line for line in expected if not loaded.has(line)]


def surplus(console: Console, expected: Collection[str]) -> list[str]:
    """Return the modules that are loaded and not allowed."""
    allowed = {line.split()[1] for line in expected if line.startswith("module ")}
    seen = set()
    for line in console.ask("show modules").splitlines():
        parts = line.split(",")
        if len(parts) >= 4 and re.fullmatch(r"mod_\w+", parts[2]):
            seen.add(parts[2])
    return sorted(seen - allowed)


def listeners(port: int, tables: Iterable[Path] = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))) -> list[str]:
    """Return the addresses other than the loopback on which somebody listens on a TCP port, as /proc has them."""
    found = []
    for table in tables:
        if not table.exists():
            continue
        for line in table.read_text(encoding="ascii").splitlines()[1:]:
            fields = line.split()
            address, __, number = fields[1].partition(":")
            if fields[3] == LISTENING and int(number, 16) == port and address not in (
                "0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F",
            ):  # fmt: skip
                found.append(address)
    return found


def read_expected(folder: Path) -> list[str]:
    """Return the lines of what a configuration is to bring."""
    file = folder / "expected.txt"
    return [line.strip() for line in file.read_text(encoding="utf-8").splitlines() if line.strip() and line[0] != "#"]
