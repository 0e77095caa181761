# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change on trial: what is noted of it, and the service that waits to take it back. Private.

    /run/dialtone/nftables/KEY.lock            held as long as a run, or the way back, works
    /run/dialtone/nftables/KEY/before.nft      what to go back to
                               back            the way back, a script
                               pending.json    there is a trial; the way back does nothing without it
                               confirmed.json  the same file, renamed: it is confirmed, and not yet written for the boot
                               rolled_back.json  the way back was gone; for the next run to say so

Whether a trial is confirmed or taken back is decided by renaming or removing `pending.json`, with the lock held.
"""

from __future__ import annotations

import json
import math
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from .errors import AS_IT_WAS, TableError
from .host import Host
from .text import Table

RUN = "/run/dialtone/nftables"
# Arguments: the trial's token, when it began, how long it may last, and the uptime at which it ends. Only the trial
# that is pending is taken back: what was left behind by an earlier one finds another token. It is a service that waits,
# and no timer: systemd begins OnActiveSec anew at each daemon-reload, so that an installation of packages puts it off.
BACK = """\
# Written by dialtone.voice. Takes back a change of {table} that was not confirmed.
set -u
cd '{folder}' || exit 0
while read -r now rest </proc/uptime && [ "${{now%%.*}}" -lt "$4" ]; do
  sleep $(($4 - ${{now%%.*}}))
done
exec 9>>'{lock}'
'{flock}' 9 || exit 1
grep -q "\\"token\\": \\"$1\\"" pending.json 2>/dev/null || exit 0
if ! '{nft}' -f before.nft; then
  echo "{table}: could not be put back to what it was; trying again" >&2
  exit 1
fi
printf '{{"token": "%s", "at": "%s", "since": "%s", "seconds": %s}}\\n' \\
  "$1" "$(date -u +%Y-%m-%dT%H:%M:%SZ)" "$2" "$3" >rolled_back.new &&
  mv rolled_back.new rolled_back.json || exit 1
rm -f pending.json
echo "{table}: the change of $2 was on trial and was not confirmed within $3 s;" \
  "the rules before it are in force again" >&2
"""


@dataclass(frozen=True)
class Pending:
    """A trial.

    Attributes:
        token: tells it from others.
        since: when it began, in UTC.
        seconds: how long it may last.
        program: what is on trial.
        wanted: the same as a listing to compare; None where that is not known.
        before: the listing of what to go back to.
    """

    token: str
    since: str
    seconds: int
    program: str
    wanted: str | None
    before: str


@dataclass(frozen=True)
class State:
    """What was found."""

    pending: Pending | None = None
    confirmed: Pending | None = None
    rolled_back: Mapping[str, Any] | None = None


class Trial:
    """The trials of one table."""

    def __init__(self, host: Host, table: Table, nft: str) -> None:
        self.host = host
        self.table = table
        self.nft = nft
        self.folder = f"{RUN}/{table.key}"
        self.lock = f"{self.folder}.lock"

    def _file(self, name: str) -> str:
        return f"{self.folder}/{name}"

    def unit(self, token: str) -> str:
        """Return the name of the service of a trial."""
        return f"dialtone-nft-{self.table.key}-trial-{token}"

    def _json(self, name: str) -> Any:
        text = self.host.read(self._file(name))
        try:
            return json.loads(text) if text else None
        except ValueError:
            return None

    def state(self) -> State:
        """Read what earlier runs and the way back have left."""
        pending, confirmed = (self._json(f"{name}.json") for name in ("pending", "confirmed"))
        back = self._json("rolled_back.json")
        if pending and back and back["token"] == pending["token"]:
            pending = None  # the way back was stopped after its work
        return State(
            Pending(**pending) if pending else None,
            Pending(**confirmed) if confirmed else None,
            {name: back[name] for name in ("at", "since", "seconds")} if back else None,
        )

    def check_means(self) -> None:
        """Refuse a trial that nobody could end."""
        if not self.host.exists("/run/systemd/system"):
            raise TableError(
                "confirm_seconds: a trial needs systemd, which does not run here. "
                f"Use 0, which applies without a way back, or run systemd. {AS_IT_WAS}"
            )
        for program, package in (("systemd-run", "systemd"), ("flock", "util-linux")):
            if self.host.which(program) is None:
                raise TableError(
                    f"confirm_seconds: a trial needs {program}, which is not on this host. "
                    f"Install the package {package}, or use 0, which applies without a way back. {AS_IT_WAS}"
                )

    def keep_before(self, program: str) -> None:
        """Note what to go back to."""
        self.host.write(self._file("before.nft"), program)

    def arm(self, since: str, seconds: int) -> str:
        """Start what waits, and return its token. It does nothing before `begin`."""
        token = secrets.token_hex(4)
        script = BACK.format(
            table=self.table, folder=self.folder, lock=self.lock, nft=self.nft, flock=self.host.which("flock")
        )
        self.host.write(self._file("back"), script)
        end = math.ceil(self.host.uptime()) + seconds
        said = self.host.run([
            self.host.which("systemd-run") or "systemd-run", "--quiet", "--collect", f"--unit={self.unit(token)}",
            f"--description=Take back a change of {self.table} that is not confirmed within {seconds} s",
            "--property=Restart=on-failure", "--property=RestartSec=2", "--property=StartLimitIntervalSec=0",
            "--property=RestartPreventExitStatus=2 127",  # of a shell that finds no script, which is no failure
            "/bin/sh", self._file("back"), token, since, str(seconds), str(end),
        ])  # fmt: skip
        if said.code:
            raise TableError(f"What takes the trial back could not be started: {said.words.strip()}. {AS_IT_WAS}")
        return token

    def disarm(self, token: str) -> None:
        """Stop what waits; with `*`, all. The lock is held, so none is at work."""
        systemctl = self.host.which("systemctl")
        if systemctl:
            self.host.run([systemctl, "stop", f"{self.unit(token)}.service"])

    def begin(self, pending: Pending) -> None:
        """From here on the change is taken back."""
        self.host.write(self._file("pending.json"), json.dumps(asdict(pending)))

    def commit(self) -> None:
        """From here on it is not."""
        self.host.rename(self._file("pending.json"), self._file("confirmed.json"))

    def end(self) -> None:
        """Forget a trial that is over, and stop what waits."""
        self.host.remove(self._file("pending.json"))
        self.disarm("*")
        for name in ("confirmed.json", "before.nft"):
            self.host.remove(self._file(name))

    def forget_rolled_back(self) -> None:
        """It was said."""
        if self.state().pending is None:
            self.host.remove(self._file("pending.json"))  # that of the trial that was taken back, if it is still there
        self.host.remove(self._file("rolled_back.json"))

    def leaves(self) -> bool:
        """Tell whether anything of a trial is there."""
        names = ("pending.json", "confirmed.json", "rolled_back.json", "before.nft", "back")
        return any(self.host.exists(self._file(name)) for name in names)

    def clear(self) -> None:
        """Remove all but the lock."""
        self.end()
        self.forget_rolled_back()
        self.host.remove(self._file("back"))
        self.host.remove_folder(self.folder)
