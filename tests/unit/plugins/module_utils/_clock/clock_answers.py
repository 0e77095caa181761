# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A host whose chronyd says what is given; the texts are as chrony 4.9 has printed them in the lab."""

from __future__ import annotations

from collections.abc import Sequence

TRACKING = (
    "647F0102,192.0.2.12,3,1795485813.997433199,{offset},0.000001084,0.000001084,0.221,-0.033,26.119,0.000428466,"
    "0.000323174,2.0,Normal"
)
NOT = (
    "00000000,,0,0.000000000,0.000001063,0.000000000,0.000000000,-0.118,0.000,0.000,1.000000000,1.000000000,0.0,"
    "Not synchronised"
)
OWN = "7F7F0101,,10,1795485813.997433199,0.000000000,0.0,0.0,0.000,0.000,0.000,0.000000000,0.000000000,0.0,Normal"


def ntpdata(address: str, stratum: int, counts: tuple[int, int, int], kiss: str = "") -> str:
    sent, received, valid = counts
    return (
        f"{address},C000020C,123,192.0.2.99,C0000263,Normal,4,Server,{stratum},6,64,-20,0.000000954,0.000244,0.000244,"
        f"4C414253,{kiss},1795485813.483561038,0.000005656,0.000184325,0.000000974,0.000000000,0.00,111,111,1111,No,No,"
        f"Kernel,Kernel,{sent},{received},{valid},{valid},{sent},{received},0,0"
    )


class Chrony:
    """Answers as chronyc does, and counts what was asked."""

    def __init__(self, container: bool = False) -> None:
        self.tracking = NOT
        self.named: list[str] = []
        self.numeric: list[str] = []
        self.ntpdata: list[str] = []
        self.authdata: list[str] = []
        self.selectdata: list[str] = []
        self.journal = ""
        self.container = container
        self.active = ["chrony"]
        self.installed = True
        self.asked: list[list[str]] = []

    def source(
        self, name: str, address: str, state: str = "*", *, reach: int = 377, offset: float = 0.00001, why: str = "",
        stratum: int = 2, counts: tuple[int, int, int] = (8, 8, 8), kiss: str = "", cookies: int | None = None,
    ) -> Chrony:  # fmt: skip
        """Add a source; reach in octal, as chronyc prints it."""
        mode = "#" if name.startswith("PHC") else "^"
        rest = f"{state},{{}},{stratum},6,{reach},2,{offset:.9f},-0.000005656,0.000459347"
        self.named.append(f"{mode},{rest.format(name)}")
        self.numeric.append(f"{mode},{rest.format(address or 'ID#0000000001')}")
        if address and mode == "^":
            self.ntpdata.append(ntpdata(address, stratum, counts, kiss))
            self.selectdata.append(
                f"{why or state},{address},N,-,-,-,-,-,-,-,-,-,-,0,1.0,-0.000465006,0.000453694,Normal"
            )
            kind = "-,0,0,0,4294967295,0,0,0,0" if cookies is None else f"NTS,1,30,128,5,1,0,{cookies},64"
            self.authdata.append(f"{address},{kind}")
        return self

    def run(self, argv: Sequence[str], _seconds: float) -> tuple[int, str] | None:
        self.asked.append(list(argv))
        others = {
            "systemd-detect-virt": (0 if self.container else 1, ""),
            "systemctl": (0, "active\n") if argv[-1] in self.active else (3, "inactive\n"),
            "journalctl": (0, self.journal),
        }
        if argv[0] in others:
            return others[argv[0]]
        if not self.installed:
            return None
        if "chrony" not in self.active:
            return 1, "506 Cannot talk to daemon\n"
        answers = {
            "tracking": [self.tracking], "-a": self.named if "-N" in argv else self.numeric, "ntpdata": self.ntpdata,
            "authdata": self.authdata, "selectdata": self.selectdata,
        }  # fmt: skip
        return 0, "\n".join(answers.get(argv[-1], []))
