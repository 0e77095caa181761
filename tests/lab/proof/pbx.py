# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only the PBX itself can tell: calls that are up, its process, what it has recorded. One face, two PBXs."""

from __future__ import annotations

import base64
import csv
import io
import shlex
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Protocol

RECORDS = "/var/log/dialtone/calls.csv"
RECORDINGS = "/var/spool/dialtone/recordings"
# docs/calls.md
COLUMNS = ("begin", "answer", "end", "seconds", "direction", "caller", "called", "extension", "trunk", "result", "id")


class Inside(Protocol):
    """What is needed of a lab to look into a PBX host."""

    def exec(
        self, host: str, argv: list[str], *, input: str | None = None, env: dict[str, str] | None = None
    ) -> Any: ...


class Pbx:
    """A PBX on one host. Subclasses know the commands of theirs."""

    name = ""
    service = ""
    # Variables that the PBX takes over only by a restart, and ones that a PBX cannot load. The ground has no part in
    # them, so that they may be changed without it.
    restart_change: Mapping[str, Any] = MappingProxyType({})
    restarts_for_media = False  # whether another range of media ports takes one
    broken_change: Mapping[str, Any] = MappingProxyType({})

    def __init__(self, lab: Inside, host: str = "pbx1") -> None:
        self.lab = lab
        self.host = host

    def calls(self) -> int:
        """Return how many calls are up."""
        raise NotImplementedError

    def site_plan(self, extension: str) -> tuple[str, str]:
        """Return a file of the site's own dial plan, path and content, by which an extension is busy."""
        raise NotImplementedError

    def voicemail(self, mailbox: str) -> list[bytes]:
        """Return the new messages of a mailbox, each a WAV file."""
        raise NotImplementedError

    # -- the same for all ----------------------------------------------------------------------------------------

    def process(self) -> int:
        """Return the number of the running process, 0 if there is none."""
        shown = self.shell(f"systemctl show --property MainPID --value {self.service}")
        return int(shown.strip() or 0)

    def state(self) -> str:
        """Return a checksum of all that is configured."""
        folders = f"/etc/{self.name}/dialtone/ /etc/dialtone/"
        return self.shell(f"find {folders} -type f -exec sha256sum {{}} + 2>/dev/null | sort | sha256sum || true")

    def records(self) -> list[dict[str, str]]:
        """Return today's call detail records."""
        text = self.shell(f"cat {RECORDS} 2>/dev/null || true")
        rows = csv.reader(io.StringIO(text))
        return [dict(zip(COLUMNS, row)) for row in rows if row and row[0] != COLUMNS[0]]

    def recordings(self) -> list[str]:
        """Return the paths of all recordings."""
        return self.shell(f"find {RECORDINGS} -type f -name '*.wav' 2>/dev/null || true").split()

    def read(self, path: str) -> bytes:
        """Return the content of a file on the host."""
        return base64.b64decode(self.shell(f"base64 {shlex.quote(path)}"))

    def journal(self, tag: str) -> list[str]:
        """Return what a program has told the journal."""
        return self.shell(f"journalctl --no-pager --quiet --output cat --identifier {tag}").splitlines()

    def shell(self, script: str) -> str:
        return str(self.lab.exec(self.host, ["sh", "-c", script]).stdout)

    def write(self, path: str, content: str) -> None:
        """Write a file on the host; one that is there keeps its owner and mode."""
        self.lab.exec(self.host, ["sh", "-c", f"cat > {shlex.quote(path)}"], input=content)

    def files(self, pattern: str) -> list[bytes]:
        return [self.read(path) for path in self.shell(f"ls {pattern} 2>/dev/null || true").split()]


class Asterisk(Pbx):
    name = "asterisk"
    service = "asterisk.service"
    restart_change = MappingProxyType({"voice_edge_timeout_seconds": 9})
    broken_change = MappingProxyType({"asterisk_extra_modules": ["app_that_is_not_there"]})

    def calls(self) -> int:
        for line in self.shell("asterisk -rx 'core show channels count'").splitlines():
            count, __, rest = line.partition(" ")
            if rest.startswith("active call"):
                return int(count)
        raise RuntimeError("Asterisk does not say how many calls are up")

    def site_plan(self, extension: str) -> tuple[str, str]:
        return (
            "/etc/asterisk/dialtone-site/extensions.conf",
            f"[dialtone-site-extension]\nexten => {extension},1,Hangup(17)\n",
        )

    def voicemail(self, mailbox: str) -> list[bytes]:
        return self.files(f"/var/spool/asterisk/voicemail/*/{mailbox}/INBOX/*.wav")


class FreeSwitch(Pbx):
    name = "freeswitch"
    service = "freeswitch.service"
    restart_change = MappingProxyType({"freeswitch_max_sessions": 900})
    restarts_for_media = True
    broken_change = MappingProxyType({"freeswitch_extra_modules": ["mod_that_is_not_there"]})

    def calls(self) -> int:
        # Its password is in root's own /etc/fs_cli.conf, the program often beside the daemon only.
        program = "PATH=$PATH:/opt/freeswitch/bin:/usr/local/freeswitch/bin fs_cli"
        for line in self.shell(f"{program} -x 'show calls count'").splitlines():
            if line.strip().endswith("total."):
                return int(line.split()[0])
        raise RuntimeError("FreeSWITCH does not say how many calls are up")

    def site_plan(self, extension: str) -> tuple[str, str]:
        return (
            "/etc/freeswitch/dialtone-site/telephones/proof.xml",
            f'<include>\n  <extension name="site-{extension}">\n'
            f'    <condition field="destination_number" expression="^{extension}$">\n'
            '      <action application="respond" data="486"/>\n    </condition>\n  </extension>\n</include>\n',
        )

    def voicemail(self, mailbox: str) -> list[bytes]:
        return self.files(f"$(find /var /opt -type d -path '*voicemail*/{mailbox}' 2>/dev/null)/msg_*.wav")


PBXS: dict[str, type[Pbx]] = {"asterisk": Asterisk, "freeswitch": FreeSwitch}
