# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What chronyd says, as objects. Pure: the texts are those of `chronyc -c`. Private."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from typing import Any

SELECTED, COMBINED, FALSETICKER = "*", "+", "x"
EARLY = 3  # requests that may be without an answer before that means anything
OWN_CLOCK = "7F7F0101"  # the reference of a server that only tells its own time


@dataclass
class Source:
    """One source of time.

    Attributes:
        name: as it was configured.
        address: "" for a name that has none yet.
        clock: whether it is a clock of this machine, and no server.
        state: how chronyd chose: `*` selected, `+` also good, `-` good and not needed, `x` false, `~` too variable,
            `?` unusable.
        why: the letter of `chronyc selectdata`, which is finer.
        reach: the last eight requests as bits, 1 answered.
        offset: seconds by which the host is ahead of it.
        sent, received, valid: packets. valid ones had a time that can be used.
        kiss: code of the last kiss-o'-death; "".
        nts, cookies: whether it has to prove who it is, and for how many requests it has given the means.
        resolves: whether the name has an address at all.
    """

    name: str
    address: str = ""
    clock: bool = False
    state: str = "?"
    why: str = ""
    stratum: int = 0
    reach: int = 0
    offset: float = 0.0
    sent: int = 0
    received: int = 0
    valid: int = 0
    kiss: str = ""
    told_stratum: int = 0
    nts: bool = False
    cookies: int = 0
    resolves: bool = True

    @property
    def label(self) -> str:
        return self.name if self.address in ("", self.name) else f"{self.name} ({self.address})"

    @property
    def good(self) -> bool:
        return self.state in ("*", "+", "-") and self.reach > 0

    @property
    def undecided(self) -> bool:
        """Whether chronyd does not use it, and nothing is wrong with it: it comes later, or others are better."""
        if self.reach:
            return self.state == "?" and self.why in ("M", "w", "W", "S", "U", "P", "D", "T")
        return bool(self.address) and not self.nts and self.sent < EARLY

    def shown(self) -> dict[str, Any]:
        """Return it as the module returns it."""
        return {
            "name": self.name,
            "address": self.address,
            "state": self.state,
            "stratum": self.stratum,
            "reach": self.reach,
            "offset": self.offset,
            "nts": self.nts,
        }


@dataclass
class Reading:
    """What a host's chronyd knew at one moment.

    Attributes:
        trouble: why nothing could be read, a sentence; "".
        offset: seconds by which the clock is behind what the sources say; chronyd is taking it away.
        words: what chronyd logged last about sources.
        container: whether the clock is that of the machine that runs this container.
    """

    trouble: str = ""
    reference: str = ""
    stratum: int = 0
    offset: float = 0.0
    distance: float = 0.0
    leap: str = "Not synchronised"
    sources: list[Source] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    container: bool = False

    @property
    def selected(self) -> Source | None:
        return next((one for one in self.sources if one.state == SELECTED and one.reach), None)


def rows(text: str) -> list[list[str]]:
    return [row for row in csv.reader(text.splitlines()) if row]


def tracking(text: str, reading: Reading) -> None:
    """Put the answer to `tracking` into a reading."""
    for row in rows(text)[:1]:
        reading.reference, reading.stratum, reading.offset = row[0], int(row[2]), float(row[4])
        reading.distance = float(row[10]) / 2 + float(row[11])
        reading.leap = row[13]


def sources(named: str, numeric: str) -> list[Source]:
    """Return the sources from the answers to `sources -a`, once with the configured names and once with addresses.

    A pool has places that nothing was found for; they are left out unless it has nothing else.
    """
    found = []
    for name, number in zip(rows(named), rows(numeric)):
        address = "" if number[2].startswith("ID#") else number[2]
        one = Source(name[2], address, name[0] == "#", name[1], stratum=int(name[3]), reach=int(name[5], 8))
        one.offset = float(name[7])
        found.append(one)
    known = {one.name for one in found if one.address}
    result: list[Source] = []
    for one in found:
        if one.address or (one.name not in known and one.name not in {other.name for other in result}):
            result.append(one)
    return result


def details(found: list[Source], ntpdata: str, authdata: str, selectdata: str) -> None:
    """Put what these three say into the sources they are about. chronyd has them for some sources only."""
    by_address = {one.address: one for one in found if one.address}
    for row in rows(ntpdata):
        one = by_address.get(row[0])
        if one and len(row) > 32:
            one.sent, one.received, one.valid = int(row[30]), int(row[31]), int(row[32])
            one.told_stratum = int(row[8])
            one.kiss = row[16] if one.received and row[8] == "0" else ""
    for row in rows(authdata):
        one = by_address.get(row[0])
        if one and len(row) > 8:
            one.nts, one.cookies = row[1] == "NTS", int(row[8])
    for row in rows(selectdata):
        one = by_address.get(row[1])
        if one:
            one.why = row[0]
