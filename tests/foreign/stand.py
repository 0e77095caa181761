# Copyright: (c) 2026, the dialtone.voice maintainers
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A test stand: an emulator, the proxy in front of it, and clients that reach it."""

from __future__ import annotations

import base64
import json
import tempfile
import threading
import urllib.request
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, TypeVar
from urllib.parse import urlencode

from foreign.certificates import Authority
from foreign.cli import Answer, Cli
from foreign.install import Client
from foreign.proxy import Proxy
from lab.emulator.server import EmulatorServer

ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "t0ken" + "f" * 27
KEY = "SK" + "0" * 31 + "1"
KEY_SECRET = "s3cret" + "e" * 26
NUMBERS = ["+12025550101", "+12025550102", "+12025550103"]
SIDE_BY_SIDE = 2  # commands of one case at once

_T = TypeVar("_T")


class Stand:
    """One case's own world: nothing is shared with other cases but the authority and the client's files.

    `expected` is what a case wants `caught` to hold at its end; nothing, unless it says so.

    Args:
        client: the installed client.
        authority: who signs for the carrier's hosts.
    """

    def __init__(self, client: Client, authority: Authority) -> None:
        self.client = client
        self._authority = authority
        self._folder = tempfile.TemporaryDirectory(prefix="foreign-")
        self.scratch = Path(self._folder.name)
        self._clients: list[Cli] = []
        self._lock = threading.Lock()
        self.answers: list[Answer] = []
        self.expected: list[str] = []
        self.emulator = EmulatorServer(("127.0.0.1", 0)).start()
        host, port = self.emulator.server_address[:2]
        self.proxy = Proxy((str(host), int(port)), authority).start()
        self.twilio = self.cli()
        self.lab("seed", {"accounts": [self._account()]})

    @staticmethod
    def _account() -> dict[str, Any]:
        keys = [{"sid": KEY, "secret": KEY_SECRET}]
        return {"sid": ACCOUNT, "auth_token": TOKEN, "friendly_name": "Acme", "numbers": NUMBERS, "api_keys": keys}

    def cli(
        self,
        auth_token: str = TOKEN,
        account_sid: str = ACCOUNT,
        api_key: str = "",
        environment: Mapping[str, str | None] | None = None,
    ) -> Cli:
        """One more client, with other credentials or environment, and a home of its own."""
        folder = self.scratch / f"home{len(self._clients)}"
        made = Cli(
            self.client,
            folder,
            proxy_port=self.proxy.port,
            authority=self._authority.path,
            account_sid=account_sid,
            auth_token=auth_token,
            api_key=api_key,
            environment=environment,
            keep=self._keep,
        )
        self._clients.append(made)
        return made

    def _keep(self, answer: Answer) -> None:
        with self._lock:
            self.answers.append(answer)

    def lab(self, what: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """Ask the emulator's own interface: POST with a body, else GET."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.emulator.url}/_lab/{what}", data)
        with urllib.request.urlopen(request, timeout=30) as answer:
            found: dict[str, Any] = json.load(answer)
        return found

    def post(self, path: str, **params: str) -> dict[str, Any]:
        """Make an object by a request of our own, for what a case only stands on; `path` begins with the product."""
        token = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        request = urllib.request.Request(
            f"{self.emulator.url}/{path}", urlencode(params).encode(), {"Authorization": f"Basic {token}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            made: dict[str, Any] = json.load(answer)
        return made

    def state(self, account_sid: str = ACCOUNT) -> dict[str, Any]:
        """What the emulator holds of an account."""
        found: dict[str, Any] = next(
            account for account in self.lab("state")["accounts"] if account["sid"] == account_sid
        )
        return found

    def journal(self, since: int = 0) -> list[dict[str, Any]]:
        """What the emulator was asked, oldest first."""
        found: list[dict[str, Any]] = self.lab(f"journal?since={since}")["requests"]
        return found

    def mark(self) -> int:
        """Where the journal ends now; for `journal`."""
        return int(self.lab("journal")["seq"])

    def fault(self, method: str, path_regex: str, **how: Any) -> None:
        """Let requests fail from now on, instead of what failed until now."""
        self.lab("faults", {"faults": [{"match": {"method": method, "path_regex": path_regex}, **how}]})

    def together(self, commands: Iterable[Callable[[], _T]]) -> list[_T]:
        """Run independent commands side by side, a few at once; the results in the order of the commands."""
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            return [future.result() for future in [pool.submit(command) for command in commands]]

    def each(self, *commands: tuple[str, ...]) -> list[Answer]:
        """`together` for the stand's own client."""

        def runner(command: tuple[str, ...]) -> Callable[[], Answer]:
            return lambda: self.twilio(*command)

        return self.together(runner(command) for command in commands)

    def complaints(self) -> list[str]:
        """What the clients found wrong with answers."""
        return [f"{' '.join(answer.command)}: {why}" for answer in self.answers for why in answer.complaints]

    def caught(self) -> list[str]:
        """What was refused on the way out, by the proxy or by the guards of all clients."""
        return [*self.proxy.refusals, *(line for cli in self._clients for line in cli.caught())]

    def __enter__(self) -> Stand:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.proxy.stop()
        self.emulator.stop()
        self._folder.cleanup()
