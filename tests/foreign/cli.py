# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs Twilio's command-line client in an environment that leads to one proxy and nowhere else."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from foreign.install import Client

GUARD = Path(__file__).resolve().parent / "guard.cjs"
_SECONDS = 120  # for one command
EMPTY = "No results"  # what it writes, on standard error, instead of an empty list
# How its debugging begins where an answer is not as its copy of Twilio's specs has it. That a field which is null may
# not be null is not among them: it says so of 0, false and "" as well.
_COMPLAINTS = (
    "Date-Time value", "Response schema not found", "Response does not contain a single list item", "Ref not found",
)  # fmt: skip
_DEBUG = "[DEBUG] "
# Its own two ways to the network: a look for newer versions, and an update of itself in the background.
SWITCHES = {"TWILIO_SKIP_NEW_VERSION_CHECK": "true", "TWILIO_DISABLE_AUTOUPDATE": "true"}


@dataclass(frozen=True)
class Answer:
    """What a command left behind.

    Attributes:
        command: its arguments.
        code: its exit code.
        out: standard output.
        err: standard error, without the client's own debugging.
        complaints: what its debugging says about an answer that is not as Twilio's specs have it.
    """

    command: tuple[str, ...]
    code: int
    out: str
    err: str
    complaints: tuple[str, ...]

    def json(self) -> list[dict[str, Any]]:
        """The objects it printed; the client prints an array whatever it was asked for.

        Raises:
            AssertionError: when the command failed, or printed something else.
        """
        assert self.code == 0, f"{self}"
        if not self.out and self.err == EMPTY:
            return []
        found = json.loads(self.out)
        assert isinstance(found, list), f"{self}"
        return found

    def one(self) -> dict[str, Any]:
        """The only object it printed."""
        found = self.json()
        assert len(found) == 1, f"{self}"
        return found[0]

    def __str__(self) -> str:
        return f"`twilio {' '.join(self.command)}` ended with {self.code}, printed {self.out!r} and wrote {self.err!r}"


class Cli:
    """The client, with credentials, behind a proxy.

    Args:
        client: the installed client.
        folder: its home: settings, cache and the guard's log.
        proxy_port: of the proxy on the loopback.
        authority: the certificate (PEM) that signs for the carrier's hosts.
        account_sid: of the account that it works for.
        auth_token: of that account, or an API key's secret where `api_key` is given.
        api_key: the SID of an API key.
        environment: what else to set; None takes a variable away.
        keep: is told of every answer.
    """

    def __init__(
        self,
        client: Client,
        folder: Path,
        *,
        proxy_port: int,
        authority: Path,
        account_sid: str,
        auth_token: str,
        api_key: str = "",
        environment: Mapping[str, str | None] | None = None,
        keep: Callable[[Answer], None] | None = None,
    ) -> None:
        self._client = client
        self._keep = keep
        self._guard_log = folder / "guard.log"
        folder.mkdir(parents=True, exist_ok=True)
        self._environment: dict[str, str] = {
            "PATH": os.environ.get("PATH", ""),
            "LC_ALL": "C.UTF-8",
            "HOME": str(folder),
            "NO_COLOR": "1",
            "NODE_OPTIONS": f'--require="{GUARD}"',
            "NODE_EXTRA_CA_CERTS": str(authority),
            "FOREIGN_GUARD_LOG": str(self._guard_log),
            "FOREIGN_GUARD_PORT": str(proxy_port),
            "HTTP_PROXY": f"http://127.0.0.1:{proxy_port}",
            "TWILIO_ACCOUNT_SID": account_sid,
            **({"TWILIO_API_KEY": api_key, "TWILIO_API_SECRET": auth_token} if api_key else {}),
            **({} if api_key else {"TWILIO_AUTH_TOKEN": auth_token}),
            **SWITCHES,
        }
        for name, value in (environment or {}).items():
            if value is None:
                self._environment.pop(name, None)
            else:
                self._environment[name] = value

    def __call__(self, command: str, *flags: str, output: str = "json") -> Answer:
        """Run `twilio COMMAND FLAGS`; `output` is the client's own format."""
        arguments = (command, *flags, "-o", output)
        done = subprocess.run(
            [*self._client.command, *arguments, "-l", "debug"],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        lines = done.stderr.splitlines()
        debugging = [line.removeprefix(_DEBUG) for line in lines if line.startswith(_DEBUG)]
        said = [line for line in lines if not line.startswith((_DEBUG, "    at "))]
        complaints = tuple(line for line in debugging if line.startswith(_COMPLAINTS))
        answer = Answer(arguments, done.returncode, done.stdout, "\n".join(said).strip(), complaints)
        if self._keep is not None:
            self._keep(answer)
        return answer

    def caught(self) -> list[str]:
        """What the guard refused, in order: addresses, names and programs."""
        return self._guard_log.read_text(encoding="utf-8").splitlines() if self._guard_log.exists() else []
